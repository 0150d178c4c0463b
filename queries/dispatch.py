"""Dispatch as static SQL: which teams could be called, how many of their people, and what stands on the board.

The proposal looks at every team of a province once, and at the people of those alone that may be called next; so
20,000 teams with 300,000 members stay under half a second (`make scale`). Moments are epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from frozen import dataclass
from queries import Row, change, one, rows

#: Ids in one statement.
AT_ONCE = 900

TEAMS = """
SELECT t.id, t.region_code, t.kind = 'professional', t.speciality, p.lat, p.lon
FROM team t LEFT JOIN point p ON p.team_id = t.id AND p.retired_at IS NULL
WHERE t.region_code >= ? AND t.region_code < ? AND t.state IN ('regular', 'pilot')
"""
#: Of them those whose yard lies in a box around the place, or nowhere that is known; the county's own and joint teams
#: that cover the place in any case.
_NEAR = """
AND (p.lat IS NULL OR (t.region_code >= ? AND t.region_code < ?)
  OR (p.lat BETWEEN ? AND ? AND p.lon BETWEEN ? AND ?) OR t.id IN ({joint}))
"""
CALLED = "SELECT team_id FROM team_call WHERE dispatch_id = ?"
SEATS = """
SELECT region_code, lat, lon FROM point
WHERE region_code >= ? AND region_code < ? AND stands_for = 'division' AND retired_at IS NULL
"""
#: Joint teams that cover the place, or a part of it.
JOINT = "SELECT team_id FROM team_region WHERE region_code IN ({marks}) OR (region_code >= ? AND region_code < ?)"
COVERS = """
SELECT team_id, region_code, covers_from, covers_until FROM insurance
WHERE activity_id IS NULL AND ended_at IS NULL AND covers_from <= ? AND covers_until >= ?
ORDER BY covers_from, id
"""

#: Whether a member came off a service too short a time before: by his own records, since those of one day are found by
#: no index and a province has ten million.
_TIRED = """
EXISTS (SELECT 1 FROM service_record r WHERE r.volunteer_id = m.volunteer_id AND r.local_day >= ?
        AND r.in_at IS NOT NULL AND r.state <> 'void' AND (r.out_at IS NULL OR r.out_at > ?))
"""
#: Members who are not elsewhere at that time. The person is looked up for each: as a join, PostgreSQL would rather
#: read all 300,000 of a province.
_MEMBERS = """
FROM team_member m
WHERE m.team_id IN ({marks}) AND m.to_at IS NULL
AND m.volunteer_id NOT IN (
    SELECT su.volunteer_id FROM activity a
    JOIN shift s ON s.activity_id = a.id AND s.starts_at < ? AND s.ends_at > ?
    JOIN signup su ON su.shift_id = s.id AND su.state = 'confirmed'
    WHERE a.state = 'published' AND a.starts_at < ? AND a.starts_at > ? AND (a.emergency OR ?)
)
AND (SELECT v.state = 'active' AND (v.birth_date IS NULL OR v.birth_date <= ?) FROM volunteer v
     WHERE v.id = m.volunteer_id)
"""
_SKILLED = """
AND (EXISTS (SELECT 1 FROM volunteer_skill k WHERE k.volunteer_id = m.volunteer_id AND k.skill_code IN ({skills}))
  OR EXISTS (SELECT 1 FROM qualification q WHERE q.volunteer_id = m.volunteer_id AND q.kind IN ({skills})
             AND q.state = 'verified' AND (q.expires_on IS NULL OR q.expires_on >= ?)))
"""
_LED = """
AND EXISTS (SELECT 1 FROM role_grant g WHERE g.team_id = m.team_id AND g.role IN ('team_leader', 'deputy', 'liaison')
            AND g.from_at <= ? AND (g.until IS NULL OR g.until > ?))
