"""Public notices (公示) of whoever is to be honoured: how long one runs, whether it runs today, when it is over.

The last day is counted by the state's calendar as it is known when the notice begins. Where the calendar of a new year
comes out meanwhile and makes it too short, the notice runs on (`due`).
"""

from __future__ import annotations

from datetime import date, datetime

from clock import local_day
from services.times import day_starts, last_day, working_days_after


def span(*, days: int, at: datetime) -> tuple[str, str]:
    """(first day, last day) of a notice of so many working days that begins now."""
    return local_day(at).isoformat(), last_day(working_days_after(at, days)).isoformat()


def runs(first: str | None, last: str | None, at: datetime) -> bool:
    """Whether a notice from `first` to `last` runs today."""
    return bool(first and last) and str(first) <= local_day(at).isoformat() <= str(last)


def due(*, first: str, days: int) -> date:
    """The last day of a notice that began on `first`, by the calendar as it is known now."""
    return last_day(working_days_after(day_starts(date.fromisoformat(first)), days))
