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
        (date(2035, 1, 8), True),  # not announced: a Monday
        (date(2035, 1, 1), False),  # not announced: New Year's Day is a holiday by law
        (date(2035, 2, 14), False),  # not announced: the seventh day of the new year
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


@pytest.mark.parametrize(("asked", "last"), [("2027-01-04", "2027-01-11"), ("2027-02-03", "2027-02-18")])
def test_five_days_of_a_year_not_announced_are_never_too_few(asked: str, last: str) -> None:
    """A term over New Year's Eve waits for the whole holiday, which is known by the moon before it is announced."""
    at = datetime.fromisoformat(f"{asked}T09:00:00+08:00")
    assert times.last_day(times.working_days_after(at, 5)).isoformat() == last
