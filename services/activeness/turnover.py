"""Who stayed, came and went in a team's year, and how many of it were excellent (S48); counted by the worker."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from clock import local_day, to_millis
from models import store
from models.store import Write
from queries import activeness as sql
from services.times import day_starts

BATCH = 500


def refresh(*, at: datetime, write: Write = store.write) -> int:
    """Count this year and the last of every team; answers how many rows changed. Safe to run twice.

    A membership that ended because one person was there twice is none. Results count from when people were told.
    """
    this = local_day(at).year
    places = {int(row[0]): str(row[1]) for row in sql.all_teams()}
    return sum(_year(year, places, at, write) for year in (this - 1, this))


def _year(year: int, places: dict[int, str], at: datetime, write: Write) -> int:
    start = day_starts(date(year, 1, 1))
    end = min(day_starts(date(year + 1, 1, 1)), at)
    judged = {int(row[0]): (int(row[1]), int(row[2])) for row in sql.assessed(str(year))}
    kept = {int(row[0]): tuple(row[1:]) for row in sql.years_kept(str(year))}
    found = {int(row[0]): tuple(map(int, row[1:])) for row in sql.years(start=to_millis(start), end=to_millis(end))}
    changed = []
    for team in {*found, *judged, *kept}:
        row = (places.get(team, ""), *found.get(team, (0,) * 5), *judged.get(team, (0, 0)))
        if kept.get(team) != row and (any(row[1:]) or team in kept):
            changed.append((str(year), team, *row))
    for first in range(0, len(changed), BATCH):
        write(partial(sql.put_years, changed[first : first + BATCH]))
    return len(changed)
