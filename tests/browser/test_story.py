"""The whole story in a real browser: follow, register, sign up, be reminded, scan in and out, be confirmed, ask.

Application, worker and sandbox run as processes; two phones and the leader's computer are browser windows. QR
codes are read from the pixels of the screen by another author's decoder.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import FrameLocator, Page, expect

from models import WechatIdentity, store
from settings import load
from tests.support.browser import collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 430, "height": 860}}
LEADER, NEWCOMER = 1, 2
NUMBER = "34152219600501123"  # without its check character


def seed(at: datetime) -> World:
    """The small world, with the leader's identity at the demo's official account."""
    world = small_world(at.replace(second=0, microsecond=0))
    appid = load(demo=True).wechat_oa_appid
    store.write(
        lambda: (
            WechatIdentity.update(appid=appid, openid="oa-leader", union_checked=True)
            .where(WechatIdentity.volunteer == world.ali, WechatIdentity.kind == "oa")
            .execute()
        )
    )
    return world


def users(_world: World) -> list[dict[str, Any]]:
    return [
        {"n": LEADER, "name": "李阿丽", "mp_openid": "mp-leader", "oa_openid": "oa-leader", "unionid": "u-1",
         "phone": "13800000001", "following": True},
        {"n": NEWCOMER, "name": "陈新兵", "mp_openid": "mp-new", "oa_openid": "oa-new", "unionid": "u-2",
         "phone": "13800000002", "following": False},
    ]  # fmt: skip


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "story", seed, users) as house:
        yield house


def on_screen(page: Page) -> str:
    """The text of the one QR code that stands on the screen."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    assert len(found) == 1, [each.text for each in found]
    return str(found[0].text)


def scan(phone: Page, stack: Stack, number: int, text: str) -> FrameLocator:
    """The phone's own scanner reads `text`; the page that WeChat's browser opens for it."""
    phone.goto(stack.phone(number, "/"))
    phone.get_by_test_id("scan-button").first.click()
    phone.get_by_test_id("scan-text").fill(text)
    phone.get_by_test_id("scan-go").click()
    phone.get_by_test_id("browser").wait_for()
    return phone.frame_locator('[data-testid="browser"]')


def say(phone: Page, stack: Stack, number: int, text: str) -> str:
    """Send `text` in the chat; the words of the answer."""
    phone.goto("about:blank")  # a change of the fragment alone would load nothing
    phone.goto(stack.phone(number, "/#chat"))
    bubbles = phone.locator('[data-testid="bubble"][data-side="them"][data-kind="text"]')
    phone.get_by_test_id("chat-input").wait_for()
    phone.wait_for_timeout(1200)
    before = bubbles.count()
    phone.get_by_test_id("chat-input").fill(text)
    phone.get_by_test_id("chat-send").click()
    expect(bubbles).to_have_count(before + 1)
    return bubbles.last.inner_text()


def log_in(desk: Page, phone: Page, stack: Stack) -> None:
    """The leader logs the computer in by scanning its screen."""
    desk.goto(f"{stack.app}/console/login")
    desk.locator("img").first.wait_for()
    page = scan(phone, stack, LEADER, on_screen(desk))
    page.get_by_role("button", name="是我本人登录").click()
    expect(page.get_by_text("电脑上已经登录")).to_be_visible()
    desk.wait_for_url(f"{stack.app}/console")


def register(phone: Page, stack: Stack) -> None:
    """The newcomer registers on the page, alone."""
    phone.goto(stack.phone(NEWCOMER, "/m/register"))
    phone.get_by_role("searchbox").or_(phone.get_by_role("textbox")).first.fill("东湖")
    phone.get_by_role("button", name="搜一搜").click()
    phone.get_by_role("link", name="东湖社区").first.click()
    phone.get_by_role("textbox", name="姓名").fill("陈新兵")
    phone.get_by_role("textbox", name="身份证号码").fill(NUMBER + check_character(NUMBER))
    phone.get_by_role("textbox", name="手机号码").fill("13800000002")
    phone.get_by_text("退役军人", exact=True).click()
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="登记").click()
    phone.wait_for_url("**/m?done=registered")


def check_character(seventeen: str) -> str:
    """The last character of an ID number (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, weights, strict=True)) % 11]


def reminders_to_newcomer(stack: Stack) -> list[dict[str, Any]]:
    """Reminders that arrived on the newcomer's phone."""
    seen = stack.control("GET", f"users/{NEWCOMER}/chat")
    entries = seen if isinstance(seen, list) else seen["entries"]
    return [entry for entry in entries if entry["side"] == "them" and "清洁河岸" in str(entry)]


def test_main_job_from_follow_to_hours(stack: Stack) -> None:
    browser = require_browser()
    world: World = stack.world
    code, shift = world.activity.code, world.shift
    with (
        new_context(browser, **PHONE) as one,
        new_context(browser, **PHONE) as two,
        new_context(browser) as three,
    ):
        leader, newcomer, desk = one.new_page(), two.new_page(), three.new_page()
        faults = collect_faults(newcomer) + collect_faults(desk) + collect_faults(leader)

        newcomer.goto(stack.phone(NEWCOMER, "/#chat"))
        newcomer.get_by_test_id("chat-follow").click()
        expect(newcomer.locator('[data-testid="bubble"][data-side="them"]').first).to_be_visible()
        assert "登记" in say(newcomer, stack, NEWCOMER, "时长")

        register(newcomer, stack)
        newcomer.goto(stack.phone(NEWCOMER, f"/m/activities/{code}"))
        newcomer.locator("input[name=risk]").check()
        newcomer.get_by_role("button", name="报名").click()
        expect(newcomer.get_by_text("报名成功")).to_be_visible()

        # the 2 h reminder of a 4 h away activity falls due once two hours have passed
        stack.set_clock(shift.starts_at - timedelta(hours=1, minutes=55))
        stack.wait_for("the reminder", lambda: reminders_to_newcomer(stack), seconds=45)

        stack.set_clock(shift.starts_at - timedelta(minutes=10))
        log_in(desk, leader, stack)
        desk.goto(f"{stack.app}/console/stage/{shift.code}/in")
        desk.locator("#stage-qr").wait_for()
        page = scan(newcomer, stack, NEWCOMER, on_screen(desk))
        expect(page.get_by_text("签到成功")).to_be_visible()
        expect(desk.locator("#n-came")).to_have_text("1")

        stack.set_clock(shift.starts_at + timedelta(minutes=90, seconds=30))
        log_in(desk, leader, stack)
        desk.goto(f"{stack.app}/console/stage/{shift.code}/out")
        desk.locator("#stage-qr").wait_for()
        page = scan(newcomer, stack, NEWCOMER, on_screen(desk))
        expect(page.get_by_text("签退成功")).to_be_visible()
        expect(page.get_by_text("1 小时 30 分钟")).to_be_visible()

        desk.goto(f"{stack.app}/console/activities/{code}")
        desk.get_by_role("button", name="确认").first.click()
        expect(desk.get_by_text("陈新兵").or_(desk.get_by_text("已确认")).first).to_be_visible()

        answer = say(newcomer, stack, NEWCOMER, "时长")
        assert "1 小时 30 分钟" in answer
        assert "2" in say(newcomer, stack, NEWCOMER, "积分")
        newcomer.goto(stack.phone(NEWCOMER, "/m/points"))
        expect(newcomer.get_by_text("+2 分")).to_be_visible()
        assert faults == []
