"""Moments of the Shanghai day: when it starts, when people sleep, when offices work, when the platform counts anew."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import chinese_calendar

from clock import SHANGHAI, UTC, local_day


def day_starts(day: date) -> datetime:
    """Midnight in Shanghai at the start of `day`, aware UTC."""
    return at_hour(day, 0)


def at_hour(day: date, hour: int) -> datetime:
    """`hour` o'clock in Shanghai on `day`, aware UTC."""
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


def five_past_midnight(at: datetime) -> datetime:
    """The next 00:05 in Shanghai: the platform's daily quotas have been reset by then."""
    return day_starts(local_day(at) + timedelta(days=1)) + timedelta(minutes=5)


def after_quiet(at: datetime, *, quiet_from: int, quiet_until: int) -> datetime:
    """`at` itself, or, within the quiet hours (22 to 7, say), the morning hour at which they end."""
    hour = at.astimezone(SHANGHAI).hour
    day = local_day(at)
    if quiet_from <= quiet_until:
        return at_hour(day, quiet_until) if quiet_from <= hour < quiet_until else at
    if hour >= quiet_from:
        return at_hour(day + timedelta(days=1), quiet_until)
    return at_hour(day, quiet_until) if hour < quiet_until else at


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: the state's calendar of holidays and shifted Saturdays.

    For a year not announced yet (each autumn for the next), Monday to Friday.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_days_after(at: datetime, days: int) -> datetime:
    """The end of the `days`-th working day after the day of `at`: midnight in Shanghai, aware UTC.

    Asked on a Friday, one working day ends with Monday: what must be answered within it is late from then on.
    """
    day = local_day(at)
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day_starts(day + timedelta(days=1))


def last_day(due: datetime) -> date:
    """The last day that a deadline leaves: what is late from midnight on must be done the day before."""
    return local_day(due - timedelta(minutes=1))
