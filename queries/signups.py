"""The sign-up path as static SQL: one look-up, one row, one guarded count (performance.md §0).

Moments are epoch milliseconds in here. `taken` is changed only by the two guarded updates below, so a quota
holds whoever meets whom: the row's own lock decides, not what somebody read before.
"""

from __future__ import annotations

from dataclasses import dataclass

from models import store
from queries import change, one

_STANDING = """
SELECT s.id, s.code, s.starts_at, s.ends_at, s.taken, s.quota,
       a.id, a.code, a.title, a.place, a.state, a.openness, a.domain, a.sub_domain, a.risk_notice,
       a.signup_opens_at, a.signup_closes_at,
       v.state, v.birth_date, su.id, su.state,
       EXISTS (SELECT 1 FROM team_member m
               WHERE m.team_id = a.team_id AND m.volunteer_id = v.id AND m.to_at IS NULL),
       v.region_code IS NOT NULL AND (
           substr(v.region_code, 1, length(t.region_code)) = t.region_code
           OR EXISTS (SELECT 1 FROM team_region tr
                      WHERE tr.team_id = t.id AND substr(v.region_code, 1, length(tr.region_code)) = tr.region_code)),
       EXISTS (SELECT 1 FROM service_record r
               WHERE r.shift_id = s.id AND r.volunteer_id = v.id AND r.state <> 'void')
FROM shift s
JOIN activity a ON a.id = s.activity_id
JOIN team t ON t.id = a.team_id
LEFT JOIN volunteer v ON v.id = ?
LEFT JOIN signup su ON su.shift_id = s.id AND su.volunteer_id = v.id
WHERE s.code = ?
"""

#: On PostgreSQL the activity stays as read until we are done: whoever cancels or moves it waits for us, so
#: nobody slips in unseen between the reading and the telling. SQLite has one writer at a time anyway.
STANDING = {"sqlite": _STANDING, "postgres": _STANDING + " FOR SHARE OF a"}

PERSON_STATE = "SELECT state FROM volunteer WHERE id = ?"

CONFIRM = """
INSERT INTO signup (shift_id, activity_id, volunteer_id, state, walk_in, risk_version, channel, created_at, updated_at)
VALUES (?, ?, ?, 'confirmed', FALSE, ?, ?, ?, ?)
ON CONFLICT (shift_id, volunteer_id) DO UPDATE
SET state = 'confirmed', walk_in = FALSE, reason = '', risk_version = excluded.risk_version,
    channel = excluded.channel, updated_at = excluded.updated_at
WHERE signup.state <> 'confirmed'
RETURNING id
"""

TAKE_PLACE = "UPDATE shift SET taken = taken + 1 WHERE id = ? AND taken < quota RETURNING taken"

LEAVE = """
UPDATE signup SET state = 'cancelled', reason = ?, updated_at = ?
WHERE shift_id = ? AND volunteer_id = ? AND state = 'confirmed'
RETURNING id
"""

FREE_PLACE = "UPDATE shift SET taken = taken - 1 WHERE id = ? AND taken > 0"


@dataclass(frozen=True, slots=True)
class Standing:
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
    person_state: str | None
    birth_date: str | None
    signup_id: int | None
    signup: str | None
    member: bool
    in_area: bool
    checked_in: bool


def standing(*, shift_code: str, volunteer_id: int | None) -> Standing | None:
    """The shift and how the person stands to it; None if there is no such shift. Call it inside a write."""
    row = one(STANDING[store.current().dialect], (volunteer_id, shift_code))
    return Standing(*row) if row else None


def person_state(volunteer_id: int) -> str | None:
    """The state of a person; None if there is nobody."""
    row = one(PERSON_STATE, (volunteer_id,))
    return row[0] if row else None


def confirm(
    *, shift_id: int, activity_id: int, volunteer_id: int, risk_version: str, channel: str, now: int
) -> int | None:
    """The sign-up's id; None if the person has this place already (someone else's tap was first)."""
    row = one(CONFIRM, (shift_id, activity_id, volunteer_id, risk_version, channel, now, now))
    return row[0] if row else None


def take_place(shift_id: int) -> bool:
    """Count one place as taken; False if none is left."""
    return one(TAKE_PLACE, (shift_id,)) is not None


def leave(*, shift_id: int, volunteer_id: int, reason: str, now: int) -> int | None:
    """Give up the sign-up; its id, or None if there was none."""
    row = one(LEAVE, (reason, now, shift_id, volunteer_id))
    return row[0] if row else None


def free_place(shift_id: int) -> None:
    """Count one place as free again."""
    change(FREE_PLACE, (shift_id,))
