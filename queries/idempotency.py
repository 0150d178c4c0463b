"""Claiming an idempotency key and keeping the first answer."""

from __future__ import annotations

from datetime import datetime

from clock import to_millis
from frozen import dataclass
from models.dialect import Steady
from queries import change, one

CLAIM = Steady("""
INSERT INTO idempotency_key (key_hash, body_hash, status, answer, created_at) VALUES (?, ?, NULL, '', ?)
ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, created_at = excluded.created_at
WHERE idempotency_key.status IS NULL AND idempotency_key.created_at < ? RETURNING key_hash
""")
#: No act takes so long, in ms: whoever held the key for it without an answer died on the way.
ABANDONED = 60_000
READ = Steady("SELECT body_hash, status, answer FROM idempotency_key WHERE key_hash = ?")
STORE = Steady("UPDATE idempotency_key SET status = ?, answer = ? WHERE key_hash = ?")
FORGET = Steady("DELETE FROM idempotency_key WHERE key_hash = ?")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a key: the body it came with and the answer, if there is one yet."""

    body_hash: str
    status: int | None
    answer: str


def claim(key_hash: str, body_hash: str, at: datetime) -> Kept | None:
    """None if the key is now ours, else what is kept under it."""
    now = to_millis(at)
    if one(CLAIM, (key_hash, body_hash, now, now - ABANDONED)) is not None:
        return None
    row = one(READ, (key_hash,))
    return Kept(*row) if row else Kept(body_hash, None, "")


def store(key_hash: str, status: int, answer: str) -> None:
    """Keep the answer."""
    change(STORE, (status, answer, key_hash))


def forget(key_hash: str) -> None:
    """Let the key go: the act was refused."""
    change(FORGET, (key_hash,))
