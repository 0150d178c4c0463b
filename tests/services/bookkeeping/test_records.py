"""The leader's side: naming, ends, confirmation, corrections; books that prove themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Balance,
    Delivery,
    MinuteEntry,
    PeriodMinutes,
    PointEntry,
    ServiceRecord,
    Shift,
    Volunteer,
    store,
)
from services import codes
from services.bookkeeping import books, hours, records
from services.errors import RefusalCode
from services.participation import attendance, roster
from tests.services.participation.test_attendance import MINUTES, refused, scan
from tests.support.world import World


def serve(world: World, person: Volunteer, minutes: int = 100) -> int:
    """The person scans in at the start and out after `minutes`; the record's id."""
    start = world.shift.starts_at
    scan(world, "in", start, person)
    return scan(world, "out", start + minutes * MINUTES, person).record_id


def confirm(world: World, person: Volunteer | None = None, **more: Any) -> records.Confirmed:
    actor = world.actor(person or world.ali)
    return records.confirm(
        actor=actor, activity_code=world.activity.code, at=world.shift.ends_at + 10 * MINUTES, **more
    )


def test_confirmed_minutes_enter_the_book_and_points_follow(cast: World) -> None:
    serve(cast, cast.xiaobo, 100)
    done = confirm(cast)
    assert (done.count, done.minutes, done.points, done.skipped) == (1, 100, 2, [])
    assert [entry.amount for entry in MinuteEntry.select()] == [100]
    assert [entry.amount for entry in PointEntry.select()] == [2]
    summary = hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at)
    assert (summary.total, summary.year, summary.month, summary.pending, summary.points) == (
        100,
        100,
        100,
        0,
        2,
    )


def test_confirmation_tells_the_person(cast: World) -> None:
    serve(cast, cast.xiaobo)
    confirm(cast)
    told = Delivery.select().where(Delivery.volunteer == cast.xiaobo).order_by(Delivery.id)
    assert [each.kind for each in told] == ["hours_confirmed", "milestone_first_hour"]


def test_second_confirmation_posts_nothing(cast: World) -> None:
    record_id = serve(cast, cast.xiaobo)
    confirm(cast)
    again = confirm(cast, record_ids=[record_id])
    assert (again.count, again.skipped) == (0, [(record_id, "record_state")])
    assert MinuteEntry.select().count() == 1


def test_eight_parallel_confirmations_post_once(cast: World) -> None:
    record_id = serve(cast, cast.xiaobo)
    with ThreadPoolExecutor(8) as leaders:
        counts = [
            done.count for done in leaders.map(lambda _: confirm(cast, record_ids=[record_id]), range(8))
        ]
    assert sorted(counts) == [0] * 7 + [1]
    assert (Balance.get(Balance.volunteer == cast.xiaobo).minutes, books.verify()) == (100, [])


def test_leader_cannot_confirm_his_own(cast: World) -> None:
    record_id = serve(cast, cast.ali)
    done = confirm(cast)
    assert (done.count, done.skipped) == (0, [(record_id, "own_record")])
    assert ServiceRecord.get_by_id(record_id).state == "pending"


def test_centre_confirms_the_leaders_own(cast: World) -> None:
    serve(cast, cast.ali)
    assert confirm(cast, cast.officer).count == 1


def test_stranger_cannot_confirm(cast: World) -> None:
    serve(cast, cast.xiaobo)
    assert refused(lambda: confirm(cast, cast.chali)) is RefusalCode.NOT_FOUND


def test_nothing_to_confirm_is_said(cast: World) -> None:
    assert refused(lambda: confirm(cast)) is RefusalCode.NOTHING_TO_CONFIRM


def test_record_without_check_out_is_left_out(cast: World) -> None:
    record_id = scan(cast, "in", cast.shift.starts_at).record_id
    assert confirm(cast).skipped == [(record_id, "still_running")]


def test_static_code_counts_once_named(cast: World) -> None:
    actor, shift = cast.actor(cast.xiaobo, "bot"), cast.shift
    record_id = attendance.scan_in_chat(
        actor=actor, direction="in", shift_code=shift.code, at=shift.starts_at
    ).record_id
    attendance.scan_in_chat(
        actor=actor, direction="out", shift_code=shift.code, at=shift.starts_at + 60 * MINUTES
    )
    assert confirm(cast).skipped == [(record_id, "naming_required")]
    records.name_present(actor=cast.actor(cast.ali), record_id=record_id, at=shift.ends_at)
    assert confirm(cast).minutes == 60


def test_nobody_names_himself(cast: World) -> None:
    actor, shift = cast.actor(cast.ali, "bot"), cast.shift
    record_id = attendance.scan_in_chat(
        actor=actor, direction="in", shift_code=shift.code, at=shift.starts_at
    ).record_id
    problem = refused(
        lambda: records.name_present(actor=cast.actor(cast.ali), record_id=record_id, at=shift.ends_at)
    )
    assert problem is RefusalCode.OWN_RECORD


