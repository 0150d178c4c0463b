"""Rows of books, audit, histories and consents as their seals cover them: what a row says, in one order."""

from __future__ import annotations

from queries import Row, rows

_COLUMNS = """id, volunteer_id, amount, kind, record_id, region_code, local_day, rule_set_id, idem_key, reverses_id,
    actor_id, note, created_at"""
#: Points also say until when they last, and what was had for them.
_POINTS = _COLUMNS.replace("note,", "note, expires_on, redemption_id,")
#: What each row says; the moment at which it was written comes last.
_SAID = {
    "minute_entry": _COLUMNS,
    "point_entry": _POINTS,
    "audit_entry": "id, actor_id, verb, subject, detail, region_code, at",
    "history": "id, subject, verb, actor_id, changes, reason, at",
    "consent": "id, volunteer_id, purpose, version, CASE WHEN given THEN 1 ELSE 0 END, channel, at",
}
#: The first rows after an id, all of them written before a moment.
UNSEALED = {book: f"SELECT {said} FROM {book} WHERE id > ? ORDER BY id LIMIT ?" for book, said in _SAID.items()}
SEALED = {
    book: f"SELECT {said} FROM {book} WHERE id >= ? AND id <= ? ORDER BY id" for book, said in _SAID.items()
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
