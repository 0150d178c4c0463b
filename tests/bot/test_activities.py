"""活动, 报名 2, 取消 2, 我的活动, 签到: signing up by list and number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask

from models import Activity, Delivery, Position, Shift, Signup, Volunteer, store
from services.codes import new_shift_key
from services.participation.attendance import scan_in_chat
from services.participation.signups import risk_version
from tests.bot.chat import Phone, WeChat
from tests.support.fakes import make_parts
from tests.support.world import World, make_activity, sign_up

Of = Callable[[Any], Phone]
Later = Callable[[datetime], None]


@pytest.fixture
def second(cast: World, at: datetime) -> tuple[Activity, Shift]:
    """Another activity, tomorrow at 09:00, listed after the first."""
    return store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=1), title="看望老兵"))


def test_list_is_numbered_with_time_place_and_a_line_to_tap(phone: Of, cast: World, second: Any) -> None:
    person = phone(cast.xiaobo)
    text = person.says("活动")
    assert text.startswith(f"您附近的活动：\n1. {cast.activity.title}\n今天 13:00，淮河大堤\n")
    assert "2. 看望老兵\n明天 09:00，淮河大堤" in text
    assert [label for _, _, label in person.last.lines] == ["报名 1", "报名 2"]


def test_signing_up_shows_the_risk_first_and_then_takes_the_place(
    phone: Of, cast: World, second: Any
) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    asked = person.says("报名 2")
    assert "安全提示：岸边湿滑，注意安全" in asked
    assert Signup.select().count() == 0
    assert person.says("确认报名 2").startswith("报名成功：看望老兵\n明天 09:00\n地点：淮河大堤")
    signup = Signup.get()
    assert (signup.volunteer_id, signup.shift_id, signup.state) == (cast.xiaobo.id, second[1].id, "confirmed")
    assert (signup.channel, signup.risk_version) == ("bot", risk_version("岸边湿滑，注意安全"))


def test_signing_up_by_taps_alone_brings_the_card_of_the_activity(
    phone: Of, bot: APIFlask, cast: World, second: Any
) -> None:
    bot.extensions["parts"] = make_parts(mp_linked=True)
    person = phone(cast.xiaobo)
    person.event("CLICK", EventKey="activities")
    person.taps("报名 1")
    assert person.taps("确认报名 1").startswith("报名成功：")
    assert Signup.get().shift_id == cast.shift.id
    cards = {row.title: row.url for row in Delivery.select().where(Delivery.kind == "card")}
    assert cards[f"{cast.activity.title}，今天 13:00"] == f"/m/activities/{cast.activity.code}"


@pytest.mark.parametrize("yes", ["确认报名", "确认", "好的", "确認報名１"])
def test_yes_in_other_words(phone: Of, cast: World, yes: str) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名第一个")
    assert person.says(yes).startswith("报名成功：")


def test_confirming_without_having_seen_the_risk_shows_it_first(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    assert "安全提示" in person.says("确认报名 1")
    assert Signup.select().count() == 0


def test_no_drops_the_question(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    person.says("算了")
    assert person.says("确认").startswith("现在没有等您确认的事。")
    assert Signup.select().count() == 0


def test_second_tap_on_confirm_says_it_is_done(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    person.says("确认报名 1")
    assert person.says("确认报名 1").startswith("这个活动您报过了：")
    assert Signup.select().count() == 1


def test_number_without_a_list_shows_the_list(phone: Of, cast: World) -> None:
    text = phone(cast.xiaobo).says("报名 1")
    assert text.startswith("请先看看列表，再点要报名的活动。\n您附近的活动：")


def test_list_ends_after_half_an_hour(phone: Of, cast: World, at: datetime, later: Later) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    later(at + timedelta(minutes=31))
    assert person.says("报名 1").startswith("请先看看列表")


def test_number_beyond_the_list_shows_it_again(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    assert person.says("报名 7").startswith("列表里没有第 7 个。请看看列表。")


def test_tap_in_an_older_bubble_does_not_mean_the_newer_list(
    phone: Of, cast: World, at: datetime, later: Later
) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    old = person.last
    later(at + timedelta(minutes=2))
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(hours=1), title="先来的"))
    person.says("活动")
    person.last = old
    assert person.taps("报名 1").startswith("这是以前的列表，编号可能变了。")


def test_asking_for_hours_in_between_does_not_lose_the_list(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("时长")
    assert "安全提示" in person.says("报名 1")


def test_bare_number_picks_from_the_list(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    assert person.says("1").startswith("没看懂“1”")
    person.says("活动")
    assert "安全提示" in person.says("1")


def test_full_activity_is_marked_and_leads_to_the_queue(phone: Of, cast: World) -> None:
    store.write(lambda: Shift.update(taken=10).where(Shift.id == cast.shift.id).execute())
    person = phone(cast.xiaobo)
    assert "淮河大堤（已满）" in person.says("活动")
    assert "名额已满" in person.taps("已满，排队候补")
    assert Shift.get_by_id(cast.shift.id).taken == 10


def test_activity_of_several_positions_asks_which(phone: Of, cast: World, at: datetime) -> None:
    def add() -> Shift:
        position = Position.create(activity=cast.activity, name="引导员", quota=2)
        return Shift.create(
            code="shift-two", activity=cast.activity, position=position, starts_at=cast.shift.starts_at,
            ends_at=cast.shift.ends_at, planned_ends_at=cast.shift.ends_at, quota=2, code_key=new_shift_key(),
        )  # fmt: skip

    added = store.write(add)
    person = phone(cast.xiaobo)
    person.says("活动")
    text = person.says("报名 1")
    assert "有几个岗位，请点一个：" in text
    assert "岗位：引导员" in person.says("2")
    person.says("报名 1")
    assert "岗位：引导员" in person.taps("2. 引导员（今天 13:00）")
    assert person.taps("确认报名 1.2").startswith("报名成功：")
    assert Signup.get().shift_id == added.id


def test_nothing_near_says_so(phone: Of, cast: World) -> None:
    store.write(lambda: Activity.update(state="cancelled").execute())
    assert phone(cast.xiaobo).says("活动").startswith("您附近两周内还没有可以报名的活动。")


def test_activity_of_next_month_is_not_in_the_list(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=20), title="太远"))
    assert "太远" not in phone(cast.xiaobo).says("活动")


def test_long_list_of_long_titles_still_fits(phone: Of, cast: World, at: datetime) -> None:
    def many() -> None:
        for number in range(12):
            make_activity(
                at, cast.team, starts_in=timedelta(days=1, hours=number), title="清理淮河大堤沿岸垃圾杂物" * 4,
                place="城关镇东湖社区居民委员会门口广场" * 3,
            )  # fmt: skip

    store.write(many)
    text = phone(cast.xiaobo).says("活动")
    assert len(text.encode()) <= 2048
    assert '<a href="http://localhost:8000/m/activities">点这里看全部</a>' in text
    assert text.endswith("</a>")


def test_own_list_offers_a_line_to_cancel_each(phone: Of, cast: World, second: Any, at: datetime) -> None:
    store.write(lambda: [sign_up(at, shift, cast.xiaobo) for shift in (cast.shift, second[1])])
    person = phone(cast.xiaobo)
    assert person.says("我的活动").startswith(
        f"您报名的活动：\n1. {cast.activity.title}\n今天 13:00，淮河大堤\n已录用，还有 4 小时\n"
    )
    assert person.taps("取消 2").startswith("已取消报名：看望老兵\n明天 09:00")
    assert [each.state for each in Signup.select().order_by(Signup.id)] == ["confirmed", "cancelled"]
    assert Shift.get_by_id(second[1].id).taken == 0


def test_cancel_by_number_of_the_list_seen_last(
    phone: Of, cast: World, second: Any, at: datetime, later: Later
) -> None:
    """His own list has the second activity as number 1; the list of activities has it as number 2."""
    store.write(lambda: sign_up(at, second[1], cast.xiaobo))
    person = phone(cast.xiaobo)
    person.says("我的活动")
    later(at + timedelta(minutes=1))
    person.says("活动")
    assert person.says("取消 2").startswith("已取消报名：看望老兵")


def test_cancel_alone_asks_which(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    person = phone(cast.xiaobo)
    assert person.says("我不去了").startswith("要取消哪一个？请点：")
    assert person.taps("取消 1").startswith("已取消报名：")


def test_cancel_with_nothing_signed_up(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("取消报名").startswith("您还没有报名活动。")


def test_cancel_after_the_check_in_is_refused(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at
    store.write(lambda: sign_up(start, cast.shift, cast.xiaobo))
    scan_in_chat(actor=cast.actor(cast.xiaobo, "bot"), direction="in", shift_code=cast.shift.code, at=start)
    later(start)
    person = phone(cast.xiaobo)
    assert "已签到，走的时候请签退" in person.says("我的活动")
    assert [label for _, _, label in person.last.lines] == ["签到"]
    assert person.says("取消 1").startswith("您已经签到了，不能再取消报名。")
    assert person.says("不去了").startswith(f"“{cast.activity.title}”您已经签到了，不用取消。")
    done = start + timedelta(minutes=30)
    scan_in_chat(actor=cast.actor(cast.xiaobo, "bot"), direction="out", shift_code=cast.shift.code, at=done)
    later(done)
    assert person.says("不去了").startswith(f"“{cast.activity.title}”您已经签退了，不用取消。")


def test_bare_number_after_the_question_what_to_cancel_cancels(
    phone: Of, cast: World, second: Any, at: datetime, later: Later
) -> None:
    """Also where a list of activities was shown before: the newest one is meant."""
    store.write(lambda: [sign_up(at, shift, cast.xiaobo) for shift in (cast.shift, second[1])])
    person = phone(cast.xiaobo)
    person.says("活动")
    later(at + timedelta(minutes=1))
    person.says("不去了")
    assert person.says("2").startswith("已取消报名：看望老兵")


def test_bare_number_after_his_own_list_shows_that_one_and_signs_up_for_nothing(
    phone: Of, cast: World, second: Any, at: datetime, later: Later
) -> None:
    store.write(lambda: [sign_up(at, shift, cast.xiaobo) for shift in (cast.shift, second[1])])
    person = phone(cast.xiaobo)
    person.says("活动")
    later(at + timedelta(minutes=1))
    person.says("我的活动")
    assert person.says("2").startswith("您报名的活动：\n1. 看望老兵\n明天 09:00")


def test_day_and_name_together_mean_one_activity(phone: Of, cast: World, second: Any, at: datetime) -> None:
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=1, hours=2), title="巡堤"))
    assert phone(cast.xiaobo).says("明天看望老兵那个给我报上").startswith("看望老兵\n明天 09:00")


def test_second_thought_is_a_line_to_tap(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    person = phone(cast.xiaobo)
    assert person.says("我今天家里有事去不了了另外我有多少小时了").startswith("要取消哪一个？请点：")
    assert person.last.lines[-1][2] == "我的时长"


def test_check_in_tells_the_next_activity_its_window_and_three_ways(
    phone: Of, cast: World, at: datetime
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    text = phone(cast.xiaobo).says("签到")
    assert text.splitlines()[:4] == [
        f"您的下一个活动：{cast.activity.title}", "今天 13:00（还有 4 小时）", "地点：淮河大堤", "签到时间：12:30到15:30",
    ]  # fmt: skip
    assert '<a href="http://localhost:8000/m/code">我的码</a>' in text


def test_check_in_when_inside_reminds_of_the_check_out(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at
    scan_in_chat(actor=cast.actor(cast.xiaobo, "bot"), direction="in", shift_code=cast.shift.code, at=start)
    later(start + timedelta(minutes=10))
    assert phone(cast.xiaobo).says("怎么签退").startswith(f"您已在“{cast.activity.title}”签到（13:00）。")


@pytest.mark.parametrize(
    "words", ["时长", "积分", "报名 1", "取消 1", "我的活动", "签到", "注册", "确认报名"]
)
def test_stranger_is_told_how_to_register_whatever_he_asks(wechat: WeChat, cast: World, words: str) -> None:
    text = wechat.phone("o-new").says(words)
    assert text.startswith("您还没有登记为志愿者。")
    assert '<a href="http://localhost:8000/m/register">点这里登记</a>' in text


def test_stranger_reads_what_is_open_to_everybody_and_how_to_register(
    wechat: WeChat, cast: World, second: Any, at: datetime
) -> None:
    def others() -> None:
        make_activity(at, cast.team, title="队内训练", openness="team")
        make_activity(at, cast.team, title="本村值守", openness="area")
        make_activity(at, cast.team, title="还没发布", state="draft")

    store.write(others)
    stranger = wechat.phone("o-new")
    text = stranger.says("最近有什么活动")
    assert text.startswith(
        f"最近可以参加的活动（登记后就能报名）：\n1. {cast.activity.title}\n今天 13:00，淮河大堤\n2. 看望老兵\n"
    )
    assert not any(hidden in text for hidden in ("队内训练", "本村值守", "还没发布"))
    assert '<a href="http://localhost:8000/m/register">点这里登记</a>' in text
    assert [label for _, _, label in stranger.last.lines] == ["活动", "帮助"]
    assert stranger.event("CLICK", EventKey="activities") == text


def test_stranger_who_signs_up_from_the_list_is_told_how_to_register(wechat: WeChat, cast: World) -> None:
    stranger = wechat.phone("o-new")
    stranger.says("活动")
    assert stranger.says("报名 1").startswith("您还没有登记为志愿者。")
    assert Signup.select().count() == 0


def test_stranger_is_shown_five_at_most_in_a_text_that_fits(
    wechat: WeChat, cast: World, at: datetime
) -> None:
    store.write(lambda: [make_activity(at, cast.team, title="长" * 60, place="远" * 60) for _ in range(9)])
    stranger = wechat.phone("o-new")
    text = stranger.says("活动")
    assert "5. 长长" in text
    assert "6. 长长" not in text
    assert "还有别的活动，" in text
    assert "点这里登记" in text


def test_stranger_where_nothing_is_open_is_told_how_to_register(wechat: WeChat, cast: World) -> None:
    store.write(lambda: Activity.update(state="cancelled").execute())
    assert wechat.phone("o-new").says("活动").startswith("您还没有登记为志愿者。")


def test_stranger_who_scans_an_activity_reads_it_first(wechat: WeChat, cast: World, at: datetime) -> None:
    inside = store.write(lambda: make_activity(at, cast.team, title="队内训练", openness="team"))[0]
    stranger = wechat.phone("o-new")
    text = stranger.event("SCAN", EventKey=f"a.{cast.activity.code}", Ticket="t1")
    assert text.startswith(f"1. {cast.activity.title}\n今天 13:00，淮河大堤\n\n您还没有登记为志愿者。")
    assert stranger.event("SCAN", EventKey=f"a.{inside.code}", Ticket="t2").startswith(
        "您还没有登记为志愿者。"
    )


def test_somebody_who_left_is_told_whom_to_ask(phone: Of, cast: World) -> None:
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute())
    assert phone(cast.xiaobo).says("活动").startswith("这个账号已经停用。")


def test_leader_gets_a_link_for_a_phone_without_a_network(phone: Of, cast: World, later: Later) -> None:
    later(cast.shift.starts_at)
    said = phone(cast.ali).says("离线签到")
    assert said.startswith(f"“{cast.activity.title}”的离线名单：\nhttp")
    assert "/o/" in said


def test_offline_list_is_for_leaders_and_their_day(phone: Of, cast: World, at: datetime, later: Later) -> None:
    assert phone(cast.xiaobo).says("离线签到").startswith("只有队长可以取离线名单。")
    later(at + timedelta(days=3))
    assert phone(cast.ali).says("没网签到").startswith("您的队今天没有活动")
