"""Service by month: counted once from activities and records, read by every page of statistics (S119).

An activity is counted whole in the month, division, team and domain that stand on itself, so that every sum of rows is
a sum of activities. Beside the months stand the whole years, added up, so that a province's year is 20,000 rows and not
240,000; what is asked from `2026` to `2026` reads years, from `2026-01` to `2026-12` months. `{key}` is one of KEYS,
never anybody's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from queries import Row, change, rows

HELD = """
SELECT region_code, team_id, domain, COUNT(*), SUM(came), SUM(minutes), SUM(supplement), SUM(transferred)
FROM (
    SELECT a.id, a.region_code, a.team_id, a.domain, COUNT(*) AS came, SUM(r.minutes) AS minutes,
        SUM(CASE WHEN r.source = 'supplement' THEN r.minutes ELSE 0 END) AS supplement,
        SUM(CASE WHEN r.source = 'transferred' THEN r.minutes ELSE 0 END) AS transferred
    FROM activity a JOIN service_record r ON r.activity_id = a.id
    WHERE a.local_day >= ? AND a.local_day < ? AND a.purpose = 'service' AND r.state = 'confirmed'
    GROUP BY a.id, a.region_code, a.team_id, a.domain
) AS held GROUP BY region_code, team_id, domain
"""
ALONE = """
SELECT region_code, team_id, '', 0, 0, SUM(minutes), SUM(CASE WHEN source = 'supplement' THEN minutes ELSE 0 END),
    SUM(CASE WHEN source = 'transferred' THEN minutes ELSE 0 END)
FROM service_record
WHERE activity_id IS NULL AND local_day >= ? AND local_day < ? AND state = 'confirmed' GROUP BY region_code, team_id
"""
#: Only of activities that took place: a report on one to which nobody came serves nobody.
SERVED = """
SELECT a.region_code, a.team_id, a.domain, SUM(p.served) FROM activity a JOIN activity_report p ON p.activity_id = a.id
WHERE a.local_day >= ? AND a.local_day < ? AND a.purpose = 'service' AND p.served > 0
    AND EXISTS (SELECT 1 FROM service_record r WHERE r.activity_id = a.id AND r.state = 'confirmed')
GROUP BY a.region_code, a.team_id, a.domain
"""
KEPT = """
SELECT region_code, team_id, domain, kind, speciality, activities, attendances, minutes, supplement, transferred, served
FROM service_month WHERE month = ?
"""
PUT = """
INSERT INTO service_month (month, region_code, team_id, domain, kind, speciality, activities, attendances, minutes,
    supplement, transferred, served)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (region_code, month, team_id, domain) DO UPDATE SET kind = excluded.kind, speciality = excluded.speciality,
    activities = excluded.activities, attendances = excluded.attendances, minutes = excluded.minutes,
    supplement = excluded.supplement, transferred = excluded.transferred, served = excluded.served
"""
TAKE = "DELETE FROM service_month WHERE region_code = ? AND month = ? AND team_id = ? AND domain = ?"
YEAR = """
SELECT region_code, team_id, domain, kind, speciality, SUM(activities), SUM(attendances), SUM(minutes), SUM(supplement),
    SUM(transferred), SUM(served)
