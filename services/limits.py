"""Limits on tries: keyed by person or openid, for phones share their addresses.

Shared by all processes, in the database; `here` counts in one process, for what is done so often that no statement can
be spent on those who do nothing wrong.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from clock import to_millis
from models import store
from queries import limits as query
from services.errors import Refusal, RefusalCode
from wording import say

#: What `here` has counted: when each window began (milliseconds), when it is over, and how often since.
_counted: dict[str, tuple[int, int, int]] = {}
_lock = threading.Lock()
ROOM = 20_000


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


def here(*, key: str, limit: int, seconds: int, at: datetime) -> None:
    """As `count`, in this process alone and without a statement: whoever goes from process to process has as many as
    there are processes. Refusals: TOO_MANY_TRIES."""
    now = to_millis(at)
    with _lock:
        began, over, found = _counted.get(key, (now, now + seconds * 1000, 0))
        if not began <= now < over:
            began, over, found = now, now + seconds * 1000, 0
        if found >= limit:
            raise _waits(began, seconds, now)
        if len(_counted) >= ROOM:
            _make_room(now)
        _counted[key] = (began, over, found + 1)


def _make_room(now: int) -> None:
    for key in [key for key, (_, over, _) in _counted.items() if over <= now]:
        del _counted[key]
    if len(_counted) >= ROOM:  # so many at once are no single account
        _counted.clear()


def forget_here() -> None:
    """Begin anew with all that was counted in this process."""
    with _lock:
        _counted.clear()


def _waits(began: int, seconds: int, now: int) -> Refusal:
    left = min(max(1, -(-(began + seconds * 1000 - now) // 1000)), seconds)
    return Refusal(RefusalCode.TOO_MANY_TRIES, seconds=left, wait=_in_words(left))


def _in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes <= 60:
        return say("limits.minutes", count=minutes)
    return say("limits.hours", count=-(-minutes // 60))