"""
_NOT_ASKED = """
AND NOT EXISTS (SELECT 1 FROM person_call c WHERE c.dispatch_id = ? AND c.volunteer_id = m.volunteer_id)
ORDER BY {tired}, m.volunteer_id
"""

HOLD = "UPDATE dispatch SET held = held + 1 WHERE code = ? RETURNING id"
HOLD_ID = "UPDATE dispatch SET held = held + 1 WHERE id = ? AND state = 'calling' RETURNING id"
#: Per call of a team: people who have a place; who are there now, who have been there, minutes so far (of those who
#: are still there, until now).
PLACES = """
SELECT c.id, COUNT(DISTINCT su.volunteer_id) FROM team_call c
JOIN signup su ON su.activity_id = c.activity_id AND su.state = 'confirmed'
WHERE c.dispatch_id = ? GROUP BY c.id
"""
DRILLED = """
SELECT team_call_id, COUNT(*) FROM person_call WHERE dispatch_id = ? AND state = 'accepted' GROUP BY team_call_id
"""
THERE = """
SELECT c.id, COUNT(DISTINCT CASE WHEN r.out_at IS NULL AND r.closed_by = '' THEN r.volunteer_id END),
       COUNT(DISTINCT r.volunteer_id),
       SUM(CASE WHEN r.out_at IS NOT NULL OR r.closed_by <> '' THEN r.minutes
                WHEN ? <= r.in_at OR ? <= s.starts_at THEN 0
                WHEN r.in_at < s.starts_at THEN (? - s.starts_at) / 60000
                ELSE (? - r.in_at) / 60000 END)
FROM team_call c JOIN service_record r ON r.activity_id = c.activity_id AND r.in_at IS NOT NULL AND r.state <> 'void'
JOIN shift s ON s.id = r.shift_id
WHERE c.dispatch_id = ? GROUP BY c.id
"""
#: Per call of a team: who was asked, who said no, when the first and the last of those who come said to be there.
ASKED = """
SELECT team_call_id, COUNT(*), SUM(CASE WHEN state = 'declined' THEN 1 ELSE 0 END), MIN(there_at), MAX(there_at)
FROM (
    SELECT p.team_call_id, p.state, CASE WHEN p.there_at IS NOT NULL AND p.state = 'accepted' AND (d.drill OR EXISTS (
        SELECT 1 FROM signup su
        WHERE su.volunteer_id = p.volunteer_id AND su.activity_id = c.activity_id AND su.state = 'confirmed'
    )) THEN p.there_at END AS there_at
    FROM person_call p JOIN dispatch d ON d.id = p.dispatch_id JOIN team_call c ON c.id = p.team_call_id
    WHERE p.dispatch_id = ?
) AS answers GROUP BY team_call_id
"""
#: Boats and vehicles that leaders said they bring.
THINGS = """
SELECT id, boats, vehicles FROM team_call WHERE dispatch_id = ? AND state = 'coming' AND (boats > 0 OR vehicles > 0)
"""
CALLING = "SELECT id FROM dispatch WHERE state = 'calling' ORDER BY id"
#: Teams of a county and whether they are founded, for the April look at their insurance.
TEAMS_OF = """
SELECT id, region_code FROM team WHERE region_code >= ? AND region_code < ? AND state IN ('regular', 'pilot')
ORDER BY region_code, id
"""
COUNTIES = """
SELECT r.code FROM region r WHERE r.level = 3 AND r.closed_on IS NULL AND r.code < '99'
  AND NOT EXISTS (SELECT 1 FROM cover_check k WHERE k.region_code = r.code AND k.year = ?)
  AND EXISTS (SELECT 1 FROM team t WHERE t.region_code >= r.code AND t.region_code < r.code || ':'
              AND t.state IN ('regular', 'pilot'))
