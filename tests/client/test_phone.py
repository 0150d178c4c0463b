"""The mini-program in the simulator's phone, beside the chat: what opens it, what it scans, and the way back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Frame, FrameLocator, Locator, Page, expect

from tests.client import house as h
from tests.support.browser import new_context, require_browser
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def desk() -> Iterator[BrowserContext]:
    """A computer with a mouse, on which two phones stand side by side."""
    with new_context(require_browser(), viewport={"width": 1000, "height": 930}) as context:
        yield context


def side_by_side(desk: BrowserContext, house: Stack) -> tuple[Page, FrameLocator, FrameLocator]:
    page = desk.new_page()
    page.goto(f"{house.sandbox}/desk?left={h.LEADER}&right={h.PIERMAN}")
    left, right = (page.frame_locator(f"[data-testid=phone-{side}]") for side in ("left", "right"))
    expect(right.get_by_test_id("phone-clock")).not_to_have_text("--:--")
    return page, left, right


def inside(phone: FrameLocator) -> Locator:
    """The page on top of the program that runs in this phone."""
    return phone.frame_locator("[data-testid=program]").locator(".mp-page:not([hidden])")


def frame_of(page: Page, house: Stack, number: int) -> Frame:
    """This phone itself, for what its person would type."""
    return next(each for each in page.frames if each.url.startswith(house.phone(number)) and not each.name)


def records(house: Stack, shift: str) -> list[tuple[str, bool]]:
    """State of each service in this shift, and whether its beginning is noted."""
    with sqlite3.connect(house.folder / "story.db") as line:
        found = line.execute(
            "SELECT r.state, r.in_at IS NOT NULL FROM service_record r "
            "JOIN shift s ON s.id = r.shift_id WHERE s.code = ?", (shift,),
        )  # fmt: skip
        return [(state, bool(there)) for state, there in found]


def drag(page: Page, phone: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw the mouse over a phone, by points on its screen."""
    box = page.get_by_test_id(f"phone-{phone}").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=8)
    page.mouse.up()


def test_notice_in_the_chat_opens_its_page_and_the_neighbours_code_checks_in(
    desk: BrowserContext, house: Stack
) -> None:
    page, left, right = side_by_side(desk, house)
    program = right.frame_locator("[data-testid=program]")

    # The list pulled down, the program opened, a sign-up with WeChat's own dialog.
    drag(page, "right", (200, 400), (200, 560))
    right.get_by_test_id("program-open").click()
    expect(inside(right)).to_contain_text("刘守成，您好")
    program.locator("[data-path='pages/activities/activities']").click()
    inside(right).get_by_role("button", name=re.compile("码头清淤")).click()
    inside(right).get_by_role("checkbox", name=re.compile("安全提示")).click()
    inside(right).get_by_role("button", name="报名", exact=True).click()
    asked = program.get_by_role("dialog", name="订阅消息")
    asked.get_by_label("活动开始提醒").uncheck()
    asked.get_by_role("button", name="允许").click()
    program.get_by_role("dialog").get_by_role("button", name="知道了").click()
    expect(inside(right)).to_contain_text("已录用")
    assert house.control("GET", f"users/{h.PIERMAN}")["credits"] == {"demo-sub-notice": 1}
    drag(page, "right", (8, 400), (240, 400))
    expect(program.get_by_label("标签栏")).to_be_visible()
    drag(page, "right", (8, 400), (240, 400))  # from the first page: out of it
    expect(right.get_by_test_id("program-window")).to_be_hidden()

    # The leader calls it off: 服务通知, and its page.
    leader = h.token(house, h.LEADER)
    h.api(house, leader, "POST", f"/activities/{h.SILT}/cancel", {"reason": "水位太高"})
    right.get_by_test_id("chat-notices").click()
    right.get_by_test_id("notice-flow").get_by_test_id("bubble").click(timeout=20_000)
    expect(inside(right)).to_contain_text("码头清淤")
    expect(inside(right)).to_contain_text("取消")
    program.get_by_role("button", name="关闭").click()
    expect(right.get_by_test_id("notice-flow")).to_be_visible()

    # The leader's screen shows the rotating code; this phone's scanner reads its pixels.
    frame_of(page, house, h.LEADER).evaluate("path => openUrl(path)", f"/m/lead/{h.PIER}/show/in")
    expect(left.frame_locator("[data-testid=browser]").locator("img, svg").first).to_be_visible()
    right.get_by_test_id("back").click()
    right.get_by_test_id("program-open").click()
    program.get_by_role("button", name="回到首页").click()
    expect(inside(right)).to_contain_text("“码头清淤”取消了")
    inside(right).get_by_role("button", name=re.compile("^扫码签到")).click()
    right.get_by_test_id("scan-beside").click()
    expect(inside(right)).to_contain_text("签到成功")
    assert records(house, h.PIER) == [("pending", True)]
    inside(right).get_by_role("button", name="好，回首页").click()
    inside(right).get_by_role("button", name=re.compile("^扫码签到")).click()
    right.get_by_test_id("scan-screen").click()  # the same code once more, off the picture of the whole screen
    expect(inside(right)).to_contain_text("已经签到")
    assert program.locator("body").evaluate("() => window.__mp.errors") == []


