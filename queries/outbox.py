"""Static SQL of the outbox: put, claim, look again, begin, and what the inbox and the leader read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from models import store
from models.dialect import skip_locked
from queries import Row, change, one, rows

PUT = """
INSERT INTO delivery (notice_id, volunteer_id, kind, dedupe_key, state, priority, title, body, url, data,
    activity_id, shift_id, activity_version, due_at, expires_at, lease_owner, tries, skip, channel, created_at)
VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '', '', ?)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""

#: An outbox that has just filled, PostgreSQL takes for empty, and would join whatever it can row by row. OFFSET 0 keeps
#: it from comparing what waits with all that is on its way, and + 0 from going through that for each (a tenth of the
#: claims at 20,000); an array keeps it from going through the whole table for each row that it takes (51 seconds of a
#: million). And it looks once: else it would look again for each row, past those just taken, and take more than LIMIT.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT d.id FROM delivery d WHERE d.state = 'queued' AND d.due_at <= ?
        AND NOT EXISTS (SELECT 1 FROM delivery f
            WHERE f.volunteer_id = d.volunteer_id AND f.state = 'inflight' AND f.lease_until + 0 > ?
            LIMIT 1 OFFSET 0)
    ORDER BY d.priority, d.due_at LIMIT ? {lock}
)
UPDATE delivery SET state = 'inflight', lease_owner = ?, lease_until = ?, channel = '', tries = tries + 1
WHERE id {those}
RETURNING id, priority, due_at, volunteer_id
"""

#: Everything that decides whether a claimed row is still true and may go now, in one look. `ahead`: two workers
#: claimed messages of one person at once, and the other's comes first.
LOOK = """
SELECT d.id, d.kind, d.volunteer_id, d.priority, d.title, d.body, d.url, d.data, d.expires_at, d.skip, d.tries, d.slot,
    d.activity_version, v.state, v.region_code, n.state, a.state, a.version, g.state,
    CASE WHEN SUBSTR(v.region_code, 1, 2) = '99' OR SUBSTR(a.region_code, 1, 2) = '99'
        OR SUBSTR(t.region_code, 1, 2) = '99' OR SUBSTR(w.region_code, 1, 2) = '99' THEN 1 ELSE 0 END,
    COALESCE(m.off, ''), COALESCE(m.fewer, 0),
    EXISTS (SELECT 1 FROM delivery f
        WHERE f.volunteer_id = d.volunteer_id AND f.state = 'inflight' AND f.lease_owner <> d.lease_owner
            AND f.lease_until > ? AND (f.priority < d.priority OR (f.priority = d.priority
                AND (f.due_at < d.due_at OR (f.due_at = d.due_at AND f.id < d.id))))),
    d.dedupe_key
FROM delivery d
JOIN volunteer v ON v.id = d.volunteer_id
JOIN notice n ON n.id = d.notice_id
LEFT JOIN message_choice m ON m.volunteer_id = d.volunteer_id
LEFT JOIN activity a ON a.id = d.activity_id
LEFT JOIN team t ON t.id = n.team_id
LEFT JOIN volunteer w ON w.id = n.sender_id
LEFT JOIN signup g ON g.shift_id = d.shift_id AND g.volunteer_id = d.volunteer_id
WHERE d.id = ? AND d.state = 'inflight' AND d.lease_owner = ?
"""

#: A credit of the mini-program's is a number of messages. The official account's template needs none; a row of its
#: own with nothing left says that WeChat refused it for this person (43101). -1: nothing is known.
DOORS = """
SELECT i.id, i.kind, i.openid, i.following, i.window_until, i.window_left, COALESCE(c.remaining, -1)
FROM wechat_identity i
LEFT JOIN subscription_credit c ON c.identity_id = i.id AND c.template = CASE WHEN i.kind = 'mp' THEN ? ELSE ? END
WHERE i.volunteer_id = ? AND i.appid IN (?, ?)
ORDER BY i.id DESC
"""

DOORS_OF_ONE = """
SELECT i.id, i.kind, i.openid, i.following, i.window_until, i.window_left, COALESCE(c.remaining, -1)
FROM wechat_identity i
LEFT JOIN subscription_credit c ON c.identity_id = i.id AND c.template = CASE WHEN i.kind = 'mp' THEN ? ELSE ? END
WHERE i.id = ? AND i.appid IN (?, ?)
"""

BEGIN = """
UPDATE delivery SET channel = ?, lease_until = ?, slot = ?
WHERE id = ? AND state = 'inflight' AND lease_owner = ? RETURNING id
"""

CLOSE = """
UPDATE delivery SET state = ?, channel = ?, sent_at = ?, lease_until = NULL, lease_owner = ''
WHERE id = ? AND state = 'inflight' AND lease_owner = ? RETURNING id
"""

LATER = """
UPDATE delivery SET state = 'queued', due_at = ?, channel = '', lease_until = NULL, lease_owner = ''
WHERE id = ? AND state = 'inflight' AND lease_owner = ? RETURNING id
"""

SKIP = """
UPDATE delivery SET skip = CASE WHEN skip = '' THEN ? ELSE skip || ',' || ? END
WHERE id = ? AND state = 'inflight' AND lease_owner = ?
"""

TRIES = "SELECT channel, outcome, at FROM delivery_try WHERE delivery_id = ? ORDER BY id"

#: One of the day's pushes, taken before the send by one guarded statement: of two workers one gets the last.
TAKE_SLOT = """
INSERT INTO push_day (volunteer_id, day, pushed) VALUES (?, ?, 1)
ON CONFLICT (volunteer_id, day) DO UPDATE SET pushed = push_day.pushed + 1 WHERE push_day.pushed < ?
RETURNING pushed
"""
#: Given back when nothing went out after all.
FREE_SLOT = "UPDATE push_day SET pushed = pushed - 1 WHERE volunteer_id = ? AND day = ? AND pushed > 0"

#: One of the turns of a lane in its minute (or its day, of a lane counted by days); the one that runs is the later one
#: of two clocks that differ a little.
TAKE_TURN = """
INSERT INTO send_pace (lane, minute, taken) VALUES (?, ?, 1)
ON CONFLICT (lane) DO UPDATE SET
    taken = CASE WHEN send_pace.minute - excluded.minute IN (0, 1) THEN send_pace.taken + 1 ELSE 1 END,
    minute = CASE WHEN send_pace.minute - excluded.minute IN (0, 1) THEN send_pace.minute ELSE excluded.minute END
