"""What is attended at a training is class time: made by the same scans, never an hour of service (S42)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import (
    Activity,
    Delivery,
    MinuteEntry,
    ServiceRecord,
    Shift,
    TrainingCertificate,
    TrainingResult,
    store,
)
from services.bookkeeping import books, classes, hours, records
from services.errors import Refusal, RefusalCode
from services.participation import activities, activity_views, attendance, venue
from services.review import makeups, objections
from services.training import facts
from tests.services.training.world import make_session
from tests.support.fakes import make_parts
from tests.support.world import World, make_activity, sign_up

MINUTES = timedelta(minutes=1)
YEAR = {"first_day": "2026-01-01", "last_day": "2026-12-31"}


def tick(cast: World, shift: Shift, direction: str, minute: int) -> int:
    when = shift.starts_at + minute * MINUTES
    return attendance.tick(
        actor=cast.actor(cast.ali), shift_code=shift.code, public_no=cast.xiaobo.public_no, direction=direction,
        at=max(when, shift.ends_at), when=when,
    ).record_id  # fmt: skip


def confirm(cast: World, activity: Activity) -> records.Confirmed:
    return records.confirm(
        actor=cast.actor(cast.ali), activity_code=activity.code, at=activity.ends_at + 30 * MINUTES
    )


def test_training_is_attended_by_the_scans_of_every_activity_and_counts_class_minutes(
    cast: World, at: datetime
) -> None:
    activity, shift = make_session(cast, at)
    parts, actor = make_parts(), cast.actor(cast.xiaobo)
    for direction, moment in (("in", shift.starts_at), ("out", shift.starts_at + 100 * MINUTES)):
        shown = venue.stage(
            parts=parts, actor=cast.actor(cast.ali), shift_code=shift.code, direction=direction, at=moment
        )
        done = attendance.scan(actor=actor, code=shown.url.rsplit("/", 1)[1], at=moment)
    assert (done.minutes, done.class_minutes) == (0, 100)
    sheet = confirm(cast, activity)
    assert (sheet.count, sheet.minutes, sheet.points, sheet.class_minutes) == (1, 0, 0, 100)
    assert facts.class_minutes_by_person(**YEAR) == {cast.xiaobo.id: 100}
    assert facts.class_minutes_by_person(**YEAR, volunteer_ids=[cast.ali.id]) == {}
    assert facts.class_minutes_by_person(first_day="2026-06-11", last_day="2026-12-31") == {}
    assert MinuteEntry.select().count() == 0
    summary = hours.summary(volunteer_id=cast.xiaobo.id, at=at)
    assert (summary.total, summary.points, summary.pending) == (0, 0, 0)
    assert books.verify() == []
    told = Delivery.select().where(Delivery.kind == "class_confirmed").get()
    assert "2.2 学时（100 分钟）" in told.body


def test_class_hour_is_a_number_of_the_policy() -> None:
    assert [classes.class_hours(minutes, 45) for minutes in (0, 44, 45, 90, 100, 135)] == [
        "0", "0.9", "1", "2", "2.2", "3",
    ]  # fmt: skip
    assert classes.class_hours(100, 50) == "2"


def test_time_at_a_training_and_at_a_service_is_counted_once(cast: World, at: datetime) -> None:
    activity, shift = make_session(cast, at)
    other, service = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(hours=5)))
    store.write(lambda: sign_up(at, service, cast.xiaobo))
    tick(cast, shift, "in", 0)
    tick(cast, shift, "out", 120)
    tick(cast, service, "in", 0)  # an hour later, while he sits in class
    tick(cast, service, "out", 120)
    confirm(cast, other)
    confirm(cast, activity)
    assert facts.class_minutes_by_person(**YEAR) == {cast.xiaobo.id: 120}
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=at).total == 60
    assert books.verify() == []


def test_annulled_attendance_takes_its_class_minutes_and_certificate_along(cast: World, at: datetime) -> None:
    activity, shift = make_session(cast, at)
    tick(cast, shift, "in", 0)
    record = tick(cast, shift, "out", 60)
    confirm(cast, activity)
    confirm_again = facts.class_minutes_by_person(**YEAR)
    row = TrainingResult.get()
    store.write(
        lambda: TrainingCertificate.create(
            code="cert1", number="PX1", volunteer=cast.xiaobo, course=row.course_id, activity=activity, state="valid",
            region_code=cast.team.region_code, issued_on="2026-06-10", created_at=at,
        )
    )  # fmt: skip
    records.void(actor=cast.actor(cast.ali), record_id=record, reason="没有来", at=activity.ends_at + 40 * MINUTES)
    assert (confirm_again, facts.class_minutes_by_person(**YEAR)) == ({cast.xiaobo.id: 60}, {})
    assert (TrainingResult.get().result, TrainingCertificate.get().state) == ("", "revoked")


def test_extended_session_credits_the_longer_time(cast: World, at: datetime) -> None:
    activity, shift = make_session(cast, at)
    tick(cast, shift, "in", 0)
    tick(cast, shift, "out", 140)
    confirm(cast, activity)
    before = facts.class_minutes_by_person(**YEAR)
    activities.extend(
        actor=cast.actor(cast.ali), code=activity.code, ends_at=activity.ends_at + 30 * MINUTES, reason="讲得多了",
        at=activity.ends_at + 31 * MINUTES,
    )  # fmt: skip
    assert (before, facts.class_minutes_by_person(**YEAR)) == ({cast.xiaobo.id: 120}, {cast.xiaobo.id: 140})
    assert MinuteEntry.select().count() == 0


def test_no_way_leads_from_a_training_to_hours_of_service(cast: World, at: datetime) -> None:
    """A cheater's ways: a make-up, a missing end set by the leader, an objection that wants minutes."""
    activity, shift = make_session(cast, at)
    late = activity.ends_at + 60 * MINUTES
    code = makeups.ask(
        parts=make_parts(), actor=cast.actor(cast.xiaobo), shift_code=shift.code, from_at=shift.starts_at,
        to_at=shift.starts_at + 90 * MINUTES, reason="手机没电", at=late,
    )  # fmt: skip
    makeups.approve(actor=cast.actor(cast.ali), code=code, at=late)
    assert facts.class_minutes_by_person(**YEAR) == {cast.xiaobo.id: 90}
    record = ServiceRecord.get()
    with pytest.raises(Refusal) as no:
        objections.object_to(
            actor=cast.actor(cast.xiaobo), record_id=record.id, text="少了", wanted_minutes=120, at=late
        )
    assert no.value.code is RefusalCode.CLASS_TIME
    assert (MinuteEntry.select().count(), hours.summary(volunteer_id=cast.xiaobo.id, at=at).total) == (0, 0)
    assert books.verify() == []


def test_training_stands_in_no_list_of_services(cast: World, at: datetime) -> None:
    activity, _ = make_session(cast, at)
    near = activity_views.open_near(volunteer_id=cast.xiaobo.id, region_code=cast.team.region_code, at=at)
    assert activity.code not in {each.code for each in near}
    assert activity.code in {each.activity_code for each in activity_views.mine(volunteer_id=cast.xiaobo.id, at=at)}
