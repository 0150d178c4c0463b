"""谁没到, 确认时长, 停止群发: a leader's evening in the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, MinuteEntry, ServiceRecord, Shift, store
from services.participation import outcomes
from services.participation.attendance import scan_in_chat
from tests.bot.chat import Phone
from tests.support.world import World, join, make_activity, make_volunteer, sign_up

Of = Callable[[Any], Phone]
Later = Callable[[datetime], None]


@pytest.fixture
def signed(cast: World, at: datetime) -> World:
    """小博 and 查理 are signed up."""

    def act() -> None:
        for person in (cast.xiaobo, cast.chali):
            sign_up(at, cast.shift, person)

    store.write(act)
    return cast


def _served(cast: World, person: Any, shift: Shift, minutes: int = 120, **more: Any) -> ServiceRecord:
    fields = {"in_at": shift.starts_at, "out_at": shift.starts_at + timedelta(minutes=minutes), **more}
    return ServiceRecord.create(
        shift=shift, activity=shift.activity, team=cast.team, volunteer=person, region_code=cast.team.region_code,
        local_day="2026-06-10", minutes=minutes, rule_set=cast.hours_rule, created_at=shift.starts_at,
        updated_at=shift.starts_at, **fields,
    )  # fmt: skip


def _first(text: str) -> list[str]:
    return text.split("\n\n")[0].splitlines()


# 谁没到


def test_missing_names_who_ought_to_be_there_and_leads_to_the_telephones(
    phone: Of, signed: World, later: Later
) -> None:
    start = signed.shift.starts_at
    scan_in_chat(actor=signed.actor(signed.xiaobo, "bot"), direction="in", shift_code=signed.shift.code, at=start)
    later(start + timedelta(minutes=10))
    lines = _first(phone(signed.ali).says("谁没到"))
    assert lines[0].startswith(signed.activity.title)
    assert lines[1] == "该到没到 1 人：赵查理"
    assert f"/m/lead/{signed.activity.code}\">点这里看电话</a>" in lines[2]
    assert "0564" not in "".join(lines)


def test_nobody_is_missing_before_it_begins(phone: Of, signed: World) -> None:
    lines = _first(phone(signed.ali).says("谁没来"))
    assert lines[1:3] == ["还没有人迟到。", "还没到时间 2 人：王小博、赵查理"]


def test_missing_says_that_everybody_is_there(phone: Of, cast: World, later: Later) -> None:
    later(cast.shift.starts_at + timedelta(minutes=10))
    assert _first(phone(cast.ali).says("谁没到"))[1:] == ["没有缺人，报名的都到了。"]


def test_who_is_excused_is_not_missing(phone: Of, signed: World, later: Later) -> None:
    over = signed.shift.ends_at + timedelta(minutes=1)
    outcomes.mark(
        actor=signed.actor(signed.ali), shift_code=signed.shift.code, public_no=signed.chali.public_no,
        outcome="excused", note="住院", at=over,
    )  # fmt: skip
    later(over)
    lines = _first(phone(signed.ali).says("谁没到"))
    assert lines[1:3] == ["没有签到 1 人：王小博", "请假、记了缺席 1 人：赵查理"]


def test_missing_of_somebody_elses_team_says_that_it_is_not_his(phone: Of, signed: World) -> None:
    assert phone(signed.ali).says("西湖服务队谁没到").startswith("“西湖服务队”不是您带的队，看不到它的名单和时长。")


def test_missing_of_his_own_team_by_name(phone: Of, signed: World) -> None:
    assert phone(signed.ali).says("东湖服务队谁没到").startswith(signed.activity.title)


def test_missing_is_for_leaders(phone: Of, signed: World) -> None:
    assert phone(signed.xiaobo).says("谁没到").startswith("只有队长可以看名单。")


def test_another_activity_of_the_day_is_one_tap_away(phone: Of, signed: World, at: datetime) -> None:
    store.write(lambda: make_activity(at, signed.team, starts_in=timedelta(hours=8)))
    text = phone(signed.ali).says("名单")
    assert "今天还有 1 个活动：<a href=" in text
    assert '/m/lead">看今天的活动</a>' in text


# 确认时长


def test_hours_are_shown_with_names_and_confirmed_by_a_yes(phone: Of, cast: World, later: Later) -> None:
    record = store.write(lambda: _served(cast, cast.xiaobo, cast.shift))
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    lines = _first(ali.says("确认时长"))
    assert lines[0] == cast.activity.title
    assert lines[2:] == ["可以确认 1 人，共 2 小时：", "王小博 2 小时"]
    assert ServiceRecord.get_by_id(record.id).state == "pending"
    assert ali.taps("确认").startswith("已确认 1 人，共 2 小时。")
    entry = MinuteEntry.get()
    assert (entry.volunteer_id, entry.amount, entry.actor_id) == (cast.xiaobo.id, 120, cast.ali.id)


def test_second_yes_confirms_nothing_more(phone: Of, cast: World, later: Later) -> None:
    store.write(lambda: _served(cast, cast.xiaobo, cast.shift))
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    ali.says("确认时长")
    ali.says("确认")
    assert ali.says("确认").startswith("现在没有等您确认的事。")
    assert MinuteEntry.select().count() == 1


def test_no_leaves_the_hours_waiting(phone: Of, cast: World, later: Later) -> None:
    store.write(lambda: _served(cast, cast.xiaobo, cast.shift))
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    ali.says("确认时长")
    assert ali.taps("算了").startswith("好的，先不办了。")
    assert ServiceRecord.get().state == "pending"


def test_what_came_after_the_question_is_not_confirmed_by_its_yes(phone: Of, cast: World, later: Later) -> None:
    store.write(lambda: _served(cast, cast.xiaobo, cast.shift))
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    ali.says("确认时长")
    unseen = store.write(lambda: _served(cast, cast.chali, cast.shift))
    assert ali.says("确认").startswith("已确认 1 人")
    assert ServiceRecord.get_by_id(unseen.id).state == "pending"


def test_doubtful_hours_are_left_out_with_the_page_to_look_at_them(phone: Of, cast: World, later: Later) -> None:
    def act() -> None:
        _served(cast, cast.xiaobo, cast.shift)
        _served(cast, cast.chali, cast.shift, needs_naming=True)
        _served(cast, cast.officer, cast.shift, minutes=0, out_at=None)

    store.write(act)
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    text = ali.says("确认时长")
    assert "可以确认 1 人，共 2 小时：\n王小博 2 小时\n另有 2 人没有签退或有疑问，要先看：" in text
    assert f"/m/lead/{cast.activity.code}" in text
    assert ali.says("确认").startswith("已确认 1 人")


def test_where_everything_is_doubtful_there_is_nothing_to_say_yes_to(phone: Of, cast: World, later: Later) -> None:
    store.write(lambda: _served(cast, cast.xiaobo, cast.shift, needs_review="late"))
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    assert "另有 1 人没有签退或有疑问" in ali.says("确认时长")
    assert ali.says("确认").startswith("现在没有等您确认的事。")


def test_his_own_hours_wait_for_somebody_else(phone: Of, cast: World, later: Later) -> None:
    store.write(lambda: _served(cast, cast.ali, cast.shift))
    later(cast.shift.ends_at)
    assert "您自己的时长，由服务中心（站）确认。" in phone(cast.ali).says("确认时长")


def test_activity_with_only_his_own_hours_says_so_in_the_list(
    phone: Of, cast: World, at: datetime, later: Later
) -> None:
    def act() -> None:
        _, other = make_activity(at, cast.team, starts_in=timedelta(hours=-3))
        _served(cast, cast.ali, other)
        _served(cast, cast.xiaobo, cast.shift)

    store.write(act)
    later(cast.shift.ends_at)
    lines = phone(cast.ali).says("确认时长").splitlines()
    assert [line.partition("）")[2].removesuffix("</a>") for line in lines[1:3]] == ["1 人可以确认", "只剩您自己的"]


def test_of_several_activities_one_is_tapped(phone: Of, cast: World, at: datetime, later: Later) -> None:
    def act() -> Any:
        _served(cast, cast.xiaobo, cast.shift)
        _, shift = make_activity(at, cast.team, starts_in=timedelta(hours=1))
        _served(cast, cast.chali, shift, minutes=60)
        return shift

    store.write(act)
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    assert ali.says("确认时长").startswith("这些活动有时长等您确认，请点一个：")
    assert "赵查理 1 小时" in ali.says("2")
    assert ali.says("确认").startswith("已确认 1 人，共 1 小时。")
    assert [each.volunteer_id for each in MinuteEntry.select()] == [cast.chali.id]


def test_hours_of_another_day_are_asked_for_by_the_day(phone: Of, cast: World, later: Later) -> None:
    store.write(lambda: _served(cast, cast.xiaobo, cast.shift))
    later(cast.shift.ends_at)
    assert phone(cast.ali).says("确认上个月的时长").startswith("这里没有等您确认的时长。")


def test_hours_of_somebody_elses_team_are_not_his_to_confirm(phone: Of, cast: World) -> None:
    assert phone(cast.ali).says("确认西湖服务队的时长").startswith("“西湖服务队”不是您带的队")


def test_confirming_is_for_leaders(phone: Of, cast: World) -> None:
    store.write(lambda: _served(cast, cast.chali, cast.shift))
    assert phone(cast.xiaobo).says("确认时长").startswith("时长由队长确认。")


def test_hours_of_two_hundred_still_fit(phone: Of, cast: World, later: Later) -> None:
    def act() -> None:
        for _ in range(200):
            _served(cast, make_volunteer(cast.shift.starts_at, "欧阳司马建国"), cast.shift, minutes=95)

    store.write(act)
    later(cast.shift.ends_at)
    ali = phone(cast.ali)
    text = ali.says("确认时长")
    assert "可以确认 200 人" in text
    assert len(text.encode()) <= 2048
    assert "确认" in [label for _, _, label in ali.last.lines]


# 停止群发


def test_stop_withdraws_what_has_not_gone_out(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    ali.says("确认")
    assert _first(ali.says("停止群发")) == ["已停：“明早八点到村部集合”", "还没发出的 1 人不会再收到。"]
    assert Delivery.get().state == "withdrawn"


def test_stop_says_how_many_have_it_already(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: join(at, cast.team, cast.chali))
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    ali.says("确认")
    store.write(lambda: Delivery.update(state="sent").where(Delivery.volunteer == cast.chali).execute())
    assert _first(ali.says("通知别发了"))[1:] == [
        "还没发出的 1 人不会再收到。", "已经送到 1 人，收不回来。要更正，请再发一条通知。",
    ]  # fmt: skip


def test_stop_when_everything_has_arrived_says_so(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    ali.says("确认")
    store.write(lambda: Delivery.update(state="sent").execute())
    assert ali.says("停止群发").startswith("没有还在发的通知。")
    assert Delivery.get().state == "sent"


def test_second_stop_has_nothing_to_stop(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    ali.says("确认")
    ali.says("停止群发")
    assert ali.says("停止群发").startswith("没有还在发的通知。")


def test_stop_of_somebody_who_leads_nobody(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("停止群发").startswith("只有发通知的队长可以停。")
