"""确认报名 where it is full, 确认名额, 不能来: the queue, the offer and the reason in the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, Shift, Signup, Volunteer, store
from services.participation import signups
from tests.bot.chat import Phone
from tests.support.world import World, make_activity, sign_up

Of = Callable[[Any], Phone]
Later = Callable[[datetime], None]


@pytest.fixture
def full(cast: World, at: datetime) -> Shift:
    """The only place of the first activity is 阿丽's."""

    def make() -> Shift:
        Shift.update(quota=1).where(Shift.id == cast.shift.id).execute()
        sign_up(at, cast.shift, cast.ali)
        return cast.shift

    return store.write(make)


def leave(cast: World, shift: Shift, at: datetime) -> None:
    signups.cancel(actor=cast.actor(cast.ali), shift_code=shift.code, at=at, reason="有事")


def test_full_activity_asks_before_it_queues(phone: Of, cast: World, full: Shift) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    assert "名额已满，前面有 0 人候补" in person.says("报名 1")
    assert person.taps("排队候补").startswith("已排上候补第 1 位：")
    assert Signup.get(Signup.volunteer == cast.xiaobo).state == "waitlisted"


def test_place_that_went_meanwhile_asks_once_more(phone: Of, cast: World, at: datetime) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    store.write(lambda: Shift.update(taken=Shift.quota).execute())
    assert person.says("确认报名").startswith("名额已经满了。要排队候补吗？")
    assert person.says("确认").startswith("已排上候补第 1 位：")


def test_offer_is_claimed_by_one_tap(phone: Of, cast: World, full: Shift, at: datetime) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    person.taps("排队候补")
    assert "候补第 1 位" in person.says("我的活动")
    leave(cast, full, at)
    assert "请确认名额，今天 09:30前" in person.says("我的活动").replace(" 前", "前")
    assert person.taps("确认名额 1").startswith("报名成功：")
    assert Signup.get(Signup.volunteer == cast.xiaobo).state == "confirmed"


def test_claim_without_an_offer_says_so(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).says("确认名额").startswith("现在没有留给您的名额。")


def test_late_leaving_asks_why_and_tells_the_leader(
    phone: Of, cast: World, at: datetime, later: Later
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    person = phone(cast.xiaobo)
    later(cast.shift.starts_at - timedelta(minutes=90))
    person.says("我的活动")
    assert person.taps("取消 1").startswith("离开始不久了，请写一句原因")
    assert person.says("不能来 孙子发烧").startswith("已取消报名：")
    row = Signup.get()
    assert (row.state, row.late, row.reason) == ("cancelled", True, "孙子发烧")
    told = Delivery.get(Delivery.kind == "late_cancel")
    assert (told.volunteer_id, "王小博不能来" in told.body) == (cast.ali.id, True)


def test_long_day_is_asked_about_and_accepted(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: sign_up(at, make_activity(at, cast.team, starts_in=timedelta(hours=6), hours=7)[1], cast.xiaobo))
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    assert person.says("确认报名").startswith("请您想一想：这一天一共要服务 9小时")
    assert person.says("确认").startswith("报名成功：")


def test_who_waits_is_shown_what_else_is_open_to_sign_up_by_a_tap(
    phone: Of, cast: World, full: Shift, at: datetime
) -> None:
    other = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(hours=30), title="看望老兵"))[1]
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    assert "别的活动还有名额：\n1. 看望老兵" in person.taps("排队候补")
    assert person.taps("报名 1").startswith("看望老兵")
    assert person.taps("确认报名 1").startswith("报名成功：看望老兵")
    assert Signup.get(Signup.shift == other).state == "confirmed"


def test_who_cannot_come_hears_it_before_he_says_yes(phone: Of, cast: World) -> None:
    store.write(lambda: Volunteer.update(birth_date="2011-06-10").where(Volunteer.id == cast.xiaobo.id).execute())
    person = phone(cast.xiaobo)
    person.says("活动")
    assert person.says("报名 1").startswith("您未满十八周岁，要监护人同意")


def test_agreement_opens_on_the_activitys_own_page(phone: Of, cast: World) -> None:
    store.write(lambda: Activity.update(agreement=True).execute())
    person = phone(cast.xiaobo)
    person.says("活动")
    person.says("报名 1")
    assert f'/m/activities/{cast.activity.code}">看协议，报名</a>' in person.says("确认报名")


def test_long_safety_notice_leads_to_the_whole(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("活动")
    assert "看安全提示全文" not in person.says("报名 1")
    store.write(lambda: Activity.update(risk_notice="水深。" * 100).execute())
    assert f'/m/activities/{cast.activity.code}">看安全提示全文</a>' in person.says("报名 1")


def test_where_the_leader_chooses_the_question_says_so(phone: Of, cast: World) -> None:
    store.write(lambda: Activity.update(joining="approval").execute())
    person = phone(cast.xiaobo)
    person.says("活动")
    assert "报名以后由队长审核" in person.says("报名 1")
    assert person.taps("确认报名 1").startswith("已交给队长，待审核：")
    assert "（待审核）" in person.says("活动")
