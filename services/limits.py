"""Limits on tries, shared by all processes: keyed by person or openid, for phones share their addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import to_millis
from models import store
from queries import limits as query
from services.errors import Refusal, RefusalCode


def tries(*, key: str, seconds: int, at: datetime) -> int:
    """Count a try of `key` and answer how many there were in its window of `seconds`; inside the caller's write.

    Parallel tries of one key wait for each other until the caller's write is done.
    """
    return query.hit(key, to_millis(at), to_millis(at - timedelta(seconds=seconds)))


def forget(*, key: str) -> None:
    """Begin anew for `key`, e.g. after a success; inside the caller's write."""
    query.forget(key)


def count(*, key: str, limit: int, seconds: int, at: datetime) -> None:
    """Count a try of `key`; the one after `limit` within `seconds` is refused. The try is kept either way.

    Refusals: TOO_MANY_TRIES.
    """
    if store.write(lambda: tries(key=key, seconds=seconds, at=at)) > limit:
        raise Refusal(RefusalCode.TOO_MANY_TRIES)
