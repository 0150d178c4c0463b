"""What the chat asks the database on every message: seen before, who it is, what we were talking about."""

from __future__ import annotations

from frozen import dataclass
from models import store
from models.dialect import Steady, translate
from queries import change, one

ARRIVED = Steady("""
INSERT INTO inbound_message (dedupe_key, openid, reply, received_at) VALUES (?, ?, '', ?)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING dedupe_key
""")
TOLD = Steady("""
INSERT INTO inbound_message (dedupe_key, openid, reply, received_at) VALUES (?, ?, ?, ?)
ON CONFLICT (dedupe_key) DO NOTHING
""")
ANSWERED = Steady("UPDATE inbound_message SET reply = ? WHERE dedupe_key = ?")
REPLY = Steady("SELECT reply FROM inbound_message WHERE dedupe_key = ?")
SPEAKER = Steady("""
SELECT i.id, i.volunteer_id, i.window_until, i.window_left, v.name, v.public_no, v.region_code, v.state,
       s.payload, s.expires_at
FROM wechat_identity i
LEFT JOIN volunteer v ON v.id = i.volunteer_id
LEFT JOIN chat_state s ON s.identity_id = i.id
WHERE i.appid = ? AND i.openid = ?
""")
#: A window that runs longer stays where it may; whoever did not follow follows, but for what was said before he left.
TOUCHED = Steady("""
UPDATE wechat_identity SET
    window_until = CASE WHEN ? AND window_until > ? AND window_left > 0 THEN window_until ELSE ? END,
    window_left = CASE WHEN ? AND window_until > ? AND window_left > 0 THEN window_left ELSE ? END,
    union_checked = CASE WHEN following OR follow_event_at = ? THEN union_checked ELSE FALSE END,
    following = CASE WHEN following OR follow_event_at = ? THEN following ELSE TRUE END
WHERE id = ? AND (follow_event_at IS NULL OR follow_event_at <= ?)
""")
REMEMBER = Steady("""
INSERT INTO chat_state (identity_id, kind, payload, expires_at) VALUES (?, ?, ?, ?)
ON CONFLICT (identity_id) DO UPDATE SET kind = excluded.kind, payload = excluded.payload,
    expires_at = excluded.expires_at
""")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whoever wrote to us, and the talk so far. Moments are epoch milliseconds, `memory` is JSON."""

    identity_id: int
    volunteer_id: int | None
    window_until: int | None
    window_left: int
    name: str | None
    public_no: str | None
    region_code: str | None
    state: str | None
    memory: str | None
    memory_until: int | None


def arrived(*, key: str, openid: str, now: int) -> bool:
    """Note a push; False if it was there already. Waits for another transaction that is handling the same one."""
    return one(ARRIVED, (key, openid, now)) is not None


def tell(*, key: str, openid: str, reply: str, now: int) -> None:
    """Note a push and its answer a moment later, with others."""
    store.note(translate(TOLD, store.current().dialect), key, (key, openid, reply, now))


def told(key: str) -> str | None:
    """The answer to a push that this process has not noted yet."""
    row = store.noted(translate(TOLD, store.current().dialect), key)
    return None if row is None else str(row[2])


def seen(key: str) -> str | None:
    """The answer to a push that was noted; None if it was not."""
    row = one(REPLY, (key,))
    return None if row is None else str(row[0])


def answered(*, key: str, reply: str) -> None:
    """Keep the answer beside the push."""
    change(ANSWERED, (reply, key))


def reply_of(key: str) -> str:
    """The answer that the first copy of this push got; "" if there is none."""
    row = one(REPLY, (key,))
    return str(row[0]) if row else ""


def speaker(*, appid: str, openid: str) -> Speaker | None:
    """Who is behind an openid, and what the talk is about: one statement."""
    row = one(SPEAKER, (appid, openid))
    return Speaker(*row) if row else None


def touched(*, identity_id: int, keeps: bool, until: int, answers: int, said_at: int) -> None:
    """Open the customer-service window `until` then; `keeps`: one that runs longer stays. Where this thread only looks,
    a moment later: it is then reckoned a little short, never long."""
    row = (keeps, until, until, keeps, until, answers, said_at, said_at, identity_id, said_at)
    if store.looking():
        store.note(translate(TOUCHED, store.current().dialect), str(identity_id), row)
    else:
        store.write(lambda: change(TOUCHED, row))


def remember(*, identity_id: int, kind: str, memory: str, until: int) -> None:
    """Keep what the talk is about, in place of what it was about before."""
    change(REMEMBER, (identity_id, kind, memory, until))
