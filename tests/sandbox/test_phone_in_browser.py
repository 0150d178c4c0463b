"""The phone as a person uses it, in Chromium: every control that other browser tests lean on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.account import picture
from tests.sandbox.conftest import Platform, until
from tests.support.browser import collect_faults, new_context, require_browser

pytestmark = pytest.mark.browser
LINKS = '还差 3 小时\n<a href="weixin://bizmsgmenu?msgmenucontent=积分&msgmenuid=7">我的积分</a> <b>'


@pytest.fixture
def user(platform: Platform) -> dict[str, Any]:
    platform.sandbox.world.data.menu_id = 1
    platform.sandbox.world.data.menu = {
        "button": [
            {"type": "click", "name": "时长", "key": "hours"},
            {
                "name": "更多",
                "sub_button": [{"type": "view", "name": "我的", "url": platform.app.url + "/m/login"}],
            },
        ]
    }
    return platform.user(name="张建国", following=True)


@pytest.fixture
def page(platform: Platform, user: dict[str, Any]) -> Iterator[Page]:
    with new_context(require_browser(), viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        faults = collect_faults(page)
        page.goto(f"http://p{user['n']}.localhost:{platform.sandbox.port}/")
        yield page
        assert faults == []


def test_reply_arrives_live_and_its_link_is_a_tap(platform: Platform, page: Page) -> None:
    platform.app.answers = [LINKS, "20 分"]
    page.get_by_test_id("chat-oa").click()
    page.get_by_test_id("chat-input").fill("时长")
    page.get_by_test_id("chat-send").click()
    answer = page.locator('[data-testid=bubble][data-side="them"]')
    expect(answer).to_have_text("还差 3 小时\n我的积分 <b>")
    page.get_by_test_id("chat-link").click()
    expect(answer.nth(1)).to_have_text("20 分")
    tapped = platform.app.received[1]
    assert (tapped["Content"], tapped["bizmsgmenuid"]) == ("积分", "7")


def test_menu_clicks_and_opens_the_browser_logged_in(platform: Platform, page: Page) -> None:
    platform.app.answers = ["12 小时"]
    page.get_by_test_id("chat-oa").click()
    page.get_by_test_id("menu-button").filter(has_text="时长").click()
    expect(page.get_by_test_id("bubble")).to_have_text("12 小时")
    page.get_by_test_id("menu-button").filter(has_text="更多").click()
    page.get_by_test_id("submenu-button").click()
    inside = page.frame_locator("[data-testid=browser]")
    expect(inside.locator("#who")).not_to_have_text("nobody")
    expect(page.get_by_test_id("browser-title")).to_have_text("我的")
    page.get_by_test_id("browser-close").click()
    expect(page.get_by_test_id("browser")).to_have_count(0)


def test_notification_shows_a_banner_and_a_card_that_opens(
    platform: Platform, page: Page, user: dict[str, Any]
) -> None:
    expect(page.get_by_test_id("phone-clock")).not_to_have_text("--:--")
    platform.oa(
        "/cgi-bin/message/template/send",
        {
            "touser": user["oa_openid"],
            "template_id": "demo-notice",
            "url": platform.app.url + "/m/me",
            "data": {
                "thing1": {"value": "城东队"},
                "thing2": {"value": "周六植树"},
                "time3": {"value": "2026年3月12日 09:00"},
            },
        },
    )
    expect(page.get_by_test_id("unread-oa")).to_have_text("1")
    page.get_by_test_id("banner").click()
    page.get_by_test_id("bubble").click()
    expect(page.frame_locator("[data-testid=browser]").locator("#who")).to_have_text("nobody")


def test_scanner_reads_an_uploaded_picture_and_a_pasted_link(
    platform: Platform, page: Page, tmp_path: Path
) -> None:
    code = tmp_path / "code.png"
    code.write_bytes(picture(platform.app.url + "/m/me", "PNG"))
    page.get_by_test_id("scan-button").click()
    page.get_by_test_id("scan-file").set_input_files(code)
    expect(page.get_by_test_id("browser-title")).to_have_text("我的")
    page.get_by_test_id("browser-close").click()
    page.get_by_test_id("scan-button").click()
    page.get_by_test_id("scan-text").fill("just words")
    page.get_by_test_id("scan-go").click()
    expect(page.get_by_test_id("scan-result")).to_have_text("just words")


def test_code_on_one_phones_screen_can_be_picked_on_another(
    platform: Platform, page: Page, user: dict[str, Any]
) -> None:
    other = platform.user(name="李梅")
    page.goto(f"http://p{other['n']}.localhost:{platform.sandbox.port}/?open=/m/code")
    expect(page.get_by_test_id("browser-title")).to_have_text("码")
    assert until(lambda: platform.read("codes")["codes"])
    page.goto(f"http://p{user['n']}.localhost:{platform.sandbox.port}/#scan")
    page.get_by_test_id("scan-list").click()
    code = page.get_by_test_id("scan-code")
    expect(code).to_contain_text("李梅的手机屏幕")
    assert code.get_attribute("data-text") == platform.app.url + "/q/i1.svg"
    code.click()
    expect(page.frame_locator("[data-testid=browser]").locator("h1")).to_have_text("404")


def test_picking_an_account_code_follows(platform: Platform, page: Page, user: dict[str, Any]) -> None:
    platform.oa(
        "/cgi-bin/qrcode/create",
        {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "b.abc"}}},
    )
    page.get_by_test_id("chat-oa").click()
    page.get_by_test_id("profile-button").click()
    page.get_by_test_id("unfollow").click()
    expect(page.get_by_test_id("follow-state")).to_have_text("未关注")
    platform.control("wait")  # the unsubscribe event must not take the answer
    platform.app.answers = ["欢迎"]
    page.get_by_test_id("scan-button").click()
    page.get_by_test_id("scan-list").click()
    page.get_by_test_id("scan-code").click()
    expect(page.get_by_test_id("bubble").last).to_have_text("欢迎")
    assert platform.app.received[-1]["EventKey"] == "qrscene_b.abc"


def test_subscription_dialog_and_airplane_mode(platform: Platform, page: Page, user: dict[str, Any]) -> None:
    page.get_by_test_id("tab-me").click()
    page.get_by_test_id("subscribe-open").click()
    page.frame_locator("[data-testid=browser]").get_by_test_id("subscribe-accept").click()
    expect(page.frame_locator("[data-testid=browser]").get_by_test_id("subscribe-result")).to_contain_text(
        "已允许"
    )
    page.get_by_test_id("browser-close").click()
    expect(page.get_by_test_id("credit").first).to_contain_text("还能收 1 条")
    page.get_by_test_id("airplane").check()
    page.get_by_test_id("tab-chats").click()
    page.get_by_test_id("chat-oa").click()
    page.get_by_test_id("chat-input").fill("时长")
    page.get_by_test_id("chat-input").press("Enter")
    expect(page.get_by_test_id("toast")).to_have_text("飞行模式：手机没有网络")
    assert platform.app.received[-1]["Event"] == "subscribe_msg_popup_event"


def test_two_phones_stand_side_by_side_on_the_desk(
    platform: Platform, page: Page, user: dict[str, Any]
) -> None:
    other = platform.user(name="李梅")
    page.goto(f"http://localhost:{platform.sandbox.port}/desk?left={user['n']}&right={other['n']}")
    page.set_viewport_size({"width": 1100, "height": 930})
    right = page.frame_locator("[data-testid=phone-right]")
    right.get_by_test_id("chat-oa").click()
    right.get_by_test_id("chat-follow").click()
    expect(right.get_by_test_id("chat-input")).to_be_visible()
    expect(page.frame_locator("[data-testid=phone-left]").get_by_test_id("chat-oa")).to_be_visible()
