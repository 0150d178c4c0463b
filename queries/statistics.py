"""Counts over a subtree: range scans over indexed codes, grouped by the divisions right below.

`{cut}` is the length of the codes to group by; what lies on a division itself groups under its own code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from queries import Row, change, rows

#: Teams that exist: neither being founded nor ended.
LIVING = "('regular', 'pilot', 'paused')"

PEOPLE = """
SELECT region_code, COUNT(*), SUM(CASE WHEN identity = 'veteran' THEN 1 ELSE 0 END)
FROM volunteer WHERE state = 'active' GROUP BY region_code
"""
#: Those who were registered by a moment and alive on its day, where they live now.
PEOPLE_THEN = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN identity = 'veteran' THEN 1 ELSE 0 END), 0) FROM volunteer
WHERE region_code >= ? AND region_code < ? AND created_at < ?
    AND (state = 'active' OR (state = 'deceased' AND died_on > ?))
"""
MEMBERS = f"""
SELECT t.region_code, COUNT(*), SUM(CASE WHEN v.identity = 'veteran' THEN 1 ELSE 0 END)
FROM team_member m JOIN team t ON t.id = m.team_id JOIN volunteer v ON v.id = m.volunteer_id
WHERE m.to_at IS NULL AND v.state = 'active' AND t.state IN {LIVING} GROUP BY t.region_code
"""
MINUTES = """
SELECT region_code, SUM(minutes), COUNT(DISTINCT volunteer_id) FROM period_minutes WHERE period = ? GROUP BY region_code
"""
#: What of those minutes was not scanned, by the division under which the person's minutes stand. CROSS: from the few
#: records that were not, never from everybody's minutes.
APART = """
SELECT p.region_code, SUM(CASE WHEN r.source = 'supplement' THEN r.minutes ELSE 0 END),
    SUM(CASE WHEN r.source = 'transferred' THEN r.minutes ELSE 0 END)
FROM service_record r CROSS JOIN period_minutes p
WHERE p.volunteer_id = r.volunteer_id AND p.period = ? AND r.state = 'confirmed' AND r.source <> 'scan'
    AND r.local_day >= ? AND r.local_day < ?
GROUP BY p.region_code
"""
TALLIES = """
SELECT region_code, volunteers, veterans, members, member_veterans, year, minutes, served, supplement, transferred
FROM region_tally
"""
PUT_TALLY = """
INSERT INTO region_tally
    (region_code, volunteers, veterans, members, member_veterans, year, minutes, served, supplement, transferred,
     counted_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (region_code) DO UPDATE SET volunteers = excluded.volunteers, veterans = excluded.veterans,
    members = excluded.members, member_veterans = excluded.member_veterans, year = excluded.year,
    minutes = excluded.minutes, served = excluded.served, supplement = excluded.supplement,
    transferred = excluded.transferred, counted_at = excluded.counted_at
"""
SUMS = """
SELECT SUBSTR(region_code, 1, ?), SUM(volunteers), SUM(veterans), SUM(members), SUM(member_veterans), SUM(minutes),
    SUM(served), SUM(supplement), SUM(transferred)
FROM region_tally WHERE region_code >= ? AND region_code < ? AND year = ? GROUP BY 1
"""
TEAMS = f"""
SELECT SUBSTR(region_code, 1, ?), COUNT(*), SUM(CASE WHEN kind = 'professional' THEN 1 ELSE 0 END)
FROM team WHERE region_code >= ? AND region_code < ? AND state IN {LIVING} GROUP BY 1
"""
TEAM_STATES = """
SELECT state, kind, speciality, COUNT(*) FROM team WHERE region_code >= ? AND region_code < ? GROUP BY 1, 2, 3
"""
ACTIVE = f"""
SELECT SUBSTR(t.region_code, 1, ?), COUNT(*) FROM team t
WHERE t.region_code >= ? AND t.region_code < ? AND t.state IN {LIVING}
    AND EXISTS (SELECT 1 FROM activity a WHERE a.team_id = t.id AND a.starts_at >= ? AND a.starts_at <= ?
        AND a.purpose = 'service' AND a.state IN ('published', 'ended'))
GROUP BY 1
"""
COMMENDED = f"""
SELECT SUBSTR(t.region_code, 1, ?), COUNT(DISTINCT t.id) FROM team t
JOIN commendation c ON c.team_id = t.id AND c.revoked_at IS NULL
WHERE t.region_code >= ? AND t.region_code < ? AND t.state IN {LIVING} GROUP BY 1
"""
ACTIVITIES = """
SELECT SUBSTR(region_code, 1, ?), COUNT(*) FROM activity
WHERE region_code >= ? AND region_code < ? AND local_day >= ? AND state IN ('published', 'ended')
    AND purpose = 'service' GROUP BY 1
"""
DOMAINS = """
SELECT domain, COUNT(*) FROM activity
WHERE region_code >= ? AND region_code < ? AND local_day >= ? AND state IN ('published', 'ended')
    AND purpose = 'service' GROUP BY 1
"""
#: Divisions where a team is expected and none is; a joint team covers its other villages (S28).
GAPS = f"""
FROM region r WHERE r.code >= ? AND r.code < ? AND r.has_team AND r.closed_on IS NULL AND r.level >= ?
    AND r.code NOT IN (
        SELECT region_code FROM team WHERE state IN {LIVING}
        UNION ALL SELECT tr.region_code FROM team_region tr JOIN team t ON t.id = tr.team_id WHERE t.state IN {LIVING})
"""
GAP_COUNTS = f"SELECT SUBSTR(r.code, 1, ?), r.level, COUNT(*) {GAPS} GROUP BY 1, 2"
NAMES = """
SELECT code, place_name FROM region WHERE code >= ? AND code < ? AND closed_on IS NULL AND LENGTH(code) <= ?
"""
EXPECTED = """
SELECT SUBSTR(code, 1, ?), level, COUNT(*) FROM region
WHERE code >= ? AND code < ? AND has_team AND closed_on IS NULL GROUP BY 1, 2
"""


