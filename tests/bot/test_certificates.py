"""证明 in the chat: how much could be certified in the period that was named; 我的情况: everything in six lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Honour, store
from services.certificates import asking
from tests.services.certificates.world import PARTS, issued, seal, serve
from tests.support.world import World


def test_certificate_is_offered_for_the_period_that_was_named(cast: World, phone: Any, at: datetime) -> None:
    me = phone(cast.xiaobo)
    assert me.says("开证明").startswith("您还没有确认过的服务时长，现在开不了证明。")
    serve(cast, at)
    serve(cast, at, minutes=60, days_ago=400)
    serve(cast, at, minutes=600, source="transferred")
    said = me.says("给我开个去年的服务证明")
    assert said.startswith("您确认过的服务时长去年（2025年）有 1 小时，可以开志愿服务记录证明")
    assert ('/m/certificates?when=2025">' in said, "其他单位" in said) == (True, False)
    assert "另有 10 小时，是其他单位记录的，请原来的单位证明。" in me.says("开证明")
    assert "when=2026-05-01_2026-05-31" in me.says("五月份的服务证明")
    seal(cast, at)
    issued(cast, at)
    assert "您的证明：\n· 2025年5月6日至2026年6月10日，3 小时 5 分钟，有效" in me.says("服务证明")


def test_all_of_it_in_six_lines(cast: World, phone: Any, at: datetime) -> None:
    me = phone(cast.xiaobo)
    said = me.says("我的情况")
    assert said.startswith("王小博，您的情况：\n时长：0 分钟，今年 0 分钟\n星级：还没有，再服务 100 小时，时长够一星\n荣誉：还没有")
    serve(cast, at)
    seal(cast, at)
    issued(cast, at)
    asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo), scope=asking.year_scope("2026"), at=at)
    give(cast, at)
    lines = me.says("看看我的情况").split("\n")
    assert lines[1:7] == [
        "时长：2 小时 5 分钟，今年 2 小时 5 分钟", "星级：还没有，再服务 97 小时 55 分钟，时长够一星", "荣誉：2026 年考核优秀", "积分：2",
        "服务证明：1 张有效", "服务证明：1 张在办",
    ]  # fmt: skip


def give(cast: World, at: datetime) -> None:
    """An honour that stands."""
    store.write(
        lambda: Honour.create(
            volunteer=cast.xiaobo, kind="assessment", name="2026 年考核优秀", year="2026", region_code=cast.team.region_code,
            source="assessment:1", code="honour01", at=at,
        )
    )  # fmt: skip
