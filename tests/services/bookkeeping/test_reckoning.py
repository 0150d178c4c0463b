"""Arithmetic of hours and points."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bookkeeping.reckoning import (
    Credit,
    credit,
    credited_minutes,
    next_star_minutes,
    points_for,
    stars,
)

START = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
LADDER = [100, 300, 600, 1000, 1500]


def minutes(begin: float, end: float, length: float = 120) -> int:
    return credited_minutes(
        in_at=START + timedelta(minutes=begin), out_at=START + timedelta(minutes=end),
        starts_at=START, ends_at=START + timedelta(minutes=length),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("begin", "end", "credited"),
    [(0, 120, 120), (-30, 150, 120), (10, 70.99, 60), (130, 140, 0), (-30, -10, 0), (50, 40, 0), (0, 0.5, 0)],
)
def test_credited_minutes(begin: float, end: float, credited: int) -> None:
    assert minutes(begin, end) == credited


@given(st.integers(-600, 600), st.integers(-600, 600), st.integers(1, 600))
def test_credit_is_never_negative_nor_longer_than_the_shift(begin: int, end: int, length: int) -> None:
    assert 0 <= minutes(begin, end, length) <= length


@pytest.mark.parametrize(
    ("served", "points"), [(0, 0), (29, 0), (30, 1), (60, 1), (89, 1), (90, 2), (150, 3)]
)
def test_points_are_rounded_half_up(served: int, points: int) -> None:
    assert points_for(served, 1) == points


@pytest.mark.parametrize(
    ("hours", "reached", "next_hours"), [(0, 0, 100), (99.9, 0, 100), (100, 1, 300), (1500, 5, None)]
)
def test_stars(hours: float, reached: int, next_hours: int | None) -> None:
    served = int(hours * 60)
    assert stars(served, LADDER) == reached
    assert next_star_minutes(served, LADDER) == (None if next_hours is None else next_hours * 60)


def counts(begin: float, end: float, taken: tuple[tuple[int, int], ...] = (), **rule: int) -> Credit:
    at = [START + timedelta(minutes=each) for each in (begin, end)]
    spans = [(START + timedelta(minutes=one), START + timedelta(minutes=two)) for one, two in taken]
    return credit(
        in_at=at[0], out_at=at[1], starts_at=START, ends_at=START + timedelta(hours=2), params=rule, taken=spans
    )


@pytest.mark.parametrize(
    ("record", "rule", "credited"),
    [
        ((0, 120), {}, Credit(120, "counted")),
        ((0, 0.5), {}, Credit(0, "too_short")),
        ((-20, 140), {}, Credit(120, "clamped")),
        ((0, 71), {"min_share": 60}, Credit(0, "below_share")),
        ((0, 72), {"min_share": 60}, Credit(72, "counted")),
        ((0, 89), {"round_to": 30}, Credit(60, "rounded")),
        ((0, 90), {"round_to": 30}, Credit(90, "counted")),
        ((0, 20), {"round_to": 30}, Credit(0, "rounded")),
    ],
)
def test_credit_by_rule(record: tuple[float, float], rule: dict[str, int], credited: Credit) -> None:
    assert counts(*record, **rule) == credited


@pytest.mark.parametrize(
    ("taken", "credited"),
    [
        (((60, 180),), Credit(60, "overlap", 60)),
        (((-60, 0), (120, 180)), Credit(120, "counted")),
        (((10, 20), (15, 30), (100, 110)), Credit(90, "overlap", 30)),
        (((-60, 180),), Credit(0, "overlap", 120)),
    ],
)
def test_credit_beside_what_other_records_count(taken: tuple[tuple[int, int], ...], credited: Credit) -> None:
    assert counts(0, 120, taken) == credited


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)).map(sorted), max_size=5))
def test_records_in_a_row_credit_the_union(spans: list[list[int]]) -> None:
    taken: list[tuple[int, int]] = []
    total = 0
    for begin, end in spans:
        total += counts(begin, end, tuple(taken)).minutes
        taken.append((begin, end))
    covered = {minute for begin, end in spans for minute in range(begin, min(end, 120))}
    assert total == len(covered)