def people() -> list[Row]:
    """(division, active people, veterans among them), for every division that has any."""
    return rows(PEOPLE)


def people_then(*, first: str, end: str, before: int, day: str) -> Row:
    """(people, veterans among them) registered before the moment and alive after the day."""
    return rows(PEOPLE_THEN, (first, end, before, day))[0]


def members() -> list[Row]:
    """(division of the team, running memberships, veterans among them)."""
    return rows(MEMBERS)


def minutes(year: str) -> list[Row]:
    """(division, minutes of the year, people who served)."""
    return rows(MINUTES, (year,))


def apart(year: str) -> list[Row]:
    """(division, made-up minutes of the year, minutes of the year that come from another system)."""
    return rows(APART, (year, f"{year}-01-01", f"{year}-:"))


def tallies() -> list[Row]:
    """What stands counted now."""
    return rows(TALLIES)


def put_tallies(batch: Iterable[Sequence[Any]]) -> None:
    """Write counts of divisions; inside a write."""
    for row in batch:
        change(PUT_TALLY, row)


def sums(*, cut: int, first: str, end: str, year: str) -> list[Row]:
    """(division below, volunteers, veterans, members, veterans among members, minutes, served, made-up minutes, minutes
    of another system)."""
    return rows(SUMS, (cut, first, end, year))


def teams(*, cut: int, first: str, end: str) -> list[Row]:
    """(division below, teams, professional ones)."""
    return rows(TEAMS, (cut, first, end))


def team_states(*, first: str, end: str) -> list[Row]:
    """(state, kind, speciality, teams)."""
    return rows(TEAM_STATES, (first, end))


def active(*, cut: int, first: str, end: str, since: int, until: int) -> list[Row]:
    """(division below, teams with an activity between the two moments)."""
    return rows(ACTIVE, (cut, first, end, since, until))


def commended(*, cut: int, first: str, end: str) -> list[Row]:
    """(division below, teams that were ever commended)."""
    return rows(COMMENDED, (cut, first, end))


def activities(*, cut: int, first: str, end: str, since_day: str) -> list[Row]:
    """(division below, activities from that local day on)."""
    return rows(ACTIVITIES, (cut, first, end, since_day))


def domains(*, first: str, end: str, since_day: str) -> list[Row]:
    """(domain, activities from that local day on)."""
    return rows(DOMAINS, (first, end, since_day))


def gaps(*, cut: int, first: str, end: str, from_level: int) -> list[Row]:
    """(division below, level, divisions without a team)."""
    return rows(GAP_COUNTS, (cut, first, end, from_level))


def expected(*, cut: int, first: str, end: str) -> list[Row]:
    """(division below, level, divisions where a team is expected)."""
    return rows(EXPECTED, (cut, first, end))


def names(*, first: str, end: str, longest: int) -> list[Row]:
    """(code, place name) of the division and those below it with codes up to `longest` digits."""
    return rows(NAMES, (first, end, longest))
