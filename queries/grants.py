"""The rights of a person, asked many times on every page of the console: one statement with a name."""

from __future__ import annotations

from queries import Row, rows

RUNNING = """
SELECT g.id, g.role, g.region_code, g.team_id, g.from_at, g.until, g.speciality, g.acting_for
FROM role_grant g
JOIN volunteer v ON v.id = g.volunteer_id
WHERE g.volunteer_id = ? AND g.from_at <= ? AND (g.until IS NULL OR g.until > ?) AND v.state = 'active'
ORDER BY g.id
"""


def running(volunteer_id: int, at: int) -> list[Row]:
    """(id, role, division, team id, from, until, speciality, acting for) of the rights that run at `at`, oldest first.
    Moments are epoch milliseconds."""
    return rows(RUNNING, (volunteer_id, at, at))
