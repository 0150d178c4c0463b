"""What teams did and how many they were, by month and by year: set by set, for the worker (S48, S50)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from queries import Row, change, rows

#: Teams of which something is expected.
WORKING = "('regular', 'pilot')"

TEAMS = """
SELECT id, region_code, kind, speciality, COALESCE(founded_on, ''), created_at, state FROM team
WHERE state IN ('regular', 'pilot', 'paused')
"""
MEMBERS = """
SELECT team_id, COUNT(*) FROM team_member
WHERE from_at <= ? AND (to_at IS NULL OR to_at > ?) AND ended_why <> 'merged' GROUP BY team_id
"""
DID = """
SELECT a.team_id, COUNT(DISTINCT a.id), COUNT(DISTINCT r.volunteer_id), SUM(r.minutes)
FROM activity a JOIN service_record r ON r.activity_id = a.id
WHERE a.local_day >= ? AND a.local_day < ? AND a.purpose = 'service' AND r.state = 'confirmed' GROUP BY a.team_id
"""
KEPT = """
SELECT team_id, region_code, kind, speciality, members, activities, participants, minutes, active_months, activeness
FROM team_month WHERE month = ?
"""
PUT = """
INSERT INTO team_month (month, team_id, region_code, kind, speciality, members, activities, participants, minutes,
    active_months, activeness)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (team_id, month) DO UPDATE SET region_code = excluded.region_code, kind = excluded.kind,
    speciality = excluded.speciality, members = excluded.members, activities = excluded.activities,
    participants = excluded.participants, minutes = excluded.minutes, active_months = excluded.active_months,
    activeness = excluded.activeness
"""
#: The last day on which somebody was there, confirmed yet or not.
LAST = f"""
SELECT t.id, t.region_code, COALESCE(t.founded_on, ''), t.created_at, MAX(a.local_day)
FROM team t LEFT JOIN activity a ON a.team_id = t.id AND a.purpose = 'service' AND a.local_day <= ?
    AND EXISTS (SELECT 1 FROM service_record r WHERE r.activity_id = a.id AND r.state <> 'void')
WHERE t.state IN {WORKING} GROUP BY t.id, t.region_code, t.founded_on, t.created_at
"""
YEAR = """
SELECT m.team_id,
    SUM(CASE WHEN m.from_at < ? AND (m.to_at IS NULL OR m.to_at >= ?) THEN 1 ELSE 0 END),
    SUM(CASE WHEN m.from_at >= ? AND m.from_at < ? THEN 1 ELSE 0 END),
    SUM(CASE WHEN m.to_at >= ? AND m.to_at < ? THEN 1 ELSE 0 END),
    SUM(CASE WHEN m.from_at < ? AND (m.to_at IS NULL OR m.to_at >= ?) THEN 1 ELSE 0 END),
    SUM(CASE WHEN m.from_at < ? AND (m.to_at IS NULL OR m.to_at >= ?) THEN 1 ELSE 0 END)
FROM team_member m WHERE m.ended_why <> 'merged' GROUP BY m.team_id
"""
ASSESSED = """
SELECT team_id, COUNT(*), SUM(CASE WHEN grade = 'excellent' THEN 1 ELSE 0 END) FROM assessment_card
WHERE year = ? AND grade IS NOT NULL AND state IN ('told', 'objected', 'final') GROUP BY team_id
"""
YEARS_KEPT = """
SELECT team_id, region_code, at_start, joined, gone, retained, at_end, assessed, excellent FROM team_year WHERE year = ?
"""
PUT_YEAR = """
INSERT INTO team_year (year, team_id, region_code, at_start, joined, gone, retained, at_end, assessed, excellent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (team_id, year) DO UPDATE SET region_code = excluded.region_code, at_start = excluded.at_start,
    joined = excluded.joined, gone = excluded.gone, retained = excluded.retained, at_end = excluded.at_end,
    assessed = excluded.assessed, excellent = excluded.excellent
"""
DIVISIONS = """
SELECT SUBSTR(region_code, 1, ?), COUNT(*), SUM(activeness), SUM(CASE WHEN activities > 0 THEN 1 ELSE 0 END),
    SUM(CASE WHEN activeness >= ? THEN 1 ELSE 0 END)
FROM team_month WHERE month = ? AND region_code >= ? AND region_code < ? GROUP BY 1
"""
IDLE = """
SELECT SUBSTR(region_code, 1, ?), step, COUNT(*) FROM (
    SELECT team_id, region_code, MAX(step) AS step FROM team_idle
    WHERE ended_at IS NULL AND region_code >= ? AND region_code < ? GROUP BY team_id, region_code) AS now
GROUP BY 1, 2
"""
DIVISION_YEARS = """
SELECT SUBSTR(region_code, 1, ?), SUM(at_start), SUM(joined), SUM(gone), SUM(retained), SUM(at_end), SUM(assessed),
    SUM(excellent)
FROM team_year WHERE year = ? AND region_code >= ? AND region_code < ? GROUP BY 1
"""
TEAMS_OF = "SELECT id, region_code FROM team"


def teams() -> list[Row]:
    """(id, division, kind, speciality, founded on, created at, state) of the teams that exist."""
    return rows(TEAMS)


def all_teams() -> list[Row]:
    """(id, division) of every team there ever was."""
    return rows(TEAMS_OF)


def members(*, at: int) -> list[Row]:
    """(team, members at the moment)."""
    return rows(MEMBERS, (at, at))


def did(*, since_day: str, before_day: str) -> list[Row]:
    """(team, activities held, different people, minutes)."""
    return rows(DID, (since_day, before_day))


def kept(month: str) -> list[Row]:
    """What stands of a month."""
    return rows(KEPT, (month,))


def put(batch: Iterable[Sequence[Any]]) -> None:
    """Write teams' months; inside a write."""
    for row in batch:
        change(PUT, row)


def last_days(*, until: str) -> list[Row]:
    """(team, division, founded on, created at, the last day on which somebody was there) of working teams."""
    return rows(LAST, (until,))


def years(*, start: int, end: int) -> list[Row]:
    """(team, members at the start, joined, gone, of the first those still there, members at the end)."""
    return rows(YEAR, (start, start, start, end, start, end, start, end, end, end))


def assessed(year: str) -> list[Row]:
    """(team, people with a result, excellent ones)."""
    return rows(ASSESSED, (year,))


def years_kept(year: str) -> list[Row]:
    """What stands of a year."""
    return rows(YEARS_KEPT, (year,))


def put_years(batch: Iterable[Sequence[Any]]) -> None:
    """Write teams' years; inside a write."""
    for row in batch:
        change(PUT_YEAR, row)


def divisions(*, cut: int, lively: int, month: str, first: str, end: str) -> list[Row]:
    """(division, teams, sum of activeness, teams that held anything, teams from `lively` points on)."""
    return rows(DIVISIONS, (cut, lively, month, first, end))


def idle(*, cut: int, first: str, end: str) -> list[Row]:
    """(division, step, idle teams)."""
    return rows(IDLE, (cut, first, end))


def division_years(*, cut: int, year: str, first: str, end: str) -> list[Row]:
    """(division, at the start, joined, gone, retained, at the end, assessed, excellent)."""
    return rows(DIVISION_YEARS, (cut, year, first, end))
