"""Months, quarters and years as text: `2026-06`, `2026Q2`, `2026`; what lies between two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from frozen import dataclass

_PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|Q([1-4]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter or year: its first and last month."""

    text: str
    first: str
    last: str

    @property
    def first_day(self) -> str:
        """The first day, as ISO text."""
        return f"{self.first}-01"

    @property
    def last_day(self) -> str:
        """The last day, as ISO text."""
        return last_day_of(self.last).isoformat()


def month_of(day: date) -> str:
    """The month of a day."""
    return day.isoformat()[:7]


def month_after(month: str, steps: int) -> str:
    """The month so many months later (earlier, below zero)."""
    whole = int(month[:4]) * 12 + int(month[5:7]) - 1 + steps
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def months_between(first: str, last: str) -> Iterator[str]:
    """Every month from `first` to `last`, both within it."""
    while first <= last:
        yield first
        first = month_after(first, 1)


def last_day_of(month: str) -> date:
    """The last day of a month."""
    return date.fromordinal(date.fromisoformat(f"{month_after(month, 1)}-01").toordinal() - 1)


def period(text: str) -> Period | None:
    """The period that a text names; None if it names none."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if month:
        return Period(text, text, text)
    if quarter:
        first = f"{year}-{int(quarter) * 3 - 2:02d}"
        return Period(text, first, month_after(first, 2))
    return Period(text, f"{year}-01", f"{year}-12")


def periods(today: date, *, years: int = 3, quarters: int = 8, months: int = 24) -> list[str]:
    """The years, quarters and months one may choose, each from now backwards."""
    now = month_of(today)
    quarter = month_after(now, -((today.month - 1) % 3))
    starts = [month_after(quarter, -3 * back) for back in range(quarters)]
    return [
        *(str(today.year - back) for back in range(years)),
        *(f"{start[:4]}Q{(int(start[5:]) + 2) // 3}" for start in starts),
        *(month_after(now, -back) for back in range(months)),
    ]
