"""The two books: minutes given and points earned. Entries are only added; a correction reverses and posts anew.

Everything here runs inside the caller's write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clock import to_millis
from models import ServiceRecord
from queries import books as sql
from services import rules
from services.bookkeeping import classes
from services.bookkeeping.reckoning import points_for


@dataclass(frozen=True, slots=True)
class Posted:
    """What a record brought: whole minutes and whole points; or, of a training (`is_class`), class minutes."""

    minutes: int
    points: int
    class_minutes: int = 0
    is_class: bool = False


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A kept total that its entries do not prove."""

    volunteer_id: int
    what: str
    kept: int
    proved: int


def post_service(*, record: ServiceRecord, actor_id: int | None, at: datetime, note: str = "") -> Posted:
    """Post a confirmed record's minutes, and its points by the rule valid where and when it was served.

    Posting the same version of a record twice changes nothing. Zero minutes make no entry; class time never does, it
    goes to the person's training (`classes.follow`).
    """
    if classes.is_class(record.rule_set_id):
        classes.follow(record, at)
        return Posted(0, 0, classes.minutes_of(record), is_class=True)
    if record.minutes == 0:
        return Posted(0, 0)
    rule = rules.rule("points", record.region_code, at)
    points = points_for(record.minutes, rule.params["per_hour"]) if record.source != "transferred" else 0
    key = f"rec:{record.id}:v{record.version}"
    kind = "transferred" if record.source == "transferred" else "service"
    minutes = sql.Entry(
        record.volunteer_id, record.minutes, kind, record.id, record.team_id, record.region_code,
        record.local_day, record.rule_set_id, f"hours:{key}", None, actor_id, note,
    )  # fmt: skip
    if not sql.post_minutes(minutes, now=to_millis(at)):
        return Posted(0, 0)
    if points:
        earned = sql.Entry(
            record.volunteer_id, points, "service", record.id, None, record.region_code, record.local_day,
            rule.id, f"points:{key}", None, actor_id, note,
        )  # fmt: skip
        sql.post_points(earned, now=to_millis(at))
    return Posted(record.minutes, points)


def reverse(*, record: ServiceRecord, actor_id: int | None, at: datetime, note: str) -> Posted:
    """Take back whatever of a record stands in the books, by reversing entries; of class time, in his training."""
    if classes.is_class(record.rule_set_id):
        classes.follow(record, at)
        return Posted(0, 0)
    minutes = points = 0
    for live in sql.live_minutes(record.id):
        taken = sql.Entry(
            record.volunteer_id, -live.amount, "reversal", record.id, record.team_id, live.region_code,
            live.local_day, record.rule_set_id, f"hours:rev:{live.id}", live.id, actor_id, note,
        )  # fmt: skip
        minutes += live.amount if sql.post_minutes(taken, now=to_millis(at)) else 0
    for live in sql.live_points(record.id):
        taken = sql.Entry(
            record.volunteer_id, -live.amount, "reversal", record.id, None, live.region_code, live.local_day,
            None, f"points:rev:{live.id}", live.id, actor_id, note,
        )  # fmt: skip
        points += live.amount if sql.post_points(taken, now=to_millis(at)) else 0
    return Posted(minutes, points)


def verify() -> list[Mismatch]:
    """Every kept total that differs from what the entries prove. Only reports: nothing mends itself."""
    return [Mismatch(*row) for row in sql.wrong()]
