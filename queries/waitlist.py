"""The queue for a full shift as static SQL (候补): who is first, what is offered, what has run out.

Whoever changes who has a place holds the shift's row first (`hold`): a place that comes free and somebody who
queues for it never miss each other. `taken` counts the confirmed and those to whom a place is offered.
"""

from __future__ import annotations

from frozen import dataclass
from models import store
from queries import Row, change, one, rows

_HOLD = """
SELECT s.id, s.code, s.starts_at, s.ends_at, s.taken, s.quota, a.id, a.code, a.title, a.place, a.state, a.joining,
       a.region_code, a.team_id, a.version
FROM shift s JOIN activity a ON a.id = s.activity_id
WHERE s.id = ?
"""
#: As strong as the count's own UPDATE and no stronger: each sign-up that is written holds its shift's key, and a
#: full FOR UPDATE would wait for all of them, and they for it.
HOLD = {"sqlite": _HOLD, "postgres": _HOLD + " FOR NO KEY UPDATE OF s"}

QUEUE = """
UPDATE signup SET state = 'waitlisted', queued_at = ?, updated_at = ? WHERE id = ? AND state = 'confirmed'
RETURNING id
"""

#: Somebody who is no longer with us is passed over; his sign-up ends with his account.
FIRST = """
SELECT q.id, q.volunteer_id FROM signup q JOIN volunteer v ON v.id = q.volunteer_id AND v.state = 'active'
WHERE q.shift_id = ? AND q.state = 'waitlisted' ORDER BY q.queued_at, q.id LIMIT 1
"""

OFFER = """
UPDATE signup SET state = 'offered', offered_at = ?, offer_until = ?, updated_at = ?
WHERE id = ? AND state = 'waitlisted' RETURNING id
"""

CLAIM = """
UPDATE signup SET state = 'confirmed', updated_at = ?, risk_version = CASE WHEN ? = '' THEN risk_version ELSE ? END
WHERE id = ? AND state = 'offered' RETURNING id
"""

END = """
UPDATE signup SET state = 'cancelled', reason = ?, late = ?, coming_at = NULL, updated_at = ?
WHERE id = ? AND state IN ('pending', 'waitlisted', 'offered', 'confirmed') RETURNING id
"""

AHEAD = """
SELECT COUNT(*) FROM signup q JOIN signup me ON me.shift_id = q.shift_id
WHERE me.id = ? AND me.state = 'waitlisted' AND q.state = 'waitlisted'
  AND (q.queued_at < me.queued_at OR (q.queued_at = me.queued_at AND q.id <= me.id))
"""

WAITING = "SELECT COUNT(*) FROM signup WHERE shift_id = ? AND state = 'waitlisted'"

RUN_OUT = """
SELECT id, shift_id FROM signup WHERE state = 'offered' AND offer_until <= ? ORDER BY offer_until, id LIMIT ?
"""

BEGUN = """
SELECT q.id, q.shift_id FROM signup q JOIN shift s ON s.id = q.shift_id
WHERE q.state = 'waitlisted' AND s.starts_at <= ? ORDER BY q.id LIMIT ?
"""

#: Shifts that could offer a place and do not: somebody waits, a place is free.
FREE = """
SELECT DISTINCT s.id FROM signup q JOIN shift s ON s.id = q.shift_id
WHERE q.state = 'waitlisted' AND s.taken < s.quota AND s.starts_at > ? ORDER BY s.id LIMIT ?
"""

FREE_PLACE = "UPDATE shift SET taken = taken - 1 WHERE id = ? AND taken > 0"
TAKE_PLACE = "UPDATE shift SET taken = taken + 1 WHERE id = ? AND taken < quota RETURNING taken"


@dataclass(frozen=True, slots=True)
class Held:
    """A shift that nobody else changes until the write ends. Moments are epoch milliseconds."""

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
    joining: str
    region_code: str
    team_id: int
    version: int


def hold(shift_id: int) -> Held | None:
    """Hold a shift; None if there is none."""
    row = one(HOLD[store.current().dialect], (shift_id,))
    return Held(*row) if row else None


def queue(*, signup_id: int, now: int) -> bool:
    """Turn the sign-up that found no place into one that waits."""
    return one(QUEUE, (now, now, signup_id)) is not None


def first(shift_id: int) -> tuple[int, int] | None:
    """(sign-up, person) of the first in the queue."""
    row = one(FIRST, (shift_id,))
    return (row[0], row[1]) if row else None


def offer(*, signup_id: int, until: int, now: int) -> bool:
    """Offer the place; False if the person is not waiting any more."""
    return one(OFFER, (now, until, now, signup_id)) is not None


def claim(*, signup_id: int, risk_version: str, now: int) -> bool:
    """The person says yes to an offer, and to the risk notice if it is given; False if it is no longer one."""
    return one(CLAIM, (now, risk_version, risk_version, signup_id)) is not None


def end(*, signup_id: int, reason: str, late: bool, now: int) -> bool:
    """End a sign-up that stands in any way; False if it did not."""
    return one(END, (reason, late, now, signup_id)) is not None


def place_in_line(signup_id: int) -> int:
    """1 for the first; 0 for somebody who does not wait."""
    row = one(AHEAD, (signup_id,))
    return int(row[0]) if row else 0


def waiting(shift_id: int) -> int:
    """How many wait for a place."""
    row = one(WAITING, (shift_id,))
    return int(row[0]) if row else 0


def run_out(*, now: int, limit: int) -> list[Row]:
    """(sign-up, shift) of offers whose time is over."""
    return rows(RUN_OUT, (now, limit))


def begun(*, now: int, limit: int) -> list[Row]:
    """(sign-up, shift) of those who still wait for what has begun."""
    return rows(BEGUN, (now, limit))


def with_free_place(*, now: int, limit: int) -> list[int]:
    """Shifts to come with a free place and somebody who waits."""
    return [row[0] for row in rows(FREE, (now, limit))]


def take_place(shift_id: int) -> bool:
    """Count one place as taken; False if none is left."""
    return one(TAKE_PLACE, (shift_id,)) is not None


def free_place(shift_id: int) -> None:
    """Count one place as free."""
    change(FREE_PLACE, (shift_id,))
