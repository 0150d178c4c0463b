"""Every page of the office on a phone, on a desk and on a projector: nothing beside the screen, nothing too pale or
small to read; filters out of the way on a phone; the picture of the overview leads down a level."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clock import local_day
from handlers.console import manage
from models import store
from services.accounts import console_login
from services.actors import OPERATOR
from services.policy import numbers
from services.statistics import tally
from tests.browser.people import wide
from tests.browser.test_import import seed as office_seed
from tests.browser.test_story import users
from tests.support import world
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import COUNTY, OTHER_TOWN

pytestmark = pytest.mark.browser

SCREENS = (PHONE, {"width": 1280, "height": 800}, {"width": 1920, "height": 1080})
OFFICE = [path for _, pages in manage.SECTIONS for path, _, _ in pages]
PATHS = ("/console", "/console/outbox", "/console/notices", "/console/national/entries", *OFFICE)
#: Texts under 16 px, and those whose contrast with what is behind them is under AA; the page's own size and width.
LOOK = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > .99) return c.slice(0, 3); } return [255, 255, 255]; };
  const bad = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const e = node.parentElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!node.textContent.trim() || !box.width || e.closest("script, style, option, svg")) continue;
    const size = parseFloat(style.fontSize), big = size >= 24 || (size >= 18.6 && +style.fontWeight >= 700);
    const [a, b] = [light(parse(style.color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (size < 16 || ratio < (big ? 3 : 4.5)) bad.push(`${node.textContent.slice(0, 12)} ${size} ${ratio.toFixed(1)}`);
  }
  return { bad, base: getComputedStyle(document.body).fontSize, wide: document.documentElement.scrollWidth,
    heads: document.querySelectorAll("h1").length };
}"""


def seed(at: datetime) -> str:
    """The office's world with hours in two townships; a log-in link for the county's officer."""
    made = office_seed(at)

    def act() -> None:
        team = world.make_team(at, made.centre, "张集镇服务队", OTHER_TOWN)
        world.make_activity(at, team, state="ended")

    store.write(act)
    facts: dict[str, Any] = {"actor": OPERATOR, "region_code": COUNTY, "at": at, "reason": "全县统一"}
    numbers.set_number(kind="team", name="min_members", value=8, lock=True, **facts)
    days = {str(level): "2030-12-31" for level in range(1, 6)}
    later = local_day(at) + timedelta(days=30)
    numbers.set_number(kind="coverage", name="targets", value=days, lock=False, valid_on=later, **facts)
    tally.refresh(at=at)
    return console_login.grant_link(volunteer_id=made.ali.id, at=at)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("pages"), seed, lambda _: users(None)) as house:
        yield house


@pytest.fixture(scope="module")
def cookies(stack: Stack) -> Any:
    """The session of one log-in, for all screens."""
    with new_context(require_browser()) as context:
        desk = context.new_page()
        desk.goto(f"{stack.app}/console/once/{stack.world}")
        desk.get_by_role("button").first.click()
        desk.wait_for_url(f"{stack.app}/console")
        return context.cookies()


def _at(context: Any, cookies: Any) -> Page:
    context.add_cookies(cookies)
    page: Page = context.new_page()
    return page


@pytest.mark.parametrize("screen", SCREENS, ids=lambda each: str(each["width"]))
def test_pages_fit_and_can_be_read(stack: Stack, cookies: Any, screen: dict[str, int]) -> None:
    wrong = []
    with new_context(require_browser(), viewport=screen) as context:
        page = _at(context, cookies)
        faults = collect_faults(page)
        for path in PATHS:
            page.goto(f"{stack.app}{path}")
            seen = page.evaluate(LOOK)
            if seen != {"bad": [], "base": "18px", "wide": screen["width"], "heads": 1}:
                wrong.append((path, seen))
    assert wrong == []
    assert faults == []


def test_filters_wait_behind_a_key_on_a_phone(stack: Stack, cookies: Any) -> None:
    with new_context(require_browser(), viewport=PHONE) as context:
        page = _at(context, cookies)
        page.goto(f"{stack.app}/console/all-teams")
        expect(page.get_by_label("地区")).to_be_visible()
        expect(page.get_by_label("状态")).to_be_hidden()
        page.get_by_role("checkbox", name="更多条件").focus()
        page.keyboard.press("Space")
        expect(page.get_by_label("状态")).to_be_visible()
        page.get_by_label("状态").select_option("paused")
        page.wait_for_url("**state=paused*")
        page.reload()
        expect(page.get_by_label("状态")).to_have_value("paused")
        expect(page.get_by_label("状态")).to_be_visible()
        page.set_viewport_size({"width": 1280, "height": 800})
        expect(page.get_by_role("checkbox", name="更多条件")).to_be_hidden()


def test_picture_tells_its_colours_and_leads_down(stack: Stack, cookies: Any) -> None:
    with new_context(require_browser(), viewport=PHONE) as context:
        page = _at(context, cookies)
        page.goto(f"{stack.app}/console/overview?region={COUNTY}")
        expect(page.locator(".key span").first).to_have_text("今年时长（小时）")
        picture = page.locator("[data-chart] canvas")
        expect(picture).to_be_visible()
        box = picture.bounding_box()
        assert box is not None
        picture.click(position={"x": box["width"] / 2, "y": box["height"] * 0.3})  # the upper of two divisions
        page.wait_for_url("**/console/overview?region=341522100")
        expect(page.get_by_role("heading", name="城关镇总览")).to_be_visible()
        assert wide(page) == PHONE["width"]
