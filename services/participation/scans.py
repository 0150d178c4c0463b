"""The words in which a scan is judged: what is tried, and what came of it (docs/checkin.md)."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta

from clock import from_millis
from frozen import dataclass
from queries import attendance as sql
from services import rules
from services.actors import Actor
from services.bookkeeping.reckoning import CLASS, credited_minutes
from services.participation.scan_codes import Seen

#: Codes that prove only that they were seen once.
STATIC_MODES = frozenset({"chat", "poster"})
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to. `minutes` are credited whole minutes; moments are aware UTC.

    `flag` is set for scans of a phone without a network only (`services.participation.late`).
    """

    outcome: str  # accepted / repeat
    direction: str
    record_id: int
    activity_code: str
    shift_code: str
    title: str
    name: str
    in_at: datetime
    out_at: datetime | None
    minutes: int
    needs_naming: bool
    ends_at: datetime
    check_out_until: datetime
    flag: str = ""
    class_minutes: int | None = None  # of a training, which is no service; None: it is a service


@dataclass(frozen=True, slots=True)
class Late:
    """What comes with a scan that a phone without a network kept and brings now.

    `doubt`: a word for why it earns nothing until somebody has looked, known before the activity is (a code that
    had been revoked); `flag`: what was odd about its time; `waiting`: of whom a check-out waits for its
    check-in (None: to be asked); `came_at`: when the phone brought it, where that is decided on only later.
    """

    kit_id: int
    device_at: datetime | None
    doubt: str = ""
    flag: str = ""
    waiting: Set[int] | None = None
    came_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One scan to be judged: who, what, where, and by which moment."""

    volunteer_id: int | None
    seen: Seen
    actor: Actor
    leader_id: int | None
    nonce: str | None
    received_at: datetime
    when: datetime  # the moment judged by
    late: Late | None = None


def window(target: sql.Standing) -> tuple[int, int]:
    """From when until when this shift may be scanned, epoch ms."""
    params = rules.rule_by_id(target.rule_id).params
    return (
        target.starts_at - params["scan_before"] * MINUTE_MS,
        target.ends_at + params["scan_after"] * MINUTE_MS,
    )


def local_time(millis: int) -> str:
    """`HH:MM` of the day in Shanghai, for sentences."""
    return (from_millis(millis) + timedelta(hours=8)).strftime("%H:%M")


def scanned(outcome: str, direction: str, target: sql.Standing, record_id: int, flag: str = "") -> Scanned:
    """The answer to a scan, from the record as it stands after it."""
    return Scanned(
        outcome=outcome,
        direction=direction,
        record_id=record_id,
        activity_code=target.activity_code,
        shift_code=target.shift_code,
        title=target.title,
        name=target.name or "",
        in_at=from_millis(target.in_at or 0),
        out_at=None if target.out_at is None else from_millis(target.out_at),
        minutes=target.minutes or 0,
        needs_naming=bool(target.needs_naming),
        ends_at=from_millis(target.ends_at),
        check_out_until=from_millis(window(target)[1]),
        flag=flag,
        class_minutes=_class_minutes(target),
    )


def _class_minutes(target: sql.Standing) -> int | None:
    if CLASS not in rules.rule_by_id(target.rule_id).params:
        return None
    if target.in_at is None or target.out_at is None:
        return 0
    return credited_minutes(
        in_at=from_millis(target.in_at), out_at=from_millis(target.out_at), starts_at=from_millis(target.starts_at),
        ends_at=from_millis(target.ends_at),
    )  # fmt: skip