RETURNING minute, taken
"""

#: Waits for the evening: in the inbox at once, named by the digest due then.
HOLD = """
UPDATE delivery SET state = 'inbox', channel = '', held_until = ?, lease_until = NULL, lease_owner = ''
WHERE id = ? AND state = 'inflight' AND lease_owner = ? RETURNING id
"""

PAUSED = "SELECT api, until FROM api_pause WHERE api IN (?, ?, ?, ?) AND until > ?"
REPORTED = "SELECT 1 FROM inbound_message WHERE dedupe_key = ?"
LATE_ANSWER = """
UPDATE delivery SET state = 'sent', channel = ?, sent_at = ?, lease_until = NULL, lease_owner = ''
WHERE id = ? AND state IN ('unknown', 'queued', 'inflight')
"""
#: Templates that wait to be repeated, whose unanswered try lies later than a moment; those of ten minutes are among
#: the latest tries.
DOUBT = """
UPDATE delivery SET state = 'unknown', channel = 'tpl', sent_at = ? WHERE state = 'queued' AND id {those} RETURNING id
"""
UNHEARD = """
SELECT delivery_id FROM delivery_try
WHERE id > (SELECT COALESCE(MAX(id), 0) FROM delivery_try) - ? AND channel = 'tpl' AND outcome IN ('unknown', 'lost')
    AND at > ?
"""
#: What was to go out by now, of a house restored from a backup: nobody knows whether it did.
PERHAPS_SENT = """
UPDATE delivery SET state = 'unknown', lease_until = NULL, lease_owner = ''
WHERE state = 'inflight' OR (state = 'queued' AND due_at <= ?)
RETURNING id
"""
NOTE = "INSERT INTO delivery_try (delivery_id, channel, outcome, errcode, msgid, at) VALUES (?, ?, ?, ?, ?, ?)"

STALE = """
SELECT id, channel, lease_until FROM delivery
WHERE state = 'inflight' AND (lease_until < ? OR lease_until > ?) ORDER BY id LIMIT ? {lock}
"""

UNSTICK = """
UPDATE delivery SET state = ?, lease_until = NULL, lease_owner = '', channel = ?, sent_at = ?
WHERE id = ? AND state = 'inflight'
"""

FORGET_REMINDERS = """
UPDATE delivery SET dedupe_key = dedupe_key || ?, held_until = NULL,
    state = CASE WHEN state = 'queued' OR held_until IS NOT NULL THEN 'withdrawn' ELSE state END
