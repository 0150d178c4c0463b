"""The rows that a reference report is added up from: of a division with all below it, or of one team (S108, S109).

`{here}` is the condition on place, one of HERE, never anybody's text.
"""

from __future__ import annotations

from queries import Row, rows

#: A division and all below it, or one team.
HERE = {"region": "{t}.region_code >= ? AND {t}.region_code < ?", "team": "{t}.team_id = ?"}
TEAM_HERE = {"region": "t.region_code >= ? AND t.region_code < ?", "team": "t.id = ?"}

TEAMS = """
SELECT t.id, t.name, t.region_code, t.kind, t.speciality, COALESCE(t.founded_on, ''), t.state, t.liaison_id,
    COALESCE(n.members, 0), COALESCE(n.veterans, 0), COALESCE(x.months, 0), COALESCE(x.points, 0)
FROM team t
LEFT JOIN (
    SELECT m.team_id, COUNT(*) AS members, SUM(CASE WHEN v.identity = 'veteran' THEN 1 ELSE 0 END) AS veterans
    FROM team_member m JOIN team t ON t.id = m.team_id JOIN volunteer v ON v.id = m.volunteer_id
    WHERE {here} AND m.from_at <= ? AND (m.to_at IS NULL OR m.to_at > ?) AND m.ended_why <> 'merged'
    GROUP BY m.team_id) AS n ON n.team_id = t.id
LEFT JOIN (
    SELECT x.team_id, COUNT(*) AS months, SUM(x.activeness) AS points FROM team_month x
    WHERE x.month >= ? AND x.month <= ? GROUP BY x.team_id) AS x ON x.team_id = t.id
WHERE {here} AND (t.founded_on IS NULL OR t.founded_on <= ?) AND (t.state IN ('regular', 'pilot', 'paused')
    OR EXISTS (SELECT 1 FROM team_month e WHERE e.team_id = t.id AND e.month = ?))
ORDER BY t.region_code, t.id
"""
ACTIVITIES = """
SELECT a.local_day, a.title, t.name, a.region_code, COUNT(*), COALESCE(SUM(r.minutes), 0),
    SUM(CASE WHEN r.source = 'supplement' THEN r.minutes ELSE 0 END),
    COALESCE((SELECT p.served FROM activity_report p WHERE p.activity_id = a.id), 0), a.id
FROM activity a JOIN team t ON t.id = a.team_id JOIN service_record r ON r.activity_id = a.id
WHERE {here} AND a.local_day >= ? AND a.local_day <= ? AND a.purpose = ? AND r.state = 'confirmed'
GROUP BY a.id, a.local_day, a.title, t.name, a.region_code ORDER BY a.local_day, a.id
"""
ASSESSED = """
SELECT c.year, t.name, c.region_code, COUNT(*), SUM(CASE WHEN c.grade = 'excellent' THEN 1 ELSE 0 END),
    SUM(CASE WHEN c.grade = 'pass' THEN 1 ELSE 0 END), SUM(CASE WHEN c.grade = 'fail' THEN 1 ELSE 0 END)
FROM assessment_card c JOIN team t ON t.id = c.team_id
WHERE {here} AND c.grade IS NOT NULL AND c.state IN ('told', 'objected', 'final') AND c.told_at >= ? AND c.told_at < ?
GROUP BY c.year, t.name, c.region_code, t.id ORDER BY c.year, c.region_code, t.id
"""
COMPLAINTS = """
SELECT c.created_at, c.kind, c.state, c.region_code, CASE WHEN c.answered_at IS NOT NULL THEN 1 ELSE 0 END,
    CASE WHEN c.answered_at IS NOT NULL AND c.answered_at <= c.due_at THEN 1 ELSE 0 END
FROM complaint c WHERE {here} AND c.kind <> 'advice' AND c.created_at >= ? AND c.created_at < ?
ORDER BY c.created_at, c.id
"""
COMMENDATIONS = """
SELECT d.awarded_on, d.title, t.name, d.awarded_by FROM commendation d JOIN team t ON t.id = d.team_id
WHERE {here} AND d.revoked_at IS NULL AND d.awarded_on >= ? AND d.awarded_on <= ? ORDER BY d.awarded_on, d.id
"""
HONOURS = """
SELECT h.year, h.name, COUNT(*) FROM honour h
WHERE h.region_code >= ? AND h.region_code < ? AND h.at >= ? AND h.at < ? AND h.revoked_at IS NULL
GROUP BY h.year, h.name ORDER BY h.year, h.name
"""
HAND = """
SELECT f.month, t.name, f.region_code, f.activities, f.attendances, f.minutes, f.served, f.note
FROM hand_figure f JOIN team t ON t.id = f.team_id
WHERE {here} AND f.month >= ? AND f.month <= ? ORDER BY f.month, f.team_id
"""
TERMS = """
SELECT g.region_code, g.team_id, g.from_at, g.until FROM role_grant g
WHERE g.volunteer_id = ? AND g.acting_for IS NULL AND g.role IN ('director', 'team_leader')
ORDER BY g.from_at, g.id
"""
HEADS = """
SELECT DISTINCT v.public_no, v.name FROM role_grant g JOIN volunteer v ON v.id = g.volunteer_id
WHERE g.role = 'director' AND g.region_code = ? AND g.acting_for IS NULL ORDER BY v.name, v.public_no
"""
Here = tuple[str, tuple[object, ...]]


