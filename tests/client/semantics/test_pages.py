"""Pages, tabs and the program itself live and die in WeChat's order; a wrong way of going is refused and noted."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.client.runtime import Phone

pytestmark = pytest.mark.browser

KIT, OTHER, LIST, DETAIL = "pages/kit/kit", "pages/other/other", "pages/list/list", "sub/detail/detail"


def go(phone: Phone, act: str, url: str = "", **more: Any) -> str:
    """Call wx.navigateTo and its like; the errMsg it ends with."""
    call = "([act, options]) => new Promise(done => wx[act]({...options, complete: r => done(r.errMsg)}))"
    return str(phone.page.evaluate(call, [act, {"url": url, **more}]))


def routes(phone: Phone) -> list[str]:
    return list(phone.page.evaluate("getCurrentPages().map(page => page.route)"))


def life(phone: Phone) -> list[Any]:
    """What happened to the first page since it was last asked."""
    return list(phone.page.evaluate("getCurrentPages()[0].life.splice(0)"))


def ready(phone: Phone) -> None:
    phone.page.wait_for_function("getCurrentPages()[0].life.includes('ready')")


def test_order_of_life_from_cold_start_to_tab_and_back(phone: Phone) -> None:
    phone.start(f"{KIT}?a=1", scene=1047)
    ready(phone)
    assert life(phone) == [["load", {"a": "1"}], "show", "ready"]
    assert phone.page.evaluate("getApp().seen") == [
        ["launch", KIT, {"a": "1"}, 1047], ["show", KIT, {"a": "1"}, 1047],
    ]  # fmt: skip
    assert phone.page.evaluate("wx.getLaunchOptionsSync().scene") == 1047
    phone.page.locator("#mp-tabs").get_by_text("其他").tap()
    expect(phone.page.locator("#mp-tabs [aria-current=page]")).to_have_text("其他")
    phone.page.locator("#mp-tabs").get_by_text("首页").tap()
    expect(phone.shown(".included")).to_be_visible()
    assert life(phone) == ["hide", "show", "tab 首页"]
    assert phone.page.evaluate("document.querySelectorAll('.mp-page').length") == 2, "tab pages stay"


def test_navigate_redirect_back_and_unload(phone: Phone) -> None:
    phone.start()
    ready(phone)
    life(phone)
    assert go(phone, "navigateTo", "/pages/list/list?x=1") == "navigateTo:ok"
    assert routes(phone) == [KIT, LIST]
    assert go(phone, "redirectTo", "../../sub/detail/detail") == "redirectTo:ok"
    assert routes(phone) == [KIT, DETAIL]
    assert ["unload", LIST] in phone.page.evaluate("getApp().seen")
    phone.page.evaluate("getApp().late()")  # an answer that comes when its page is gone
    expect(phone.page.get_by_role("button", name="返回")).to_be_visible()
    phone.page.get_by_role("button", name="返回").tap()
    expect(phone.shown(".included")).to_be_visible()
    assert life(phone) == ["hide", "show"]
    assert phone.errors() == []


def test_page_that_leads_on_while_it_loads(phone: Phone) -> None:
    phone.start("pages/misuse/misuse?go=1")
    expect(phone.shown(".line").first).to_be_visible()
    assert routes(phone) == [LIST]
    expect(phone.page.locator(".mp-page")).to_have_count(1)
    assert phone.errors() == []


def test_ten_pages_and_not_one_more(phone: Phone) -> None:
    phone.start()
    for _ in range(9):
        assert go(phone, "navigateTo", "/sub/detail/detail") == "navigateTo:ok"
    assert go(phone, "navigateTo", "/sub/detail/detail") == "navigateTo:fail webview count limit exceed"
    assert go(phone, "navigateBack", delta=99) == "navigateBack:ok"
    assert routes(phone) == [KIT]
    assert go(phone, "navigateBack") == "navigateBack:fail cannot navigate back at first page."
    assert phone.errors() == ["navigateTo:fail webview count limit exceed"]


def test_wrong_ways_are_refused_and_noted(phone: Phone) -> None:
    phone.start()
    said = [
        go(phone, "navigateTo", "/pages/other/other"), go(phone, "redirectTo", "/pages/other/other"),
        go(phone, "switchTab", "/pages/list/list"), go(phone, "navigateTo", "/pages/nowhere/nowhere"),
    ]  # fmt: skip
    assert said == [
        "navigateTo:fail can not navigateTo a tabbar page", "redirectTo:fail can not redirectTo a tabbar page",
        "switchTab:fail can not switch to no-tabBar page", 'navigateTo:fail page "pages/nowhere/nowhere" is not found',
    ]  # fmt: skip
    assert phone.errors() == said
    assert routes(phone) == [KIT]


def test_query_to_a_tab_is_lost_and_a_value_of_another_kind_refused(phone: Phone) -> None:
    phone.start()
    given = [("navigateTo", {"url": None}), ("showToast", {"title": None}), ("setNavigationBarTitle", {"title": 3})]
    wrong = [go(phone, act, **options) for act, options in given]
    assert wrong == [
        "navigateTo:fail parameter error: parameter.url should be String instead of Null;",
        "showToast:fail parameter error: parameter.title should be String instead of Null;",
        "setNavigationBarTitle:fail parameter error: parameter.title should be String instead of Number;",
    ]
    assert phone.page.evaluate("wx.showToast({}).catch(cause => cause.errMsg)").endswith("instead of Undefined;")
    assert go(phone, "switchTab", "/pages/other/other?from=list") == "switchTab:ok"
    assert phone.page.evaluate("getCurrentPages()[0].options") == {}
    assert phone.errors()[-1] == "wx.switchTab: url 不支持 queryString, /pages/other/other?from=list"


def test_scripts_see_no_browser_and_big_or_unknown_things_fail(phone: Phone) -> None:
    phone.start("pages/misuse/misuse")
    tried = phone.page.evaluate(
        """() => {
            const page = getCurrentPages()[0], said = []
            for (const name of ['tooMuch', 'unknown']) try { page[name]() } catch (cause) { said.push(cause.message) }
            return [page.browser(), page.data.big.length, ...said]
        }"""
    )
    assert tried == [
        ["undefined"] * 6, 0, "pages/misuse/misuse setData: 258 KB in one call, WeChat carries 256 KB",
        "wx.neverHeardOf is not a function",
    ]  # fmt: skip
    assert phone.errors() == [tried[2], "wx.neverHeardOf is not provided"]


def test_card_or_message_opens_the_running_program_anew(phone: Phone) -> None:
    phone.start("pages/list/list")
    phone.page.evaluate("__mp.leave()")
    phone.open("pages/other/other?from=message", scene=1014)
    expect(phone.shown("wx-form")).to_be_visible()
    assert routes(phone) == [OTHER]
    assert phone.page.evaluate("getApp().seen.slice(-3)") == [
        ["hide"], ["show", OTHER, {"from": "message"}, 1014], ["unload", LIST],
    ]  # fmt: skip
    assert phone.page.evaluate("wx.getEnterOptionsSync().query") == {"from": "message"}
    assert phone.errors() == []


def test_pull_down_reach_bottom_and_edge_swipe(phone: Phone) -> None:
    phone.start()
    go(phone, "navigateTo", "/pages/list/list")
    phone.swipe((200, 100), (200, 300))
    phone.page.wait_for_function("getCurrentPages()[1].seen.includes('pull')")
    expect(phone.page.locator(".mp-pulled")).to_have_count(0)
    phone.page.evaluate("wx.pageScrollTo({ scrollTop: 9999, duration: 0 })")
    phone.page.wait_for_function("getCurrentPages()[1].seen.filter(each => each === 'bottom').length === 1")
    phone.swipe((200, 300), (350, 300))
    assert routes(phone) == [KIT, LIST], "a swipe from the middle goes nowhere"
    phone.swipe((5, 300), (200, 300))
    expect(phone.shown(".included")).to_be_visible()
    assert routes(phone) == [KIT]


def test_share_from_the_capsule(phone: Phone) -> None:
    phone.start(LIST)
    expect(phone.page.get_by_role("button", name="回到首页")).to_be_visible()
    phone.page.get_by_role("button", name="更多").tap()
    phone.page.get_by_role("button", name="转发给朋友").tap()
    phone.page.wait_for_function("__mp.shared")
    assert phone.page.evaluate("__mp.shared") == {
        "title": "一起来", "path": "/pages/list/list?from=share", "imageUrl": "",
    }  # fmt: skip
    assert "share" in dict(phone.told)
