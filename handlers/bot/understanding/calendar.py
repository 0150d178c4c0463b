"""Days, weeks, months and holidays as half-open intervals of local days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar
from borax.calendars.lunardate import TermUtils
from chinese_calendar.constants import holidays

from handlers.bot.understanding import lunar

Days = tuple[date, date]
DAY = timedelta(days=1)
#: Years that somebody may mean.
EARLIEST, LATEST = 1949, 2100
#: Days of every year that people name: 八一 and the like.
FIXED = {
    "元旦节": (1, 1), "学雷锋日": (3, 5), "雷锋日": (3, 5), "妇女节": (3, 8), "三八": (3, 8), "儿童节": (6, 1),
    "六一": (6, 1), "七一": (7, 1), "建党节": (7, 1), "八一": (8, 1), "建军节": (8, 1), "烈士纪念日": (9, 30),
    "十一": (10, 1),
}  # fmt: skip
HOLIDAYS = {
    "元旦": chinese_calendar.Holiday.new_years_day, "春节": chinese_calendar.Holiday.spring_festival,
    "过年": chinese_calendar.Holiday.spring_festival, "清明": chinese_calendar.Holiday.tomb_sweeping_day,
    "五一": chinese_calendar.Holiday.labour_day, "劳动节": chinese_calendar.Holiday.labour_day,
    "端午": chinese_calendar.Holiday.dragon_boat_festival, "中秋": chinese_calendar.Holiday.mid_autumn_festival,
    "国庆": chinese_calendar.Holiday.national_day,
}  # fmt: skip


def day(when: date) -> Days:
    """One day."""
    return when, when + DAY


def week(today: date, shift: int) -> Days:
    """Monday to Sunday, `shift` weeks from now."""
    monday = today - DAY * today.weekday() + DAY * 7 * shift
    return monday, monday + DAY * 7


def months(year: int, month: int, count: int = 1) -> Days:
    """`count` whole months from the first of `month`; a month beyond December is one of the next year."""
    return _first(year, month), _first(year, month + count)


def years(year: int, count: int = 1) -> Days:
    """Whole years."""
    return date(year, 1, 1), date(year + count, 1, 1)


def back(today: date, *, month: int) -> date:
    """The day after the same day `month` months ago; where there is none (31st), after the last one."""
    first = _first(today.year, today.month - month)
    last = (_first(today.year, today.month - month + 1) - DAY).day
    return first.replace(day=min(today.day, last)) + DAY


@cache
def holiday(name: str, year: int) -> Days | None:
    """The days off of a holiday in a year; where the state's calendar is not known yet, the feast itself."""
    if name in FIXED:
        return day(date(year, *FIXED[name]))
    # The eighth day of a long National Day may carry the Mid-autumn Festival's name: take the whole stretch.
    own = sorted(when for when, what in holidays.items() if what == HOLIDAYS[name].value and when.year == year)
    return (own[0], own[-1] + DAY) if own else _by_custom(name, year)


def _by_custom(name: str, year: int) -> Days | None:
    """A feast on its day, New Year's to the sixth, a holiday with a date of its own for as long as it mostly is."""
    if name in ("春节", "过年"):
        first, _ = lunar.month(year, 1)
        return first, first + DAY * 6
    if name in ("国庆", "五一", "劳动节", "元旦"):
        month, number, length = {"国庆": (10, 1, 7), "元旦": (1, 1, 1)}.get(name, (5, 1, 5))
        return date(year, month, number), date(year, month, number) + DAY * length
    if name == "清明":
        return day(TermUtils.day_start_from_term(year, name))
    return lunar.feast(name, year)


def _first(year: int, month: int) -> date:
    extra, rest = divmod(month - 1, 12)
    return date(year + extra, rest + 1, 1)
