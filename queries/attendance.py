"""The check-in path as static SQL: one look-up, one attempt, one record (performance.md §0).

Moments are epoch milliseconds in here. A look-up gives every shift of the activity that could be meant: the
one the code names, and those for which the person is signed up or already has a record.

The person is bound to each table by itself: of `su.volunteer_id = v.id` PostgreSQL makes no condition on an index that
begins with the shift as long as it takes the tables for empty, and then reads everybody of the shift at every scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from clock import from_millis, local_day
from frozen import dataclass
from models.dialect import Steady
from queries import change, one, rows

LOOK_UP = Steady("""
SELECT c.id = s.id, s.id, s.code, s.code_key, s.starts_at, s.ends_at,
       a.id, a.code, a.title, a.place, a.state, a.team_id, a.region_code, a.code_life, a.walk_in, a.openness,
       a.hours_rule_id, v.state, v.name, v.region_code, su.state, r.id, r.state, r.in_at, r.out_at, r.minutes,
       r.needs_naming, r.in_mode, r.why, r.out_mode, r.closed_by, COALESCE(r.needs_review, ''),
       a.emergency, COALESCE(su.outcome, '')
FROM shift c
JOIN activity a ON a.id = c.activity_id
JOIN shift s ON s.activity_id = c.activity_id
LEFT JOIN volunteer v ON v.id = ?
LEFT JOIN signup su ON su.shift_id = s.id AND su.volunteer_id = ?
LEFT JOIN service_record r ON r.shift_id = s.id AND r.volunteer_id = ? AND r.source = 'scan'
WHERE c.code = ? AND (s.id = c.id OR su.state = 'confirmed' OR r.id IS NOT NULL)
ORDER BY s.starts_at, s.id
""")

#: The same for many people at once; their ids come after the shift's code.
_PERSON = "LEFT JOIN volunteer v ON v.id = ?"
LOOK_UP_MANY = (
    LOOK_UP.replace("SELECT ", "SELECT v.id, ", 1).replace(_PERSON, "JOIN volunteer v ON v.id IN ({ids})")
    .replace("volunteer_id = ?", "volunteer_id = v.id")
)  # fmt: skip

ATTEMPT_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ATTEMPT = Steady(f"""
INSERT INTO attempt (shift_id, volunteer_id, identity_id, actor_id, direction, mode, door, outcome, reason, nonce,
                     at, received_at, kit_id, device_at, flag, detail)
VALUES {ATTEMPT_ROW}""")
ROWS_AT_ONCE = 100
_together: ContextVar[list[tuple[Any, ...]] | None] = ContextVar("attempts kept together", default=None)

CHECK_IN = Steady("""
INSERT INTO service_record (shift_id, activity_id, team_id, volunteer_id, region_code, local_day, source, state,
                            in_at, in_mode, why, needs_naming, by_hand, needs_review, rule_set_id, created_at,
                            updated_at)
VALUES (?, ?, ?, ?, ?, ?, 'scan', 'pending', ?, ?, 'inside', ?, ?, ?, ?, ?, ?)
ON CONFLICT (shift_id, volunteer_id) WHERE source = 'scan' DO NOTHING
RETURNING id
""")

#: A record whose check-in was undone, or left behind by an activity that moved, is opened again; its first times stand
#: in its history and among the tries.
REVIVE = Steady("""
UPDATE service_record SET state = 'pending', in_at = ?, in_mode = ?, out_at = NULL, out_mode = '', closed_by = '',
       minutes = 0, why = 'inside', needs_naming = ?, by_hand = ?, needs_review = ?, updated_at = ?
WHERE id = ? AND (state = 'void' AND why = 'undone'
                  OR state = 'pending' AND needs_review IN ('in:moved', 'in:moved,out:moved'))
RETURNING id
""")

CHECK_OUT = Steady("""
UPDATE service_record SET out_at = ?, out_mode = ?, closed_by = ?, minutes = ?, why = ?, updated_at = ?,
       needs_naming = needs_naming OR ?, by_hand = by_hand OR ?
WHERE id = ? AND out_at IS NULL AND state = 'pending'
RETURNING id, EXISTS (
    SELECT 1 FROM service_record o
    WHERE o.volunteer_id = service_record.volunteer_id AND o.id <> service_record.id AND o.in_at < service_record.out_at
      AND o.out_at > service_record.in_at AND o.state IN ('pending', 'confirmed', 'disputed'))
