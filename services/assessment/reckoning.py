"""The arithmetic of one person's total, without a database: what each score counts, what that suggests (A4).

All scores are whole points 0–100, halves go up. A score that is missing counts nothing, and its weight goes to the
review: silence fails nobody. `queries.assessment_scores` reckons all cards of a cycle in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PARTS = ("hours", "attendance", "evaluation", "training")
EXCELLENT, PASS, LOOK, FAIL = "excellent", "pass", "look", "fail"


class Scores(NamedTuple):
    """What was said of one person. `extras`: (weight, score) of each extra phase, None where nothing was entered."""

    own: int | None
    peer: int | None
    objective: int
    review: int | None = None
    extras: Sequence[tuple[int, int | None]] = ()


class Reckoned(NamedTuple):
    """The total, what each score counted in percent, and what that suggests."""

    total: int
    weights: dict[str, int]
    suggested: str


def half_up(number: int, by: int) -> int:
    """`number / by` as a whole number, halves up; `by` is positive."""
    return (2 * number + by) // (2 * by)


def reckon(scores: Scores, params: Mapping[str, Any]) -> Reckoned:
    """The total of one person."""
    own, peer, found, review, extras = scores
    weigh = counts(params, [weight for weight, _ in extras])
    heard = list(zip(weigh, (own, peer, *[score for _, score in extras]), strict=True))
    whole = sum(weigh) + params["weight_review"]
    said = [(weight, score) for weight, score in heard if score is not None]
    rest = whole - sum(weight for weight, _ in said)
    points = sum(weight * score for weight, score in said) + rest * (found if review is None else review)
    total = half_up(points, whole)
    weights = shares(weigh, params["weight_review"], [score is not None for _, score in heard])
    return Reckoned(total, weights, suggestion(total, params))


def counts(params: Mapping[str, Any], extras: Sequence[int]) -> tuple[int, ...]:
    """What each score but the review counts where all are heard: his own, his peers', each extra phase's."""
    return (params["weight_self"], params["weight_peer"], *extras)


def shares(counts: Sequence[int], review: int, heard: Sequence[bool]) -> dict[str, int]:
    """What each score counts in percent, for somebody of whom these were heard; the review has the rest."""
    names = ("self", "peer", *(f"extra{number}" for number in range(1, len(counts) - 1)))
    whole = sum(counts) + review
    weights = {
        name: half_up(count * 100, whole) if said else 0
        for name, count, said in zip(names, counts, heard, strict=True)
    }
    return {**weights, "review": 100 - sum(weights.values())}


def excellent_from(params: Mapping[str, Any]) -> int:
    """The least total that suggests excellent."""
    return max(int(params["excellent_mark"]), int(params["pass_mark"]))


def clear_from(params: Mapping[str, Any]) -> int:
    """The least total of a clear case, which may be decided together with others."""
    return min(int(params["pass_mark"]) + int(params["clear_margin"]), 100)


def suggestion(total: int, params: Mapping[str, Any]) -> str:
    """What a total suggests: excellent, pass, or that somebody looks. Never fail: that is a person's word."""
    if total >= excellent_from(params):
        return EXCELLENT
    return PASS if total >= params["pass_mark"] else LOOK


def cap(assessed: int, params: Mapping[str, Any]) -> int:
    """How many of so many may be excellent; one at least where anybody is assessed."""
    return max(1, assessed * int(params["excellent_cap"]) // 100) if assessed else 0
