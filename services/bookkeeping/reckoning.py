"""Arithmetic of hours and points: pure, whole numbers, nothing but the moments it is given.

Hours are those actually given (条例 §19; 民函〔2012〕340号: without travel), so minutes are neither rounded up
nor to halves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


def credited_minutes(*, in_at: datetime, out_at: datetime, starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes between in and out that lie inside the shift; never negative."""
    begin, end = max(in_at, starts_at), min(out_at, ends_at)
    return max(0, (end - begin) // MINUTE)


def points_for(minutes: int, per_hour: int) -> int:
    """Points for credited minutes at a whole rate per hour, half up (design §6.9)."""
    return (minutes * per_hour * 2 + 60) // 120


def stars(minutes: int, ladder_hours: list[int]) -> int:
    """How many stars confirmed minutes reach on a ladder such as 100/300/600/1000/1500 h (domain A6)."""
    return sum(minutes >= hours * 60 for hours in ladder_hours)


def next_star_minutes(minutes: int, ladder_hours: list[int]) -> int | None:
    """The confirmed minutes at which the next star lies; None on the top step."""
    return next((hours * 60 for hours in ladder_hours if minutes < hours * 60), None)
