"""So many broadcasts a minute and no more, whatever waits: of several at once, of several workers, after a standstill.

When a broadcast is put into the outbox its messages fall due in turn, so many a minute (`broadcasts.sending`), and
nothing has to be done here. Where more wait than the minute holds, each of them gets a turn in the minutes after it.
"""

from __future__ import annotations

from datetime import datetime

from clock import from_millis, to_millis
from queries import outbox as sql
from services.messaging.catalogue import BROADCAST

MINUTE = 60_000


def turn(*, a_minute: int, at: datetime) -> datetime | None:
    """Take one of the minute's turns, inside the write that begins a send; None if it may go now, else when to look
    again. Who is refused is counted, so that the next one comes behind him."""
    minute, taken = sql.take_turn(lane=BROADCAST, minute=to_millis(at) // MINUTE)
    if taken <= a_minute:
        return None
    return from_millis((minute + 1) * MINUTE + (taken - a_minute - 1) * MINUTE // a_minute)
