"""What a phone meets: a server in trouble, a code used before, a session taken away, ten taps, a list without end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Response, Route, expect

from tests.client import house as h
from tests.client.test_volunteer import sees, tap
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

HOME = re.compile("/api/v1/me/home")
#: Opens a page alone, and waits until it has loaded what it began with.
OPENED = """path => new Promise(done => wx.reLaunch({
  url: path, success: () => setTimeout(() => getCurrentPages().at(-1).refresh(true).then(done)) }))"""


def test_trouble_of_the_server_is_said_in_words_and_tried_again(
    context: BrowserContext, program: str, house: Stack
) -> None:
    answers: list[dict[str, Any] | None] = [
        {"status": 500, "json": {"code": "fault", "message": "出了点问题，编号 7。", "facts": {}}},
        {"status": 502, "body": "<html>Bad Gateway</html>", "content_type": "text/html"},
        {"status": 200, "body": "<html>登录本院无线网</html>", "content_type": "text/html"},
        {"status": 200, "body": ""},
        None, None,
    ]  # fmt: skip

    def trouble(route: Route) -> None:
        answer = answers.pop(0)
        route.abort() if answer is None else route.fulfill(**answer)

    phone = h.volunteer(context, program, house, h.LEADER, "pages/code/code")
    phone.page.route(HOME, trouble)
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    sees(phone, "出了点问题，编号 7。")
    for words in ("服务器那边出了点问题", "服务器那边出了点问题", "服务器那边出了点问题", "现在连不上网络"):
        tap(phone, "重试")
        sees(phone, words)
        expect(phone.shown().get_by_role("button", name="重试")).to_be_enabled()
    phone.page.unroute(HOME)
    tap(phone, "重试")
    sees(phone, "李阿丽，您好")


def test_used_code_and_revoked_session_are_replaced_without_a_word(
    context: BrowserContext, program: str, house: Stack
) -> None:
    used = h.login_code(house, h.LEADER)
    house_token = h.api(house, h.token(house, h.LEADER), "GET", "/me")
    assert house_token["name"] == "李阿丽"
    codes = iter([used, used, *(h.login_code(house, h.LEADER) for _ in range(2))])
    h.requests.post(f"{house.app}/api/v1/session", json={"code": used}, timeout=20)
    phone = h.volunteer(context, program, house, h.LEADER, "pages/home/home", login=lambda: next(codes))
    expect(phone.shown().get_by_role("button", name="重试")).to_be_visible()
    tap(phone, "重试")
    sees(phone, "李阿丽，您好")
    h.api(house, h.token(house, h.LEADER), "DELETE", "/me/sessions")
    tap(phone, "投诉建议")
    phone.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    with phone.page.expect_response(lambda answer: "/me/home" in answer.url and answer.status == 200):
        phone.page.evaluate("getCurrentPages()[0].refresh()")
    sees(phone, "李阿丽，您好")


def test_ten_taps_and_a_lost_answer_are_one_sign_up(context: BrowserContext, program: str, house: Stack) -> None:
    path = f"pages/activity/activity?code={h.DYKE}"
    phone = h.volunteer(context, program, house, h.LEADER, path)
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
        else:
            route.fetch()
            route.abort()

    phone.page.route("**/api/v1/signups", lose_first)
    phone.shown().get_by_role("checkbox", name=re.compile("安全提示")).tap()
    button = phone.shown().get_by_role("button", name="报名", exact=True)
    expect(button).to_be_visible()
    phone.page.evaluate(
        "() => __mp.asTap(() => { const one = getCurrentPages().at(-1); for (let i = 0; i < 10; i++) one.onSignUp() })"
    )
    expect(phone.page.get_by_role("dialog")).to_contain_text("报名成功")
    assert (len(keys), len(set(keys))) == (2, 1)
    places = h.api(house, h.token(house, h.LEADER), "GET", f"/activities/{h.DYKE}/places")
    assert [each["name"] for each in places["lines"]].count("李阿丽") == 1


def test_five_hundred_activities_are_read_to_the_end(context: BrowserContext, program: str, house: Stack) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, "pages/activities/activities")
    phone.shown().get_by_role("radio", name="文明创建").tap()
    cards = phone.shown("wx-view.card.tap")
    expect(cards).to_have_count(20)
    for pages in range(2, 26):
        phone.page.evaluate("getCurrentPages().at(-1).onReachBottom()")
        expect(cards).to_have_count(20 * pages)
    expect(cards.last).to_be_attached()
    titles = cards.evaluate_all("all => new Set(all.map(one => one.innerText.split('\\n')[0])).size")
    assert (titles, phone.errors()) == (h.MANY, [])


def test_first_views_take_three_small_calls_and_the_last_view_stands_at_once_on_a_slow_line(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.XIAOBO, "pages/code/code")
    expect(phone.shown("wx-image img")).to_be_visible()
    calls: list[tuple[str, int]] = []

    def arrived(answer: Response) -> None:
        if "/api/" in answer.url:
            calls.append((answer.url, int(answer.headers.get("content-length", 0))))

    phone.page.on("response", arrived)
    paths = ("home/home", "activities/activities", "inbox/inbox", "me/me", f"activity/activity?code={h.DYKE}")
    for path in paths:
        calls.clear()
        phone.page.evaluate(OPENED, f"/pages/{path}")
        assert 1 <= len(calls) <= 3, calls
        assert all(size < 20_000 for _, size in calls), calls

    line = context.new_cdp_session(phone.page)
    line.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 20_000, "downloadThroughput": 40_000, "uploadThroughput": 20_000,
    })  # fmt: skip
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    expect(phone.shown()).to_contain_text("王小博，您好", timeout=10_000)
    expect(phone.shown()).to_contain_text("上次更新", timeout=10_000)
