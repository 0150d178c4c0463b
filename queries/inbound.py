"""What the chat asks the database on every message: seen before, who it is, what we were talking about."""

from __future__ import annotations

from dataclasses import dataclass

from queries import change, one

ARRIVED = """
INSERT INTO inbound_message (dedupe_key, openid, reply, received_at) VALUES (?, ?, '', ?)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING dedupe_key
"""
ANSWERED = "UPDATE inbound_message SET reply = ? WHERE dedupe_key = ?"
REPLY = "SELECT reply FROM inbound_message WHERE dedupe_key = ?"
SPEAKER = """
SELECT i.id, i.volunteer_id, i.window_until, i.window_left, v.name, v.public_no, v.region_code, v.state,
       s.payload, s.expires_at
FROM wechat_identity i
LEFT JOIN volunteer v ON v.id = i.volunteer_id
LEFT JOIN chat_state s ON s.identity_id = i.id
WHERE i.appid = ? AND i.openid = ?
"""
REMEMBER = """
INSERT INTO chat_state (identity_id, kind, payload, expires_at) VALUES (?, ?, ?, ?)
ON CONFLICT (identity_id) DO UPDATE SET kind = excluded.kind, payload = excluded.payload,
    expires_at = excluded.expires_at
"""


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


def remember(*, identity_id: int, kind: str, memory: str, until: int) -> None:
    """Keep what the talk is about, in place of what it was about before."""
    change(REMEMBER, (identity_id, kind, memory, until))
