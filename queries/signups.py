"""The sign-up path as static SQL: one look-up, one row, one guarded count (performance.md §0).

Moments are epoch milliseconds in here. `taken` is changed only by guarded updates, so a quota holds whoever meets
whom: the row's own lock decides, not what somebody read before. The queue has a file of its own, `waitlist`.
"""

from __future__ import annotations

from typing import NamedTuple

from models import store
from models.dialect import Steady
from queries import Row, change, one, rows

#: `busy`: another place of his within a day of this shift; who it is and whether it matters is looked up only then.
_STANDING = Steady("""
SELECT s.id, s.code, s.starts_at, s.ends_at, s.taken, s.quota,
       a.id, a.code, a.title, a.place, a.state, a.openness, a.domain, a.sub_domain, a.risk_notice,
       a.signup_opens_at, a.signup_closes_at, a.joining, a.dangerous, a.emergency, a.agreement, a.cancel_hours,
       a.region_code, a.team_id, p.name, p.conditions,
       v.state, v.birth_date, su.id, su.state, su.offer_until, su.risk_version, su.clash_reason,
       EXISTS (SELECT 1 FROM team_member m
               WHERE m.team_id = a.team_id AND m.volunteer_id = v.id AND m.to_at IS NULL),
       v.region_code IS NOT NULL AND (
           substr(v.region_code, 1, length(t.region_code)) = t.region_code
           OR EXISTS (SELECT 1 FROM team_region tr
                      WHERE tr.team_id = t.id AND substr(v.region_code, 1, length(tr.region_code)) = tr.region_code)),
       EXISTS (SELECT 1 FROM service_record r
               WHERE r.shift_id = s.id AND r.volunteer_id = v.id AND r.state <> 'void'),
       EXISTS (SELECT 1 FROM signup o JOIN shift os ON os.id = o.shift_id
               WHERE o.volunteer_id = v.id AND o.state IN ('confirmed', 'offered') AND os.id <> s.id
                 AND os.starts_at < s.ends_at + 86400000 AND os.ends_at > s.starts_at - 86400000),
       EXISTS (SELECT 1 FROM bar b
               WHERE b.volunteer_id = v.id AND b.what = 'signup' AND b.lifted_at IS NULL
                 AND b.from_at <= ? AND b.until > ?),
       (SELECT CASE WHEN c.given THEN c.version ELSE '' END FROM consent c
        WHERE c.volunteer_id = v.id AND c.purpose = 'service' ORDER BY c.id DESC LIMIT 1)
FROM shift s
JOIN activity a ON a.id = s.activity_id
JOIN "position" p ON p.id = s.position_id
JOIN team t ON t.id = a.team_id
LEFT JOIN volunteer v ON v.id = ?
LEFT JOIN signup su ON su.shift_id = s.id AND su.volunteer_id = ?
WHERE s.code = ?
""")

#: On PostgreSQL the activity stays as read until we are done: whoever cancels or moves it waits for us, so
#: nobody slips in unseen between the reading and the telling. SQLite has one writer at a time anyway.
STANDING = {"sqlite": _STANDING, "postgres": _STANDING + " FOR SHARE OF a"}

PERSON_STATE = Steady("SELECT state FROM volunteer WHERE id = ?")

PUT = Steady("""
INSERT INTO signup (shift_id, activity_id, volunteer_id, state, walk_in, risk_version, channel, created_at, updated_at)
VALUES (?, ?, ?, ?, FALSE, ?, ?, ?, ?)
ON CONFLICT (shift_id, volunteer_id) DO UPDATE
SET state = excluded.state, walk_in = FALSE, reason = '', risk_version = excluded.risk_version,
    channel = excluded.channel, updated_at = excluded.updated_at, late = FALSE, queued_at = NULL, offered_at = NULL,
    offer_until = NULL, invited_by_id = NULL, decided_by_id = NULL, outcome = NULL, outcome_by_id = NULL,
    outcome_note = '', outcome_at = NULL, clash_reason = ''
WHERE signup.state IN ('cancelled', 'rejected')
RETURNING id
""")

