"""The main job told by phones alone: the leader's, a volunteer's, a neighbour's, with the chat on them."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from clock import SHANGHAI
from tests.client import house as h
from tests.client import runtime
from tests.client.runtime import Phone
from tests.client.test_volunteer import close, sees, tap
from tests.support.browser import new_context, require_browser
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Hand = Callable[..., Phone]
TITLE = "清洁家园"
#: What the books hold of a person: the entries of minutes, of points, and both sums.
BOOKS = """SELECT (SELECT group_concat(kind || ' ' || amount) FROM minute_entry WHERE volunteer_id = person.id),
    (SELECT group_concat(kind || ' ' || amount) FROM point_entry WHERE volunteer_id = person.id),
    balance.minutes, balance.points
    FROM volunteer AS person JOIN balance ON balance.volunteer_id = person.id WHERE person.name = ?"""


@pytest.fixture
def hand(house: Stack, program: str) -> Iterator[Hand]:
    """Puts a phone of its own, which shows the house's time, into somebody's hand."""
    with ExitStack() as contexts:
        phones: list[Phone] = []

        def give(number: int, path: str = "pages/home/home") -> Phone:
            context = contexts.enter_context(new_context(require_browser(), **runtime.PHONE))
            context.clock.install(time=house.now())
            phones.append(h.volunteer(context, program, house, number, path))
            return phones[-1]

        yield give
        assert [phone.errors() for phone in phones] == [[]] * len(phones)


def later(house: Stack, moment: datetime, *phones: Phone) -> None:
    """The house and the phones show this moment."""
    house.set_clock(moment)
    for phone in phones:
        phone.page.clock.set_system_time(moment)


def on_screen(phone: Phone) -> str:
    """The one code that a camera reads from the whole screen of a phone."""
    expect(phone.shown("wx-image img")).to_be_visible()
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(phone.page.screenshot())))
    assert len(found) == 1, [each.text for each in found]
    return str(found[0].text)


def pick(phone: Phone, label: str, value: str, words: str = "") -> None:
    """A day or a time out of the picker; `words`: as the page says it then."""
    phone.shown().get_by_role("button", name=re.compile(f"^{label}")).tap()
    picker = phone.page.get_by_role("dialog")
    picker.locator("input").fill(value)
    picker.get_by_role("button", name="确定").tap()
    expect(phone.shown().get_by_role("button", name=f"{label}，{words or value}")).to_be_visible()


def say(house: Stack, number: int, text: str) -> str:
    """Somebody types into the chat; what the account answers."""
    house.control("POST", f"users/{number}/say", text=text, wait=True)
    return str(_came(house, number, "text")[-1]["text"])


def cards(house: Stack, number: int) -> str:
    """The messages that came by themselves."""
    return str([each["rows"] for each in _came(house, number, "card")])


def _came(house: Stack, number: int, kind: str) -> list[dict[str, Any]]:
    found = house.control("GET", f"users/{number}/chat")["entries"]
    return [each for each in found if each["side"] == "them" and each["kind"] == kind]


def books(house: Stack, name: str) -> tuple[Any, ...]:
    with sqlite3.connect(f"file:{house.folder / 'story.db'}?mode=ro", uri=True) as database:
        return tuple(database.execute(BOOKS, (name,)).fetchone())


def publish(leader: Phone, starts: datetime, ends: datetime) -> None:
    """From the leader's home to a list that waits for people."""
    tap(leader, re.compile("^我带的活动"))
    tap(leader, "发布活动")
    tap(leader, TITLE)
    pick(leader, "哪一天", f"{starts:%Y-%m-%d}", f"{starts:%Y年%-m月%-d日}")
    pick(leader, "几点开始", f"{starts:%H:%M}")
    pick(leader, "几点结束", f"{ends:%H:%M}")
    leader.shown().get_by_role("textbox", name="在哪里集合").fill("村部门口")
    tap(leader, "先看看，还不发")
    sees(leader, re.compile(f"今天 {starts:%-H:%M}–{ends:%-H:%M}.*村部门口", re.S))
    tap(leader, "发布")
    close(leader, "发布了，大家可以报名了")
    sees(leader, re.compile("在场 0 人"))