ORDER BY r.code LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who counts as available: from `starts` to `ends` (epoch ms) nowhere else, off duty since `rest` (epoch ms), born
    by `born` (a day), with one of `skills` (none asked: ()); `days`: the first local day that may still matter. Where
    it is `urgent`, who stands in an everyday activity counts: he can leave it, who stands in an emergency does not."""

    starts: int
    ends: int
    rest: int
    days: str
    day: str
    born: str
    skills: tuple[str, ...] = ()
    urgent: bool = False

    @property
    def away(self) -> list[object]:
        """The values of who is elsewhere; an activity lasts a day at most."""
        return [self.ends, self.starts, self.ends, self.starts - 86_400_000, not self.urgent]

    @property
    def tired(self) -> list[object]:
        """The values of who is tired."""
        return [self.days, self.rest]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _who(wanted: Wanted, ids: Sequence[int]) -> tuple[str, list[object]]:
    sql = _MEMBERS.format(marks=", ".join("?" * len(ids)))
    values: list[object] = [*ids, *wanted.away, wanted.born]
    if wanted.skills:
        sql += _SKILLED.format(skills=", ".join("?" * len(wanted.skills)))
        values += [*wanted.skills, *wanted.skills, wanted.day]
    return sql, values


def available(*, team_ids: Sequence[int], wanted: Wanted, now: int) -> dict[int, tuple[int, int]]:
    """{team: (how many could come, how many of them are tired)} of led teams where anybody could."""
    found: dict[int, tuple[int, int]] = {}
    for part in _chunks(team_ids):
        who, values = _who(wanted, part)
        sql = f"SELECT m.team_id, COUNT(*), SUM(CASE WHEN {_TIRED} THEN 1 ELSE 0 END) {who} {_LED} GROUP BY m.team_id"
        for team, count, tired in rows(sql, [*wanted.tired, *values, now, now]):
            found[team] = (count, tired)
    return found


def people_of(*, team_id: int, dispatch_id: int, wanted: Wanted) -> list[int]:
    """Who of a team could come and was not asked by another team of his, the rested first."""
    who, values = _who(wanted, [team_id])
    sql = f"SELECT m.volunteer_id {who} {_NOT_ASKED.format(tired=_TIRED)}"
    return [row[0] for row in rows(sql, [*values, dispatch_id, *wanted.tired])]


def teams(*, reach: tuple[str, str], own: tuple[str, str], box: Sequence[int] | None, joint: set[int]) -> list[Row]:
    """(id, division, professional, speciality, lat, lon) of every team within `reach`; with a `box` (south, north,
    west, east in millionths of a degree) without those whose yard is known to lie outside it, unless they are of the
    range of divisions `own` or of the `joint` ones."""
    if box is None or len(joint) > AT_ONCE:
        return rows(TEAMS, reach)
    some = sorted(joint) or [0]
    near = _NEAR.format(joint=", ".join("?" * len(some)))
    return rows(TEAMS + near, [*reach, *own, *box, *some])


def joint(*, lineage: Sequence[str], first: str, end: str) -> set[int]:
    """Joint teams that cover the place or a part of it."""
    sql = JOINT.format(marks=", ".join("?" * len(lineage)))
    return {row[0] for row in rows(sql, [*lineage, first, end])}


def hold(code: str) -> int | None:
    """Hold a dispatch until the write is done; its id, None if there is none."""
    row = one(HOLD, (code,))
    return None if row is None else int(row[0])


def hold_calling(dispatch_id: int) -> bool:
    """Hold a dispatch by id; False if it calls nobody any more."""
    return one(HOLD_ID, (dispatch_id,)) is not None


def accepted(*, dispatch_id: int, drill: bool) -> dict[int, int]:
    """{call of a team: people who said yes}."""
    return {row[0]: row[1] for row in rows(DRILLED if drill else PLACES, (dispatch_id,))}


def there(*, dispatch_id: int, now: int) -> dict[int, tuple[int, int, int]]:
    """{call of a team: (on site now, ever, minutes so far)}; minutes of those still there run until `now`."""
    found = rows(THERE, (now, now, now, now, dispatch_id))
    return {call: (int(inside), int(came), int(minutes or 0)) for call, inside, came, minutes in found}


__all__ = [
    "ASKED", "CALLED", "CALLING", "COUNTIES", "COVERS", "SEATS", "TEAMS", "TEAMS_OF", "THINGS", "Row", "Wanted",
    "accepted", "available", "change", "hold", "hold_calling", "joint", "one", "people_of", "rows",
    "teams", "there",
]  # fmt: skip