WHERE shift_id = ? AND kind = 'reminder'
"""

WITHDRAW = """
UPDATE delivery SET state = 'withdrawn', lease_until = NULL, lease_owner = '', held_until = NULL
WHERE (state IN ('queued', 'inflight') OR held_until IS NOT NULL) AND {where}
RETURNING id
"""

INBOX = """
SELECT id, title, body, url, created_at, read_at FROM delivery
WHERE volunteer_id = ? AND state <> 'withdrawn' AND kind NOT IN ('digest', 'card') AND id < ? ORDER BY id DESC LIMIT ?
"""

UNREAD = """
SELECT COUNT(*) FROM delivery
WHERE volunteer_id = ? AND state <> 'withdrawn' AND kind NOT IN ('digest', 'card') AND read_at IS NULL
"""

#: What is held for its person's evening is counted by itself, last.
PROGRESS = """
SELECT COUNT(*),
    SUM(CASE WHEN state = 'sent' THEN 1 ELSE 0 END),
    SUM(CASE WHEN state IN ('queued', 'inflight') THEN 1 ELSE 0 END),
    SUM(CASE WHEN read_at IS NOT NULL THEN 1 ELSE 0 END),
    SUM(CASE WHEN read_at IS NULL AND held_until IS NULL AND state IN ('inbox', 'unknown', 'failed', 'expired')
        THEN 1 ELSE 0 END),
    SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END),
    SUM(CASE WHEN state = 'unknown' THEN 1 ELSE 0 END),
    SUM(CASE WHEN read_at IS NULL AND held_until IS NOT NULL AND state = 'inbox' THEN 1 ELSE 0 END)
FROM delivery WHERE notice_id = ? AND state <> 'withdrawn'
"""

#: Signed-up people of a coming activity whom no message about its present time and place has reached.
#: Who signed up after the last message was due knows already and is not on the list.
UNREACHED = """
SELECT v.id, v.public_no, v.name, v.phone_sealed, MAX(d.state), MAX(CASE WHEN i.following THEN 1 ELSE 0 END)
FROM delivery d
JOIN volunteer v ON v.id = d.volunteer_id AND v.state = 'active'
JOIN activity a ON a.id = d.activity_id
LEFT JOIN wechat_identity i ON i.volunteer_id = v.id AND i.kind = 'oa'
WHERE d.activity_id = ? AND d.state <> 'withdrawn' AND d.due_at <= ?
    AND ((a.state = 'published' AND d.kind IN ('reminder', 'activity_changed') AND d.activity_version = a.version
            AND EXISTS (SELECT 1 FROM signup g WHERE g.shift_id = d.shift_id AND g.volunteer_id = v.id
                        AND g.state = 'confirmed'))
        OR (a.state = 'cancelled' AND d.kind = 'activity_cancelled'))
GROUP BY v.id, v.public_no, v.name, v.phone_sealed
HAVING SUM(CASE WHEN d.state = 'sent' OR d.read_at IS NOT NULL THEN 1 ELSE 0 END) = 0
ORDER BY v.id
"""

#: Confirmed sign-ups of one activity for one reminder step that are still to be told.
#: Told already of a later move of the activity: nothing to add.
REMINDABLE = """
SELECT g.id, g.shift_id, g.volunteer_id, s.starts_at
FROM signup g
JOIN shift s ON s.id = g.shift_id
JOIN volunteer v ON v.id = g.volunteer_id AND v.state = 'active'
WHERE g.activity_id = ? AND g.id > ? AND g.state = 'confirmed' AND s.starts_at > ? AND s.starts_at <= ?
    AND g.updated_at <= s.starts_at - ?
    AND NOT EXISTS (
        SELECT 1 FROM delivery d WHERE d.volunteer_id = g.volunteer_id AND d.activity_id = g.activity_id
            AND d.shift_id = g.shift_id AND d.activity_version = ? AND (
                (d.kind = 'reminder'
                    AND d.dedupe_key = ? || CAST(g.shift_id AS TEXT) || ':' || CAST(g.volunteer_id AS TEXT))
                OR (d.kind = 'activity_changed' AND d.created_at > s.starts_at - ?)
            )
    )
ORDER BY g.id LIMIT ?
"""

SIGNED_UP = """
SELECT g.shift_id, g.volunteer_id, s.starts_at FROM signup g
JOIN shift s ON s.id = g.shift_id
JOIN volunteer v ON v.id = g.volunteer_id AND v.state = 'active'
WHERE g.activity_id = ? AND g.state IN ('confirmed', 'pending', 'waitlisted', 'offered', 'cancelled')
    AND (g.state <> 'cancelled' OR (? AND g.updated_at >= ?))
