"""Moments of the Shanghai day: when it starts, when people sleep, when offices work, when the platform counts anew."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import chinese_calendar
from borax.calendars.lunardate import LunarDate, TermUtils

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


def at_clock(day: date, clock_time: str) -> datetime:
    """`"18:30"` in Shanghai on `day`, aware UTC."""
    return datetime.combine(day, time.fromisoformat(clock_time), SHANGHAI).astimezone(UTC)


def next_clock(at: datetime, clock_time: str) -> datetime:
    """The next `"18:30"` in Shanghai after `at`."""
    today = at_clock(local_day(at), clock_time)
    return today if today > at else at_clock(local_day(at) + timedelta(days=1), clock_time)


def after_quiet(at: datetime, *, quiet_from: str, quiet_until: str) -> datetime:
    """`at` itself, or, within the quiet hours ("21:30" to "07:30", say), the moment at which they end."""
    now, begins, ends = at.astimezone(SHANGHAI).time(), time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    quiet = begins <= now < ends if begins <= ends else now >= begins or now < ends
    return next_clock(at, quiet_until) if quiet else at


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: the state's calendar of holidays and shifted Saturdays.

    For a year not announced yet (each autumn for the next), Monday to Friday without the holidays of the law and the
    days that are mostly taken beside them: a term counted so is rather a day too long than too short.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    """全国年节及纪念日放假办法 (2024), New Year's Eve to the seventh, and whole weeks in May and October."""
    spring: date = LunarDate(year, 1, 1).to_solar_date()
    fixed = [(1, 1), *((5, number) for number in range(1, 6)), *((10, number) for number in range(1, 8))]
    return frozenset({
        *(date(year, month, number) for month, number in fixed),
        *(spring + timedelta(days=number) for number in range(-1, 7)), TermUtils.day_start_from_term(year, "清明"),
        LunarDate(year, 5, 5).to_solar_date(), LunarDate(year, 8, 15).to_solar_date(),
    })  # fmt: skip


def is_announced(day: date) -> bool:
    """Whether the state's calendar of this day's year is known: otherwise `is_working_day` goes by the law alone."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


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
