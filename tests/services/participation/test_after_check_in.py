"""An activity is moved, called off or made one with another when people have checked in: nothing of theirs is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from clock import local_day
from models import Activity, Attempt, MinuteEntry, ServiceRecord, Volunteer, store
from services.bookkeeping import books, records
from services.errors import RefusalCode
from services.participation import activities, attendance, shift_moves, undoing
from tests.services.participation.offline_phone import Phone, person_code, record
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.fakes import make_parts
from tests.support.world import World, make_activity, make_volunteer, sign_up

DAY = timedelta(days=1)


@pytest.fixture
def early(cast: World, at: datetime) -> ServiceRecord:
    """小博 checked in twenty minutes before the start."""
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    tick(cast, cast.shift.starts_at - 20 * MINUTES, "in")
    return record(cast.xiaobo)


def tick(cast: World, when: datetime, direction: str) -> attendance.Scanned:
    return attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no,
        direction=direction, at=when,
    )  # fmt: skip


def test_moved_activity_keeps_the_check_in_and_counts_its_new_time(cast: World, early: ServiceRecord) -> None:
    start, end = cast.activity.starts_at + 30 * MINUTES, cast.activity.ends_at + 30 * MINUTES
    activities.edit(
        actor=cast.actor(cast.ali), code=cast.activity.code, changes={"starts_at": start, "ends_at": end},
        at=cast.activity.starts_at - 10 * MINUTES,
    )  # fmt: skip
    assert record(cast.xiaobo).in_at == early.in_at
    assert tick(cast, start + 60 * MINUTES, "out").minutes == 60


def test_called_off_activity_keeps_the_record_for_the_leader(cast: World, early: ServiceRecord) -> None:
    start = cast.shift.starts_at
    activities.cancel(
        actor=cast.actor(cast.ali), code=cast.activity.code, reason="涨水", at=start + 10 * MINUTES
    )
    assert refused(lambda: tick(cast, start + 30 * MINUTES, "out")) is RefusalCode.ACTIVITY_CANCELLED
    assert (record(cast.xiaobo).state, record(cast.xiaobo).out_at) == ("pending", None)
    credited = records.set_end(
        actor=cast.actor(cast.ali), record_id=early.id, out_at=start + 15 * MINUTES, reason="干到叫停为止",
        at=start + 40 * MINUTES,
    )  # fmt: skip
    assert credited == 15


def test_scan_of_the_time_before_it_was_moved_waits_for_somebody_to_look(
    cast: World, phone: Phone, at: datetime
) -> None:
    old = cast.shift.starts_at
    activities.edit(
        actor=cast.actor(cast.ali), code=cast.activity.code, at=at,
        changes={"starts_at": old + timedelta(hours=5), "ends_at": old + timedelta(hours=7)},
    )  # fmt: skip
    assert phone.outcomes(phone.scan(cast.xiaobo, old), at=old + timedelta(hours=8)) == [("review", "outside")]
    assert record(cast.xiaobo).minutes == 0


def move_a_day(cast: World) -> datetime:
    """The leader moves the activity by a day ten minutes before it begins; its new start."""
    start, end = cast.activity.starts_at, cast.activity.ends_at
    activities.edit(
        actor=cast.actor(cast.ali), code=cast.activity.code, at=start - 10 * MINUTES,
        changes={"starts_at": start + DAY, "ends_at": end + DAY},
    )  # fmt: skip
    return start + DAY


def test_activity_moved_to_another_day_keeps_the_check_in_for_the_leader(cast: World, early: ServiceRecord) -> None:
    start = move_a_day(cast)
    kept = record(cast.xiaobo)
    assert (kept.in_at, kept.state, kept.needs_review) == (early.in_at, "pending", "in:moved")
    assert kept.local_day == local_day(start).isoformat()
    assert tick(cast, start + 60 * MINUTES, "out").minutes == 0
    skipped = records.confirm(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=start + 2 * DAY).skipped
    assert skipped == [(early.id, RefusalCode.REVIEW_FIRST.value)]
    undoing.review(
        actor=cast.actor(cast.ali), record_id=early.id, believe=True, reason="人一直在", at=start + 2 * DAY
    )
    assert record(cast.xiaobo).minutes == 60


def test_who_comes_on_the_new_day_checks_in_anew(cast: World, early: ServiceRecord) -> None:
    start = move_a_day(cast)
    assert tick(cast, start + 30 * MINUTES, "in").outcome == "accepted"
    assert (record(cast.xiaobo).in_at, record(cast.xiaobo).needs_review) == (start + 30 * MINUTES, "")
    assert tick(cast, start + 90 * MINUTES, "out").minutes == 60
    assert ServiceRecord.select().count() == 1
    assert Attempt.select().where(Attempt.outcome == "accepted").count() == 3


def test_check_in_and_out_of_the_old_day_do_not_stand_in_the_way(cast: World, early: ServiceRecord) -> None:
    tick(cast, cast.activity.starts_at - 15 * MINUTES, "out")
    start = move_a_day(cast)
    assert record(cast.xiaobo).needs_review == "in:moved,out:moved"
    tick(cast, start, "in")
    assert record(cast.xiaobo).out_at is None
    assert tick(cast, start + 60 * MINUTES, "out").minutes == 60


def test_phone_without_a_network_checks_in_on_the_new_day(cast: World, phone: Phone) -> None:
    tick(cast, cast.shift.starts_at - 20 * MINUTES, "in")
    start = move_a_day(cast)
    items = phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + 60 * MINUTES, "out")
    assert phone.outcomes(*items, at=start + 2 * 60 * MINUTES) == [("accepted", "")] * 2
    assert (record(cast.xiaobo).in_at, record(cast.xiaobo).minutes) == (start, 60)


def test_shift_moved_alone_by_hours_doubts_the_check_in_too(cast: World, early: ServiceRecord) -> None:
    start = cast.shift.starts_at
    store.write(Activity.update(ends_at=start + DAY).execute)
    shift_moves.move(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, starts_at=start + 240 * MINUTES,
        ends_at=start + 360 * MINUTES, at=start - 10 * MINUTES,
    )  # fmt: skip
    assert record(cast.xiaobo).needs_review == "in:moved"
    tick(cast, start + 240 * MINUTES, "in")
    assert tick(cast, start + 300 * MINUTES, "out").minutes == 60


def test_activity_moved_back_doubts_nothing(cast: World, early: ServiceRecord) -> None:
    start = move_a_day(cast)
    activities.edit(
        actor=cast.actor(cast.ali), code=cast.activity.code, at=start - DAY - 5 * MINUTES,
        changes={"starts_at": start - DAY, "ends_at": start - DAY + 120 * MINUTES},
    )  # fmt: skip
    assert record(cast.xiaobo).needs_review == ""
    assert tick(cast, start - DAY + 60 * MINUTES, "out").minutes == 60


# merged: activities by calling one off, people by one entry taking over the other


def test_two_activities_made_one_count_the_time_once(cast: World, at: datetime, early: ServiceRecord) -> None:
    start = cast.shift.starts_at
    _, other = store.write(lambda: make_activity(at, cast.team, hours=2))
    actor = cast.actor(cast.ali)
    activities.cancel(
        actor=actor, code=cast.activity.code, reason="两场并成一场，请到另一场", at=start + 10 * MINUTES
    )

    def there(when: datetime, direction: str) -> None:
        attendance.tick(
            actor=actor, shift_code=other.code, public_no=cast.xiaobo.public_no, direction=direction, at=when
        )

    there(start + 15 * MINUTES, "in")
    there(start + 75 * MINUTES, "out")
    records.set_end(
        actor=actor, record_id=early.id, out_at=start + 30 * MINUTES, reason="半点才换到那边", at=start + 2 * DAY
    )
    for code in (cast.activity.code, other.activity.code):
        records.confirm(actor=actor, activity_code=code, at=start + 2 * DAY)
    assert sorted(each.minutes for each in ServiceRecord.select()) == [30, 45]
    assert (sum(each.amount for each in MinuteEntry.select()), books.verify()) == (75, [])


def test_code_and_tick_of_an_entry_merged_away_are_the_kept_ones(
    cast: World, at: datetime, early: ServiceRecord
) -> None:
    start, double = cast.shift.starts_at, store.write(lambda: make_volunteer(at, "王小博"))
    code = person_code(double, start + DAY, start - DAY)
    store.write(
        Volunteer.update(state="merged", merged_into=cast.xiaobo.id).where(Volunteer.id == double.id).execute
    )
    told = attendance.scan_person(
        parts=make_parts(), actor=cast.actor(cast.ali), person_code=code, shift_code=cast.shift.code,
        direction="in", at=start,
    )  # fmt: skip
    assert (told.outcome, told.in_at, told.name) == ("repeat", early.in_at, cast.xiaobo.name)
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=double.public_no, direction="out",
        at=start + 60 * MINUTES,
    )  # fmt: skip
    assert [(each.volunteer_id, each.minutes) for each in ServiceRecord.select()] == [(cast.xiaobo.id, 60)]
