"""The arithmetic of one person's total: weights that move to the review, halves that go up, the cap."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment import reckoning
from services.assessment.reckoning import Scores

PARAMS: dict[str, Any] = {
    "weight_self": 20, "weight_peer": 30, "weight_review": 50, "pass_mark": 60, "excellent_mark": 90,
    "excellent_cap": 20,
}  # fmt: skip
POINTS = st.integers(0, 100)


@pytest.mark.parametrize(
    ("scores", "total", "weights", "suggested"),
    [
        (Scores(90, 80, 70), 77, {"self": 20, "peer": 30, "review": 50}, "pass"),
        (Scores(None, 80, 70), 73, {"self": 0, "peer": 30, "review": 70}, "pass"),
        (Scores(None, None, 64), 64, {"self": 0, "peer": 0, "review": 100}, "pass"),
        (Scores(100, 100, 0, 90), 95, {"self": 20, "peer": 30, "review": 50}, "excellent"),
        (Scores(90, 90, 30), 60, {"self": 20, "peer": 30, "review": 50}, "pass"),
        (Scores(0, 0, 100), 50, {"self": 20, "peer": 30, "review": 50}, "look"),
        (Scores(80, 80, 80, None, [(25, None)]), 80, {"self": 16, "peer": 24, "extra1": 0, "review": 60}, "pass"),
        (Scores(80, 80, 80, None, [(25, 0)]), 64, {"self": 16, "peer": 24, "extra1": 20, "review": 40}, "pass"),
    ],
)  # fmt: skip
def test_a_missing_score_leaves_its_weight_to_the_review(
    scores: Scores, total: int, weights: dict[str, int], suggested: str
) -> None:
    done = reckoning.reckon(scores, PARAMS)
    assert (done.total, done.weights, done.suggested) == (total, weights, suggested)


@given(own=st.none() | POINTS, peer=st.none() | POINTS, objective=POINTS, review=st.none() | POINTS)
def test_silence_never_takes_a_total_below_what_was_said(
    own: int | None, peer: int | None, objective: int, review: int | None
) -> None:
    said = [each for each in (own, peer, objective if review is None else review) if each is not None]
    done = reckoning.reckon(Scores(own, peer, objective, review), PARAMS)
    assert min(said) <= done.total <= max(said)
    assert sum(done.weights.values()) == 100
    assert done.suggested != "fail"


@pytest.mark.parametrize(("assessed", "most"), [(0, 0), (1, 1), (4, 1), (9, 1), (10, 2), (300, 60)])
def test_the_cap_is_a_share_of_the_assessed_and_one_at_least(assessed: int, most: int) -> None:
    assert reckoning.cap(assessed, PARAMS) == most
