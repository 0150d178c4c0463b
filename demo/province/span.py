"""The time a made-up province has behind it, and which of its days are busy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clock import SHANGHAI, local_day, to_millis

#: Shorter than points last, so that none would have had to expire.
DAYS = 1020
#: How much is done in each month: March of Lei Feng, the flood season, the days of autumn; little around new year.
MONTHS = (0, 6, 5, 14, 10, 9, 10, 13, 11, 10, 12, 9, 8)
WEEKEND = 2
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day of the programme to yesterday."""

    at: datetime

    @property
    def today(self) -> date:
        return local_day(self.at)

    @property
    def days(self) -> int:
        return DAYS

    @property
    def first(self) -> date:
        return self.today - timedelta(days=DAYS)

    @property
    def opened(self) -> datetime:
        return datetime.combine(self.first, time(), SHANGHAI)

    def day(self, number: int) -> date:
        """The day so many days after the first."""
        return self.first + timedelta(days=number)

    def midnight(self, day: date) -> int:
        """Its beginning in Shanghai, epoch milliseconds."""
        return to_millis(datetime.combine(day, time(), SHANGHAI))

    def busy(self) -> list[int]:
        """Every day but today by its number, the oftener the busier it is."""
        found: list[int] = []
        for number in range(DAYS):
            day = self.day(number)
            found += [number] * (MONTHS[day.month] * (WEEKEND if day.weekday() >= 5 else 1))
        return found