def test_forgotten_check_out_is_closed_and_counts_nothing(cast: World) -> None:
    record_id = scan(cast, "in", cast.shift.starts_at).record_id
    late = cast.shift.ends_at + timedelta(hours=6)
    assert (records.close_forgotten(at=late), records.close_forgotten(at=late)) == (1, 0)
    record = ServiceRecord.get_by_id(record_id)
    assert (record.state, record.closed_by, record.why, record.minutes, record.out_at) == (
        "pending", "worker", "forgotten", 0, None,
    )  # fmt: skip
    told = [each.kind for each in Delivery.select().where(Delivery.volunteer == cast.xiaobo)]
    assert told == ["check_out_forgotten"]


def test_shift_within_its_scan_window_is_not_closed(cast: World) -> None:
    scan(cast, "in", cast.shift.starts_at)
    assert records.close_forgotten(at=cast.shift.ends_at + 29 * MINUTES) == 0


def test_leader_sets_the_end_of_a_forgotten_check_out(cast: World) -> None:
    start = cast.shift.starts_at
    record_id = scan(cast, "in", start).record_id
    late = cast.shift.ends_at + timedelta(hours=1)
    records.close_forgotten(at=late)
    minutes = records.set_end(
        actor=cast.actor(cast.ali),
        record_id=record_id,
        out_at=start + 80 * MINUTES,
        reason="提前离开",
        at=late,
    )
    assert (minutes, confirm(cast).minutes) == (80, 80)


@pytest.mark.parametrize(
    ("emergency", "after", "code"), [(False, 7, ""), (False, 7.01, "end_late"), (True, 30, "")]
)
def test_leader_sets_a_missing_end_within_the_rules_days(
    cast: World, emergency: bool, after: float, code: str
) -> None:
    store.write(lambda: Activity.update(emergency=emergency).execute())
    record_id = scan(cast, "in", cast.shift.starts_at).record_id
    end = {
        "actor": cast.actor(cast.ali), "record_id": record_id, "reason": "看着他走的",
        "out_at": cast.shift.starts_at + 80 * MINUTES, "at": cast.shift.ends_at + timedelta(days=after),
    }  # fmt: skip
    if code:
        assert refused(lambda: records.set_end(**end)) == code
        assert ServiceRecord.get_by_id(record_id).minutes == 0
    else:
        assert records.set_end(**end) == 80


@pytest.mark.parametrize(
    ("out", "reason", "code"),
    [(80, " ", "reason_required"), (-10, "x", "end_invalid"), (500, "x", "end_invalid")],
)
def test_end_that_cannot_be_is_refused(cast: World, out: int, reason: str, code: str) -> None:
    start = cast.shift.starts_at
    record_id = scan(cast, "in", start).record_id
    problem = refused(
        lambda: records.set_end(
            actor=cast.actor(cast.ali),
            record_id=record_id,
            out_at=start + out * MINUTES,
            reason=reason,
            at=cast.shift.ends_at + timedelta(hours=9),
        )  # fmt: skip
    )
    assert problem.value == code


def test_voided_record_is_reversed_in_both_books(cast: World) -> None:
    record_id = serve(cast, cast.xiaobo)
    confirm(cast)
    records.void(actor=cast.actor(cast.ali), record_id=record_id, reason="扫错了", at=cast.shift.ends_at)
    assert [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)] == [100, -100]
    balance = Balance.get(Balance.volunteer == cast.xiaobo)
    assert (balance.minutes, balance.points, balance.records, books.verify()) == (0, 0, 0, [])


def test_record_is_voided_once(cast: World) -> None:
    record_id = serve(cast, cast.xiaobo)
    confirm(cast)
    void = {
        "actor": cast.actor(cast.ali),
        "record_id": record_id,
        "reason": "扫错了",
        "at": cast.shift.ends_at,
    }
    records.void(**void)
    assert refused(lambda: records.void(**void)) is RefusalCode.RECORD_STATE
    assert MinuteEntry.select().count() == 2


def test_later_end_credits_confirmed_minutes_anew(cast: World) -> None:
    start, end = cast.shift.starts_at, cast.shift.ends_at
    scan(cast, "in", start)
    scan(cast, "out", end + 20 * MINUTES)
    confirm(cast)

    def extend() -> int:
        Shift.update(ends_at=end + 30 * MINUTES).where(Shift.id == cast.shift.id).execute()
        return records.recompute(
            activity_id=cast.activity.id,
            actor=cast.actor(cast.ali),
            reason="洪水未退",
            at=end + timedelta(days=1),
        )

    assert store.write(extend) == 1
    assert [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)] == [120, -120, 140]
    assert (Balance.get(Balance.volunteer == cast.xiaobo).minutes, books.verify()) == (140, [])