#: Nobody passes those who wait: a place that is free while a queue stands is theirs.
TAKE_PLACE = Steady("""
UPDATE shift SET taken = taken + 1
WHERE id = ? AND taken < quota
  AND NOT EXISTS (SELECT 1 FROM signup q WHERE q.shift_id = shift.id AND q.state = 'waitlisted')
RETURNING taken
""")
FREE_PLACE = Steady("UPDATE shift SET taken = taken - 1 WHERE id = ? AND taken > 0")

OTHERS = Steady("""
SELECT s.starts_at, s.ends_at, a.id, a.title, a.region_code, a.place FROM signup o
JOIN shift s ON s.id = o.shift_id JOIN activity a ON a.id = s.activity_id
WHERE o.volunteer_id = ? AND o.state IN ('confirmed', 'offered') AND s.id <> ? AND a.state = 'published'
  AND s.starts_at < ? AND s.ends_at > ?
ORDER BY s.starts_at, s.id
""")

BAR = Steady("""
SELECT reason, until FROM bar
WHERE volunteer_id = ? AND what = 'signup' AND lifted_at IS NULL AND from_at <= ? AND until > ?
ORDER BY until DESC LIMIT 1
""")


class Standing(NamedTuple):
    """A shift as it stands for one person before he signs up or leaves."""

    shift_id: int
    shift_code: str
    starts_at: int
    ends_at: int
    taken: int
    quota: int
    activity_id: int
    activity_code: str
    title: str
    place: str
    activity_state: str
    openness: str
    domain: str
    sub_domain: str
    risk_notice: str
    opens_at: int
    closes_at: int
    joining: str
    dangerous: bool
    emergency: bool
    agreement: bool
    cancel_hours: int
    region_code: str
    team_id: int
    position: str
    conditions: str
    person_state: str | None
    birth_date: str | None
    signup_id: int | None
    signup: str | None
    offer_until: int | None
    risk_seen: str | None
    clash_reason: str | None
    member: bool
    in_area: bool
    checked_in: bool
    busy: bool
    barred: bool
    agreed: str | None  # the version of what he agreed to by taking part; "" where he took it back


def standing(*, shift_code: str, volunteer_id: int | None, now: int, hold: bool = True) -> Standing | None:
    """The shift and how the person stands to it; None if there is no such shift. Call it inside a write; without
    `hold` only to look."""
    text = STANDING[store.current().dialect] if hold else _STANDING
    row = one(text, (now, now, volunteer_id, volunteer_id, shift_code))
    return Standing._make(row) if row else None


def person_state(volunteer_id: int) -> str | None:
    """The state of a person; None if there is nobody."""
    row = one(PERSON_STATE, (volunteer_id,))
    return row[0] if row else None


def put(
    *, shift_id: int, activity_id: int, volunteer_id: int, state: str, risk_version: str, channel: str, now: int
) -> int | None:
    """The sign-up's id; None if the person stands there already (someone else's tap was first)."""
    row = one(PUT, (shift_id, activity_id, volunteer_id, state, risk_version, channel, now, now))
    return row[0] if row else None


def take_place(shift_id: int) -> bool:
    """Count one place as taken; False if none is left, or others wait for it."""
    return one(TAKE_PLACE, (shift_id,)) is not None


def free_place(shift_id: int) -> None:
    """Count one place as free again."""
    change(FREE_PLACE, (shift_id,))


def others(*, volunteer_id: int, shift_id: int, before: int, after: int) -> list[Row]:
    """(start, end, activity, title, division, place) of the person's other places that touch the time between `after`
    and `before`."""
    return rows(OTHERS, (volunteer_id, shift_id, before, after))


def bar(*, volunteer_id: int, now: int) -> tuple[str, int] | None:
    """(reason, until) of the bar that keeps the person from signing up."""
    row = one(BAR, (volunteer_id, now, now))
    return (row[0], row[1]) if row else None
