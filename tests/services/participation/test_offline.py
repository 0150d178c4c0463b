"""What becomes of scans that a phone kept while it had no network: the table of docs/checkin.md, row by row."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from clock import to_millis
from models import (
    Activity,
    Attempt,
    OfflineKit,
    ScanAnswer,
    ServiceRecord,
    store,
)
from services.bookkeeping import records
from services.errors import RefusalCode
from services.participation import attendance, offline
from tests.services.participation.offline_phone import Phone, kept, record
from tests.services.participation.test_attendance import MINUTES
from tests.support.world import World

HOURS = timedelta(hours=1)


def test_scan_counts_from_the_moment_it_was_made(cast: World, phone: Phone, start: datetime) -> None:
    items = phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + 90 * MINUTES, "out")
    assert phone.outcomes(*items, at=start + 5 * HOURS) == [("accepted", ""), ("accepted", "")]
    made = record(cast.xiaobo)
    assert (made.in_at, made.out_at, made.minutes, made.in_mode) == (start, start + 90 * MINUTES, 90, "person")


def test_every_kept_scan_says_where_it_came_from(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.scan(cast.xiaobo, start)
    phone.bring(item, at=start + HOURS)
    made = Attempt.get()
    assert (made.kit_id, made.nonce, made.door, made.actor_id, made.at, made.received_at, made.device_at) == (
        phone.kit.id, item["nonce"], "offline", cast.ali.id, start, start + HOURS, start,
    )  # fmt: skip


def test_same_nonce_gets_the_same_answer(cast: World, phone: Phone, start: datetime) -> None:
    items = [phone.scan(cast.xiaobo, start), phone.tick(cast.chali, start, "out"), {"nonce": "bad"}]
    first = phone.bring(*items, at=start + HOURS)
    before = (kept(), ScanAnswer.select().count(), OfflineKit.get().items)
    assert phone.bring(*items, at=start + 2 * HOURS) == first
    assert (kept(), ScanAnswer.select().count(), OfflineKit.get().items) == before


def test_same_nonce_twice_in_one_piece_is_judged_once(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.scan(cast.xiaobo, start)
    answers = phone.bring(item, item, at=start + HOURS)
    assert (answers[0], len(kept())) == (answers[1], 1)


def test_same_nonce_with_another_scan_is_still_the_first_answer(
    cast: World, phone: Phone, start: datetime
) -> None:
    item = phone.scan(cast.xiaobo, start)
    first = phone.bring(item, at=start + HOURS)
    assert phone.bring(item | {"device_at": to_millis(start - HOURS)}, at=start + HOURS) == first
    assert record(cast.xiaobo).in_at == start


def test_earlier_check_in_stands_and_the_later_is_kept(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.scan(cast.xiaobo, start + 10 * MINUTES), at=start + HOURS)
    late, early = phone.tick(cast.xiaobo, start + 20 * MINUTES), phone.scan(cast.xiaobo, start)
    assert phone.outcomes(late, at=start + HOURS) == [("duplicate", "duplicate")]
    assert phone.outcomes(early, at=start + HOURS) == [("accepted", "")]
    assert (record(cast.xiaobo).in_at, ServiceRecord.select().count()) == (start, 1)
    assert kept() == [("accepted", "", ""), ("repeat", "", "duplicate"), ("accepted", "", "")]


def test_earlier_check_out_stands(cast: World, phone: Phone, start: datetime) -> None:
    items = [
        phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + 80 * MINUTES, "out"),
        phone.scan(cast.xiaobo, start + 60 * MINUTES, "out"),
    ]  # fmt: skip
    phone.bring(*items[:2], at=start + 3 * HOURS)
    phone.bring(items[2], at=start + 3 * HOURS)
    assert (record(cast.xiaobo).out_at, record(cast.xiaobo).minutes) == (start + 60 * MINUTES, 60)


def test_order_within_a_piece_does_not_matter(cast: World, phone: Phone, start: datetime) -> None:
    items = [
        phone.scan(cast.xiaobo, start + 60 * MINUTES, "out"), phone.scan(cast.xiaobo, start + 5 * MINUTES),
        phone.scan(cast.xiaobo, start),
    ]  # fmt: skip
    assert phone.outcomes(*items, at=start + 3 * HOURS) == [
        ("accepted", ""), ("duplicate", "duplicate"), ("accepted", ""),
    ]  # fmt: skip
    assert (record(cast.xiaobo).in_at, record(cast.xiaobo).minutes) == (start, 60)


def test_scan_of_the_day_and_a_late_one_are_one(cast: World, phone: Phone, start: datetime) -> None:
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no, direction="in",
        at=start + 10 * MINUTES,
    )  # fmt: skip
    phone.bring(phone.scan(cast.xiaobo, start), at=start + HOURS)
    assert (record(cast.xiaobo).in_at, record(cast.xiaobo).in_mode) == (start, "person")


def test_forgotten_check_out_is_found_on_the_phone(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.scan(cast.xiaobo, start), at=start + HOURS)
    records.close_forgotten(at=start + 5 * HOURS)
    phone.bring(phone.scan(cast.xiaobo, start + HOURS, "out"), at=start + 6 * HOURS)
    assert (record(cast.xiaobo).minutes, record(cast.xiaobo).why) == (60, "counted")


# clocks


@pytest.mark.parametrize("ahead", [3 * HOURS, -3 * HOURS, timedelta(days=400), -40 * timedelta(days=365)])
def test_wrong_clock_is_set_right_by_the_last_contact(
    cast: World, phone: Phone, start: datetime, ahead: timedelta
) -> None:
    phone.ahead, phone.offset = ahead, -ahead
    phone.bring(phone.scan(cast.xiaobo, start), at=start + HOURS)
    phone.ahead = timedelta()
    assert record(cast.xiaobo).in_at == start


def test_without_a_contact_the_upload_tells_how_far_off_the_clock_is(
    cast: World, phone: Phone, start: datetime
) -> None:
    phone.ahead, phone.offset = 5 * HOURS, None
    sent = offline.Sent(device=to_millis(start + HOURS + phone.ahead))
    phone.bring(phone.tick(cast.xiaobo, start), at=start + HOURS, sent=sent)
    assert record(cast.xiaobo).in_at == start


def test_time_in_the_future_is_set_back_to_the_upload(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.tick(cast.xiaobo, start + 3 * MINUTES)
    assert phone.outcomes(item, at=start) == [("accepted", "clamped")]
    assert (record(cast.xiaobo).in_at, Attempt.get().detail, Attempt.get().flag) == (start, "clamped", "clamped")


def test_two_minutes_ahead_are_no_matter(cast: World, phone: Phone, start: datetime) -> None:
    assert phone.outcomes(phone.tick(cast.xiaobo, start + 2 * MINUTES), at=start) == [("accepted", "")]
    assert record(cast.xiaobo).in_at == start


def test_clock_put_forward_after_the_last_contact_is_caught_by_the_count(
    cast: World, phone: Phone, start: datetime
) -> None:
    item = phone.tick(cast.xiaobo, start + 8 * HOURS, mono=60_000, run="r1")
    sent = offline.Sent(mono=60_000 + 30 * 60_000, run="r1")
    assert [a.flag for a in phone.bring(item, at=start + 30 * MINUTES, sent=sent)] == ["clamped"]
    assert record(cast.xiaobo).in_at == start


def test_check_out_before_the_check_in_earns_nothing_until_reviewed(
    cast: World, phone: Phone, start: datetime
) -> None:
    phone.bring(phone.scan(cast.xiaobo, start + 30 * MINUTES), at=start + HOURS)
    out = phone.scan(cast.xiaobo, start + 20 * MINUTES, "out")
    assert phone.outcomes(out, at=start + HOURS) == [("review", "early")]
    made = record(cast.xiaobo)
    assert (made.out_at, made.minutes, made.needs_review) == (start + 30 * MINUTES, 0, "out:clock")


def test_check_out_before_the_check_in_is_put_right_by_an_earlier_check_in(
    cast: World, phone: Phone, start: datetime
) -> None:
    phone.bring(phone.scan(cast.xiaobo, start + 30 * MINUTES), at=start + HOURS)
    phone.bring(phone.scan(cast.xiaobo, start + 20 * MINUTES, "out"), at=start + HOURS)
    phone.bring(phone.scan(cast.xiaobo, start), at=start + HOURS)
    made = record(cast.xiaobo)
    assert (made.in_at, made.out_at, made.minutes, made.needs_review) == (start, start + 20 * MINUTES, 20, "")


# a check-out without a check-in


def test_check_out_without_a_check_in_waits(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.scan(cast.xiaobo, start + HOURS, "out")
    assert phone.outcomes(item, at=start + 2 * HOURS) == [("orphan", "orphan")]
    assert (ServiceRecord.select().count(), kept()) == (0, [("refused", "no_check_in", "orphan")])


def test_waiting_check_out_is_paired_when_the_check_in_arrives(
    cast: World, phone: Phone, start: datetime
) -> None:
    phone.bring(phone.scan(cast.xiaobo, start + HOURS, "out"), at=start + 2 * HOURS)
    phone.bring(phone.scan(cast.xiaobo, start), at=start + 3 * HOURS)
    assert (record(cast.xiaobo).out_at, record(cast.xiaobo).minutes) == (start + HOURS, 60)


def test_waiting_check_out_is_paired_with_the_leaders_tick(
    cast: World, phone: Phone, start: datetime
) -> None:
    phone.bring(phone.scan(cast.xiaobo, start + HOURS, "out"), at=start + 2 * HOURS)
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no, direction="in",
        at=start + 2 * HOURS, when=start,
    )  # fmt: skip
    assert record(cast.xiaobo).minutes == 60


def test_check_out_before_every_check_in_stays_unpaired(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.scan(cast.xiaobo, start, "out"), at=start + HOURS)
    phone.bring(phone.scan(cast.xiaobo, start + 10 * MINUTES), at=start + HOURS)
    assert record(cast.xiaobo).out_at is None


# too old, outside


def test_older_than_three_days_is_kept_for_review(cast: World, phone: Phone, start: datetime) -> None:
    items = phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + HOURS, "out")
    later = start + timedelta(hours=72, seconds=1)
    assert phone.outcomes(*items, at=later) == [("review", "old"), ("accepted", "")]
    made = record(cast.xiaobo)
    assert (made.in_at, made.out_at, made.minutes, made.needs_review, made.why) == (
        start, start + HOURS, 0, "in:old", "to_review",
    )  # fmt: skip


def test_three_days_to_the_second_are_in_time(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.scan(cast.xiaobo, start)
    assert phone.outcomes(item, at=start + timedelta(hours=72)) == [("accepted", "")]


def test_declared_emergency_knows_no_three_days(cast: World, phone: Phone, start: datetime) -> None:
    store.write(Activity.update(emergency=True).where(Activity.id == cast.activity.id).execute)
    item = phone.scan(cast.xiaobo, start)
    assert phone.outcomes(item, at=start + timedelta(days=9)) == [("accepted", "")]


@pytest.mark.parametrize(
    ("off", "expected"),
    [(-120 * MINUTES, ""), (-121 * MINUTES, "outside"), (240 * MINUTES, ""), (241 * MINUTES, "outside")],
)
def test_two_hours_around_the_activity_are_believed(
    cast: World, phone: Phone, start: datetime, off: timedelta, expected: str
) -> None:
    assert [a.flag for a in phone.bring(phone.scan(cast.xiaobo, start + off), at=start + 6 * HOURS)] == [expected]


def test_sure_scan_stands_before_a_doubtful_earlier_one(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.scan(cast.xiaobo, start - 5 * HOURS), at=start + HOURS)
    phone.bring(phone.scan(cast.xiaobo, start), at=start + HOURS)
    assert (record(cast.xiaobo).in_at, record(cast.xiaobo).needs_review) == (start, "")
    assert phone.outcomes(phone.scan(cast.xiaobo, start - 6 * HOURS), at=start + HOURS) == [
        ("duplicate", "duplicate")
    ]


def test_doubted_record_is_not_confirmed(cast: World, phone: Phone, start: datetime) -> None:
    items = phone.scan(cast.xiaobo, start - 5 * HOURS), phone.scan(cast.xiaobo, start + HOURS, "out")
    phone.bring(*items, at=start + 3 * HOURS)
    done = records.confirm(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=start + 4 * HOURS)
    assert done.skipped == [(record(cast.xiaobo).id, RefusalCode.REVIEW_FIRST.value)]
