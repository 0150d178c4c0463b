"""A flood with four phones and a board on the wall: real application, worker and WeChat stand-in.

Two leaders, two members; the board moves by itself, the clock asks the next teams while nobody touches anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models import store
from tests.browser.people import console_token, desk, phone, phone_of, wide
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.flood import Flood, make_flood
from tests.support.stack import Stack, running
from tests.support.world import TOWN, small_world

pytestmark = pytest.mark.browser

#: Phones by number: the team, and which of its people.
PHONES = {1: ("城东", 0), 2: ("城东", 1), 3: ("城西", 0), 4: ("城西", 1)}


def seed(at: datetime) -> tuple[Flood, str]:
    flood = make_flood(small_world(at.replace(second=0, microsecond=0)), at)
    for number, (team, place) in PHONES.items():
        phone_of(flood.members[team][place], f"oa-{number}")
    return flood, store.write(lambda: console_token(flood.director, at))


def users(_world: Any) -> list[dict[str, Any]]:
    return [phone(number, f"{team}{place}", f"oa-{number}") for number, (team, place) in PHONES.items()]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "flood", seed, users) as house:
        yield house


def told(stack: Stack, number: int, words: str) -> bool:
    """Whether this came to a phone's chat."""
    seen = stack.control("GET", f"users/{number}/chat")
    return any(words in str(entry) for entry in (seen if isinstance(seen, list) else seen["entries"]))


def write(page: Page, stack: Stack) -> str:
    """The form, as somebody fills it in at night; the call's code."""
    page.goto(f"{stack.app}/console/dispatch/new")
    for name, text in (("title", "大堤抢险"), ("place", "大堤二段"), ("people", "6"), ("content", "装沙袋")):
        page.fill(f"#{name}", text)
    page.select_option("#region", TOWN)
    page.get_by_role("button", name="存好，看叫哪些队").click()
    page.get_by_role("button", name="发出，叫前 2 支队").click()
    expect(page.get_by_text("已发出")).to_be_visible()
    return page.url.partition("?")[0].rpartition("/")[2]


def test_board_with_four_phones(stack: Stack) -> None:
    browser = require_browser()
    flood, token = stack.world
    with (
        new_context(browser) as office, new_context(browser, viewport={"width": 1920, "height": 1080}) as hall,
        new_context(browser, viewport=PHONE) as pocket,
    ):  # fmt: skip
        board, wall = desk(office, stack, token), desk(hall, stack, token)
        faults = collect_faults(board) + collect_faults(wall)
        code = write(board, stack)
        here = f"/m/dispatch/{code}"
        wall.goto(f"{stack.app}/console/dispatch/{code}/screen")
        stack.wait_for("the leaders' messages", lambda: told(stack, 1, "紧急调度") and told(stack, 3, "紧急调度"))
        assert not told(stack, 2, "紧急调度")  # his leader answers first

        page = pocket.new_page()
        page.goto(stack.phone(1, here))
        page.get_by_label("来多少人").fill("3")
        page.get_by_label("船几条").fill("1")
        page.get_by_role("button", name="我们来", exact=True).click()
        expect(page.get_by_text("答复记下了")).to_be_visible()
        assert wide(page) <= PHONE["width"]
        row = board.locator(f"#team-{flood.teams['城东'].code}")
        expect(row).to_contain_text("来")
        expect(wall.locator("#screen")).to_contain_text("城东服务队")

        stack.wait_for("the member's message", lambda: told(stack, 2, "去不去"))
        page.goto(stack.phone(2, here))
        page.get_by_label("上面的安全提示我看过了").check()
        page.get_by_role("button", name="我去", exact=True).click()
        expect(page.get_by_text("记下了，您去")).to_be_visible()
        expect(board.locator("#board")).to_contain_text("1 / 6")

        page.goto(stack.phone(3, here))  # he looks, and telephones instead
        expect(page.get_by_text("您是队长，请先答复")).to_be_visible()
        west = desk(office, stack, token)
        west.goto(f"{stack.app}/console/dispatch/{code}/teams/{flood.teams['城西'].code}")
        west.get_by_label("来多少人").fill("2")
        west.get_by_role("button", name="来，记下").click()
        expect(west.get_by_text("周县长记录")).to_be_visible()
        expect(board.locator("#board")).to_contain_text("周县长电话记")
        stack.move_clock(minutes=16)  # the first promise is old, three are missing: the clock calls on by itself
        page.goto(stack.phone(4, here))
        page.get_by_label("上面的安全提示我看过了").check()
        page.get_by_role("button", name="我去", exact=True).click()
        expect(wall.locator("#screen")).to_contain_text("2/6")
        expect(board.locator("#board")).to_contain_text("救援服务队", timeout=25_000)
        assert wide(wall) <= 1920
        assert board.request.get(f"{stack.app}/console/dispatch/{code}/report.docx").body()[:2] == b"PK"

        board.reload()
        board.get_by_text("解除任务，或取消").click()
        board.get_by_label("为什么（叫过的人都会收到）").fill("水退了")
        board.get_by_role("button", name="任务完成，解除").click()
        expect(board.get_by_text("已解除：水退了")).to_be_visible()
        stack.wait_for("the end on a phone", lambda: told(stack, 3, "任务解除"))
        page.goto(stack.phone(2, here))
        expect(page.get_by_text("任务解除了：水退了")).to_be_visible()
        assert faults == []
