"""The public home's counts: volunteers, hours, people served of a province, a city, a county (S2).

The worker sums what the statistics counted (`statistics.tally`, `statistics.months`) and puts it down; a page reads one
row. Minutes and people served are those of the statistics: figures reported by hand stay apart, here as there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import partial

from clock import local_day, to_millis
from frozen import dataclass
from models import PublicFigure, store
from models.store import Write
from queries import publicity as sql

#: Levels that have a row: province, city, county.
CUTS = (2, 4, 6)


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What is shown; minutes and `served` (people, by the leaders' reports) of all years, and of `year` alone."""

    volunteers: int
    teams: int
    minutes: int
    served: int
    year: str
    year_minutes: int
    year_served: int
    counted_at: datetime

    @property
    def hours(self) -> int:
        """Whole hours of all years."""
        return self.minutes // 60

    @property
    def year_hours(self) -> int:
        """Whole hours of the year."""
        return self.year_minutes // 60


def refresh(*, at: datetime, write: Write = store.write) -> int:
    """Put the figures down anew; for how many divisions. Safe to run twice."""
    year, moment = str(local_day(at).year), to_millis(at)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 6)

    def add(code: str, place: int, number: int) -> None:
        for cut in CUTS:
            if len(code) >= cut:
                found[code[:cut]][place] += number

    for code, number in sql.volunteers():
        add(str(code), 0, int(number))
    for code, number in sql.teams():
        add(str(code), 1, int(number))
    for code, of_year, minutes, served in sql.years():
        add(str(code), 2, int(minutes))
        add(str(code), 3, int(served))
        if of_year == year:
            add(str(code), 4, int(minutes))
            add(str(code), 5, int(served))
    for gone in PublicFigure.select(PublicFigure.region_code):
        found[str(gone.region_code)]  # a division of which nothing is left counts nothing
    rows = [(code, *n[:4], year, *n[4:], moment) for code, n in sorted(found.items())]
    write(partial(sql.put, rows))
    return len(rows)


def of(region_code: str) -> PublicFigures | None:
    """The figures of the smallest of province, city and county that holds the division; None before the first count."""
    wanted = [region_code[:cut] for cut in CUTS if len(region_code) >= cut]
    row = PublicFigure.select().where(PublicFigure.region_code.in_(wanted)).order_by(PublicFigure.region_code.desc())
    found = row.first()
    if found is None:
        return None
    return PublicFigures(**{name: getattr(found, name) for name in PublicFigures.__dataclass_fields__})
