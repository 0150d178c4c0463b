"""The pictures of the volunteer's and the leader's manual: the whole way on phones of 375 px, one step after another.

Whoever is seen is made up (`demo.cast`): phone 9 is nobody yet, 2 is a member, 1 leads his team. What a picture shows
has been done just before, so a step that no longer works stops the tool.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

import clock
from demo.cast import PHONES
from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentObjection,
    AssessmentPeer,
    AssessmentPhase,
    Volunteer,
)
from services.times import day_starts
from tests.support.browser import new_context
from tests.support.stack import Stack

NEWCOMER, MEMBER, LEADER = 9, 2, 1
#: Made up, with a check character that is right; the same that `make demo` tells.
NEWCOMER_ID, NEWCOMER_PHONE = "340000196006069013", "13912345678"
VIEW = {"width": 375, "height": 640}
PIN = "271828"

Keep = Callable[[str, bytes], None]


class Phone:
    """One phone of the simulator and the person who holds it."""

    def __init__(self, context: BrowserContext, stack: Stack, number: int, keep: Keep) -> None:
        self.page: Page = context.new_page()
        self.stack, self.number, self.keep = stack, number, keep

    def picture(self, name: str) -> None:
        """What stands on the glass now; in the chat the last answer from its first line."""
        self.page.wait_for_timeout(500)
        bubbles = self.page.locator('[data-testid="bubble"][data-side="me"]')
        if bubbles.count():
            bubbles.last.evaluate("bubble => bubble.scrollIntoView({block: 'start'})")
        self.keep(name, self.page.screenshot())

    def open(self, path: str) -> Page:
        """A page of ours in the phone's browser; a change of the fragment alone would load nothing."""
        self.page.goto("about:blank")
        self.page.goto(self.stack.phone(self.number, path))
        return self.page

    def chat(self) -> None:
        """The conversation with the official account, at its end."""
        self.open("/#chat").get_by_test_id("chat-input").wait_for()
        self.page.wait_for_timeout(3200)  # the banner of a new message has gone by then

    def _answer(self, act: Callable[[], None]) -> str:
        bubbles = self.page.locator('[data-testid="bubble"][data-side="them"]')
        before = bubbles.count()
        act()
        bubbles.nth(before).wait_for()
        self.page.wait_for_timeout(300)
        return bubbles.last.inner_text()

    def say(self, text: str) -> str:
        """Type a message; the answer."""
        self.chat()
        self.page.get_by_test_id("chat-input").fill(text)
        return self._answer(lambda: self.page.get_by_test_id("chat-send").click())

    def tap(self, label: str) -> str:
        """Tap a blue line of the last messages; the answer."""
        lines = self.page.get_by_test_id("chat-link").filter(has_text=label)
        return self._answer(lambda: lines.last.click())

    def scan(self, text: str) -> FrameLocator:
        """The phone's own scanner reads `text`; the page that opens."""
        self.open("/").get_by_test_id("scan-button").first.click()
        self.page.get_by_test_id("scan-text").fill(text)
        self.page.get_by_test_id("scan-go").click()
        self.page.get_by_test_id("browser").wait_for()
        return self.page.frame_locator('[data-testid="browser"]')


def on_glass(page: Page) -> str:
    """The code that stands on a screen."""
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))[0].text)


def register(phone: Phone) -> None:
    """Follow, find the village, fill the form."""
    phone.open("/#chat").get_by_test_id("chat-follow").click()
    phone.page.get_by_test_id("chat-link").filter(has_text="点这里登记").wait_for()
    phone.picture("v-follow")
    page = phone.open("/m/register")
    page.get_by_label("搜村或社区的名字").fill("霍邱 东湖")
    page.get_by_role("button", name="搜一搜").click()
    page.get_by_role("link", name="城关镇东湖社区").wait_for()
    page.get_by_text("同名的村很多").scroll_into_view_if_needed()
    phone.picture("v-village")
    page.get_by_role("link", name="城关镇东湖社区").click()
    phone.picture("v-register")
    page.get_by_role("textbox", name="姓名").fill("何向阳")
    page.get_by_role("textbox", name="身份证号码").fill(NEWCOMER_ID)
    page.get_by_role("textbox", name="手机号码").fill(NEWCOMER_PHONE)
    page.get_by_text("退役军人", exact=True).click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="登记").click()
    page.get_by_text("登记好了，欢迎您").wait_for()


