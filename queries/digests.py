"""Static SQL of the evening digest: whose messages wait, which ones, and what becomes of them."""

from __future__ import annotations

from queries import Row, change, one, rows

PEOPLE = """
SELECT DISTINCT volunteer_id FROM delivery WHERE held_until <= ? ORDER BY volunteer_id LIMIT ?
"""
#: What stands in the inbox unread and is worth telling still.
WAITING = """
SELECT id, title, kind, dedupe_key FROM delivery
WHERE volunteer_id = ? AND held_until <= ? AND state = 'inbox' AND read_at IS NULL
    AND (expires_at IS NULL OR expires_at > ?)
ORDER BY priority, id
"""
RELEASE = "UPDATE delivery SET held_until = NULL WHERE volunteer_id = ? AND held_until <= ?"
OFF = "SELECT off FROM message_choice WHERE volunteer_id = ?"
DROP = "UPDATE delivery SET state = 'withdrawn' WHERE id = ? AND state = 'inbox'"
NAME = "UPDATE delivery SET digest_id = ? WHERE id = ?"
SENT = "UPDATE delivery SET state = 'sent', channel = 'digest', sent_at = ? WHERE digest_id = ? AND state = 'inbox'"
NOT_SENT = """
UPDATE delivery SET state = 'inbox', channel = '', sent_at = NULL WHERE digest_id = ? AND channel = 'digest'
"""


def people(*, now: int, limit: int) -> list[int]:
    """Some of those for whom a digest is due."""
    return [row[0] for row in rows(PEOPLE, (now, limit))]


def waiting(*, volunteer_id: int, now: int) -> list[Row]:
    """(id, title, kind, key) of what one person's digest may name, the most pressing first."""
    return rows(WAITING, (volunteer_id, now, now))


def off(*, volunteer_id: int) -> str:
    """The groups whose push he turned off, as ",team,hours,"."""
    found = one(OFF, (volunteer_id,))
    return "" if found is None else str(found[0])


def drop(*, ident: int) -> None:
    """It is not true any more: taken back."""
    change(DROP, (ident,))


def release(*, volunteer_id: int, now: int) -> None:
    """What was held for this evening waits no more."""
    change(RELEASE, (volunteer_id, now))


def name(*, digest_id: int, ids: list[int]) -> None:
    """Note which digest named these."""
    for ident in ids:
        change(NAME, (digest_id, ident))


def sent(*, digest_id: int, now: int) -> None:
    """What it named has reached its person."""
    change(SENT, (now, digest_id))


def not_sent(*, digest_id: int) -> None:
    """The platform took it and did not bring it after all."""
    change(NOT_SENT, (digest_id,))
