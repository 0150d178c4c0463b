"""Counting service by month, division, team and domain: the worker does, every page of statistics reads (S119).

The current and the last month are counted every few minutes, every month anew in the night: hours are corrected, made
up and voided long after. Counting again changes only what differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from clock import from_millis, local_day
from models import Counted, store
from models.store import Write
from queries import Row
from queries import months as sql
from services.dates import month_after, month_of, months_between

#: Rows in one write.
BATCH = 500
Key = tuple[str, int, str]
Counts = tuple[str, str, int, int, int, int, int, int]
WHAT = "months"


def refresh(*, at: datetime, write: Write = store.write) -> int:
    """Count this month and the last; answers how many rows changed."""
    now = month_of(local_day(at))
    return _all([month_after(now, -1), now], at, write)


def refresh_all(*, at: datetime, write: Write = store.write) -> int:
    """Count every month there ever was; answers how many rows changed."""
    now = month_of(local_day(at))
    first = min(sql.first_days(), default=now)[:7]
    ahead = month_after(now, 1)  # an activity entered with tomorrow's day, records and all
    return _all(list(months_between(max(first, "2000-01"), ahead)), at, write)


def counted_at() -> datetime | None:
    """When the months were last counted."""
    moment = Counted.select(Counted.at).where(Counted.what == WHAT).scalar()
    return from_millis(moment) if isinstance(moment, int) else moment


def _all(months: list[str], at: datetime, write: Write) -> int:
    teams = {int(row[0]): (str(row[1]), str(row[2])) for row in sql.teams()}
    changed = 0
    years = set()
    for month in months:
        new = _write(month, _counted(month, teams), write)
        changed += new
        years |= {month[:4]} if new else set()
    for year in sorted(years):
        changed += _write(year, {(row[0], int(row[1]), row[2]): _whole(row[3:]) for row in sql.year(year)}, write)
    write(partial(note_counted, WHAT, at))
    return changed


def note_counted(what: str, at: datetime) -> None:
    """Put down that something was counted; inside a write."""
    if not Counted.update(at=at).where(Counted.what == what).execute():
        Counted.insert(what=what, at=at).execute()


def _whole(row: Row) -> Counts:
    kind, speciality, *numbers = row
    return (kind, speciality, *map(int, numbers))


def _write(month: str, found: dict[Key, Counts], write: Write) -> int:
    """Bring what stands of a month (or of a year) in line with what was counted."""
    kept: dict[Key, Counts] = {(row[0], int(row[1]), row[2]): tuple(row[3:]) for row in sql.kept(month)}
    gone = [(code, month, team, domain) for code, team, domain in kept if (code, team, domain) not in found]
    changed = [(month, *key, *counts) for key, counts in found.items() if kept.get(key) != counts]
    for start in range(0, len(changed), BATCH):
        write(partial(sql.put, changed[start : start + BATCH]))
    for start in range(0, len(gone), BATCH):
        write(partial(sql.take, gone[start : start + BATCH]))
    return len(changed) + len(gone)


def _counted(month: str, teams: dict[int, tuple[str, str]]) -> dict[Key, Counts]:
    since, before = f"{month}-01", f"{month_after(month, 1)}-01"
    found: dict[Key, list[int]] = {}
    for code, team, domain, *numbers in _rows(since, before):
        held = found.setdefault((code, int(team), domain), [0, 0, 0, 0, 0, 0])
        for place, number in enumerate(numbers):
            held[place] += int(number)
    for code, team, domain, number in sql.served(since_day=since, before_day=before):
        found.setdefault((code, int(team), domain), [0, 0, 0, 0, 0, 0])[5] += int(number)
    return {
        key: (*teams.get(key[1], ("", "")), *numbers)  # type: ignore[misc]
        for key, numbers in found.items()
    }


def _rows(since: str, before: str) -> Iterator[Row]:
    yield from sql.held(since_day=since, before_day=before)
    yield from sql.alone(since_day=since, before_day=before)

