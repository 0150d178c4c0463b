"""Counting tries in one statement, so that parallel ones count too."""

from __future__ import annotations

from models import store
from models.dialect import Steady, translate
from queries import change, one

#: A new window begins where the old one is over; the row stays locked until the transaction ends.
COUNT = """
INSERT INTO rate_bucket (key, window_at, tries) VALUES (?, ?, 1)
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN rate_bucket.window_at <= ? THEN 1 ELSE rate_bucket.tries + 1 END,
    window_at = CASE WHEN rate_bucket.window_at <= ? THEN excluded.window_at ELSE rate_bucket.window_at END
"""
HIT = Steady(COUNT + "RETURNING tries, window_at")

TRIES = "SELECT tries, window_at FROM rate_bucket WHERE key = ? AND window_at > ?"

FORGET = Steady("DELETE FROM rate_bucket WHERE key = ?")


def hit(key: str, at: int, over: int) -> tuple[int, int]:
    """Count one try of `key` at `at`; a window begun at or before `over` is over. (the tries in it, when it began)."""
    row = one(HIT, (key, at, over, over))
    assert row is not None
    return int(row[0]), int(row[1])


def hit_soon(key: str, number: str, at: int, over: int) -> None:
    """The same without waiting: counted a moment later, once for each `number`."""
    store.note(translate(COUNT, store.current().dialect), f"{key}|{number}", (key, at, over, over))


def tries(key: str, over: int) -> tuple[int, int]:
    """(the tries of `key` in the window that runs, when it began), (0, 0) where none runs; nothing is counted."""
    row = one(TRIES, (key, over))
    return (int(row[0]), int(row[1])) if row is not None else (0, 0)


def forget(key: str) -> None:
    """Let the tries of `key` go."""
    change(FORGET, (key,))
