"""正月十五, 腊八, 大年初三, 腊月里: days and months of the farmers' calendar (农历), as days of ours."""

from __future__ import annotations

from datetime import date, timedelta

from borax.calendars.lunardate import InvalidLunarDateError, LCalendars, LunarDate

from handlers.bot.understanding import numerals

Days = tuple[date, date]
DAY = timedelta(days=1)
#: Feasts by month and day; day 0 is the last one of the month.
FEASTS = {
    "元宵": (1, 15), "龙抬头": (2, 2), "二月二": (2, 2), "端午": (5, 5), "七夕": (7, 7), "中元": (7, 15),
    "七月半": (7, 15), "中秋": (8, 15), "八月半": (8, 15), "八月十五": (8, 15), "重阳": (9, 9), "腊八": (12, 8),
    "小年": (12, 23), "除夕": (12, 0), "年三十": (12, 0), "大年三十": (12, 0), "三十晚上": (12, 0),
}  # fmt: skip
#: Months that have a name in this calendar alone.
MONTHS = {"正": 1, "冬": 11, "腊": 12}


def feast(name: str, year: int) -> Days | None:
    """The day of a feast in a year of this calendar; None for no feast of it."""
    month, number = FEASTS.get(name, (0, 0))
    return day(year, month, number or LCalendars.ndays(year, month)) if month else None


def day(year: int, month: int, number: int) -> Days | None:
    """The `number`th of a month; None where that month has no such day."""
    try:
        found: date = LunarDate(year, month, number).to_solar_date()
    except InvalidLunarDateError:
        return None
    return found, found + DAY


def month(year: int, number: int) -> Days:
    """A whole month, 29 or 30 days."""
    first: date = LunarDate(year, number, 1).to_solar_date()
    return first, first + DAY * int(LCalendars.ndays(year, number))


def month_number(word: str) -> int:
    """正 → 1, 腊 → 12, 三 → 3; ValueError for none."""
    found = MONTHS.get(word) or numerals.value(word)
    if not 1 <= found <= 12:
        raise ValueError(word)
    return found


def day_number(word: str) -> int:
    """初三 → 3, 廿六 → 26, 十五 → 15."""
    bare = word.removeprefix("初")
    return 20 + (numerals.value(bare[1:]) if bare[1:] else 0) if bare.startswith("廿") else numerals.value(bare)


def in_this_month(today: date, shift: int, number: int) -> Days | None:
    """The `number`th of the month that `today` is in, or of one `shift` months (of 30 days) from it."""
    here = LunarDate.from_solar_date(*(today + DAY * 30 * shift).timetuple()[:3])
    return day(here.year, here.month, number)