""")
MINUTES = Steady("SELECT minutes FROM service_record WHERE id = ?")

TAKE_PLACE = Steady("UPDATE shift SET taken = taken + 1 WHERE id = ? AND (taken < quota OR ?) RETURNING id")

WALK_IN = Steady("""
INSERT INTO signup (shift_id, activity_id, volunteer_id, state, walk_in, channel, created_at, updated_at)
VALUES (?, ?, ?, 'confirmed', TRUE, ?, ?, ?)
ON CONFLICT (shift_id, volunteer_id) DO UPDATE
SET state = 'confirmed', walk_in = TRUE, channel = excluded.channel, updated_at = excluded.updated_at
""")

#: What the law asks about somebody who comes without a sign-up.
LAW = Steady("""
SELECT a.dangerous, a.domain, a.sub_domain, v.birth_date,
    (SELECT CASE WHEN c.given THEN NULL ELSE c.at END FROM consent c
     WHERE c.volunteer_id = v.id AND c.purpose = ? ORDER BY c.id DESC LIMIT 1)
FROM activity a, volunteer v WHERE a.id = ? AND v.id = ?
""")

IS_MEMBER = Steady("SELECT 1 FROM team_member WHERE team_id = ? AND volunteer_id = ? AND to_at IS NULL")

SHIFT_KEY = Steady("""
SELECT s.id, s.code_key, a.code_life, a.state, a.title, a.code FROM shift s JOIN activity a ON a.id = s.activity_id
WHERE s.code = ?
""")

TICKET = Steady("""
SELECT s.code, t.direction, t.mode, t.seen_at, t.expires_at, t.used_at, t.used_by_id
FROM scan_ticket t JOIN shift s ON s.id = t.shift_id WHERE t.secret_hash = ?
""")
NEW_TICKET = Steady("""
INSERT INTO scan_ticket (secret_hash, shift_id, direction, mode, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
""")
USE_TICKET = Steady("""
UPDATE scan_ticket SET used_at = ?, used_by_id = ? WHERE secret_hash = ? AND used_at IS NULL RETURNING secret_hash
""")


@dataclass(frozen=True, slots=True)
class ShiftKey:
    """What is needed to judge a code before anybody is known."""

    shift_id: int
    code_key: str
    code_life: int
    activity_state: str
    title: str
    activity_code: str


class Standing(NamedTuple):
    """One shift as it stands for one person at a scan."""

    named: bool  # the shift that the code names
    shift_id: int
    shift_code: str
    code_key: str
    starts_at: int
    ends_at: int
    activity_id: int
    activity_code: str
    title: str
    place: str
    activity_state: str
    team_id: int
    region_code: str
    code_life: int
    walk_in: bool
    openness: str
    rule_id: int
    person_state: str | None
    name: str | None
    person_region: str | None
    signup: str | None
    record_id: int | None
    record_state: str | None
    in_at: int | None
    out_at: int | None
    minutes: int | None
    needs_naming: bool | None
    in_mode: str | None
    why: str | None = None
    out_mode: str | None = None
    closed_by: str | None = None
    needs_review: str = ""
    emergency: bool = False
    outcome: str = ""  # the mark on his place

    @property
    def key(self) -> ShiftKey:
        """What its codes are judged by."""
        return ShiftKey(
            self.shift_id, self.code_key, self.code_life, self.activity_state, self.title, self.activity_code
        )


def look_up(*, shift_code: str, volunteer_id: int | None) -> list[Standing]:
    """Every shift that a scan of this shift's code may mean for this person; empty if the code is unknown."""
    return [Standing._make(row) for row in rows(LOOK_UP, (volunteer_id, volunteer_id, volunteer_id, shift_code))]


def look_up_many(*, shift_code: str, volunteer_ids: Sequence[int]) -> dict[int, list[Standing]]:
    """`look_up` for many people in one statement; nobody who does not exist is in the answer."""
    found: dict[int, list[Standing]] = {}
    ids = ", ".join("?" * len(volunteer_ids))
    for row in rows(LOOK_UP_MANY.format(ids=ids), (*volunteer_ids, shift_code)) if volunteer_ids else ():
        found.setdefault(row[0], []).append(Standing(*row[1:]))
    return found


def shift_key(shift_code: str) -> ShiftKey | None:
    """The key and life of a shift's codes."""
    row = one(SHIFT_KEY, (shift_code,))
    return ShiftKey(*row) if row else None


def keep_attempt(
    *, shift_id: int | None, volunteer_id: int | None, identity_id: int | None, actor_id: int | None,
    direction: str, mode: str, door: str, outcome: str, reason: str, nonce: str | None, at: int, received_at: int,
    kit_id: int | None = None, device_at: int | None = None, flag: str = "", detail: str = "",
) -> None:  # fmt: skip
    """Keep one scan, accepted, repeated or refused; the last four are those of a phone without a network.

    Inside `keeping_together` it is kept with the others.
    """
    values = (
        shift_id, volunteer_id, identity_id, actor_id, direction, mode, door, outcome, reason, nonce, at, received_at,
        kit_id, device_at, flag, detail,
    )  # fmt: skip
    held = _together.get()
    if held is None:
        change(ATTEMPT, values)
    else:
        held.append(values)


@contextmanager
def keeping_together() -> Iterator[Callable[[], None]]:
    """Scans kept in here are written at its end, many in a statement; yields what writes them at once."""
    held: list[tuple[Any, ...]] = []

    def flush() -> None:
        for first in range(0, len(held), ROWS_AT_ONCE):
            some = held[first : first + ROWS_AT_ONCE]
            change(ATTEMPT + f", {ATTEMPT_ROW}" * (len(some) - 1), [value for each in some for value in each])
        held.clear()

    token = _together.set(held)
    try:
        yield flush
        flush()
    finally:
        _together.reset(token)


def check_in(
    standing: Standing, *, volunteer_id: int, mode: str, static: bool, by_hand: bool, at: int, now: int,
    doubts: str = "",
) -> int | None:  # fmt: skip
    """Open the record, on the day its shift begins; its id, or None if another scan was first."""
    day = local_day(from_millis(standing.starts_at)).isoformat()
    values = (
        standing.shift_id, standing.activity_id, standing.team_id, volunteer_id, standing.region_code,
        day, at, mode, static, by_hand, doubts, standing.rule_id, now, now,
    )  # fmt: skip
    row = one(CHECK_IN, values)
    return row[0] if row else None


def revive(
    standing: Standing, *, mode: str, static: bool, by_hand: bool, doubts: str, at: int, now: int
) -> int | None:
    """Open a record again whose check-in was undone or left behind; None if another scan was first."""
    row = one(REVIVE, (at, mode, static, by_hand, doubts, now, standing.record_id))
    return row[0] if row else None


def check_out(
    *,
    record_id: int,
    mode: str,
    closed_by: str,
    minutes: int,
    why: str,
    static: bool,
    by_hand: bool,
    at: int,
    now: int,
) -> bool | None:
    """Close the record; whether another record of the person touches its time, None if it was closed already."""
    row = one(CHECK_OUT, (at, mode, closed_by, minutes, why, now, static, by_hand, record_id))
    return bool(row[1]) if row else None


def minutes_of(record_id: int) -> int:
    """What a record counts."""
    row = one(MINUTES, (record_id,))
    return int(row[0]) if row else 0


def take_place(*, shift_id: int, beyond_quota: bool) -> bool:
    """Take a place by guarded update; False if the shift is full."""
    return one(TAKE_PLACE, (shift_id, beyond_quota)) is not None


def walk_in(standing: Standing, *, volunteer_id: int, channel: str, now: int) -> None:
    """A sign-up for someone who came without one."""
    change(WALK_IN, (standing.shift_id, standing.activity_id, volunteer_id, channel, now, now))


def law(
    *, activity_id: int, volunteer_id: int, purpose: str
) -> tuple[bool, str, str, str | None, int | None] | None:
    """(called dangerous, domain, sub-domain, the person's birth date, when he took the purpose back: epoch ms, None if
    he did not or has agreed since); None if either is not there."""
    row = one(LAW, (purpose, activity_id, volunteer_id))
    return (bool(row[0]), row[1], row[2], row[3], row[4]) if row else None


def is_member(*, team_id: int, volunteer_id: int) -> bool:
    """Whether the person is a running member of the team."""
    return one(IS_MEMBER, (team_id, volunteer_id)) is not None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A scan ticket as stored."""

    shift_code: str
    direction: str
    mode: str
    seen_at: int
    expires_at: int
    used_at: int | None
    used_by: int | None


def ticket(secret_hash: str) -> Ticket | None:
    """The ticket under this hash."""
    row = one(TICKET, (secret_hash,))
    return Ticket(*row) if row else None


def new_ticket(
    *, secret_hash: str, shift_id: int, direction: str, mode: str, seen_at: int, expires_at: int
) -> None:
    """Keep a ticket."""
    change(NEW_TICKET, (secret_hash, shift_id, direction, mode, seen_at, expires_at))


def use_ticket(*, secret_hash: str, identity_id: int | None, now: int) -> bool:
    """Mark a ticket used; False if it was already."""
    return one(USE_TICKET, (now, identity_id, secret_hash)) is not None
