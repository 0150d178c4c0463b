"""The book of points beside earning: spending under a guard, caps, and points that are over, as static SQL.

Points have no lots. What expires of somebody is what lasted until before today, less everything that was ever taken:
so the oldest are spent first, and a debit never has to say which points it took (design §6.9).
"""

from __future__ import annotations

import json

from frozen import dataclass
from models import store
from models.dialect import each_of
from queries import Row, change, one, rows

#: Takes only what is there; two who spend at once take turns at this row.
SPEND = "UPDATE balance SET points = points - ? WHERE volunteer_id = ? AND points >= ? RETURNING points"
HOLD = "UPDATE balance SET points = points WHERE volunteer_id = ? RETURNING points"
BALANCE_OF = "SELECT points FROM balance WHERE volunteer_id = ?"
#: What records brought somebody in a span of local days, reversals taken off.
EARNED = """
SELECT COALESCE(SUM(amount), 0) FROM point_entry
WHERE volunteer_id = ? AND record_id IS NOT NULL AND local_day >= ? AND local_day <= ?
"""
#: Debits have no last day. Asked for the day before `?`: what is over; for a coming one: what will be.
OVER = """
SELECT e.volunteer_id AS person, SUM(e.amount) AS due FROM point_entry e
WHERE e.volunteer_id >= ? AND e.volunteer_id < ? AND (e.expires_on IS NULL OR e.expires_on < ?)
GROUP BY e.volunteer_id HAVING SUM(e.amount) > 0
"""
HOLD_OVER = f"""
SELECT b.volunteer_id FROM balance b JOIN ({OVER}) o ON o.person = b.volunteer_id
ORDER BY b.volunteer_id FOR UPDATE OF b
"""
EXPIRE = """
INSERT INTO point_entry (volunteer_id, amount, kind, region_code, local_day, idem_key, note, created_at)
SELECT o.person, -o.due, 'expiry', v.region_code, ?, ? || CAST(o.person AS TEXT), ?, ?
FROM (
    SELECT e.volunteer_id AS person, SUM(e.amount) AS due FROM point_entry e
    WHERE e.volunteer_id IN (SELECT {number} FROM {people})
      AND (e.expires_on IS NULL OR e.expires_on < ?)
    GROUP BY e.volunteer_id HAVING SUM(e.amount) > 0
) o JOIN volunteer v ON v.id = o.person
RETURNING volunteer_id
"""
EXPIRED = """
UPDATE balance SET points = balance.points + e.amount
FROM (SELECT CAST({number} AS BIGINT) AS person FROM {people}) p
JOIN point_entry e ON e.idem_key = ? || CAST(p.person AS TEXT)
WHERE balance.volunteer_id = p.person
"""
#: A person's book as it would be without what was ever annulled, in the order it was written.
STANDING = """
SELECT e.id, e.amount, e.kind, e.local_day, e.expires_on FROM point_entry e
WHERE e.volunteer_id = ? AND e.kind <> 'reversal' AND NOT EXISTS (
    SELECT 1 FROM point_entry r WHERE r.reverses_id = e.id AND r.kind = 'reversal')
ORDER BY e.id
"""
#: The newest confirmed records of a division, in the order of their days, with what coefficients look at.
CONFIRMED = """
SELECT r.volunteer_id, r.region_code, r.local_day, r.minutes, a.domain, a.sub_domain, a.dangerous, a.emergency,
       p.conditions, e.score
FROM (
    SELECT id, volunteer_id, region_code, local_day, minutes, activity_id, shift_id FROM service_record
    WHERE region_code >= ? AND region_code < ? AND local_day >= ? AND state = 'confirmed'
      AND source <> 'transferred' AND minutes > 0
    ORDER BY id DESC LIMIT ?
) r
LEFT JOIN activity a ON a.id = r.activity_id
LEFT JOIN shift s ON s.id = r.shift_id
LEFT JOIN position p ON p.id = s.position_id
LEFT JOIN evaluation e ON e.activity_id = r.activity_id AND e.subject_id = r.volunteer_id AND e.kind = 'organiser'
ORDER BY r.local_day, r.id
"""
NEXT = """
SELECT MAX(volunteer_id) FROM (
    SELECT volunteer_id FROM balance WHERE volunteer_id >= ? ORDER BY volunteer_id LIMIT ?) b
"""
ENDING = f"""
SELECT o.person, o.due, v.region_code FROM ({OVER}) o JOIN volunteer v ON v.id = o.person
WHERE v.state = 'active' AND NOT EXISTS (
    SELECT 1 FROM delivery d WHERE d.dedupe_key = ? || CAST(o.person AS TEXT))
"""


def _for_each(sql: str) -> str:
    dialect = store.current().dialect
    number = "CAST(e.value ->> 0 AS BIGINT)" if dialect == "postgres" else "e.value"
    return sql.format(number=number, people=each_of(dialect))


def hold(volunteer_id: int) -> int | None:
    """Whoever touches this person's points waits for us until the write ends; his balance, None for nobody."""
    row = one(HOLD, (volunteer_id,))
    return None if row is None else int(row[0])


def balance(volunteer_id: int) -> int:
    """A person's points; 0 for nobody."""
    row = one(BALANCE_OF, (volunteer_id,))
    return int(row[0]) if row else 0


def spend(*, volunteer_id: int, points: int) -> int | None:
    """Take points that are there; what is left, None where they were not."""
    row = one(SPEND, (points, volunteer_id, points))
    return None if row is None else int(row[0])


def earned(*, volunteer_id: int, first: str, last: str) -> int:
    """What records brought from local day `first` to `last`, both within it."""
    row = one(EARNED, (volunteer_id, first, last))
    return int(row[0]) if row else 0


def last_of(*, first: int, people: int) -> int | None:
    """The id of the last of so many people from `first` on; None after the last one."""
    row = one(NEXT, (first, people))
    return None if row is None or row[0] is None else int(row[0])


def expire(*, first: int, end: int, day: str, note: str, now: int) -> int:
    """Post what is over before local day `day` for people `first` ≤ id < `end`; how many of them.

    Inside a write. Each of them is held before his sum is made, so that nobody spends meanwhile what expires.
    """
    held = HOLD_OVER if store.current().dialect == "postgres" else OVER
    people = json.dumps([int(row[0]) for row in rows(held, (first, end, day))])
    if people == "[]":
        return 0
    run = f"expiry:{day}:{now}:{first}:"
    done = rows(_for_each(EXPIRE), (day, run, note, now, people, day))
    change(_for_each(EXPIRED), (people, run))
    return len(done)


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that nobody annulled."""

    id: int
    amount: int
    kind: str
    local_day: str
    expires_on: str | None


def standing(volunteer_id: int) -> list[Standing]:
    """A person's entries that nobody annulled, the first one first."""
    return [Standing(*row) for row in rows(STANDING, (volunteer_id,))]


def confirmed(*, first: str, end: str, since: str, most: int) -> list[Row]:
    """(person, division, local day, minutes, domain, sub-domain, dangerous, emergency, conditions of the position,
    organiser's stars) of the newest so many confirmed records of divisions `first` ≤ code < `end`; domain None without
    an activity."""
    return rows(CONFIRMED, (first, end, since, most))


def ending(*, first: int, end: int, day: str, told: str) -> list[tuple[int, int, str]]:
    """(person, points, division) of those who lose something before local day `day` and were not told; `told` is how
    the key of that message begins."""
    return [(int(row[0]), int(row[1]), str(row[2])) for row in rows(ENDING, (first, end, day, told))]
