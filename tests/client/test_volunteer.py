"""A volunteer's days told by his phone: from the list to hours in the books, without a network, the first time."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.client import house as h
from tests.client.runtime import Phone
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


def tap(phone: Phone, name: str | re.Pattern[str]) -> None:
    """A button of the page on top."""
    phone.shown().get_by_role("button", name=name, exact=isinstance(name, str)).first.tap()


def sees(phone: Phone, words: str | re.Pattern[str]) -> None:
    """The page on top says this."""
    expect(phone.shown()).to_contain_text(words)


def close(phone: Phone, words: str | re.Pattern[str], button: str = "知道了") -> None:
    """The dialog that says this, and its button."""
    dialog = phone.page.get_by_role("dialog")
    expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name=button, exact=True).tap()
    expect(dialog.filter(has_text=words)).to_have_count(0)  # another one may stand there by now


def test_volunteer_signs_up_scans_in_and_out_and_sees_his_hours(
    context: BrowserContext, program: str, house: Stack
) -> None:
    world, scans = house.world, iter(())
    phone = h.volunteer(context, program, house, h.XIAOBO, "pages/home/home", scan=lambda how: next(scans))
    sees(phone, "王小博，您好")
    tap(phone, "看看附近的活动")
    phone.shown().get_by_role("button", name=re.compile(world.activity.title)).tap()
    sees(phone, "岸边湿滑")
    tap(phone, "报名")
    close(phone, "请先看“安全提示”")
    phone.shown().get_by_role("checkbox", name=re.compile("安全提示")).tap()
    tap(phone, "报名")
    close(phone, "报名成功，您已录用")
    sees(phone, "已录用")

    house.set_clock(world.shift.starts_at)
    phone.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    sees(phone, re.compile(f"{world.activity.title}"))
    scans = iter([h.screen(house, world.shift.code, "in")])
    tap(phone, re.compile("^扫码签到"))
    sees(phone, "签到成功")
    tap(phone, "好，回首页")
    sees(phone, "已签到")

    house.move_clock(minutes=75)
    scans = iter([h.screen(house, world.shift.code, "out")])
    tap(phone, re.compile("^扫码签到"))
    sees(phone, "签退成功")
    sees(phone, "服务 1小时15分钟，等队长确认")

    h.api(house, h.token(house, h.LEADER), "POST", f"/activities/{world.activity.code}/confirm", {})
    tap(phone, "好，回首页")
    sees(phone, re.compile("累计服务\\s*1小时15分钟"))
    assert phone.errors() == []


def test_volunteer_queues_is_offered_a_place_and_takes_it(
    context: BrowserContext, program: str, house: Stack
) -> None:
    leader = h.token(house, h.LEADER)
    h.api(house, leader, "POST", "/signups", {"shift_code": h.CHOIR, "risk_accepted": True})
    phone = h.volunteer(context, program, house, h.XIAOBO, f"pages/activity/activity?code={h.CHOIR}")
    sees(phone, "已报满，可以候补")
    phone.shown().get_by_role("checkbox", name=re.compile("安全提示")).tap()
    phone.shown().get_by_role("button", name="排队候补").last.tap()
    close(phone, "已经排上队")
    sees(phone, "候补第 1 位")

    h.api(house, leader, "POST", f"/signups/{h.CHOIR}/cancel", {"reason": ""})
    phone.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    tap(phone, re.compile("^去回答"))
    sees(phone, "有名额了")
    phone.shown().get_by_role("checkbox", name=re.compile("安全提示")).tap()
    tap(phone, "我去，确认名额")
    close(phone, "报名成功")
    tap(phone, "去不了，取消报名")
    tap(phone, "确定取消报名")
    close(phone, "已经取消")
    assert phone.errors() == []


def test_no_network_keeps_last_view_own_code_and_a_scan(context: BrowserContext, program: str, house: Stack) -> None:
    context.clock.install(time=house.now())
    phone = h.volunteer(context, program, house, h.MEMBER, "pages/code/code")
    picture = phone.shown("wx-image img")
    expect(picture).to_be_visible()
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    sees(phone, "赵查理，您好")
    code = h.screen(house, h.DYKE, "in")

    phone.offline()
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    sees(phone, re.compile("连不上网络.*上次更新.*赵查理，您好", re.S))
    tap(phone, "我的码")
    expect(picture).to_be_visible()
    shown = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    assert [("/q/v1." in each.text) for each in shown] == [True]
    phone.answers["scan"] = lambda how: code
    phone.page.evaluate("path => wx.navigateTo({ url: path })", f"/pages/scan/scan?code={code}")
    sees(phone, "现在没有网络")
    phone.page.evaluate("wx.reLaunch({ url: '/pages/scan/scan?code=i1.nosuchshift.1a.abcdef' })")
    sees(phone, "现在没有网络")
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    sees(phone, "有 2 项等网络通了自动送出")

    # The first that goes out meets a fault of the server's: it waits on, and holds up none of the others.
    phone.page.route(re.compile("/attendance/scans"), lambda route: route.fulfill(status=500, body=""), times=1)
    phone.offline(False)
    sees(phone, re.compile("扫码没有办成：.*有 1 项等网络通了自动送出", re.S))
    phone.offline()
    with phone.page.expect_response(re.compile("/attendance/scans")) as sent:
        phone.offline(False)
    assert sent.value.status == 200
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    sees(phone, re.compile("扫码：签到成功.*扫码没有办成：", re.S))
    sees(phone, "已签到")

    phone.offline()
    phone.page.clock.set_system_time(house.now() + timedelta(days=1))
    phone.page.evaluate("wx.reLaunch({ url: '/pages/home/home' })")
    sees(phone, re.compile("上次更新 昨天.*里面写的“今天”是那一天", re.S))
    assert [value for what, value in phone.told if what == "brightness"][:2] == [1, 0.5]


def test_stranger_scans_registers_and_is_checked_in_by_the_moment_of_the_scan(
    context: BrowserContext, program: str, house: Stack
) -> None:
    code = h.screen(house, h.DYKE, "in")
    phone = h.volunteer(context, program, house, h.NEWCOMER, f"pages/home/home?q={_quoted(code)}")
    sees(phone, re.compile("就差一步.*看护东湖大堤", re.S))
    house.move_clock(minutes=5)
    tap(phone, "去登记")
    tap(phone, "同意，继续登记")
    phone.shown().get_by_role("textbox").fill("东湖")
    tap(phone, "找")
    phone.shown().get_by_role("button", name=re.compile("东湖社区")).tap()
    phone.shown().get_by_role("textbox", name="姓名").fill("欧" * 60)
    phone.shown().get_by_role("textbox", name="身份证号码").fill("340000196006069013")
    phone.shown().get_by_role("textbox", name="手机号码").fill("13800000009")
    tap(phone, "登记")
    sees(phone, "请点一下您的身份")
    phone.shown().get_by_role("radio", name="退役军人", exact=True).tap()
    for box in phone.shown().get_by_role("checkbox").all():
        box.tap()
    tap(phone, "登记")
    sees(phone, "姓名没有填对")
    phone.shown().get_by_role("textbox", name="姓名").fill("陈新兵")
    tap(phone, "登记")
    close(phone, "登记好了")
    sees(phone, "签到成功")
    assert phone.errors() == []


def test_every_opening_leads_to_its_page(context: BrowserContext, program: str, house: Stack) -> None:
    address = f"https://hongyao.example.gov.cn/q/a1.{h.DYKE}"
    foreign = "https://elsewhere.example/menu"
    start = f"pages/home/home?q={_quoted(address)}"
    phone = h.volunteer(context, program, house, h.LEADER, start, scan=lambda how: foreign)
    sees(phone, "看护东湖大堤")
    phone.open(f"pages/home/home?scene=a1.{h.DYKE}", 1047)
    sees(phone, re.compile("看护东湖大堤.*安全提示", re.S))
    phone.open(f"pages/activity/activity?code={h.DYKE}", 1014)
    sees(phone, "看护东湖大堤")
    assert phone.route() == "pages/activity/activity"
    phone.open("pages/home/home?q=https%3A%2F%2Felsewhere.example%2Fmenu")
    sees(phone, "李阿丽，您好")
    tap(phone, re.compile("^扫码签到"))
    close(phone, "这不是本系统的二维码")
    assert (phone.route(), phone.errors()) == ("pages/home/home", [])


def test_large_text_stays_and_logging_out_leaves_nothing_on_the_phone(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, "pages/home/home")
    sees(phone, "李阿丽，您好")
    phone.page.evaluate("wx.navigateTo({ url: '/pages/settings/settings' })")
    sees(phone, "我同意过的")
    tap(phone, "打开大字")
    phone.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    expect(phone.shown(".page.large")).to_be_visible()
    phone.page.evaluate("wx.navigateTo({ url: '/pages/settings/settings' })")
    tap(phone, "在这部手机上退出")
    close(phone, "不再留您的信息", "退出")
    sees(phone, re.compile("您在这部手机上退出了登录"))
    assert phone.page.evaluate("wx.getStorageInfoSync().keys.sort()") == ["logged-out", "textsize", "view:home"]
    assert "李阿丽" not in phone.page.evaluate("JSON.stringify(wx.getStorageSync('view:home'))")
    phone.page.evaluate("wx.switchTab({ url: '/pages/me/me' })")
    sees(phone, "您在这部手机上退出了登录")
    expect(phone.shown().get_by_role("button", name="重试")).to_have_count(0)
    tap(phone, "重新登录")
    sees(phone, re.compile("李阿丽.*累计服务", re.S))
    assert phone.errors() == []


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
