"""Posting to the books and reading totals, as static SQL. Moments are epoch milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from frozen import dataclass
from models.dialect import Steady
from queries import change, one, patient, rows

CONFIRM = Steady("""
UPDATE service_record SET state = 'confirmed', confirmed_by_id = ?, confirmed_at = ?, updated_at = ?
WHERE id = ? AND state = 'pending' RETURNING id
""")
MINUTE = Steady("""
INSERT INTO minute_entry (volunteer_id, amount, kind, record_id, team_id, region_code, local_day, rule_set_id,
                          idem_key, reverses_id, actor_id, note, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (idem_key) DO NOTHING RETURNING id
""")
POINT = Steady("""
INSERT INTO point_entry (volunteer_id, amount, kind, record_id, region_code, local_day, rule_set_id,
                         idem_key, reverses_id, actor_id, note, created_at, expires_on, redemption_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (idem_key) DO NOTHING RETURNING id
""")
BALANCE = Steady("""
INSERT INTO balance (volunteer_id, minutes, points, records) VALUES (?, ?, ?, ?)
ON CONFLICT (volunteer_id) DO UPDATE SET minutes = balance.minutes + excluded.minutes,
    points = balance.points + excluded.points, records = balance.records + excluded.records
RETURNING points
""")
PERIOD = Steady("""
INSERT INTO period_minutes (volunteer_id, period, region_code, minutes, records) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (volunteer_id, period) DO UPDATE SET minutes = period_minutes.minutes + excluded.minutes,
    records = period_minutes.records + excluded.records
""")
LIVE_MINUTES = """
SELECT e.id, e.amount, e.region_code, e.local_day FROM minute_entry e
LEFT JOIN minute_entry r ON r.reverses_id = e.id
WHERE e.record_id = ? AND e.kind <> 'reversal' AND r.id IS NULL
"""
FIRST_POSTED = "SELECT MIN(created_at) FROM minute_entry WHERE record_id = ?"
LIVE_POINTS = """
SELECT e.id, e.amount, e.region_code, e.local_day, e.expires_on, e.rule_set_id FROM point_entry e
LEFT JOIN point_entry r ON r.reverses_id = e.id
WHERE e.record_id = ? AND e.kind <> 'reversal' AND r.id IS NULL
"""
SUMMARY = Steady("""
SELECT v.region_code, COALESCE(b.minutes, 0), COALESCE(b.points, 0),
       COALESCE((SELECT y.minutes FROM period_minutes y WHERE y.volunteer_id = v.id AND y.period = ?), 0),
       COALESCE((SELECT m.minutes FROM period_minutes m WHERE m.volunteer_id = v.id AND m.period = ?), 0),
       COALESCE((SELECT SUM(p.minutes) FROM service_record p WHERE p.volunteer_id = v.id AND p.state = 'pending'), 0),
       v.name,
       COALESCE((SELECT SUM(t.minutes) FROM service_record t
                 WHERE t.volunteer_id = v.id AND t.source = 'transferred' AND t.state = 'confirmed'), 0),
       COALESCE((SELECT SUM(u.minutes) FROM service_record u
                 WHERE u.volunteer_id = v.id AND u.source = 'supplement' AND u.state = 'confirmed'), 0),
       COALESCE((SELECT MAX(s.star) FROM star_award s WHERE s.volunteer_id = v.id AND s.state = 'awarded'), 0),
       (SELECT l.id FROM rule_set l WHERE l.kind = 'stars' AND l.valid_from <= ? AND l.region_code IN (
            '', SUBSTR(v.region_code, 1, 2), SUBSTR(v.region_code, 1, 4), SUBSTR(v.region_code, 1, 6),
            SUBSTR(v.region_code, 1, 9), SUBSTR(v.region_code, 1, 12))
        ORDER BY LENGTH(l.region_code) DESC, l.valid_from DESC, l.version DESC LIMIT 1)
FROM volunteer v LEFT JOIN balance b ON b.volunteer_id = v.id WHERE v.id = ?
""")
#: What came with an honour, by the honour's name, which the entry keeps as its reason.
LIVE_HONOUR = """
SELECT e.id, e.amount, e.region_code, e.local_day, e.expires_on, e.rule_set_id FROM point_entry e
LEFT JOIN point_entry r ON r.reverses_id = e.id
WHERE e.volunteer_id = ? AND e.kind = 'honour' AND e.note = ? AND r.id IS NULL
"""
#: What stands in the books of a span of local days, by team and by where it came from.
SERVED = """
SELECT COALESCE(t.code, ''), COALESCE(t.name, ''), COALESCE(t.short_name, ''), COALESCE(r.source, e.kind),
       SUM(e.amount)
FROM minute_entry e
LEFT JOIN service_record r ON r.id = e.record_id
LEFT JOIN team t ON t.id = e.team_id
WHERE e.volunteer_id = ? AND e.local_day >= ? AND e.local_day < ?
GROUP BY COALESCE(t.code, ''), COALESCE(t.name, ''), COALESCE(t.short_name, ''), COALESCE(r.source, e.kind)
"""
PENDING = """
SELECT t.code, SUM(r.minutes) FROM service_record r JOIN team t ON t.id = r.team_id
WHERE r.volunteer_id = ? AND r.state = 'pending' AND r.local_day >= ? AND r.local_day < ? GROUP BY t.code
"""
EARNED = """
SELECT COALESCE(t.code, ''), SUM(CASE WHEN e.kind IN ('service', 'reversal', 'honour') THEN e.amount ELSE 0 END),
       SUM(CASE WHEN e.kind IN ('service', 'reversal', 'honour') THEN 0 ELSE -e.amount END)
FROM point_entry e
LEFT JOIN service_record r ON r.id = e.record_id
LEFT JOIN team t ON t.id = r.team_id
WHERE e.volunteer_id = ? AND e.local_day >= ? AND e.local_day < ?
GROUP BY COALESCE(t.code, '')
"""
#: Where somebody is or was a member, and wherever he has served.
TEAMS_OF = """
SELECT t.code, t.name, t.short_name FROM team t WHERE t.id IN (
    SELECT m.team_id FROM team_member m WHERE m.volunteer_id = ?
    UNION SELECT r.team_id FROM service_record r WHERE r.volunteer_id = ?)
ORDER BY t.id
"""
#: Each range in these is of so many people, or records: SQLite sorts and groups in memory, and a province of entries at
#: once took a gigabyte of it.
SOME_PEOPLE, SOME_RECORDS, ALL = 20_000, 200_000, 2**62
WRONG_TOTALS = """
SELECT b.volunteer_id, 'balance.minutes', b.minutes, COALESCE(SUM(e.amount), 0)
FROM balance b LEFT JOIN minute_entry e ON e.volunteer_id = b.volunteer_id
WHERE b.volunteer_id > ? AND b.volunteer_id <= ?
GROUP BY b.volunteer_id, b.minutes HAVING b.minutes <> COALESCE(SUM(e.amount), 0)
UNION ALL
SELECT b.volunteer_id, 'balance.points', b.points, COALESCE(SUM(e.amount), 0)
FROM balance b LEFT JOIN point_entry e ON e.volunteer_id = b.volunteer_id
WHERE b.volunteer_id > ? AND b.volunteer_id <= ?
GROUP BY b.volunteer_id, b.points HAVING b.points <> COALESCE(SUM(e.amount), 0)
UNION ALL
SELECT e.volunteer_id, 'no balance', 0, SUM(e.amount)
FROM minute_entry e LEFT JOIN balance b ON b.volunteer_id = e.volunteer_id
WHERE e.volunteer_id > ? AND e.volunteer_id <= ? AND b.volunteer_id IS NULL
GROUP BY e.volunteer_id
UNION ALL
SELECT p.volunteer_id, 'period ' || p.period, p.minutes, COALESCE(s.total, 0)
FROM period_minutes p LEFT JOIN (
    SELECT volunteer_id, substr(local_day, 1, 4) AS period, SUM(amount) AS total FROM minute_entry
    WHERE volunteer_id > ? AND volunteer_id <= ? GROUP BY volunteer_id, substr(local_day, 1, 4)
    UNION ALL
    SELECT volunteer_id, substr(local_day, 1, 7) AS period, SUM(amount) AS total FROM minute_entry
    WHERE volunteer_id > ? AND volunteer_id <= ? GROUP BY volunteer_id, substr(local_day, 1, 7)
) s ON s.volunteer_id = p.volunteer_id AND s.period = p.period
WHERE p.volunteer_id > ? AND p.volunteer_id <= ? AND p.minutes <> COALESCE(s.total, 0)
"""
WRONG_RECORDS = """
SELECT r.volunteer_id, 'record ' || CAST(r.id AS TEXT), CASE WHEN r.state = 'confirmed' THEN r.minutes ELSE 0 END,
       COALESCE(SUM(e.amount), 0)
FROM service_record r LEFT JOIN minute_entry e ON e.record_id = r.id
WHERE r.id > ? AND r.id <= ?
GROUP BY r.volunteer_id, r.id, r.state, r.minutes
HAVING CASE WHEN r.state = 'confirmed' THEN r.minutes ELSE 0 END <> COALESCE(SUM(e.amount), 0)
"""
#: Points below zero without a debt, a debt without them; what a redemption took that is not given back, and must be.
WRONG_DEBTS = """
SELECT b.volunteer_id, 'debt', b.points, COALESCE(d.points, 0)
FROM balance b LEFT JOIN point_debt d ON d.volunteer_id = b.volunteer_id AND d.cleared_at IS NULL
WHERE (b.points < 0) <> (d.id IS NOT NULL)
UNION ALL
SELECT e.volunteer_id, 'no balance of points', 0, SUM(e.amount)
FROM point_entry e LEFT JOIN balance b ON b.volunteer_id = e.volunteer_id WHERE b.volunteer_id IS NULL
GROUP BY e.volunteer_id
"""
WRONG_REDEMPTIONS = """
SELECT r.volunteer_id, 'redemption ' || r.code,
       CASE WHEN r.state IN ('waiting', 'handed') THEN -r.price ELSE 0 END, COALESCE(SUM(e.amount), 0)
FROM redemption r LEFT JOIN point_entry e ON e.redemption_id = r.id
GROUP BY r.volunteer_id, r.code, r.state, r.price
HAVING CASE WHEN r.state IN ('waiting', 'handed') THEN -r.price ELSE 0 END <> COALESCE(SUM(e.amount), 0)
"""
WRONG_STOCK = """
SELECT 0, 'stock of reward ' || w.code, w.stock, w.supply - COUNT(r.id)
FROM reward w LEFT JOIN redemption r ON r.reward_id = w.id AND NOT r.back_in_stock
GROUP BY w.code, w.stock, w.supply HAVING w.stock <> w.supply - COUNT(r.id)
"""
#: Awarded stars below their own step, and those that no act in the person's history (sealed as the books are) awarded.
WRONG_STARS = """
SELECT a.volunteer_id, 'star ' || CAST(a.star AS TEXT), a.star,
       CASE WHEN a.minutes < a.step_hours * 60 THEN a.minutes / 60 ELSE 0 END
FROM star_award a
WHERE a.state = 'awarded' AND (a.minutes < a.step_hours * 60 OR NOT EXISTS (
    SELECT 1 FROM history h
    WHERE h.subject IN (SELECT 'volunteer:' || CAST(v.id AS TEXT) FROM volunteer v
                        WHERE v.id = a.volunteer_id OR v.merged_into_id = a.volunteer_id)
    AND h.verb = 'star.awarded'
    AND replace(h.changes, '"star":[' || CAST(a.star AS TEXT) || ',', '') <> h.changes))
"""
#: Two records that together count more than the time from the first in to the last out. A person's records are gone
#: through once in the order of their beginnings, whatever their days; only one that begins before an earlier one is
#: over is held against the others.
WRONG_OVERLAP = """
WITH counted AS (
    SELECT id, volunteer_id, in_at, out_at, minutes FROM service_record
    WHERE volunteer_id > ? AND volunteer_id <= ?
    AND state = 'confirmed' AND why <> 'reviewed' AND in_at IS NOT NULL AND out_at IS NOT NULL
), begun AS (
    SELECT id, volunteer_id, in_at, out_at, minutes,
           MAX(out_at) OVER (PARTITION BY volunteer_id ORDER BY in_at, id
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
    FROM counted
)
SELECT a.volunteer_id, 'overlap ' || CAST(a.id AS TEXT) || ' ' || CAST(b.id AS TEXT), a.minutes + b.minutes,
       ((CASE WHEN a.out_at > b.out_at THEN a.out_at ELSE b.out_at END) - a.in_at) / 60000
FROM begun b
JOIN counted a ON a.volunteer_id = b.volunteer_id AND a.out_at > b.in_at
     AND (a.in_at < b.in_at OR (a.in_at = b.in_at AND a.id < b.id))
WHERE b.busy_until > b.in_at
  AND (a.minutes + b.minutes) * 60000 > (CASE WHEN a.out_at > b.out_at THEN a.out_at ELSE b.out_at END) - a.in_at
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be posted, with the record it comes from."""

    volunteer_id: int
    amount: int
    kind: str
    record_id: int | None
    team_id: int | None
    region_code: str
    local_day: str
    rule_id: int | None
    idem_key: str
    reverses: int | None
    actor_id: int | None
    note: str
    expires_on: str | None = None
    redemption_id: int | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """An entry of a record that no other has reversed."""

    id: int
    amount: int
    region_code: str
    local_day: str
    expires_on: str | None = None
    rule_id: int | None = None


def confirm(*, record_id: int, actor_id: int | None, now: int) -> bool:
    """Pending → confirmed by guarded update; False if it was not pending."""
    return one(CONFIRM, (actor_id, now, now, record_id)) is not None


def post_minutes(entry: Entry, *, now: int) -> bool:
    """Put an entry in the book of minutes and move the totals with it; False if its key is there already."""
    posted = one(
        MINUTE,
        (
            entry.volunteer_id, entry.amount, entry.kind, entry.record_id, entry.team_id, entry.region_code,
            entry.local_day, entry.rule_id, entry.idem_key, entry.reverses, entry.actor_id, entry.note, now,
        ),
    )  # fmt: skip
    if posted is None:
        return False
    count = -1 if entry.kind == "reversal" else 1
    change(BALANCE, (entry.volunteer_id, entry.amount, 0, count))
    for period in (entry.local_day[:4], entry.local_day[:7]):
        change(PERIOD, (entry.volunteer_id, period, entry.region_code, entry.amount, count))
    return True


def post_points(entry: Entry, *, now: int) -> int | None:
    """Put an entry in the book of points and move the balance with it; the balance then, None if its key is there."""
    if not write_points(entry, now=now):
        return None
    row = one(BALANCE, (entry.volunteer_id, 0, entry.amount, 0))
    return int(row[0]) if row else 0


def write_points(entry: Entry, *, now: int) -> bool:
    """The entry alone, where a guard has moved the balance already; False if its key is there."""
    values = (
        entry.volunteer_id, entry.amount, entry.kind, entry.record_id, entry.region_code, entry.local_day,
        entry.rule_id, entry.idem_key, entry.reverses, entry.actor_id, entry.note, now, entry.expires_on,
        entry.redemption_id,
    )  # fmt: skip
    return one(POINT, values) is not None


def live_minutes(record_id: int) -> list[Live]:
    """Entries of minutes of a record that stand."""
    return [Live(*row) for row in rows(LIVE_MINUTES, (record_id,))]


def first_posted(record_id: int) -> int:
    """When a record's minutes went to the book for the first time (epoch ms)."""
    row = one(FIRST_POSTED, (record_id,))
    assert row is not None
    return int(row[0])


def live_points(record_id: int) -> list[Live]:
    """Entries of points of a record that stand."""
    return [Live(*row) for row in rows(LIVE_POINTS, (record_id,))]


def live_honour(*, volunteer_id: int, name: str) -> list[Live]:
    """Entries of points that came with an honour of this name and stand."""
    return [Live(*row) for row in rows(LIVE_HONOUR, (volunteer_id, name))]


@dataclass(frozen=True, slots=True)
class Totals:
    """A person's totals, in minutes and points, the star he was awarded, and the id of the rule `stars` that holds for
    him (`queries.rules.newest`)."""

    region_code: str
    minutes: int
    points: int
    year: int
    month: int
    pending: int
    name: str
    transferred: int
    supplement: int
    star: int
    ladder: int


def totals(*, volunteer_id: int, year: str, month: str, now: int = 0) -> Totals | None:
    """The totals of a person in one statement; None for nobody. `now` (epoch ms): whoever leaves it out asks
    for no rule and gets 0 for it."""
    row = one(SUMMARY, (year, month, now, volunteer_id))
    if row is None:
        return None
    minutes, points, of_year, of_month, pending = (int(value) for value in row[1:6])
    return Totals(row[0], minutes, points, of_year, of_month, pending, row[6], *(int(value or 0) for value in row[7:]))


#: Bounds that hold every local day.
FIRST_DAY, LAST_DAY = "0000-00-00", "9999-99-99"


@dataclass(frozen=True, slots=True)
class Served:
    """Minutes in the books of one team (codes and names "" where the entry has none) from one source."""

    team_code: str
    team: str
    short_name: str
    source: str
    minutes: int


def served(*, volunteer_id: int, start: str = FIRST_DAY, end: str = LAST_DAY) -> list[Served]:
    """What a person's book of minutes holds from local day `start` up to, and without, `end`."""
    return [Served(*row[:4], int(row[4])) for row in rows(SERVED, (volunteer_id, start, end))]


def pending(*, volunteer_id: int, start: str = FIRST_DAY, end: str = LAST_DAY) -> dict[str, int]:
    """Minutes that wait for the leader, by the team's code, in a span of local days."""
    return {code: int(minutes) for code, minutes in rows(PENDING, (volunteer_id, start, end))}


def earned(*, volunteer_id: int, start: str = FIRST_DAY, end: str = LAST_DAY) -> dict[str, tuple[int, int]]:
    """Points (earned, spent or expired) by the team's code, "" for what came from no record."""
    return {code: (int(more), int(less)) for code, more, less in rows(EARNED, (volunteer_id, start, end))}


def teams_of(*, volunteer_id: int) -> list[tuple[str, str, str]]:
    """(code, name, short name) of the teams that a person has to do with."""
    return [(row[0], row[1], row[2]) for row in rows(TEAMS_OF, (volunteer_id, volunteer_id))]


def wrong() -> list[tuple[int, str, int, int]]:
    """(person, what, kept, proved) wherever a kept total differs from the sum of its entries."""
    looks = [
        *_ranges(WRONG_TOTALS, "balance", "volunteer_id", SOME_PEOPLE),
        *_ranges(WRONG_RECORDS, "service_record", "id", SOME_RECORDS),
        *_ranges(WRONG_OVERLAP, "volunteer", "id", SOME_PEOPLE),
        *((sql, ()) for sql in (WRONG_DEBTS, WRONG_REDEMPTIONS, WRONG_STOCK, WRONG_STARS)),
    ]
    with patient():
        return [(row[0], row[1], int(row[2]), int(row[3])) for sql, values in looks for row in rows(sql, values)]


def _ranges(sql: str, table: str, column: str, size: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A statement with each range of numbers that its table has, the last one open."""
    last = int((one(f"SELECT COALESCE(MAX({column}), 0) FROM {table}") or (0,))[0])
    for after in range(0, max(last, 1), size):
        yield sql, (after, after + size if after + size < last else ALL) * (sql.count("?") // 2)
