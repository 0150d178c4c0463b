"""Rows of the two books as their seals cover them: what a row says, in one order, on both databases."""

from __future__ import annotations

from queries import Row, rows

_COLUMNS = """id, volunteer_id, amount, kind, record_id, region_code, local_day, rule_set_id, idem_key, reverses_id,
    actor_id, note, created_at"""
#: Points also say until when they last, and what was had for them.
_POINTS = _COLUMNS.replace("note,", "note, expires_on, redemption_id,")
#: The first rows after an id, all of them written before a moment.
UNSEALED = {
    "minute_entry": f"SELECT {_COLUMNS} FROM minute_entry WHERE id > ? ORDER BY id LIMIT ?",
    "point_entry": f"SELECT {_POINTS} FROM point_entry WHERE id > ? ORDER BY id LIMIT ?",
}
SEALED = {
    "minute_entry": f"SELECT {_COLUMNS} FROM minute_entry WHERE id >= ? AND id <= ? ORDER BY id",
    "point_entry": f"SELECT {_POINTS} FROM point_entry WHERE id >= ? AND id <= ? ORDER BY id",
}
BOOKS = tuple(SEALED)
CREATED = -1


def unsealed(*, book: str, after: int, before: int, most: int) -> list[Row]:
    """The rows after id `after`, up to the first that is younger than the moment `before` (epoch milliseconds)."""
    found = []
    for row in rows(UNSEALED[book], (after, most)):
        if row[CREATED] >= before:
            break
        found.append(row)
    return found


def sealed(*, book: str, first: int, last: int) -> list[Row]:
    """The rows that a seal covers, as they stand now."""
    return rows(SEALED[book], (first, last))