def sign_up(phone: Phone) -> None:
    """Two taps for a place, two for the line of a full activity, and out again."""
    phone.say("活动")
    phone.picture("v-activities")
    phone.tap("报名 2")
    said = phone.tap("确认报名")
    assert "报名成功" in said, said
    phone.say("上学路口交通疏导")
    phone.tap("排队候补")
    said = phone.tap("排队候补")
    assert "候补第" in said, said
    phone.picture("v-waiting")


def attend(leader: Phone, member: Phone) -> None:
    """The leader's phone shows the code, the member's phone reads it."""
    page = leader.open("/m/lead")
    page.get_by_role("link", name="打开", exact=False).first.click()
    leader.picture("l-day")
    page.get_by_role("link", name="出示签到码").click()
    page.wait_for_timeout(1200)
    leader.picture("l-code")
    member.scan(on_glass(page)).get_by_text("签到成功").wait_for()
    member.picture("v-scanned")
    member.open("/m/code")
    member.picture("v-code")


def ask(member: Phone) -> None:
    """What a member asks and sets, and where he says that hours are wrong."""
    member.say("时长")
    member.picture("v-hours")
    member.open("/m/hours").get_by_role("link", name="这次不对，提出异议").first.click()
    member.picture("v-objection")
    member.say("找联络员")
    member.say("我的优待证丢了怎么补")
    said = member.tap("交给联络员")
    assert "最晚" in said, said
    member.picture("v-liaison")
    member.open("/m/me/messages")
    member.picture("v-messages")
    member.open("/m/me/data")
    member.picture("v-data")
    member.open("/m/me/consents")
    member.picture("v-consents")


def announce(leader: Phone) -> None:
    """An activity in one sentence; another in the console on the same phone; a yes to somebody who signed up."""
    leader.say("发布活动 后天上午八点到十点 东湖公园 清理河岸 20人")
    leader.picture("l-publish")
    said = leader.tap("确认")
    assert said.startswith("发布了"), said
    page = leader.open("/m/lead")
    page.get_by_role("link", name="打开工作台").click()
    leader.picture("l-door")
    page.get_by_role("link", name="用我的微信打开工作台").click()
    page.get_by_role("button", name="是我本人，打开").click()
    page.wait_for_url("**/console")
    page.get_by_role("link", name="发起活动").first.click()
    page.get_by_label("活动名称").fill("清理东湖大堤")
    page.get_by_label("服务类别").select_option(label="生态保护")
    page.get_by_label("做什么").fill("沿堤捡垃圾、割杂草。")
    leader.picture("l-new")
    page.locator("#day").fill((clock.today() + timedelta(days=4)).isoformat())
    for name, text in (("#start", "08:00"), ("#end", "10:30")):
        page.locator(name).fill(text)
    page.get_by_label("在哪里集合").fill("东湖大堤闸口")
    page.locator("[name=p0_name]").fill("捡拾员")
    page.locator("[name=p0_quota]").fill("10")
    page.locator("[name=conditions]").fill("不限")
    page.get_by_role("button", name="发布活动").click()
    page.get_by_text("已发布").first.wait_for()
    page.goto(leader.stack.phone(leader.number, "/console/signups"))
    page.locator("main tbody a").first.click()
    page.get_by_role("button", name="同意", exact=True).first.click()
    page.get_by_text("已记下").wait_for()


def lead(leader: Phone, browser: Phone) -> None:
    """Who is missing, the list for a place without a network, a notice to the team."""
    leader.say("谁没来")
    leader.picture("l-missing")
    page = leader.open("/m/lead")
    page.get_by_role("link", name="打开", exact=False).first.click()
    page.get_by_role("button", name="打电话").first.click()
    page.get_by_text("已经记在日志里").wait_for()
    leader.picture("l-call")
    link = re.search(r"http\S+/o/\S+", leader.say("离线签到"))
    assert link is not None
    browser.page.goto(link.group(0))
    browser.page.get_by_label("设一个数字密码").fill(PIN)
    browser.page.get_by_label("再输一次").fill(PIN)
    browser.page.get_by_role("button", name="存进手机").click()
    browser.page.get_by_role("heading", name="扫志愿者的码").wait_for()
    browser.picture("l-offline")
    leader.say("通知 明早八点到村部集合，带手套")
    leader.picture("l-notice")
    leader.tap("确认")
    leader.page.wait_for_timeout(8000)  # the worker sends
    leader.say("进度")
    leader.picture("l-progress")


