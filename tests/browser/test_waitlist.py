"""A full activity on two phones of 375 px: one waits, the other gives his place back, and one tap claims it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, make_activity, sign_up, small_world

pytestmark = pytest.mark.browser

IN, WAITS = 1, 2


def seed(at: datetime) -> tuple[World, dict[str, str]]:
    """小博 has the only place of an activity in two days; 查理 would like it; 阿丽 leads it."""
    now = at.replace(second=0, microsecond=0)
    cast = small_world(now)
    people.phone_of(cast.xiaobo, "oa-in")
    people.phone_of(cast.chali, "oa-waits")
    activity, shift = make_activity(now, cast.team, starts_in=timedelta(hours=50), quota=1, title="清理河岸")
    sign_up(now, shift, cast.xiaobo)
    make_activity(now, cast.team, starts_in=timedelta(hours=60), title="看望老兵")
    return cast, {"path": f"/m/activities/{activity.code}", "leader": people.console_token(cast.ali, at),
                  "places": f"/console/activities/{activity.code}/places"}  # fmt: skip


def users(_seeded: Any) -> list[dict[str, Any]]:
    return [people.phone(IN, "王小博", "oa-in"), people.phone(WAITS, "赵查理", "oa-waits")]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("waitlist"), seed, users) as house:
        yield house


def test_place_that_comes_free_is_claimed_by_the_first_in_line(stack: Stack) -> None:
    _, told = stack.world
    browser = require_browser()
    with (
        new_context(browser, viewport=PHONE) as one,
        new_context(browser, viewport=PHONE) as two,
        new_context(browser) as three,
    ):
        waits, inside = one.new_page(), two.new_page()
        faults = collect_faults(waits) + collect_faults(inside)
        waits.goto(stack.phone(WAITS, told["path"]))
        expect(waits.get_by_text("别的活动还有名额")).to_be_visible()
        waits.get_by_label("我已知晓安全提示，自愿参加").check()
        waits.get_by_role("button", name="排队候补").click()
        expect(waits.get_by_role("heading", name="候补第 1 位")).to_be_visible()
        assert people.wide(waits) <= 375
        leader = people.desk(three, stack, told["leader"])
        leader.goto(f"{stack.app}{told['places']}")
        expect(leader.get_by_text("候补 1 人")).to_be_visible()
        inside.goto(stack.phone(IN, told["path"]))
        expect(inside.get_by_role("heading", name="已录用")).to_be_visible()
        inside.get_by_text("去不了，取消报名").click()
        inside.get_by_role("button", name="确定取消报名").click()
        expect(inside.get_by_text("已经取消报名")).to_be_visible()
        waits.goto(stack.phone(WAITS, "/m"))
        expect(waits.get_by_text("请确认名额")).to_be_visible()
        waits.get_by_role("link", name="去回答").click()
        assert people.wide(waits) <= 375
        waits.get_by_role("button", name="我去，确认名额").click()
        expect(waits.get_by_role("heading", name="已录用")).to_be_visible()
        leader.reload()
        expect(leader.get_by_text("已录用（1 人）")).to_be_visible()
        assert faults == []
