"""A new WeChat finds its owner's registration: at once by number and old phone, or by the station after a wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.test_story import NEWCOMER, NUMBER, check_character, register
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser

NEW, OLD, STATIONS, THIEF = 3, 4, 5, 6
HOURS = 72


def seed(at: datetime) -> tuple[World, str, datetime]:
    cast = small_world(at.replace(second=0, microsecond=0))
    people.phone_of(cast.xiaobo, "oa-member")
    return cast, people.console_token(cast.officer, at), at


def users(_seeded: Any) -> list[dict[str, Any]]:
    return [
        people.phone(NEWCOMER, "陈新兵", "oa-new", following=False),
        people.phone(NEW, "陈新兵新机", "oa-new-2"),
        people.phone(OLD, "王小博", "oa-member"),
        people.phone(STATIONS, "王小博新机", "oa-member-2"),
        people.phone(THIEF, "旁人", "oa-thief"),
    ]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("recovery"), seed, users) as house:
        yield house


def told(stack: Stack, number: int, words: str) -> bool:
    """Whether the phone was told."""
    seen = stack.control("GET", f"users/{number}/chat")
    entries = seen if isinstance(seen, list) else seen["entries"]
    return any(entry["side"] == "them" and words in str(entry) for entry in entries)


def test_number_and_old_phone_bind_at_once_and_the_old_wechat_is_out(stack: Stack) -> None:
    browser = require_browser()
    with new_context(browser, viewport=PHONE) as one, new_context(browser, viewport=PHONE) as two:
        old, new = one.new_page(), two.new_page()
        faults = collect_faults(old) + collect_faults(new)
        old.goto(stack.phone(NEWCOMER, "/#chat"))
        old.get_by_test_id("chat-follow").click()
        expect(old.locator('[data-testid="bubble"][data-side="them"]').first).to_be_visible()
        register(old, stack)
        new.goto(stack.phone(NEW, "/m/recover"))
        new.get_by_label("身份证号码").fill(NUMBER + check_character(NUMBER))
        new.get_by_label("原来留的手机号码").fill("13900000000")
        new.get_by_role("button", name="马上找回").click()
        expect(new.get_by_role("alert")).to_contain_text("找不回来")
        expect(new.get_by_label("原来留的手机号码")).to_have_value("13900000000")
        assert people.wide(new) <= 375
        new.get_by_label("原来留的手机号码").fill("13800000002")
        new.get_by_role("button", name="马上找回").click()
        new.wait_for_url("**/m/inbox")
        new.goto(stack.phone(NEW, "/m/me"))
        expect(new.get_by_role("heading", name="陈新兵")).to_be_visible()

        old.goto(stack.phone(NEWCOMER, "/m/me"))
        expect(old.get_by_role("link", name="找回我的登记")).to_be_visible()  # logged in anew, it is nobody
        assert "陈新兵" not in old.content()
        stack.wait_for("word to the old WeChat", lambda: told(stack, NEWCOMER, "登记换到了新微信"), seconds=30)
        assert faults == []


def ask_for_digits(phone: Page, stack: Stack, number: int) -> str:
    phone.goto(stack.phone(number, "/m/recover"))
    phone.get_by_role("button", name="拿六个数字").click()
    shown = phone.locator(".num")
    expect(shown).to_be_visible()
    assert people.wide(phone) <= 375
    return shown.inner_text().strip()


def request(office: Page, stack: Stack, public_no: str, digits: str) -> None:
    """The station has looked at the ID card."""
    office.goto(f"{stack.app}/console/people/{public_no}")
    office.get_by_role("link", name="换微信").click()
    office.get_by_label("新微信上的六个数字").fill(digits)
    office.get_by_label("怎么核实的").fill("本人到站，核对身份证")
    office.get_by_role("button", name="提交，开始等待").click()
    expect(office.get_by_role("heading", name="换微信（找回）")).to_be_visible()


def is_mine(phone: Page, stack: Stack, number: int) -> bool:
    phone.goto(stack.phone(number, "/m/me"))
    return phone.get_by_role("heading", name="王小博").count() == 1


def test_stations_case_waits_and_the_old_wechat_can_stop_it(stack: Stack) -> None:
    browser = require_browser()
    cast, token, at = stack.world
    number = cast.xiaobo.public_no
    with (
        new_context(browser, viewport=PHONE) as one,
        new_context(browser, viewport=PHONE) as two,
        new_context(browser) as three,
    ):
        old, new, office = one.new_page(), two.new_page(), people.desk(three, stack, token)
        faults = collect_faults(old) + collect_faults(new) + collect_faults(office)
        assert is_mine(old, stack, OLD)

        request(office, stack, number, ask_for_digits(new, stack, THIEF))
        stack.wait_for("word to the old WeChat", lambda: told(stack, OLD, "换到新微信"), seconds=30)
        old.goto(stack.phone(OLD, "/m/inbox"))
        old.get_by_role("link", name="去看看").first.click()
        expect(old.get_by_role("button", name="不是我办的，停止")).to_be_visible()
        assert people.wide(old) <= 375
        old.get_by_role("button", name="不是我办的，停止").click()
        expect(old.get_by_text("已经停止，您的登记没有变动")).to_be_visible()
        office.reload()
        expect(office.locator("tbody tr").first).to_contain_text("停止")

    with (
        new_context(browser, viewport=PHONE) as one,
        new_context(browser, viewport=PHONE) as two,
        new_context(browser) as three,
    ):
        old, new, office = one.new_page(), two.new_page(), people.desk(three, stack, token)
        request(office, stack, number, ask_for_digits(new, stack, STATIONS))
        assert is_mine(old, stack, OLD)
        assert not is_mine(new, stack, STATIONS)
        stack.set_clock(at + timedelta(hours=HOURS - 1))
        assert is_mine(old, stack, OLD)
        stack.set_clock(at + timedelta(hours=HOURS + 1))
        stack.wait_for("the worker", lambda: is_mine(new, stack, STATIONS), seconds=75)
        assert not is_mine(old, stack, OLD)
        assert faults == []