def test_totals_that_do_not_add_up_are_reported_not_mended(cast: World) -> None:
    serve(cast, cast.xiaobo)
    confirm(cast)
    store.write(lambda: Balance.update(minutes=999).where(Balance.volunteer == cast.xiaobo).execute())
    found = books.verify()
    assert [(each.what, each.kept, each.proved) for each in found] == [("balance.minutes", 999, 100)]
    assert Balance.get(Balance.volunteer == cast.xiaobo).minutes == 999


def test_period_totals_that_do_not_add_up_are_reported(cast: World) -> None:
    serve(cast, cast.xiaobo)
    confirm(cast)
    store.write(lambda: PeriodMinutes.update(minutes=1).where(PeriodMinutes.period == "2026-06").execute())
    assert [each.what for each in books.verify()] == ["period 2026-06"]


def test_roster_shows_each_person_in_his_state(cast: World) -> None:
    serve(cast, cast.xiaobo)
    scan(cast, "in", cast.shift.starts_at, cast.chali)
    shown = roster.roster(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=cast.shift.ends_at)
    assert {entry.name: entry.state for entry in shown.entries} == {"王小博": "left", "赵查理": "inside"}
    assert (shown.counts["left"], shown.counts["inside"], shown.counts["expected"]) == (1, 1, 0)


def test_roster_is_hidden_from_strangers(cast: World) -> None:
    act = lambda: roster.roster(  # noqa: E731
        actor=cast.actor(cast.chali), activity_code=cast.activity.code, at=cast.shift.ends_at
    )
    assert refused(act) is RefusalCode.NOT_FOUND


def test_pending_minutes_show_apart(cast: World) -> None:
    serve(cast, cast.xiaobo, 45)
    summary = hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at)
    assert (summary.total, summary.pending) == (0, 45)


def test_records_and_points_carry_the_activitys_title(cast: World) -> None:
    serve(cast, cast.xiaobo)
    confirm(cast)
    line = hours.recent(volunteer_id=cast.xiaobo.id, limit=5)[0]
    assert (line.title, line.team, line.minutes, line.state) == (
        cast.activity.title,
        cast.team.short_name,
        100,
        "confirmed",
    )
    shown = hours.points(volunteer_id=cast.xiaobo.id, limit=5)
    assert (shown.balance, [(each.title, each.amount) for each in shown.entries]) == (
        2,
        [(cast.activity.title, 2)],
    )


def test_stars_to_go_are_counted(cast: World) -> None:
    summary = hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at)
    assert (summary.stars, summary.reached, summary.next_star, summary.to_next) == (0, 0, 1, 6000)


def test_hours_keep_to_their_statement_budget(cast: World, count_statements: Any) -> None:
    hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at)
    with count_statements() as seen:
        hours.summary(volunteer_id=cast.xiaobo.id, at=cast.shift.ends_at)
    assert len(seen) <= 2


def test_month_is_the_one_in_shanghai(cast: World) -> None:
    serve(cast, cast.xiaobo)
    confirm(cast)
    last_utc_hour_of_june = cast.shift.starts_at.replace(day=30, hour=17)
    assert hours.summary(volunteer_id=cast.xiaobo.id, at=last_utc_hour_of_june).month == 0


def test_person_code_lasts_a_day(cast: World) -> None:
    from services.participation import venue
    from tests.support.fakes import make_parts

    at = cast.shift.starts_at
    shown = venue.person_code(parts=make_parts(), volunteer_id=cast.xiaobo.id, at=at)
    code = shown.url.rsplit("/", 1)[1]
    read = codes.read_person_code(sign_key=make_parts().sign_key, code=code, at=at + timedelta(hours=24))
    assert read == ("good", cast.xiaobo.public_no)


def told(person: object) -> list[tuple[str, str]]:
    rows = Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)
    return [(each.kind, each.body) for each in rows if each.kind != "milestone_first_hour"]


def test_every_booking_tells_the_person(cast: World) -> None:
    """Confirmed, changed by a moved end, annulled: three bookings, three messages."""
    start, end = cast.shift.starts_at, cast.shift.ends_at
    scan(cast, "in", start)
    record_id = scan(cast, "out", end + 20 * MINUTES).record_id
    confirm(cast)

    def extend() -> None:
        Shift.update(ends_at=end + 30 * MINUTES).where(Shift.id == cast.shift.id).execute()
        records.recompute(activity_id=cast.activity.id, actor=cast.actor(cast.ali), reason="洪水未退", at=end)

    store.write(extend)
    records.void(actor=cast.actor(cast.ali), record_id=record_id, reason="认错了人", at=end + timedelta(days=1))
    title = cast.activity.title
    assert told(cast.xiaobo) == [
        ("hours_confirmed", f"您参加的“{title}”服务时长2小时已确认，得2分。谢谢您！"),
        (
            "hours_changed",
            f"“{title}”的时长由2小时改为2小时20分钟。按签到到签退的时间算。已经记进您的时长。"
            "不对的话，7天以内可以提出异议。",
        ),
        ("hours_void", f"“{title}”的时长2小时20分钟取消了，原因：认错了人。不对的话，7天以内可以提出异议。"),
    ]
