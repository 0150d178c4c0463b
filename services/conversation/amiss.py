"""Pushes of WeChat that died of our own fault or were answered too late, kept where the worker sees them: whoever wrote
was told so, and the operator hears of it (`services.operation.alarms`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import to_millis
from queries import limits as query

#: What can go amiss, as `hongyao_callback_faults` counts it.
KINDS = ("fault", "late")
#: What happened so long ago is no news any more.
NEWS = timedelta(minutes=10)


def note(*, kind: str, number: str, at: datetime) -> None:
    """Keep that the push of request `number` went amiss. Nobody waits for it, least of all the one who waited already;
    if the database stays away it is in the log alone."""
    query.hit_soon(_key(kind), number, to_millis(at), to_millis(at - NEWS))


def count(*, kind: str, at: datetime) -> int:
    """How many went amiss in this way lately."""
    return query.tries(_key(kind), to_millis(at - NEWS))[0]


def _key(kind: str) -> str:
    return f"push-amiss|{kind}"