def sign_up_in_the_chat(house: Stack, number: int) -> None:
    """By the words that the chat itself offers."""
    line = re.search(rf"(\d+)\. {TITLE}", say(house, number, "活动"))
    assert line
    assert "路边注意来往车辆" in say(house, number, f"报名 {line[1]}")
    assert f"报名成功：{TITLE}" in say(house, number, f"确认报名 {line[1]}")


def test_main_job_by_phones_alone_from_publishing_to_hours_and_points(house: Stack, hand: Hand) -> None:
    starts = (house.now() + timedelta(minutes=25)).replace(second=0, microsecond=0).astimezone(SHANGHAI)
    leader = hand(h.LEADER)
    publish(leader, starts, starts + timedelta(minutes=90))

    weiguo = hand(h.WEIGUO)
    tap(weiguo, "看看附近的活动")
    weiguo.shown().get_by_role("button", name=re.compile(f"^{TITLE}")).tap()
    weiguo.shown().get_by_role("checkbox", name=re.compile("安全提示")).tap()
    tap(weiguo, "报名")
    close(weiguo, "报名成功，您已录用")
    expect(weiguo.shown().get_by_text("已录用")).to_be_in_viewport()
    assert re.search(f"{TITLE}.*村部门口.*已录用，还有 2", say(house, h.WEIGUO, "我的报名"), re.S)
    sign_up_in_the_chat(house, h.GUILAN)

    later(house, starts - timedelta(minutes=5), leader, weiguo)
    tap(leader, "出示签到码")
    sees(leader, "请扫码签到")
    weiguo.answers["scan"] = lambda how: on_screen(leader)
    weiguo.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    sees(weiguo, re.compile(f"我的下一次活动.*{TITLE}", re.S))
    tap(weiguo, re.compile("^扫码签到"))
    sees(weiguo, re.compile(f"签到成功.*{TITLE}", re.S))
    tap(weiguo, "好，回首页")
    sees(weiguo, "已签到")

    guilan = hand(h.GUILAN, "pages/code/code")
    shown = iter((on_screen(guilan),))
    leader.answers["scan"] = lambda how: next(shown, None)
    tap(leader, "改成扫志愿者的码")
    tap(leader, "扫志愿者的码")
    sees(leader, "孙桂兰 签到成功")
    tap(leader, "看名单")
    sees(leader, re.compile("在场 2 人"))

    later(house, starts + timedelta(minutes=75), leader, weiguo)
    tap(leader, "出示签退码")
    sees(leader, "请扫码签退")
    tap(weiguo, re.compile("^扫码签到"))
    sees(weiguo, re.compile("签退成功.*服务 1小时15分钟，等队长确认", re.S))
    tap(weiguo, "好，回首页")
    sees(weiguo, re.compile("已签退.*另有 1小时15分钟 等确认", re.S))
    assert "已签退，等队长确认时长" in say(house, h.WEIGUO, "我的报名")
    assert books(house, "张卫国") == (None, None, 0, 0)

    leader.page.evaluate("wx.navigateBack()")
    tap(leader, "结束、延长、取消活动")
    tap(leader, "结束活动，全部签退")
    close(leader, "现在结束活动，给 1 人签退", "结束")
    close(leader, "活动结束了，给 1 人签退")
    tap(leader, "确认这 2 人的时长")
    close(leader, "确认了 2 人，共时长 2小时30分钟，2 积分")
    sees(leader, "已经确认过 2 人")
    assert books(house, "张卫国") == books(house, "孙桂兰") == ("service 75", "service 1", 75, 1)

    weiguo.page.evaluate("wx.switchTab({ url: '/pages/me/me' })")
    sees(weiguo, re.compile("累计服务\\s*1小时15分钟.*积分 1", re.S))
    weiguo.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    sees(weiguo, re.compile("您现在没有报名的活动.*累计服务\\s*1小时15分钟", re.S))
    expect(weiguo.shown()).not_to_contain_text("请不要去现场")
    for number in (h.WEIGUO, h.GUILAN):
        assert "累计 1 小时 15 分钟" in say(house, number, "时长")
        house.wait_for("the words", lambda of=number: f"记上1小时15分钟：{TITLE}" in cards(house, of))
