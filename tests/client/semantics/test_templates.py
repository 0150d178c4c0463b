"""What WeChat does with templates, components, styles and events: one page of the small program, many looks at it.

These are the checks by which the runtime may be believed (tools/mpweb/README.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client.runtime import Phone

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def kit(phone_of_all: Phone) -> Iterator[Phone]:
    yield phone_of_all.start()
    assert phone_of_all.errors() == []


def ask(phone: Phone, expression: str) -> Any:
    """Evaluate with `page` as the page on top."""
    return phone.page.evaluate(f"(() => {{ const page = getCurrentPages().at(-1); return {expression} }})()")


def text(phone: Phone, selector: str) -> str:
    return phone.shown(selector).first.inner_text().strip()


def style(phone: Phone, selector: str, name: str) -> str:
    return str(phone.shown(selector).first.evaluate(f"each => getComputedStyle(each).{name}"))


def test_include_and_template(kit: Phone) -> None:
    assert (text(kit, ".included"), text(kit, ".row")) == ("included W", "1:n")


def test_for_over_number_nested_and_wxs(kit: Phone) -> None:
    expect(kit.shown(".num")).to_have_count(3)
    assert text(kit, ".nest") == "0-0-Xq 0-1-Yq"


def test_component_observer_behaviour_relation_and_slots(kit: Phone) -> None:
    assert ask(kit, "page.selectComponent('#box').data.t") == 8
    assert ask(kit, "page.selectComponent('#box').hello()") == "hello beh"
    assert ask(kit, "page.selectComponent('#box').linkedCount") == 1
    expect(kit.page.get_by_text("HEAD")).to_be_visible()


def test_styles_cross_no_border_that_wechat_keeps(kit: Phone) -> None:
    expect(kit.shown(".ext")).to_have_count(1)
    assert style(kit, ".ext", "color") == "rgb(1, 2, 3)", "addGlobalClass takes classes of app.wxss"
    assert style(kit, ".ext", "marginLeft") == "7px", "its own class"
    assert style(kit, "g-item wx-view", "marginLeft") == "0px", "another component's class of the same name"
    assert style(kit, "g-box", "paddingTop") == "3px", ":host"
    assert style(kit, ".sized", "fontSize") == "20.8px", "rpx in a style attribute"
    assert kit.shown("wx-page").evaluate("each => getComputedStyle(each).getPropertyValue('--own')") == "#123456"


def test_fixed_stands_above_the_tab_bar(kit: Phone) -> None:
    pinned = kit.shown(".pinned").bounding_box()
    tabs = kit.page.locator("#mp-tabs").bounding_box()
    assert pinned is not None
    assert tabs is not None
    assert pinned["y"] + pinned["height"] == pytest.approx(tabs["y"], abs=1)


def test_two_way_binding_of_component_and_input(kit: Phone) -> None:
    kit.shown("g-box input").fill("zz")
    expect(kit.shown(".val")).to_have_text("zz")
    kit.shown(".mi input").fill("ww")
    expect(kit.shown(".two")).to_have_text("ww")


def test_catch_bubble_mark_and_dataset(kit: Phone) -> None:
    ask(kit, "page.seen.splice(0)")
    kit.shown(".inner").tap()
    kit.shown(".inner2").tap()
    kit.page.wait_for_function("getCurrentPages().at(-1).seen.length === 3")
    assert ask(kit, "page.seen") == ["inner7string", "inner2M", "outerM"]


def test_touches_and_long_press(kit: Phone) -> None:
    ask(kit, "page.seen.splice(0)")
    box = kit.shown(".long").bounding_box()
    assert box is not None
    touch = kit.page.context.new_cdp_session(kit.page)
    point = {"x": box["x"] + 5, "y": box["y"] + 5}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    kit.page.wait_for_function("getCurrentPages().at(-1).seen.length === 2")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert ask(kit, "page.seen") == ["touches 1", "longpress"]


def test_hidden_and_rich_text_without_scripts(kit: Phone) -> None:
    expect(kit.shown(".hid")).to_be_hidden()
    assert kit.shown(".rich").inner_html() == "<b>bold</b>"


def test_selector_query(kit: Phone) -> None:
    look = "wx.createSelectorQuery().select('.sized').boundingClientRect(rect => done(rect.width > 0)).exec()"
    assert kit.page.evaluate(f"new Promise(done => {look})")


def test_sub_package_component_as_page_and_event_channel(kit: Phone) -> None:
    kit.shown(".go").tap()
    expect(kit.shown(".b")).to_have_text("%E4%BD%A0 1")
    assert style(kit, ".b", "color") == "rgb(255, 0, 0)"
    height = kit.page.locator("#mp-pages").bounding_box()
    assert height is not None
    assert style(kit, ".b", "height") == f"{height['height'] / 2:g}px", "50vh is half of the page, not of the phone"
    assert ask(kit, "[page.query, page.shows, page.stack]") == [{"x": "%E4%BD%A0"}, 1, 2]
    expect(kit.page.locator(".mp-title")).to_have_text("活动详情")
    kit.shown(".bk").tap()
    expect(kit.shown(".back")).to_have_text("BACK")
