"""The ways in besides the big screen: a poster, a person's own code scanned by the leader, someone who just came.

Codes are read from the pixels of the screens. Every way ends on the leader's list, in the state that its proof earns.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from models import WechatIdentity, store
from settings import load
from tests.browser.test_story import LEADER, PHONE, log_in, on_screen, scan
from tests.browser.test_story import seed as seed_leader
from tests.browser.test_story import users as leader_and_newcomer
from tests.support.browser import collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, sign_up

pytestmark = pytest.mark.browser

MEMBER, WALKER = 3, 4


def seed(at: datetime) -> World:
    """The small world; the member has signed up, the stranger has not."""
    world = seed_leader(at)
    appid = load(demo=True).wechat_oa_appid

    def act() -> None:
        for person, openid in ((world.xiaobo, "oa-member"), (world.chali, "oa-walker")):
            WechatIdentity.update(appid=appid, openid=openid, union_checked=True).where(
                WechatIdentity.volunteer == person, WechatIdentity.kind == "oa"
            ).execute()
        sign_up(at, world.shift, world.xiaobo)

    store.write(act)
    return world


def users(world: World) -> list[dict[str, Any]]:
    more = [
        {"n": n, "name": name, "mp_openid": f"mp-{n}", "oa_openid": openid, "unionid": f"u-{n}",
         "phone": f"1380000000{n}", "following": True}
        for n, name, openid in ((MEMBER, "王小博", "oa-member"), (WALKER, "赵查理", "oa-walker"))
    ]  # fmt: skip
    return leader_and_newcomer(world) + more


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "ways", seed, users) as house:
        yield house


def read(picture: Locator) -> str:
    """The code on one picture."""
    picture.scroll_into_view_if_needed()
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))[0].text)


def row(desk: Page, public_no: str) -> Locator:
    """A person's line on the leader's list."""
    return desk.locator(f"#p-{public_no}")


def test_poster_persons_code_and_walk_in_reach_the_list(stack: Stack) -> None:
    browser = require_browser()
    world: World = stack.world
    member, walker, shift = world.xiaobo.public_no, world.chali.public_no, world.shift
    with (
        new_context(browser, **PHONE) as one,
        new_context(browser, **PHONE) as two,
        new_context(browser, **PHONE) as three,
        new_context(browser) as four,
    ):
        leader, phone, stranger, desk = one.new_page(), two.new_page(), three.new_page(), four.new_page()
        faults = [collect_faults(page) for page in (leader, phone, stranger, desk)]
        stack.set_clock(shift.starts_at)
        log_in(desk, leader, stack)
        desk.goto(f"{stack.app}/console/poster/{shift.code}")
        way_in, way_out = (read(desk.locator(f".poster-{side} img")) for side in ("in", "out"))
        assert way_in != way_out

        # the member scans the sheet of paper: seen once, so it waits
        page = scan(phone, stack, MEMBER, way_in)
        expect(page.locator("[role=note]")).to_be_visible()
        # the stranger never signed up; the leader scans the code on his phone
        stranger.goto(stack.phone(WALKER, "/m/code"))
        mine = on_screen(stranger)
        page = scan(leader, stack, LEADER, mine)
        page.locator("button[name=direction][value=in]").click()
        expect(page.locator(".done")).to_contain_text("赵查理")
        # the same code on the member's phone checks in nobody
        page = scan(phone, stack, MEMBER, mine)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("button[name=direction]")).to_have_count(0)

        stack.move_clock(minutes=60)
        page = scan(phone, stack, MEMBER, way_out)
        expect(page.locator("[role=note]")).to_be_visible()
        page = scan(leader, stack, LEADER, mine)
        page.locator("button[name=direction][value=out]").first.click()
        expect(page.locator(".done")).to_contain_text("赵查理")

        log_in(desk, leader, stack)
        desk.goto(f"{stack.app}/console/activities/{world.activity.code}")
        expect(row(desk, walker).locator("[id^=more]")).to_be_visible()
        desk.locator('form[action$="/confirm"] button').click()  # the walk-in's alone: the poster waits
        desk.goto(f"{stack.app}/console/activities/{world.activity.code}")
        row(desk, member).locator(f"#name-{member}").click()
        expect(row(desk, member).locator(f"#name-{member}")).to_have_count(0)
        desk.locator('form[action$="/confirm"] button').click()

        for number, page_of in ((MEMBER, phone), (WALKER, stranger)):
            page_of.goto(stack.phone(number, "/m/hours"))
            expect(page_of.locator("main")).to_contain_text("1 小时")
        assert [fault for page_faults in faults for fault in page_faults] == []
