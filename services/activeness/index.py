"""The activeness of a team in a month, 0–100, by the division's own numbers (S50); counted by the worker.

Four parts, each as far as its target is reached: activities held, different people who came per member, hours per
member, and in how many of the last months anything was held. Their weights need not come to a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import store
from models.store import Write
from queries import activeness as sql
from services.dates import month_after, month_of, months_between
from services.rules import Everywhere
from services.statistics.months import note_counted
from services.times import day_starts

#: Rows in one write; months counted anew each night, since hours are confirmed and corrected late.
BATCH, MONTHS_BACK = 500, 12
WHAT = "activeness"


@dataclass(frozen=True, slots=True)
class Month:
    """What a team's month is judged by; minutes are whole, `active_months` of the last `months` this one among them."""

    members: int
    activities: int
    participants: int
    minutes: int
    active_months: int
    months: int


def points(month: Month, numbers: Mapping[str, Any]) -> int:
    """The activeness of a month, 0–100, half up; 0 where no part weighs anything."""
    members = max(month.members, 1)
    parts = (
        (numbers["weight_activities"], month.activities, numbers["target_activities"]),
        (numbers["weight_people"], month.participants * 100, numbers["target_people"] * members),
        (numbers["weight_hours"], month.minutes, numbers["target_hours"] * members),
        (numbers["weight_regular"], month.active_months, month.months),
    )
    weights = sum(weight for weight, _, _ in parts)
    if not weights:
        return 0
    # Hundredths of a point of each part, so that four roundings do not become one point.
    whole = sum(weight * min(value, target) * 10_000 // target for weight, value, target in parts)
    return int((whole // weights + 50) // 100)


def refresh(*, at: datetime, write: Write = store.write, back: int = MONTHS_BACK) -> int:
    """Count the last months of every team that exists; answers how many rows changed. Safe to run twice.

    All of them are judged by the numbers that hold now, so that one month can be compared with another.
    """
    now = month_of(local_day(at))
    first = month_after(now, -back)
    teams = sql.teams()
    rules = Everywhere("activeness", at)
    numbers = {str(row[1]): rules.of(str(row[1])).params for row in teams}
    longest = max((int(each["regular_months"]) for each in numbers.values()), default=1)
    seen: dict[str, dict[int, tuple[int, int, int]]] = {}
    changed = 0
    for month in months_between(month_after(first, 1 - longest), now):
        seen[month] = _did(month)
        if month >= first:
            changed += _month(month, teams, numbers, seen, at, write)
    write(partial(note_counted, WHAT, at))
    return changed


def _did(month: str) -> dict[int, tuple[int, int, int]]:
    rows = sql.did(since_day=f"{month}-01", before_day=f"{month_after(month, 1)}-01")
    return {int(team): (int(held), int(people), int(minutes)) for team, held, people, minutes in rows}


def _month(
    month: str, teams: list[Any], numbers: Mapping[str, Mapping[str, Any]],
    seen: Mapping[str, Mapping[int, tuple[int, int, int]]], at: datetime, write: Write,
) -> int:  # fmt: skip
    ends = min(day_starts(date.fromisoformat(f"{month_after(month, 1)}-01")), at)
    members = {int(row[0]): int(row[1]) for row in sql.members(at=to_millis(ends))}
    kept = {int(row[0]): tuple(row[1:]) for row in sql.kept(month)}
    changed = []
    windows: dict[str, list[str]] = {}
    for team, code, kind, speciality, founded, created, _state in teams:
        # Of the time before a team was entered nothing is known; it must not pull its mean down.
        began = max(str(founded)[:7], month_of(local_day(from_millis(int(created)))))
        held, people, minutes = seen[month].get(int(team), (0, 0, 0))
        if began > month and not held:
            continue
        policy = numbers[str(code)]
        since = max(month_after(month, 1 - int(policy["regular_months"])), min(began, month))
        if since not in windows:
            windows[since] = list(months_between(since, month))
        window = windows[since]
        active = sum(1 for each in window if int(team) in seen.get(each, {}))
        judged = Month(members.get(int(team), 0), held, people, minutes, active, len(window))
        row = (
            code, kind, speciality, judged.members, held, people, minutes, active, points(judged, policy),
        )  # fmt: skip
        if kept.get(int(team)) != row:
            changed.append((month, int(team), *row))
    for start in range(0, len(changed), BATCH):
        write(partial(sql.put, changed[start : start + BATCH]))
    return len(changed)
