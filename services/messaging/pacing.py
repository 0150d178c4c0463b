"""So many broadcasts a minute and a day and no more, whatever waits: of several at once, of several workers, after a
standstill.

When a broadcast is put into the outbox its messages fall due in turn (`fall_due`), and nothing has to be done here.
Where more wait than the minute or the day holds, each of them gets a turn in the minutes, or on the day, after it.

WeChat takes so many templates a day of an account, from midnight to midnight in Shanghai. A part of them is kept for
what is about one person: a reminder must not wait for midnight because somebody wrote to a whole province.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from clock import from_millis, local_day, to_millis
from queries import outbox as sql
from services.messaging.catalogue import BROADCAST
from services.times import after_quiet, day_starts, five_past_midnight, next_clock

MINUTE = 60_000
#: Of a day's templates, in a hundred: kept for reminders, news and emergencies.
RESERVE = 20
#: Where the day of a lane is counted: beside its minute.
OF_DAY = 100


def share(a_day: int) -> int:
    """How many of a day's templates broadcasts may use."""
    return a_day * (100 - RESERVE) // 100


def turn(*, a_minute: int, at: datetime) -> datetime | None:
    """Take one of the minute's turns, inside the write that begins a send; None if it may go now, else when to look
    again. Who is refused is counted, so that the next one comes behind him."""
    minute, taken = sql.take_turn(lane=BROADCAST, minute=to_millis(at) // MINUTE)
    if taken <= a_minute:
        return None
    return from_millis((minute + 1) * MINUTE + (taken - a_minute - 1) * MINUTE // a_minute)


def day_turn(*, a_day: int, hours: Mapping[str, Any], at: datetime) -> datetime | None:
    """Take one of the day's turns of a template, inside the write that begins a send; None if it may go now, else when
    to look again: who is refused has his place in the sending hours of the days after, in the order of refusal.

    `hours`: the division's rule `reminders`.
    """
    most = share(a_day)
    _, taken = sql.take_turn(lane=OF_DAY + BROADCAST, minute=local_day(at).toordinal())
    if taken <= most:
        return None
    later, place = divmod(taken - most - 1, most)
    begins, ends = _sending(day_starts(local_day(at) + timedelta(days=later + 1)), hours)
    return begins + (ends - begins) * place / most


def fall_due(
    *, cursor: datetime, count: int, a_day: int, a_minute: int, hours: Mapping[str, Any], begun: datetime
) -> tuple[datetime, datetime, datetime]:
    """Where the next `count` templates of a broadcast lie that a day cannot hold, far fewer than a day's share: the
    due moments of the first and of the last, and where those behind them begin. `begun`: when it went into the outbox.

    A day's share is spread over its sending hours, so that another broadcast finds a turn all day.
    """
    begins, ends = _sending(cursor, hours)
    if cursor >= ends:
        begins, ends = _sending(day_starts(local_day(cursor) + timedelta(days=1)), hours)
    cursor, fastest = max(cursor, begins), timedelta(minutes=1) / a_minute
    one = max((ends - max(begins, begun)) / share(a_day), fastest)
    last = cursor + count * one
    if last <= ends:
        return cursor, last, last
    # The next day begins later by those whom this one cannot hold; where they lie they are refused, and go then.
    begins, until = _sending(day_starts(local_day(begins) + timedelta(days=1)), hours)
    one = max((until - begins) / share(a_day), fastest)
    return cursor, ends, begins + (last - ends) / (last - cursor) * count * one


def _sending(at: datetime, hours: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """When the sending hours of the day of `at` begin and end: outside the quiet ones, and before midnight, when
    WeChat counts anew."""
    midnight = day_starts(local_day(at))
    begins = after_quiet(
        five_past_midnight(midnight - timedelta(minutes=1)), quiet_from=hours["quiet_from"],
        quiet_until=hours["quiet_until"],
    )  # fmt: skip
    return begins, min(next_clock(begins, hours["quiet_from"]), midnight + timedelta(days=1))
