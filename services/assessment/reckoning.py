"""The arithmetic of an assessment, without a database: the objective score, the total, what it suggests (A4).

All scores are whole points 0–100, halves go up. A score that is missing counts nothing, and its weight goes to the
review: silence fails nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

PARTS = ("hours", "attendance", "evaluation", "training")
EXCELLENT, PASS, LOOK, FAIL = "excellent", "pass", "look", "fail"
#: A judgement of 1 to 5 in points.
OF_FIVE = 20


class Facts(NamedTuple):
    """What the books hold of one person's year. `minutes` may be less than nothing after reversals; training is None
    where nothing was recorded. `upto`: the last row of each book that was read."""

    minutes: int = 0
    entries: int = 0
    present: int = 0
    absent: Sequence[int] = ()
    judged: int = 0
    stars: int = 0
    training: int | None = None
    upto: Mapping[str, int] = MappingProxyType({})


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
    clear: bool


def half_up(number: int, by: int) -> int:
    """`number / by` as a whole number, halves up; `by` is positive."""
    return (2 * number + by) // (2 * by)


def share(part: int, whole: int) -> int:
    """How much of `whole` is reached, in points: at least 0, at most 100."""
    return min(100, max(0, half_up(part * 100, whole)))


def parts(facts: Facts, params: Mapping[str, Any], class_hour: int) -> dict[str, tuple[int, int | None]]:
    """(weight, score) of each part. A part with nothing to judge by has no score; hours always have one. `class_hour`:
    minutes of a class hour."""
    shifts = facts.present + len(facts.absent)
    came = share(facts.present, shifts) if shifts else None
    liked = share(facts.stars * OF_FIVE, facts.judged * 100) if facts.judged else None
    learnt = facts.training
    if learnt is not None:
        learnt = share(learnt, params["training_target"] * class_hour)
    return {
        "hours": (params["part_hours"], share(facts.minutes, params["hours_target"] * 60)),
        "attendance": (params["part_attendance"], came),
        "evaluation": (params["part_evaluation"], liked),
        "training": (params["part_training"], learnt),
    }


def objective(found: Mapping[str, tuple[int, int | None]]) -> int:
    """The parts that have a score, weighed; those without leave their weight to the others."""
    points = whole = 0
    for weight, score in found.values():
        if score is not None:
            points += weight * score
            whole += weight
    return half_up(points, whole) if whole else found["hours"][1] or 0


def reckon(scores: Scores, params: Mapping[str, Any], *, in_doubt: bool = False) -> Reckoned:
    """The total of one person. `in_doubt`: something about him is open, so he is no clear case."""
    own, peer, found, review, extras = scores
    said = (own, peer, *[score for _, score in extras]) if extras else (own, peer)
    counts = (params["weight_self"], params["weight_peer"], *[weight for weight, _ in extras])
    heard = tuple([score is not None for score in said])
    whole, rest, weights = _shares(counts, params["weight_review"], heard)
    points = rest * (found if review is None else review)
    for weight, score in zip(counts, said, strict=True):
        if score is not None:
            points += weight * score
    total = half_up(points, whole)
    clear = total >= min(params["pass_mark"] + params["clear_margin"], 100) and not in_doubt
    return Reckoned(total, dict(weights), suggestion(total, params), clear)


@lru_cache(maxsize=4096)
def _shares(
    counts: tuple[int, ...], review: int, heard: tuple[bool, ...]
) -> tuple[int, int, Mapping[str, int]]:
    """What all scores count together, what is left to the review of it, and each in percent; a whole province has a
    handful of these."""
    names = ("self", "peer", *(f"extra{number}" for number in range(1, len(counts) - 1)))
    whole = sum(counts) + review
    rest = whole - sum(count for count, said in zip(counts, heard, strict=True) if said)
    weights = {
        name: half_up(count * 100, whole) if said else 0
        for name, count, said in zip(names, counts, heard, strict=True)
    }
    return whole, rest, {**weights, "review": 100 - sum(weights.values())}


def suggestion(total: int, params: Mapping[str, Any]) -> str:
    """What a total suggests: excellent, pass, or that somebody looks. Never fail: that is a person's word."""
    if total >= max(params["excellent_mark"], params["pass_mark"]):
        return EXCELLENT
    return PASS if total >= params["pass_mark"] else LOOK


def cap(assessed: int, params: Mapping[str, Any]) -> int:
    """How many of so many may be excellent; one at least where anybody is assessed."""
    return max(1, assessed * int(params["excellent_cap"]) // 100) if assessed else 0
