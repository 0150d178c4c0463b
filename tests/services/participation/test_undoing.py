"""Taking back a check-in or check-out, and looking at what a late scan made doubtful."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Attempt, History, ServiceRecord, store
from services.bookkeeping import records
from services.errors import RefusalCode
from services.participation import attendance, roster, undoing
from tests.services.participation.offline_phone import Phone, record
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.world import World, grant, sign_up

C = RefusalCode


@pytest.fixture
def done(cast: World, at: datetime) -> ServiceRecord:
    """小博 came and went, an hour."""
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    start = cast.shift.starts_at
    tick(cast, start, "in")
    tick(cast, start + 60 * MINUTES, "out")
    return record(cast.xiaobo)


def tick(cast: World, when: datetime, direction: str) -> Any:
    return attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no,
        direction=direction, at=when,
    )  # fmt: skip


def undo(cast: World, side: str, *, who: Any = None, reason: str = "点错了人") -> None:
    undoing.undo(
        actor=cast.actor(who or cast.ali), record_id=record(cast.xiaobo).id, side=side, reason=reason,
        at=cast.shift.starts_at + 70 * MINUTES,
    )  # fmt: skip


def test_check_out_is_taken_back_and_may_come_again(cast: World, done: ServiceRecord) -> None:
    undo(cast, "out")
    now = record(cast.xiaobo)
    assert (now.state, now.in_at, now.out_at, now.minutes) == ("pending", cast.shift.starts_at, None, 0)
    assert tick(cast, cast.shift.starts_at + 80 * MINUTES, "out").minutes == 80


def test_check_in_is_taken_back_with_its_check_out_and_may_come_again(
    cast: World, done: ServiceRecord
) -> None:
    undo(cast, "in")
    sheet = roster.roster(
        actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=cast.shift.starts_at
    )
    assert [each.state for each in sheet.entries] == ["expected"]
    assert refused(lambda: tick(cast, cast.shift.starts_at + 75 * MINUTES, "out")) is C.NO_CHECK_IN
    again = tick(cast, cast.shift.starts_at + 80 * MINUTES, "in")
    assert (again.outcome, again.record_id, again.in_at) == (
        "accepted", done.id, cast.shift.starts_at + 80 * MINUTES,
    )  # fmt: skip


def test_nothing_is_lost_by_it(cast: World, done: ServiceRecord) -> None:
    before = Attempt.select().count()
    undo(cast, "in")
    line = History.get(History.subject == f"record:{done.id}")
    assert Attempt.select().count() == before
    assert (line.verb, line.actor_id, line.reason) == ("undo_in", cast.ali.id, "点错了人")
    assert line.changes == {
        "in_at": [done.in_at.isoformat(), None], "out_at": [done.out_at.isoformat(), None],
    }  # fmt: skip


def test_undone_record_is_not_confirmed(cast: World, done: ServiceRecord) -> None:
    undo(cast, "in")
    at = cast.shift.starts_at + timedelta(hours=3)
    assert refused(
        lambda: records.confirm(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at)
    ) is C.NOTHING_TO_CONFIRM


def test_undo_needs_a_reason_and_another_person(cast: World, done: ServiceRecord, at: datetime) -> None:
    assert refused(lambda: undo(cast, "in", reason=" ")) is C.REASON_REQUIRED
    assert refused(lambda: undo(cast, "in", who=cast.chali)) is C.NOT_FOUND
    store.write(lambda: grant(at, cast.xiaobo, "deputy", team=cast.team))
    assert refused(lambda: undo(cast, "in", who=cast.xiaobo)) is C.OWN_RECORD


def test_what_is_not_there_is_not_undone(cast: World, done: ServiceRecord) -> None:
    undo(cast, "out")
    assert refused(lambda: undo(cast, "out")) is C.RECORD_STATE
    assert refused(lambda: undo(cast, "up")) is C.BAD_REQUEST
    undo(cast, "in")
    assert refused(lambda: undo(cast, "in")) is C.RECORD_STATE


def test_confirmed_record_is_not_undone(cast: World, done: ServiceRecord) -> None:
    records.confirm(
        actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=cast.shift.starts_at + timedelta(hours=3)
    )
    assert refused(lambda: undo(cast, "in")) is C.RECORD_STATE


def test_late_scan_opens_an_undone_record_again(cast: World, phone: Phone) -> None:
    start = cast.shift.starts_at
    tick(cast, start, "in")
    undo(cast, "in")
    phone.bring(phone.scan(cast.xiaobo, start + MINUTES), at=start + 80 * MINUTES)
    assert (record(cast.xiaobo).state, record(cast.xiaobo).in_at) == ("pending", start + MINUTES)


# what a late scan made doubtful


@pytest.fixture
def doubted(cast: World, phone: Phone, at: datetime) -> ServiceRecord:
    """小博's scans came after three days; 查理 is the deputy."""
    store.write(lambda: grant(at, cast.chali, "deputy", team=cast.team))
    start = cast.shift.starts_at
    items = phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + 60 * MINUTES, "out")
    phone.bring(*items, at=start + timedelta(days=4))
    return record(cast.xiaobo)


def review(cast: World, who: Any, *, believe: bool = True, reason: str = "问过本人和村干部") -> None:
    undoing.review(
        actor=cast.actor(who), record_id=record(cast.xiaobo).id, believe=believe, reason=reason,
        at=cast.shift.starts_at + timedelta(days=5),
    )  # fmt: skip


def test_doubted_record_counts_when_another_one_believes_it(cast: World, doubted: ServiceRecord) -> None:
    review(cast, cast.chali)
    assert (record(cast.xiaobo).minutes, record(cast.xiaobo).needs_review) == (60, "")


def test_who_brought_the_scans_does_not_look_at_them(cast: World, doubted: ServiceRecord) -> None:
    assert refused(lambda: review(cast, cast.ali)) is C.OWN_RECORD


def test_doubted_record_that_is_not_believed_is_taken_back(cast: World, doubted: ServiceRecord) -> None:
    review(cast, cast.chali, believe=False)
    assert (record(cast.xiaobo).state, record(cast.xiaobo).minutes) == ("void", 0)


def test_look_needs_a_reason_and_a_doubt(cast: World, doubted: ServiceRecord) -> None:
    assert refused(lambda: review(cast, cast.chali, reason="")) is C.REASON_REQUIRED
    review(cast, cast.chali)
    assert refused(lambda: review(cast, cast.chali)) is C.RECORD_STATE


def test_check_out_before_the_check_in_is_never_believed(cast: World, phone: Phone, at: datetime) -> None:
    store.write(lambda: grant(at, cast.chali, "deputy", team=cast.team))
    start = cast.shift.starts_at
    phone.bring(phone.scan(cast.xiaobo, start + 30 * MINUTES), at=start + 40 * MINUTES)
    phone.bring(phone.scan(cast.xiaobo, start + 20 * MINUTES, "out"), at=start + 40 * MINUTES)
    review(cast, cast.chali)
    assert (record(cast.xiaobo).out_at, record(cast.xiaobo).needs_review) == (None, "")
