"""Deadlines in working days: what is asked before a holiday is not late on it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services import times


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 6, 10), True),  # a Wednesday
        (date(2026, 6, 13), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # a Saturday worked for it
        (date(2035, 1, 6), False),  # not announced: a Saturday
        (date(2035, 1, 1), True),  # not announced: a Monday
    ],
)
def test_working_day_follows_the_states_calendar(day: date, works: bool) -> None:
    assert times.is_working_day(day) is works


def test_deadline_asked_on_friday_is_the_end_of_monday() -> None:
    friday = datetime(2026, 6, 12, 3, 0, tzinfo=UTC)
    assert times.working_days_after(friday, 1) == datetime(2026, 6, 15, 16, 0, tzinfo=UTC)


def test_deadline_skips_the_holidays() -> None:
    last_day = datetime(2026, 9, 30, 3, 0, tzinfo=UTC)
    assert times.working_days_after(last_day, 1) == datetime(2026, 10, 8, 16, 0, tzinfo=UTC)
