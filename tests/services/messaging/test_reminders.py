"""Reminders, nags and call sheets: once each, at their moment, never when pointless."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI
from models import Activity, Delivery, ServiceRecord, Shift, Signup, Volunteer, WechatIdentity, store
from services.messaging import notices, outbox, reminders
from services.participation import signups
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import join, make_activity, make_identity, make_volunteer, sign_up

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2026 in Shanghai."""
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


def starting(
    cast: Any, at: datetime, start: datetime, *, signed_up: datetime | None = None
) -> tuple[Activity, Shift]:
    """An activity of the team that starts at `start`, with 小博 signed up."""

    def act() -> tuple[Activity, Shift]:
        activity, shift = make_activity(at, cast.team, starts_in=start - at)
        sign_up(signed_up or at, shift, cast.xiaobo)
        return activity, shift

    return store.write(act)


def kinds() -> list[str]:
    return [row.kind for row in Delivery.select().order_by(Delivery.id)]


def test_reminded_24_and_2_hours_before_once_each(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    starting(cast, at, start)
    assert reminders.enqueue_due(at=start - 24 * HOUR - MINUTE) == 0
    assert reminders.enqueue_due(at=start - 24 * HOUR) == 1
    assert reminders.enqueue_due(at=start - 24 * HOUR + MINUTE) == 0
    assert reminders.enqueue_due(at=start - 2 * HOUR) == 1
    assert reminders.enqueue_due(at=start - HOUR) == 0
    assert reminders.enqueue_due(at=start) == 0


def test_reminder_says_what_when_and_where(db: Any, cast: Any, at: datetime) -> None:
    activity, _ = starting(cast, at, moment(12, 14))
    reminders.enqueue_due(at=moment(11, 14))
    row = Delivery.get()
    assert row.body == (
        f"您报名的“{activity.title}”6月12日（周五）14:00开始。地点：淮河大堤。到场后请扫码签到。会来请点开按“我会来”；来不了请取消报名。"
    )
    assert row.data == {
        "form": "reminder",
        "values": {"thing1": activity.title, "time2": "2026年6月12日 14:00", "thing3": "淮河大堤"},
    }
    assert (row.url, row.expires_at, row.priority) == (
        f"/q/a1.{activity.code}",
        activity.starts_at,
        outbox.REMINDER,
    )


def test_worker_back_late_sends_only_the_step_that_counts(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    starting(cast, at, start)
    assert reminders.enqueue_due(at=start - HOUR) == 1
    assert Delivery.get().dedupe_key.startswith("r:2:1:")


def test_step_before_the_signup_is_skipped(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    starting(cast, at, start, signed_up=start - 20 * HOUR)
    assert reminders.enqueue_due(at=start - 19 * HOUR) == 0
    assert reminders.enqueue_due(at=start - 2 * HOUR) == 1


def test_quiet_hours_wait_for_half_past_seven(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 23)
    starting(cast, at, start)
    assert reminders.enqueue_due(at=moment(11, 23)) == 1
    assert Delivery.get().due_at == moment(12, 7, 30)


def test_quiet_hours_until_after_the_start_send_nothing(db: Any, cast: Any, at: datetime) -> None:
    starting(cast, at, moment(12, 6, 30), signed_up=moment(11, 20))
    for hour in (4, 5, 6):
        assert reminders.enqueue_due(at=moment(12, hour, 30)) == 0


def test_moved_activity_reminds_for_its_new_time(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    activity, shift = starting(cast, at, start)
    reminders.enqueue_due(at=start - 24 * HOUR)
    later = start + 72 * HOUR

    def move() -> None:
        Activity.update(starts_at=later, ends_at=later + HOUR, version=2).where(
            Activity.id == activity.id
        ).execute()
        Shift.update(starts_at=later, ends_at=later + HOUR).where(Shift.id == shift.id).execute()

    store.write(move)
    gateway = FakeGateway()
    outbox.deliver_due(parts=make_parts(gateway), owner="w", at=start - 23 * HOUR, limit=9)
    assert gateway.calls == []
    assert reminders.enqueue_due(at=start - 23 * HOUR) == 0
    assert reminders.enqueue_due(at=later - 24 * HOUR) == 1
    states = [row.state for row in Delivery.select().order_by(Delivery.id)]
    assert states == ["withdrawn", "queued"]


def test_change_just_told_makes_the_missed_step_needless(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    activity, _ = starting(cast, at, start)
    told = start - 20 * HOUR

    def change() -> None:
        Activity.update(version=2, place="学校").where(Activity.id == activity.id).execute()
        notices.activity_changed(
            activity=Activity.get_by_id(activity.id),
            old={"place": "淮河大堤"},
            new={"place": "学校"},
            at=told,
        )

    store.write(change)
    assert reminders.enqueue_due(at=told) == 0
    assert reminders.enqueue_due(at=start - 2 * HOUR) == 1
    assert kinds() == ["activity_changed", "reminder"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Signup.update(state="cancelled").execute(),
        lambda: Activity.update(state="cancelled").execute(),
        lambda: Volunteer.update(state="deceased").execute(),
    ],
    ids=["left", "cancelled", "deceased"],
)
def test_nobody_is_reminded_in_vain(db: Any, cast: Any, at: datetime, change: Any) -> None:
    starting(cast, at, moment(12, 14))
    store.write(change)
    assert reminders.enqueue_due(at=moment(12, 12)) == 0


def test_person_who_leaves_takes_his_waiting_reminder_along(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 23)
    _, shift = starting(cast, at, start)
    store.write(lambda: sign_up(at, shift, cast.chali))
    night = moment(11, 23)
    assert reminders.enqueue_due(at=night) == 2
    signups.cancel(actor=cast.actor(cast.xiaobo), shift_code=shift.code, at=night + MINUTE)
    states = {row.volunteer_id: row.state for row in Delivery.select().where(Delivery.kind == "reminder")}
    assert states == {cast.xiaobo.id: "withdrawn", cast.chali.id: "queued"}


@pytest.mark.case(1)
def test_two_workers_remind_fifty_people_fifty_times(db: Any, cast: Any, at: datetime) -> None:
    _, shift = starting(cast, at, moment(12, 14))

    def crowd() -> None:
        for _ in range(49):
            person = make_volunteer(at)
            make_identity(at, person, "oa")
            sign_up(at, shift, person)

    store.write(crowd)
    gateway, later = FakeGateway(), moment(12, 12)
    assert reminders.enqueue_due(at=later) + reminders.enqueue_due(at=later) == 50
    for owner in ("w1", "w2", "w1", "w2"):
        outbox.deliver_due(parts=make_parts(gateway), owner=owner, at=later, limit=20)
    openids = [call["openid"] for call in gateway.named("send_template")]
    assert (len(openids), len(set(openids))) == (50, 50)


# nags


def pending(cast: Any, activity: Activity, shift: Shift, at: datetime) -> None:
    store.write(
        lambda: ServiceRecord.create(
            shift=shift,
            activity=activity,
            team=cast.team,
            volunteer=cast.xiaobo,
            region_code=activity.region_code,
            local_day=activity.local_day,
            in_at=shift.starts_at,
            out_at=shift.ends_at,
            minutes=120,
            rule_set=cast.hours_rule,
            created_at=at,
            updated_at=at,
        )  # fmt: skip
    )


def test_leader_is_asked_to_confirm_after_two_hours_and_on_three_mornings(
    db: Any, cast: Any, at: datetime
) -> None:
    activity, shift = starting(cast, at, moment(12, 8))
    pending(cast, activity, shift, at)
    asked = [
        day_hour
        for day_hour in [
            (12, 10),
            (12, 11),
            (12, 12),
            (12, 13),
            (13, 8),
            (13, 9),
            (13, 10),
            (14, 9),
            (15, 9),
            (16, 9),
        ]
        if reminders.nag_due(at=moment(*day_hour))
    ]
    assert asked == [(12, 12), (13, 9), (14, 9), (15, 9)]
    row = Delivery.select().order_by(Delivery.id).first()
    assert (row.volunteer_id, row.data["form"]) == (cast.ali.id, "confirm")
    assert row.body == f"“{activity.title}”已结束，还有1人的时长等您确认。"


def test_nothing_to_confirm_asks_nobody(db: Any, cast: Any, at: datetime) -> None:
    starting(cast, at, moment(12, 8))
    assert reminders.nag_due(at=moment(12, 13)) == 0


# call sheets


def test_leader_gets_the_names_of_those_not_reached(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    activity, shift = starting(cast, at, start)
    store.write(lambda: sign_up(at, shift, cast.chali))
    store.write(
        lambda: (
            WechatIdentity.update(following=False).where(WechatIdentity.volunteer == cast.xiaobo).execute()
        )
    )
    reminders.enqueue_due(at=start - 2 * HOUR)
    outbox.deliver_due(parts=make_parts(), owner="w", at=start - 2 * HOUR, limit=9)
    assert reminders.call_sheets_due(at=start - HOUR - MINUTE) == 0
    assert reminders.call_sheets_due(at=start - HOUR) == 1
    assert reminders.call_sheets_due(at=start - 30 * MINUTE) == 0
    row = Delivery.get(Delivery.kind == "call_sheet")
    assert row.volunteer_id == cast.ali.id
    assert row.url == f"/console/activities/{activity.code}"
    assert row.body == f"“{activity.title}”6月12日（周五）14:00开始，还有1人没看到提醒：王小博。请打电话。"


def test_everybody_reached_needs_no_call_sheet(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    starting(cast, at, start)
    reminders.enqueue_due(at=start - 2 * HOUR)
    outbox.deliver_due(parts=make_parts(), owner="w", at=start - 2 * HOUR, limit=9)
    assert reminders.call_sheets_due(at=start - HOUR) == 0


def test_read_in_the_inbox_counts_as_reached(db: Any, cast: Any, at: datetime) -> None:
    start = moment(12, 14)
    starting(cast, at, start)
    store.write(lambda: WechatIdentity.update(following=False).execute())
    reminders.enqueue_due(at=start - 2 * HOUR)
    outbox.deliver_due(parts=make_parts(), owner="w", at=start - 2 * HOUR, limit=9)
    outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[Delivery.get().id], at=at)
    assert reminders.call_sheets_due(at=start - HOUR) == 0


def test_team_without_deputy_asks_only_its_leader(db: Any, cast: Any, at: datetime) -> None:
    store.write(lambda: join(at, cast.team, cast.chali))
    assert notices.leaders(team_id=cast.team.id, at=at) == [cast.ali.id]
