"""What people are told: the words, the receivers, and that it is said once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Activity, Delivery, Notice, ServiceRecord, store
from services.messaging import notices, outbox
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import sign_up


def record(cast: Any, at: datetime) -> ServiceRecord:
    return store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift,
            activity=cast.activity,
            team=cast.team,
            volunteer=cast.xiaobo,
            local_day="2026-06-10",
            region_code=cast.team.region_code,
            rule_set=cast.hours_rule,
            created_at=at,
            updated_at=at,
        )  # fmt: skip
    )


def test_change_of_time_names_old_and_new(db: Any, cast: Any, at: datetime) -> None:
    old, new = cast.activity.starts_at, cast.activity.starts_at + timedelta(days=1)

    def act() -> int:
        sign_up(at, cast.shift, cast.xiaobo)
        Activity.update(version=2, starts_at=new, ends_at=new + timedelta(hours=2)).execute()
        activity = Activity.get_by_id(cast.activity.id)
        return notices.activity_changed(
            activity=activity, old={"starts_at": old}, new={"starts_at": new}, at=at
        )

    assert store.write(act) == 1
    row = Delivery.get()
    assert row.body == (
        f"您报名的“{cast.activity.title}”有变动。"
        "开始时间由6月10日（周三）13:00改为6月11日（周四）13:00。"
        "看到请点开按“知道了”，或在公众号里回“知道了”；来不了请取消报名。"
    )
    assert (row.volunteer_id, row.priority, row.activity_version) == (cast.xiaobo.id, outbox.SAFETY, 2)


def test_change_withdraws_what_waits_of_the_old_time(db: Any, cast: Any, at: datetime) -> None:
    def act() -> None:
        sign_up(at, cast.shift, cast.xiaobo)
        people = [(cast.shift.id, cast.xiaobo.id, cast.shift.starts_at)]
        notices.reminder(activity=cast.activity, hours=2, people=people, due_at=at, at=at)
        Activity.update(version=2, place="学校").execute()
        activity = Activity.get_by_id(cast.activity.id)
        notices.activity_changed(activity=activity, old={"place": "大堤"}, new={"place": "学校"}, at=at)

    store.write(act)
    assert {row.kind: row.state for row in Delivery.select()} == {
        "reminder": "withdrawn", "activity_changed": "queued",
    }  # fmt: skip


def test_cancellation_reaches_the_signed_up_with_its_reason(db: Any, cast: Any, at: datetime) -> None:
    def act() -> int:
        sign_up(at, cast.shift, cast.xiaobo)
        Activity.update(state="cancelled").execute()
        return notices.activity_cancelled(activity=Activity.get_by_id(cast.activity.id), reason="暴雨", at=at)

    assert store.write(act) == 1
    title = cast.activity.title
    assert Delivery.get().body == f"您报名的“{title}”已取消，原定6月10日（周三）13:00，请不要前往。原因：暴雨"
    gateway = FakeGateway()
    outbox.deliver_due(parts=make_parts(gateway), owner="w", at=at, limit=5)
    assert len(gateway.named("send_template")) == 1


def test_cancellation_reaches_those_whose_signup_ended_with_it(db: Any, cast: Any, at: datetime) -> None:
    def act() -> int:
        sign_up(at, cast.shift, cast.xiaobo, state="cancelled")
        sign_up(at - timedelta(hours=5), cast.shift, cast.chali, state="cancelled")
        Activity.update(state="cancelled").execute()
        return notices.activity_cancelled(activity=Activity.get_by_id(cast.activity.id), reason="", at=at)

    assert store.write(act) == 1
    assert Delivery.get().volunteer_id == cast.xiaobo.id


def test_confirmed_hours_are_told_once_per_correction(db: Any, cast: Any, at: datetime) -> None:
    case = record(cast, at)

    def tell() -> None:
        notices.hours_confirmed(record=case, activity=cast.activity, minutes=125, points=2, at=at)

    store.write(tell)
    store.write(tell)
    row = Delivery.get()
    assert Delivery.select().count() == 1
    assert row.body == f"您参加的“{cast.activity.title}”服务时长2小时5分钟已确认，得2分。谢谢您！"
    assert row.data["values"]["thing2"] == f"记上2小时5分钟：{cast.activity.title}"
    case.version = 2
    store.write(tell)
    assert Delivery.select().count() == 2
    assert (Notice.select().count(), Notice.get().recipients) == (1, 2)


def test_forgotten_check_out_is_told(db: Any, cast: Any, at: datetime) -> None:
    case = record(cast, at)
    store.write(lambda: notices.check_out_forgotten(record=case, activity=cast.activity, at=at))
    assert Delivery.get().title == "您忘了签退"


def test_durations_are_said_as_people_say_them() -> None:
    assert [notices.duration(minutes) for minutes in (0, 45, 120, 125)] == [
        "0分钟",
        "45分钟",
        "2小时",
        "2小时5分钟",
    ]