FROM service_month WHERE month >= ? AND month <= ? GROUP BY region_code, team_id, domain, kind, speciality
"""
FIRST = "SELECT MIN(local_day) FROM activity WHERE purpose = 'service'"
FIRST_ALONE = "SELECT MIN(local_day) FROM service_record WHERE activity_id IS NULL"
TEAMS = "SELECT id, kind, speciality FROM team"

#: What statistics can be grouped by.
KEYS: Mapping[str, str] = {
    "division": "SUBSTR(region_code, 1, ?)", "kind": "kind", "speciality": "speciality", "domain": "domain",
    "month": "month", "team": "team_id", "all": "''",
}  # fmt: skip
WITHIN = "region_code >= ? AND region_code < ? AND month >= ? AND month <= ? AND LENGTH(month) = ?"
SUMS = """
SELECT {key}, SUM(activities), SUM(attendances), SUM(minutes), SUM(supplement), SUM(transferred), SUM(served)
FROM service_month WHERE {within} GROUP BY 1
"""
ACTIVE = "SELECT {key}, COUNT(DISTINCT team_id) FROM service_month WHERE {within} AND activities > 0 GROUP BY 1"
BY_HAND = """
SELECT {key}, SUM(activities), SUM(attendances), SUM(minutes), SUM(served) FROM hand_figure WHERE {within} GROUP BY 1
"""
TEAMS_THEN = "SELECT {key}, COUNT(*), SUM(members) FROM team_month WHERE {within} GROUP BY 1"


def held(*, since_day: str, before_day: str) -> list[Row]:
    """(division, team, domain, activities, attendances, minutes, made up, of another system) of activities."""
    return rows(HELD, (since_day, before_day))


def alone(*, since_day: str, before_day: str) -> list[Row]:
    """The same of minutes that belong to no activity."""
    return rows(ALONE, (since_day, before_day))


def served(*, since_day: str, before_day: str) -> list[Row]:
    """(division, team, domain, people served by the reports)."""
    return rows(SERVED, (since_day, before_day))


def kept(month: str) -> list[Row]:
    """What stands counted of a month."""
    return rows(KEPT, (month,))


def year(text: str) -> list[Row]:
    """What the months of a year come to, in the shape of `kept`."""
    return rows(YEAR, (f"{text}-01", f"{text}-12"))


def put(batch: Iterable[Sequence[Any]]) -> None:
    """Write counts; inside a write."""
    for row in batch:
        change(PUT, row)


def take(batch: Iterable[Sequence[Any]]) -> None:
    """Take counts away whose activities are gone; inside a write."""
    for row in batch:
        change(TAKE, row)


def first_days() -> list[str]:
    """The first days of which there is anything."""
    return [str(row[0]) for text in (FIRST, FIRST_ALONE) for row in rows(text) if row[0]]


def teams() -> list[Row]:
    """(id, kind, speciality) of every team."""
    return rows(TEAMS)


def _asked(
    text: str, *, by: str, cut: int, first: str, end: str, since: str, until: str, **only: str
) -> list[Row]:
    key = KEYS[by]
    chosen = {name: value for name, value in only.items() if value}
    within = " AND ".join([WITHIN, *(f"{name} = ?" for name in sorted(chosen))])
    values = [cut] if by == "division" else []
    values += [first, end, since, until, len(since), *(chosen[name] for name in sorted(chosen))]  # type: ignore[list-item]
    return rows(text.format(key=key, within=within), values)


def sums(
    *, by: str, cut: int, first: str, end: str, since: str, until: str, kind: str = "", speciality: str = "",
    domain: str = "",
) -> list[Row]:  # fmt: skip
    """(key, activities, attendances, minutes, made up, of another system, served) of the months `since` … `until`."""
    return _asked(
        SUMS, by=by, cut=cut, first=first, end=end, since=since, until=until, kind=kind, speciality=speciality,
        domain=domain,
    )  # fmt: skip


def active(
    *, by: str, cut: int, first: str, end: str, since: str, until: str, kind: str = "", speciality: str = "",
    domain: str = "",
) -> list[Row]:  # fmt: skip
    """(key, teams that held anything)."""
    return _asked(
        ACTIVE, by=by, cut=cut, first=first, end=end, since=since, until=until, kind=kind, speciality=speciality,
        domain=domain,
    )  # fmt: skip


def by_hand(
    *, by: str, cut: int, first: str, end: str, since: str, until: str, kind: str = "", speciality: str = ""
) -> list[Row]:
    """(key, activities, attendances, minutes, served) that teams reported by hand."""
    return _asked(
        BY_HAND, by=by, cut=cut, first=first, end=end, since=since, until=until, kind=kind, speciality=speciality
    )


def teams_then(
    *, by: str, cut: int, first: str, end: str, month: str, kind: str = "", speciality: str = ""
) -> list[Row]:
    """(key, teams, members) at the end of a month."""
    return _asked(
        TEAMS_THEN, by=by, cut=cut, first=first, end=end, since=month, until=month, kind=kind, speciality=speciality
    )
