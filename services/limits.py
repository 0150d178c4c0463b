"""Limits on tries, shared by all processes: keyed by person or openid, for phones share their addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import to_millis
from models import store
from queries import limits as query
from services.errors import Refusal, RefusalCode
from wording import say


def tries(*, key: str, seconds: int, at: datetime) -> int:
    """Count a try of `key` and answer how many there were in its window of `seconds`; inside the caller's write.

    Parallel tries of one key wait for each other until the caller's write is done.
    """
    return query.hit(key, to_millis(at), to_millis(at - timedelta(seconds=seconds)))[0]


def forget(*, key: str) -> None:
    """Begin anew for `key`, e.g. after a success; inside the caller's write."""
    query.forget(key)


def count(*, key: str, limit: int, seconds: int, at: datetime) -> None:
    """Count a try of `key`; the one after `limit` within `seconds` is refused. The try is kept either way.

    Refusals: TOO_MANY_TRIES.
    """
    no = store.write(lambda: refusal(key=key, limit=limit, seconds=seconds, at=at))
    if no is not None:
        raise no


def refusal(*, key: str, limit: int, seconds: int, at: datetime) -> Refusal | None:
    """As `count`, inside the caller's write, which is to be kept; the refusal says in how many `seconds` and, in words,
    how long (`wait`) the next try is taken."""
    now = to_millis(at)
    found, began = query.hit(key, now, to_millis(at - timedelta(seconds=seconds)))
    return _waits(began, seconds, now) if found > limit else None


def check(*, key: str, limit: int, seconds: int, at: datetime) -> None:
    """Refuse where `limit` tries of `key` were counted within `seconds`; this one is not. Refusals: TOO_MANY_TRIES."""
    now = to_millis(at)
    found, began = query.tries(key, to_millis(at - timedelta(seconds=seconds)))
    if found >= limit:
        raise _waits(began, seconds, now)


def _waits(began: int, seconds: int, now: int) -> Refusal:
    left = min(max(1, -(-(began + seconds * 1000 - now) // 1000)), seconds)
    return Refusal(RefusalCode.TOO_MANY_TRIES, seconds=left, wait=_in_words(left))


def _in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes <= 60:
        return say("limits.minutes", count=minutes)
    return say("limits.hours", count=-(-minutes // 60))
