"""时长 and 积分 in the chat: the right numbers in one short message, in few statements."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Balance, PeriodMinutes, PointEntry, RuleSet, ServiceRecord, store
from tests.bot.chat import Phone
from tests.support.budgets import WORK
from tests.support.world import VILLAGE, World

Of = Callable[[Any], Phone]


def add_ladder(region: str, hours: list[int], since: datetime) -> None:
    """A newer rule `stars` of a division."""
    params = json.dumps({"hours": hours})
    store.write(
        lambda: RuleSet.create(kind="stars", region_code=region, version=9, params=params, valid_from=since)
    )


@pytest.fixture
def served(cast: World, at: datetime) -> World:
    """小博 with 200 minutes in all, 80 this year, 30 this month, 45 waiting, 3 points."""

    def act() -> None:
        Balance.update(minutes=200, points=3).where(Balance.volunteer == cast.xiaobo).execute()
        for period, minutes in (("2026", 80), ("2026-06", 30)):
            PeriodMinutes.create(
                volunteer=cast.xiaobo, period=period, region_code=VILLAGE, minutes=minutes, records=1
            )
        ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, region_code=VILLAGE,
            local_day="2026-06-09", in_at=at, out_at=at, minutes=45, rule_set=cast.hours_rule, created_at=at,
            updated_at=at,
        )  # fmt: skip
        PointEntry.create(
            volunteer=cast.xiaobo, amount=3, kind="honour", region_code=VILLAGE, local_day="2026-06-09",
            idem_key="k", created_at=at, note="抗洪先进",
        )  # fmt: skip

    store.write(act)
    return cast


def test_hours_tell_total_year_month_pending_and_the_way_to_the_first_star(phone: Of, served: World) -> None:
    text = phone(served.xiaobo).says("时长")
    assert text.split("\n\n")[0].splitlines() == [
        "王小博，您的服务时长：",
        "累计 3 小时 20 分钟",
        "今年 1 小时 20 分钟，本月 30 分钟",
        "待队长确认 45 分钟",
        "再服务 96 小时 40 分钟，时长就够一星。",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "我的时长",
        "今年服务了多久",
        "請問一下我的時長？",
        "  时长 。",
        "时　长",
        "查一下时长谢谢",
        "我今年一共服务了多少小时",
    ],
)
def test_hours_are_understood_in_other_words(phone: Of, served: World, words: str) -> None:
    assert "累计 3 小时 20 分钟" in phone(served.xiaobo).says(words)


def test_hours_by_menu_tap_are_the_same(phone: Of, served: World) -> None:
    wechat = phone(served.xiaobo)
    assert wechat.event("CLICK", EventKey="hours") == wechat.says("时长")


def test_hours_of_a_new_volunteer_are_nothing_yet(phone: Of, cast: World) -> None:
    text = phone(cast.chali).says("时长")
    assert "累计 0 分" in text
    assert "待队长确认" not in text


def test_hours_with_a_star_name_it_and_the_next(phone: Of, served: World) -> None:
    store.write(lambda: Balance.update(minutes=6000).where(Balance.volunteer == served.xiaobo).execute())
    assert "时长够一星了，审核、公示以后评定。再服务 200 小时，时长就够二星。" in phone(served.xiaobo).says("时长")


def test_hours_cost_three_statements_the_look_for_a_copy_and_the_log_in_included(
    phone: Of, served: World, count_statements: Callable[[], Any]
) -> None:
    wechat = phone(served.xiaobo)
    wechat.says("时长")
    with count_statements() as seen:
        wechat.says("时长")
    work = [sql for sql in seen if sql.split()[0].upper() in WORK]
    assert [sql for sql in work if "inbound_message" in sql][1:] == []
    assert len(work) <= 3, work


def test_hours_follow_a_new_ladder_of_the_division_at_once(phone: Of, served: World, at: datetime) -> None:
    wechat = phone(served.xiaobo)
    wechat.says("时长")
    for region, hours in (("", [5, 300]), (VILLAGE[:6], [4, 300]), ("99", [6, 300])):
        add_ladder(region, hours, at - timedelta(seconds=1))
    add_ladder(VILLAGE, [9, 300], at + timedelta(days=2))  # does not hold yet
    assert "再服务 40 分钟，时长就够一星" in wechat.says("时长")


def test_points_tell_the_balance_and_the_last_entries(phone: Of, served: World) -> None:
    assert phone(served.xiaobo).says("积分").split("\n\n")[0] == "您有 3 分积分。\n+3 分 抗洪先进"


def test_points_of_a_new_volunteer_say_when_they_come(phone: Of, cast: World) -> None:
    text = phone(cast.chali).says("我有多少积分")
    assert text.split("\n\n")[0] == "您有 0 分积分。\n服务时长确认以后，积分就会到账。"


def test_hours_lead_to_every_single_service(served: World, phone: Of) -> None:
    assert '/m/hours">看每一次</a>' in phone(served.xiaobo).says("时长")


def test_every_answer_offers_lines_to_tap_that_are_understood(phone: Of, served: World) -> None:
    wechat = phone(served.xiaobo)
    wechat.says("时长")
    assert [label for _, _, label in wechat.last.lines] == ["我的积分", "我的活动", "活动"]
    assert wechat.taps("我的积分").startswith("您有 3 分积分。")
