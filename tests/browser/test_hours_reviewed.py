"""Hours nobody scanned, and hours somebody finds wrong: on the phone, at a leader's phone, in the county.

The leader's console is opened at a phone's width: he decides where he stands.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from models import ServiceRecord, store
from services.bookkeeping import books
from tests.browser import people
from tests.support import world
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser

MEMBER = 1


def seed(at: datetime) -> tuple[World, str, str]:
    now = at.replace(second=0, microsecond=0)
    cast = small_world(now)
    people.phone_of(cast.xiaobo, "oa-member")
    store.write(lambda: _past(cast, now))
    return cast, people.console_token(cast.ali, at), people.console_token(cast.officer, at)


def _past(cast: World, now: datetime) -> None:
    """Yesterday nobody scanned; the day before, ninety minutes of two hours were confirmed."""
    _, missed = world.make_activity(now, cast.team, starts_in=timedelta(hours=-26), title="大堤巡护")
    for person in (cast.xiaobo, cast.chali):
        world.sign_up(now, missed, person)
    activity, shift = world.make_activity(now, cast.team, starts_in=timedelta(hours=-50), title="清洁河岸")
    record = ServiceRecord.create(
        shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code,
        local_day=activity.local_day, in_at=shift.starts_at, out_at=shift.starts_at + timedelta(minutes=90),
        in_mode="rotating", out_mode="rotating", closed_by="self", minutes=90, why="counted", state="confirmed",
        confirmed_by=cast.ali, confirmed_at=now, rule_set=cast.hours_rule, created_at=now, updated_at=now,
    )  # fmt: skip
    books.post_service(record=record, actor_id=cast.ali.id, at=now)


def users(_seeded: Any) -> list[dict[str, Any]]:
    return [people.phone(MEMBER, "王小博", "oa-member")]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("reviewed"), seed, users) as house:
        yield house


def picture() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "JPEG")
    return {"name": "名单.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def narrow(*pages: Page) -> None:
    for page in pages:
        assert people.wide(page) <= 375, page.url


def test_missed_scan_is_asked_for_on_the_phone_and_decided_by_the_leader(stack: Stack) -> None:
    browser = require_browser()
    _, token, above = stack.world
    with (
        new_context(browser, viewport=PHONE) as one,
        new_context(browser, viewport=PHONE) as two,
        new_context(browser) as three,
    ):
        mine, leader, county = one.new_page(), people.desk(two, stack, token), people.desk(three, stack, above)
        faults = collect_faults(mine) + collect_faults(leader) + collect_faults(county)
        mine.goto(stack.phone(MEMBER, "/m/hours"))
        narrow(mine)
        mine.get_by_role("link", name="少了一次？申请补录").click()
        mine.get_by_role("link", name="大堤巡护").click()
        mine.get_by_label("为什么没有扫上码").fill("手机没电了，老张可以作证")
        narrow(mine)
        mine.get_by_role("button", name="交上去").click()
        expect(mine.get_by_text("交上去了")).to_be_visible()
        expect(mine.locator("section", has_text="手机没电了").get_by_text("等核对")).to_be_visible()
        narrow(mine)

        leader.goto(f"{stack.app}/console")
        leader.get_by_role("link", name="去核对").click()
        leader.get_by_role("link", name="王小博").click()
        expect(leader.get_by_text("手机没电了，老张可以作证")).to_be_visible()
        narrow(leader)
        leader.get_by_role("button", name="属实，补上").click()
        expect(leader.get_by_text("已补上")).to_be_visible()

        mine.goto(stack.phone(MEMBER, "/m/hours"))
        expect(mine.get_by_text("这是补录的时长，有人核对过再记的。")).to_be_visible()
        expect(mine.get_by_text("其中补录的")).to_be_visible()

        leader.goto(f"{stack.app}/console/makeups")
        narrow(leader)
        leader.goto(f"{stack.app}/console")
        leader.get_by_role("link", name="大堤巡护").first.click()
        leader.get_by_role("link", name="交纸质名单补录").click()
        leader.get_by_label("赵查理").check()
        leader.get_by_label("为什么没有扫码").fill("大堤上没有信号")
        leader.get_by_label("名单的照片").set_input_files(picture())
        narrow(leader)
        leader.get_by_role("button", name="交上去").click()
        expect(leader.get_by_text("等上一级服务中心来批")).to_be_visible()
        narrow(leader)
        path = leader.url.split("?")[0]
        county.goto(path)
        county.get_by_role("button", name="勾选的都补上").click()
        expect(county.locator(".badge", has_text="已补上").first).to_be_visible()
        assert faults == []


def test_wrong_hours_are_objected_to_answered_and_decided_in_the_county(stack: Stack) -> None:
    browser = require_browser()
    _, token, above = stack.world
    with (
        new_context(browser, viewport=PHONE) as one,
        new_context(browser, viewport=PHONE) as two,
        new_context(browser) as three,
    ):
        mine, leader, county = one.new_page(), people.desk(two, stack, token), people.desk(three, stack, above)
        faults = collect_faults(mine) + collect_faults(leader) + collect_faults(county)
        mine.goto(stack.phone(MEMBER, "/m/hours"))
        service = mine.locator("section", has_text="清洁河岸")
        expect(service.get_by_text("按签到到签退的时间算。")).to_be_visible()
        service.get_by_role("link", name="这次不对，提出异议").click()
        mine.get_by_label("哪里不对").fill("我一直干到结束")
        mine.get_by_label("小时").fill("2")
        narrow(mine)
        mine.get_by_role("button", name="交上去").click()
        expect(mine.get_by_text("有答复会告诉您")).to_be_visible()

        leader.goto(f"{stack.app}/console")
        leader.get_by_role("link", name="去答复").click()
        leader.get_by_role("link", name="王小博").click()
        narrow(leader)
        leader.get_by_label("怎么核对的，结果是什么").fill("名单上写的十点半")
        leader.get_by_role("button", name="答复").click()
        expect(leader.get_by_text("已答复")).to_be_visible()

        mine.reload()
        expect(mine.get_by_text("名单上写的十点半")).to_be_visible()
        mine.get_by_text("不同意，请县里再看").click()
        mine.get_by_label("为什么不同意").fill("老张看见我了")
        narrow(mine)
        mine.get_by_role("button", name="交给县里").click()
        expect(mine.get_by_text("等县里答复")).to_be_visible()

        county.goto(f"{stack.app}/console/objections?state=raised")
        county.get_by_role("link", name="王小博").click()
        county.get_by_label("怎么核对的，结果是什么").fill("老张作证，属实")
        county.get_by_label("改成多少分钟（不改就空着）").fill("120")
        county.get_by_role("button", name="答复").click()
        expect(county.get_by_text("1 小时 30 分钟 改为 2 小时")).to_be_visible()
        mine.reload()
        expect(mine.get_by_text("老张作证，属实")).to_be_visible()
        expect(mine.locator("section", has_text="现在记的").get_by_text("2 小时")).to_be_visible()
        narrow(mine)
        assert faults == []