def here(*, first: str, end: str, team_id: int | None) -> Here:
    """Where: one team, or a division's range of codes."""
    return ("region", (first, end)) if team_id is None else ("team", (team_id,))


def teams(place: Here, *, at: int, day: str, since: str, until: str, over: str) -> list[Row]:
    """(id, name, division, kind, speciality, founded, state, liaison, members, veterans, months, sum of activeness) of
    the teams that exist, and of those that still did in the month `over` ("" = none).
    """
    kind, values = place
    text = TEAMS.format(here=TEAM_HERE[kind])
    return rows(text, (*values, at, at, since, until, *values, day, over))


def activities(place: Here, *, since: str, until: str, purpose: str) -> list[Row]:
    """(day, title, team, division, attendances, minutes, made up, served, id)."""
    kind, values = place
    return rows(ACTIVITIES.format(here=HERE[kind].format(t="a")), (*values, since, until, purpose))


def assessed(place: Here, *, since: int, until: int) -> list[Row]:
    """(year, team, division, people with a result, excellent, passed, failed)."""
    kind, values = place
    return rows(ASSESSED.format(here=HERE[kind].format(t="c")), (*values, since, until))


def complaints(place: Here, *, since: int, until: int) -> list[Row]:
    """(received, kind, state, division, answered, answered in time)."""
    kind, values = place
    return rows(COMPLAINTS.format(here=HERE[kind].format(t="c")), (*values, since, until))


def commendations(place: Here, *, since: str, until: str) -> list[Row]:
    """(day, title, team, by whom)."""
    kind, values = place
    return rows(COMMENDATIONS.format(here=TEAM_HERE[kind]), (*values, since, until))


def honours(*, first: str, end: str, since: int, until: int) -> list[Row]:
    """(year, name, people)."""
    return rows(HONOURS, (first, end, since, until))


def by_hand(place: Here, *, since: str, until: str) -> list[Row]:
    """(month, team, division, activities, attendances, minutes, served, note)."""
    kind, values = place
    return rows(HAND.format(here=HERE[kind].format(t="f")), (*values, since, until))


def terms(person_id: int) -> list[Row]:
    """(division, team, from, until) of the posts somebody held as director or team leader, never in another's stead."""
    return rows(TERMS, (person_id,))


def heads(region_code: str) -> list[Row]:
    """(public number, name) of those who are or were director of a division's centre."""
    return rows(HEADS, (region_code,))
