"""我的星级, 我的码, how long it is to the next activity, 注销: what a member wants to know next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.bot.saying import countdown
from models import Balance, Benefit, ServiceRecord, store
from services.privacy import closing
from tests.bot.chat import Phone
from tests.support.world import COUNTY, World, sign_up

Of = Callable[[Any], Phone]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=2, hours=3, minutes=20), "还有 2 天 3 小时"), (timedelta(days=2, minutes=20), "还有 2 天"),
        (timedelta(hours=3, minutes=20), "还有 3 小时 20 分钟"), (timedelta(minutes=40), "还有 40 分钟"),
        (timedelta(seconds=30), "已经开始"), (timedelta(minutes=-5), "已经开始"),
    ],
)  # fmt: skip
def test_countdown_in_days_hours_or_minutes(at: datetime, left: timedelta, said: str) -> None:
    assert countdown(at + left, at) == said


def test_own_activities_say_how_long_it_is(phone: Of, cast: World, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    assert "已录用，还有 4 小时" in phone(cast.xiaobo).says("我的活动")


def _minutes(cast: World, minutes: int, pending: int = 0) -> None:
    def act() -> None:
        Balance.update(minutes=minutes).where(Balance.volunteer == cast.xiaobo).execute()
        if pending:
            ServiceRecord.create(
                shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
                region_code=cast.team.region_code, local_day="2026-06-09", in_at=cast.shift.starts_at,
                out_at=cast.shift.ends_at, minutes=pending, rule_set=cast.hours_rule, created_at=cast.shift.ends_at,
                updated_at=cast.shift.ends_at,
            )  # fmt: skip

    store.write(act)


def test_star_is_told_with_what_is_missing_and_the_whole_ladder(phone: Of, cast: World) -> None:
    _minutes(cast, 98 * 60, pending=60)
    lines = phone(cast.xiaobo).says("我的星级").split("\n\n")[0].splitlines()
    assert lines[:3] == [
        "王小博，再服务 2 小时，时长就够一星。", "算星级的时长：98 小时", "等队长确认的有 1 小时，确认以后还差 1 小时。",
    ]  # fmt: skip
    assert lines[3].startswith("要求：一星 100 小时、二星 ")


def test_what_waits_may_be_enough(phone: Of, cast: World) -> None:
    _minutes(cast, 98 * 60, pending=120)
    assert "等队长确认的有 2 小时，确认以后就够一星。" in phone(cast.xiaobo).says("还差多少升星")


def test_star_is_asked_for_once_and_how_it_stands_is_told(phone: Of, cast: World) -> None:
    assert "还差" in phone(cast.chali).says("申请星级")
    _minutes(cast, 600 * 60, pending=0)
    mine = phone(cast.xiaobo)
    assert "申请星级" in mine.says("我的星级")
    first = mine.says("申请星级").splitlines()
    assert first[:2] == [
        "三星：时长够了，还要写事迹，等六安市审核。", "二星：时长够了，等霍邱县退役军人服务中心审核。",
    ]  # fmt: skip
    assert "/m/stars" in first[2]
    assert mine.says("我要申请星级").splitlines()[:2] == first[:2]
    assert "王小博，时长够三星了，审核、公示以后评定。" in mine.says("我的星级")


def test_benefits_are_named_with_the_page_that_shows_them(phone: Of, cast: World, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    assert mine.says("礼遇").startswith("现在还没有您能享受的礼遇。")

    def act() -> None:
        for code, name, star in (("benef001", "免费坐公交", 0), ("benef002", "景区免票", 2)):
            Benefit.create(
                code=code, region_code=COUNTY, provider="公交公司", kind="bus", name=name, min_star=star,
                from_on="2026-01-01", created_at=at, updated_at=at,
            )  # fmt: skip

    store.write(act)
    lines = mine.says("有什么优惠").splitlines()
    assert lines[:3] == ["您能享受的礼遇：", "· 免费坐公交（公交公司）", "还有 1 项条件不够，点开看还差什么。"]
    assert "/m/benefits" in lines[3]


def test_own_code_says_until_when_it_is_good(phone: Of, cast: World) -> None:
    text = phone(cast.xiaobo).says("我的码")
    assert text.splitlines()[1] == f"有效到6月12日周五 00:00，编号 {cast.xiaobo.public_no}。"


def test_leaving_says_what_it_means_and_where_it_is_done(phone: Of, cast: World) -> None:
    text = phone(cast.xiaobo).says("删除我的数据")
    assert "/m/me/consents" in text
    assert "/m/me/data" in text
    assert "14 天可以反悔" in text


def test_whoever_asked_to_go_reads_until_when_he_may_stay(phone: Of, cast: World, at: datetime) -> None:
    closing.ask(actor=cast.actor(cast.xiaobo), at=at)
    text = phone(cast.xiaobo).says("注销")
    assert ("6月24日" in text, "/m/me/closing" in text, "撤回注销" in text) == (True, True, True)


def test_leader_is_led_to_where_he_proposes_and_others_to_their_own_honours(phone: Of, cast: World) -> None:
    assert "/m/honours/led" in phone(cast.ali).says("推荐表彰")
    assert "/m/honours/led" not in phone(cast.xiaobo).says("评先评优")
    assert "/m/honours" in phone(cast.xiaobo).says("推荐荣誉")
