"""通知, 确认, 进度, 名单: what a leader does in the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, Notice, store
from services.participation.attendance import scan_in_chat
from tests.bot.chat import Phone
from tests.support.world import World, grant, join, make_volunteer, sign_up

Of = Callable[[Any], Phone]
Later = Callable[[datetime], None]


def test_notice_shows_who_will_get_it_and_how_and_sends_nothing(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    text = ali.says("通知 明早八点到村部集合")
    assert text.startswith("发给：东湖服务队的队员\n“明早八点到村部集合”\n\n共 1 人：公众号提醒 1 人。")
    assert [label for _, _, label in ali.last.lines] == ["确认", "算了"]
    assert Delivery.select().count() == 0


@pytest.mark.parametrize("way", ["taps", "says"])
def test_yes_sends_through_the_outbox(phone: Of, cast: World, way: str) -> None:
    ali = phone(cast.ali)
    ali.says("通知：明早八点到村部集合")
    assert getattr(ali, way)("确认").startswith("已交给系统发送，共 1 人。")
    row = Delivery.get()
    assert (row.volunteer_id, row.state, row.body) == (cast.xiaobo.id, "queued", "明早八点到村部集合")


def test_second_yes_sends_nothing_more(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    ali.says("确认")
    assert ali.says("确认").startswith("现在没有等您确认的事。")
    assert Delivery.select().count() == 1


def test_no_drops_it(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    assert ali.taps("算了").startswith("好，不发了。")
    assert ali.says("确认").startswith("现在没有等您确认的事。")
    assert Delivery.select().count() == 0


def test_yes_in_an_older_bubble_does_not_send_the_newer_notice(
    phone: Of, cast: World, at: datetime, later: Later
) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    old = ali.last
    later(at + timedelta(minutes=1))
    ali.says("通知 改到后天，请等消息")
    ali.last = old
    assert ali.taps("确认").startswith("现在没有等您确认的事。")
    assert Delivery.select().count() == 0


def test_leader_of_two_teams_chooses_one(phone: Of, cast: World, at: datetime) -> None:
    def more() -> None:
        grant(at, cast.ali, "deputy", team=cast.other_team)
        join(at, cast.other_team, cast.chali)

    store.write(more)
    ali = phone(cast.ali)
    assert ali.says("通知 明早八点到村部集合").startswith("您带几个队，发给哪一个？请点：")
    label = next(label for _, _, label in ali.last.lines if "西湖" in label)
    assert ali.taps(label).startswith("发给：西湖服务队的队员")
    ali.says("确认")
    assert Delivery.get().volunteer_id == cast.chali.id


def test_notice_without_words_says_how(phone: Of, cast: World) -> None:
    assert phone(cast.ali).says("通知").startswith("请在“通知”后面写内容。")


def test_notice_of_somebody_who_leads_nobody(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("通知 大家来我家").startswith("只有队长可以发通知。")
    assert Notice.select().count() == 0


def test_too_long_a_notice_is_refused_in_a_sentence(phone: Of, cast: World) -> None:
    assert phone(cast.ali).says("通知 " + "好" * 501).startswith("太长了：最多 500 个字，您写了 501 个字。")


def test_words_of_a_notice_stay_as_they_were_written(phone: Of, cast: World) -> None:
    phone(cast.ali).says("通知 請帶雨衣，８點到！")
    assert Notice.get().text == "請帶雨衣，８點到！"


def test_progress_tells_how_far_it_got_and_who_must_be_called(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    ali.says("通知 明早八点到村部集合")
    ali.says("确认")
    assert ali.taps("进度").startswith(
        "最近一条通知：共 1 人。\n已送出 0，还在送 1，已看 0。\n还没通知到 0 人。"
    )
    store.write(lambda: Delivery.update(state="inbox").execute())
    text = ali.says("进度")
    assert "还在送 0，已看 0。\n还没通知到 1 人，请打电话：" in text
    assert f"/console/notices/{Notice.get().id}/receivers?state=call" in text


def test_notice_that_waits_for_consent_says_so_and_can_be_stopped(phone: Of, cast: World) -> None:
    ali = phone(cast.ali)
    assert "里面有“刷单”，要服务站看过、同意了才发。" in ali.says("通知 周六宣传谨防刷单")
    assert ali.says("确认").startswith("已送去，等服务站同意了才发，共 1 人。")
    assert ali.says("进度").startswith("最近一条通知：等别人同意，要发给 1 人。")
    assert ali.says("停止群发").startswith("已停：“周六宣传谨防刷单”")


def test_notice_to_those_who_have_not_come(phone: Of, cast: World, later: Later) -> None:
    ali, start = phone(cast.ali), cast.shift.starts_at
    store.write(lambda: [sign_up(start, cast.shift, person) for person in (cast.xiaobo, cast.chali)])
    scan_in_chat(actor=cast.actor(cast.xiaobo, "bot"), direction="in", shift_code=cast.shift.code, at=start)
    later(start + timedelta(minutes=10))
    assert ali.says("通知没来的人").startswith("要对没来的人说什么？")
    text = ali.says("通知没来的人：大家在等您，请快来")
    assert text.startswith(f"发给：“{cast.activity.title}”")
    assert "这一班还没到的人\n“大家在等您，请快来”\n\n共 1 人" in text
    ali.says("确认")
    assert Delivery.get(Delivery.kind == "broadcast").volunteer_id == cast.chali.id


def test_progress_without_a_notice(phone: Of, cast: World) -> None:
    assert phone(cast.ali).says("进度").startswith("您还没有发过通知。")
    assert phone(cast.xiaobo).says("进度").startswith("只有队长可以发通知。")


def test_roster_tells_who_is_in_and_who_is_not(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at

    def expected() -> None:
        sign_up(start, cast.shift, cast.xiaobo)
        sign_up(start, cast.shift, cast.chali)

    store.write(expected)
    scan_in_chat(actor=cast.actor(cast.xiaobo, "bot"), direction="in", shift_code=cast.shift.code, at=start)
    later(start + timedelta(minutes=10))
    assert phone(cast.ali).says("名单").split("\n\n")[0].splitlines() == [
        cast.activity.title, "已到 1 人，已走 0 人，没到 1 人。", "在场：王小博", "没到：赵查理",
    ]  # fmt: skip


def test_roster_is_for_leaders(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("名单").startswith("只有队长可以看名单。")


def test_roster_of_a_day_without_activities(phone: Of, cast: World, at: datetime, later: Later) -> None:
    later(at + timedelta(days=3))
    assert phone(cast.ali).says("谁来了").startswith("您的队今天没有活动。")


def test_roster_of_a_hundred_still_fits(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at

    def many() -> None:
        for _ in range(100):
            sign_up(start, cast.shift, make_volunteer(start, "欧阳司马建国"))

    store.write(many)
    later(start)
    text = phone(cast.ali).says("名单")
    assert "没到 100 人" in text
    assert "等 100 人" in text


def test_help_shows_leaders_their_commands(phone: Of, cast: World) -> None:
    assert "通知 明早八点到村部集合" in phone(cast.ali).says("帮助")
    assert "通知 明早八点到村部集合" not in phone(cast.xiaobo).says("帮助")