def test_card_of_a_friend_airplane_mode_and_large_letters(desk: BrowserContext, house: Stack) -> None:
    page, left, right = side_by_side(desk, house)
    mine, theirs = (phone.frame_locator("[data-testid=program]") for phone in (right, left))

    # The chat answers, and sends the card of its page behind the answer.
    left.get_by_test_id("chat-oa").click()
    left.get_by_test_id("chat-follow").click()
    expect(left.get_by_test_id("chat-flow")).to_contain_text("李阿丽")
    left.get_by_test_id("chat-input").fill("我的码")
    left.get_by_test_id("chat-send").click()
    left.get_by_test_id("chat-flow").locator("[data-kind=program]").click(timeout=20_000)
    expect(theirs.locator(".mp-title")).to_have_text("我的码")
    theirs.get_by_role("button", name="关闭").click()
    left.get_by_test_id("back").click()

    # Shared with the neighbour, who opens the card.
    activity = f"pages/activity/activity?code={h.PIER}"
    frame_of(page, house, h.PIERMAN).evaluate("path => Program.open({ path })", activity)
    expect(inside(right)).to_contain_text("守东湖码头")
    mine.get_by_role("button", name="更多", exact=True).click()
    mine.get_by_text("转发给朋友").click()
    right.get_by_test_id("choice-line").filter(has_text="李阿丽").click()
    left.get_by_test_id("chat-friends").click()
    left.get_by_test_id("friend-flow").get_by_test_id("bubble").click()
    expect(inside(left)).to_contain_text("守东湖码头")

    # The line really cut: what was seen stays, nothing new comes, and it ends with the switch.
    theirs.get_by_role("button", name="回到首页").click()
    expect(inside(left)).to_contain_text("李阿丽，您好")
    house.control("PATCH", f"users/{h.LEADER}", airplane=True)
    expect(left.locator(".signal.off")).to_be_attached()
    theirs.locator("[data-path='pages/activities/activities']").click()
    expect(inside(left)).to_contain_text("连不上网络")
    house.control("PATCH", f"users/{h.LEADER}", airplane=False)
    expect(left.locator(".signal.off")).to_have_count(0)
    inside(left).get_by_role("button", name="重试").click()
    expect(inside(left)).not_to_contain_text("连不上网络")

    # WeChat's own size of letters, chosen on the phone.
    mine.get_by_role("button", name="关闭").click()
    right.get_by_test_id("tab-me").click()
    right.get_by_test_id("font-size").select_option("22")
    expect(right.get_by_test_id("phone")).to_have_attribute("style", re.compile("--grown: 1.29"))
    frame_of(page, house, h.PIERMAN).evaluate("openUrl('/m/activities')")
    browser = right.frame_locator("[data-testid=browser]")
    expect(browser.locator("html")).to_have_css("font-size", re.compile("^23"))  # 18 px by itself
    right.get_by_test_id("browser-close").click()
    right.get_by_test_id("tab-chats").click()
    right.get_by_test_id("shelf-open").click()
    right.get_by_test_id("program-open").click()
    expect(inside(right).locator(".page.large")).to_be_visible()