ORDER BY g.id
"""

LEADERS = """
SELECT DISTINCT v.id FROM role_grant r JOIN volunteer v ON v.id = r.volunteer_id AND v.state = 'active'
WHERE r.team_id = ? AND r.role IN ('team_leader', 'deputy') AND r.from_at <= ? AND (r.until IS NULL OR r.until > ?)
ORDER BY v.id
"""

WAITING_RECORDS = """
SELECT a.id, COUNT(*) FROM activity a JOIN service_record r ON r.activity_id = a.id AND r.state = 'pending'
WHERE a.state IN ('published', 'ended') AND a.ends_at <= ? AND a.ends_at > ? AND a.starts_at > ?
GROUP BY a.id ORDER BY a.id
"""

#: What is on its way, and what went amiss since a moment: each by its own small index. Those that arrived are all the
#: rest, tens of millions after a few years, and are not counted at each scrape.
STATES = """
SELECT 'queued', COUNT(*) FROM delivery WHERE state = 'queued'
UNION ALL SELECT 'inflight', COUNT(*) FROM delivery WHERE state = 'inflight'
UNION ALL SELECT state, COUNT(*) FROM delivery
WHERE state IN ('unknown', 'failed', 'expired') AND created_at > ? GROUP BY state
"""
#: What else waits for the worker, since when.
WAITING = """
SELECT 'imports', MIN(created_at) FROM import_batch WHERE state IN ('reading', 'applying')
UNION ALL SELECT 'references', MIN(made_at) FROM reference_report WHERE state = 'making'
UNION ALL SELECT 'broadcasts', MIN(COALESCE(b.send_at, b.decided_at, n.created_at))
    FROM broadcast b JOIN notice n ON n.id = b.notice_id WHERE b.state = 'due'
UNION ALL SELECT 'mass_sends', MIN(decided_at) FROM mass_send WHERE state IN ('due', 'begun')
"""
ERRORS = """
SELECT channel, errcode, COUNT(*) FROM delivery_try
WHERE id > (SELECT COALESCE(MAX(id), 0) FROM delivery_try) - ? AND at >= ? AND errcode IS NOT NULL AND errcode <> 0
GROUP BY channel, errcode ORDER BY channel, errcode
"""
OLDEST_DUE = "SELECT MIN(due_at), COUNT(*) FROM delivery WHERE state = 'queued' AND due_at <= ?"


class Look(NamedTuple):
    """A claimed row and the state of all it depends on, in the order of LOOK."""

    id: int
    kind: str
    volunteer_id: int
    priority: int
    title: str
    body: str
    url: str
    data: str
    expires_at: int | None
    skip: str
    tries: int
    slot: str
    version: int | None
    person: str
    region_code: str
    notice: str
    activity: str | None
    activity_version: int | None
    signup: str | None
    practice: int
    off: str
    fewer: int
    ahead: bool
    key: str


def lock(sql: str) -> str:
    """The statement as the database in use takes it: past the rows of other workers."""
    return sql.format(lock=skip_locked(store.current().dialect), those=_among("SELECT id FROM due"))


def _among(query: str) -> str:
    """One of what `query` finds; PostgreSQL gets it as an array, so that it goes to each, whatever it believes."""
    return f"= ANY(ARRAY({query}))" if store.current().dialect == "postgres" else f"IN ({query})"


def put(params: Sequence[Any]) -> int | None:
    """Insert one delivery; its id, or None when the key is there already."""
    row = one(PUT, params)
    return None if row is None else int(row[0])


def claim(owner: str, until: int, at: int, limit: int) -> list[tuple[int, int]]:
    """Take up to `limit` due rows, the urgent lane first; (id, whose) in that order."""
    taken = rows(lock(CLAIM), (at, at, limit, owner, until))
    return [(row[0], row[3]) for row in sorted(taken, key=lambda row: (row[1], row[2], row[0]))]


def take_turn(*, lane: int, minute: int) -> tuple[int, int]:
    """(the minute, or day, that runs; how many of the lane asked for a turn in it, this one counted)."""
    found = one(TAKE_TURN, (lane, minute))
    assert found is not None
    return int(found[0]), int(found[1])


def look(delivery_id: int, owner: str, at: int) -> Look | None:
    """The claimed row with the state of all it depends on; None when the lease was lost.

    On PostgreSQL the row stays locked until the transaction ends.
    """
    lock = " FOR UPDATE OF d" if store.current().dialect == "postgres" else ""
    row = one(LOOK + lock, (at, delivery_id, owner))
    return None if row is None else Look(*row)


def doubted(at: int, *, latest: int, since: int) -> int:
    """Templates that wait to be repeated become unknown where nothing was heard of a try later than `since`, one of the
    `latest`; how many."""
    return len(rows(DOUBT.format(those=_among(UNHEARD)), (at, latest, since)))


def stale(before: int, beyond: int, limit: int) -> list[Row]:
    """Rows in flight whose lease is over, or ends so late that the clock must have been set back."""
    return rows(lock(STALE), (before, beyond, limit))


def withdraw(conditions: Sequence[tuple[str, Sequence[Any]]]) -> int:
    """Withdraw what waits and fits every condition; how many."""
    where = " AND ".join(text for text, _ in conditions)
    params = [value for _, values in conditions for value in values]
    return len(rows(WITHDRAW.format(where=where), params))


__all__ = ["change", "claim", "doubted", "lock", "look", "one", "put", "rows", "stale", "take_turn", "withdraw"]
