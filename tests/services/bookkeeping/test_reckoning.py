"""Arithmetic of hours and points."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.bookkeeping.reckoning import credited_minutes, next_star_minutes, points_for, stars

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