def ask_again(at: datetime) -> None:
    """The assessment of the demo's county, which is over, as in its first days: most have said their word, everything
    else is still to come."""
    over = AssessmentCycle.get(AssessmentCycle.state == "results")
    AssessmentExit.delete().execute()
    AssessmentObjection.delete().execute()
    AssessmentPeer.delete().execute()
    AssessmentCard.update(
        state="open", grade=None, told_at=None, total=None, objective=None, suggested="", clear=False
    ).where(AssessmentCard.state != "aside").execute()
    AssessmentCard.update(self_score=None, self_text="", self_at=None).where(AssessmentCard.id % 3 == 0).execute()
    name = next(each.name for each in PHONES if each.n == MEMBER)
    mine = Volunteer.select(Volunteer.id).where(Volunteer.name == name)
    AssessmentCard.update(self_score=None, self_text="", self_at=None).where(
        AssessmentCard.volunteer.in_(mine)
    ).execute()
    phases = AssessmentPhase.select().where(AssessmentPhase.cycle == over).order_by(AssessmentPhase.number)
    for phase, first in zip(phases, (-4, 11, 26), strict=True):
        opens, closes = clock.local_day(at) + timedelta(days=first), clock.local_day(at) + timedelta(days=first + 14)
        AssessmentPhase.update(
            state="open" if first < 0 else "waiting", opens_on=opens.isoformat(), closes_on=closes.isoformat(),
            opens_at=day_starts(opens), closes_at=day_starts(closes + timedelta(days=1)), told_on=closes.isoformat(),
        ).where(AssessmentPhase.id == phase.id).execute()  # fmt: skip
    AssessmentCycle.update(state="running").where(AssessmentCycle.id == over.id).execute()


def assess(leader: Phone, member: Phone) -> None:
    """A member's own word on his year in the chat; his leader asks who has not said his."""
    member.say("自评")
    member.tap("好：该来的都来了")
    member.say("汛期上了八天堤，带了两个新人")
    member.picture("v-assessed")
    said = member.tap("交上去")
    assert said.startswith("交上去了"), said
    said = leader.say("考核进度")
    assert "没自评的" in said, said
    leader.picture("l-assessed")


def finish(stack: Stack, leader: Phone, member: Phone) -> None:
    """The activity is over: end it, say who was away, confirm; the member asks for what was not scanned."""
    stack.move_clock(hours=2, minutes=5)
    page = leader.open("/m/lead")
    page.locator("main a", has_text="打开").first.click()
    page.get_by_role("link", name="结束活动").click()
    leader.picture("l-end")
    page.get_by_role("button", name="结束活动，全部签退").click()
    page.get_by_role("link", name="回到名单").click()
    page.get_by_role("button", name="请假").wait_for()
    leader.picture("l-absent")
    asked = member.open("/m/makeups")
    asked.get_by_role("link", name="我去了").click()
    member.picture("v-makeup")
    asked.locator("[name=begins]").fill("07:05")
    asked.locator("[name=ends]").fill("09:55")
    asked.locator("[name=reason]").fill("手机没电了，一直在堤上捡垃圾，刘长根在场。")
    asked.get_by_role("button", name="交上去").click()
    leader.say("确认时长")
    leader.tap("清洁东湖河岸")
    leader.picture("l-confirm")
    said = leader.tap("确认")
    assert "已确认" in said, said
    page = leader.open("/console/makeups")
    page.get_by_role("link", name="用我的微信打开工作台").click()
    page.get_by_role("button", name="是我本人，打开").click()
    page.get_by_role("link", name="吴爱军").first.click()
    leader.picture("l-makeup")
    page.get_by_role("button", name="属实，补上").click()
    page.get_by_text("已补上").first.wait_for()


def walk(browser: Browser, stack: Stack, keep: Keep) -> None:
    """Everything, in the order in which it happens."""
    with (
        new_context(browser, viewport=VIEW) as one,
        new_context(browser, viewport=VIEW) as two,
        new_context(browser, viewport=VIEW) as nine,
        new_context(browser, viewport=VIEW) as outside,
    ):
        leader = Phone(one, stack, LEADER, keep)
        member = Phone(two, stack, MEMBER, keep)
        newcomer = Phone(nine, stack, NEWCOMER, keep)
        register(newcomer)
        sign_up(newcomer)
        attend(leader, newcomer)
        ask(member)
        announce(leader)
        lead(leader, Phone(outside, stack, LEADER, keep))
        assess(leader, member)
        finish(stack, leader, member)
