"""Class time (学时): what was attended at a training, kept beside the books, never in them (S42).

A training's record is a `ServiceRecord` like every other, made by the same scans, corrected and confirmed by the same
acts; its frozen rule has a `class_hour`, and by that it counts no service (`reckoning.credit`). Where a service would
go to the book of minutes, `follow` brings the person's `TrainingResult` to what his confirmed records prove.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import ServiceRecord, Shift, TrainingCertificate, TrainingResult, TrainingSession
from services import rules
from services.bookkeeping.reckoning import CLASS, credited_minutes
from wording import say

__all__ = ["CLASS", "class_hours", "follow", "is_class", "minutes_of", "shown", "told"]


def is_class(rule_id: int) -> bool:
    """Whether records under this rule are class time."""
    return CLASS in rules.rule_by_id(rule_id).params


def minutes_of(record: ServiceRecord) -> int:
    """Whole class minutes that a record proves: inside the session, without what another record of his counts."""
    if record.in_at is None or record.out_at is None or record.why != "training":
        return 0
    shift: Shift = record.shift  # type: ignore[assignment]
    whole = credited_minutes(
        in_at=record.in_at, out_at=record.out_at, starts_at=shift.starts_at, ends_at=shift.ends_at
    )
    return max(0, whole - record.overlap)


def follow(record: ServiceRecord, at: datetime) -> int:
    """Bring the result of a record's person to what his confirmed records of that session prove; those minutes.

    Called whenever a service would be posted, reversed or corrected; inside the caller's write. Twice is once. Whoever
    proves nothing any more keeps his row with 0 minutes and no result, and his certificate holds no longer.
    """
    session = TrainingSession.get_or_none(TrainingSession.activity == record.activity_id)
    if session is None:
        return 0
    rows = (
        ServiceRecord.select(ServiceRecord, Shift)
        .join(Shift)
        .where(
            ServiceRecord.activity == record.activity_id, ServiceRecord.volunteer == record.volunteer_id,
            ServiceRecord.state == "confirmed",
        )
    )  # fmt: skip
    minutes = sum(minutes_of(row) for row in list(rows))
    values: dict[str, Any] = {"minutes": minutes, "local_day": record.local_day, "updated_at": at}
    if not minutes:
        values |= {"result": ""}
        TrainingCertificate.update(state="revoked", reason=say("training.annulled")).where(
            TrainingCertificate.activity == record.activity_id, TrainingCertificate.volunteer == record.volunteer_id,
            TrainingCertificate.state == "valid",
        ).execute()  # fmt: skip
    fresh = {
        "activity": record.activity_id, "course": session.course_id, "volunteer": record.volunteer_id,
        "region_code": record.region_code,
    }  # fmt: skip
    TrainingResult.insert(**fresh, **values).on_conflict(
        conflict_target=[TrainingResult.activity, TrainingResult.volunteer], update=values
    ).execute()
    return minutes


def shown(record: ServiceRecord) -> int:
    """The minutes of a record as a list shows them: of service, or of class."""
    return minutes_of(record) if record.why == "training" else int(record.minutes)


def class_hours(minutes: int, class_hour: int) -> str:
    """Class minutes in 学时 of `class_hour` minutes, down to tenths: 100 minutes of 45 are `2.2`, 90 are `2`."""
    tenths = minutes * 10 // max(1, class_hour)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def told(minutes: int, class_hour: int) -> str:
    """Class minutes as people read them: `2 学时（90分钟）`."""
    return say("training.hours", hours=class_hours(minutes, class_hour), minutes=minutes)
