"""A volunteer's year told by his phone: assessing, an objection, a drill, a certificate, a need, skills."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.client import house as h
from tests.client import years
from tests.client.test_volunteer import close, sees, tap
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


def test_volunteer_judges_himself_and_his_mates_with_a_draft_on_the_phone(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.XIAOBO, "year/assessment/assessment")
    tap(phone, "开始自评")
    tap(phone, "交上去")
    close(phone, "0 到 100 的分数")
    phone.shown("input").fill("88")
    tap(phone, "交上去")
    close(phone, "交上去了，谢谢您")
    sees(phone, re.compile("我的自评\\s*88 分"))

    phone.page.evaluate("wx.reLaunch({ url: '/year/peers/peers' })")
    sees(phone, re.compile("一共 2 位，还有 2 位.*李阿丽", re.S))
    phone.shown().get_by_role("radio", name=re.compile("^还可以")).tap()
    phone.shown("textarea").fill("肯吃苦")
    phone.page.evaluate("wx.reLaunch({ url: '/year/peers/peers' })")
    expect(phone.shown("textarea")).to_have_value("肯吃苦")
    phone.offline()
    tap(phone, "好了，下一位")
    close(phone, "连不上网络", "先不了")
    phone.offline(False)
    tap(phone, "好了，下一位")
    sees(phone, re.compile(f"还有 1 位.*{years.LONG}", re.S))
    tap(phone, "我不熟悉这个人，不评")
    sees(phone, "都评过了，谢谢您")
    mine = h.api(house, h.token(house, h.XIAOBO), "GET", "/me/assessment-tasks")["tasks"]
    said = {each["name"]: (each["score"], each["words"], each["passed"]) for each in mine}
    assert said == {"李阿丽": (75, "肯吃苦", False), years.LONG: (None, "", True)}
    assert phone.errors() == []


def test_volunteer_reads_how_his_result_came_about_and_objects(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.MEMBER, "year/assessment/assessment")
    sees(phone, re.compile("不合格\\s*总分 52 分.*您自己\\s*占 20%\\s*80分.*队友\\s*占 0%\\s*票数不够", re.S))
    tap(phone, "不同意，提出异议")
    tap(phone, "交上去")
    close(phone, "请写一写哪里不对")
    phone.shown("textarea").fill("三次活动没有记上")
    tap(phone, "交上去")
    close(phone, "异议交上去了")
    sees(phone, re.compile("您的异议\\s*等答复\\s*三次活动没有记上"))
    tap(phone, "不提了，撤回")
    close(phone, "撤回以后结果不变", "撤回")
    sees(phone, "已撤回")
    assert phone.errors() == []


def test_leader_answers_a_drill_for_his_team_and_a_member_for_himself(
    context: BrowserContext, program: str, house: Stack
) -> None:
    leader = h.volunteer(context, program, house, h.LEADER, "pages/home/home")
    tap(leader, re.compile("^【演练】调度：夜间集结"))
    sees(leader, "演练，不是真的")
    tap(leader, re.compile("^替队里答复"))
    tap(leader, "我们来")
    close(leader, "请填来多少人")
    leader.shown().get_by_role("textbox", name="来多少人").fill("2")
    tap(leader, "我们来")
    sees(leader, "来 2 人")

    assert leader.errors() == []
    path = f"year/dispatch/dispatch?code={years.DRILL}"
    phone = leader.start(path, login=lambda: h.login_code(house, h.XIAOBO))
    tap(phone, "我去")
    close(phone, "请先看安全提示")
    phone.shown().get_by_role("checkbox", name="安全提示我看过了").tap()
    tap(phone, "我去")
    close(phone, "记下了，您去")
    tap(phone, "半小时能到")
    sees(phone, re.compile(r"您说大约 \d+:\d\d 到"))
    tap(phone, "去不了了")
    close(phone, "真的去不了了", "去不了")
    sees(phone, "您不去")
    tap(phone, "别的原因")
    phone.page.get_by_role("dialog").locator("input").fill("老伴住院")
    close(phone, "为什么去不了", "好了")
    sees(phone, "您说的原因：老伴住院")
    (led,) = h.api(house, h.token(house, h.LEADER), "GET", f"/dispatch/{years.DRILL}")["led"]
    said = {each["name"]: (each["state"], each["reason"]) for each in led["members"]}
    assert (led["state"], led["people"], said["王小博"]) == ("coming", 2, ("declined", "老伴住院"))
    assert phone.errors() == []


def test_member_says_yes_to_a_call_says_when_he_is_there_and_has_his_hours(
    context: BrowserContext, program: str, house: Stack
) -> None:
    captain, scans = h.token(house, years.CAPTAIN), iter(())
    h.api(house, captain, "POST", f"/dispatch/{years.CALL}/answer", {"people": 2, "minutes": 60})
    phone = h.volunteer(context, program, house, years.RESCUER, "pages/home/home", scan=lambda how: next(scans))
    tap(phone, re.compile("调度：夜里巡堤"))
    sees(phone, "您去不去？")
    phone.shown().get_by_role("checkbox", name="安全提示我看过了").tap()
    tap(phone, "我去")
    close(phone, "请再点一下多久能到")
    tap(phone, "1小时能到")
    sees(phone, re.compile(r"您说大约 \d+:\d\d 到"))
    (led,) = h.api(house, captain, "GET", f"/dispatch/{years.CALL}")["led"]
    assert [bool(each["there_at"]) for each in led["members"] if each["state"] == "accepted"] == [True]
    (shift,) = h.api(house, captain, "GET", f"/activities/{led['activity_code']}")["shifts"]
    house.move_clock(minutes=20)
    scans = iter([h.screen(house, shift["code"], "in", years.CAPTAIN)])
    tap(phone, "到了，扫码签到")
    sees(phone, "签到成功")
    house.move_clock(minutes=90)
    scans = iter([h.screen(house, shift["code"], "out", years.CAPTAIN)])
    phone.page.evaluate("wx.switchTab({ url: '/pages/home/home' })")
    tap(phone, re.compile("^扫码签退|^扫码签到"))
    sees(phone, re.compile("签退成功.*服务 1小时30分钟", re.S))
    h.api(house, captain, "POST", f"/activities/{led['activity_code']}/confirm", {})
    phone.page.evaluate("wx.reLaunch({ url: '/recognition/hours/hours' })")
    sees(phone, re.compile("1小时30分钟.*夜里巡堤", re.S))
    assert phone.errors() == []


def test_volunteer_shows_his_certificate_asks_for_help_and_says_what_he_can(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.XIAOBO, "year/trainings/trainings")
    proofs = phone.shown().get_by_role("button", name=f"看证书：{years.COURSE}")  # the newest first: a leader gives one
    proofs.last.tap()
    picture = phone.shown("wx-image img")
    expect(picture).to_be_visible()
    shown = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    assert [each.text.endswith(f"/t/{years.PROOF}") for each in shown] == [True]

    phone.page.evaluate("wx.reLaunch({ url: '/year/needs/needs' })")
    phone.shown().get_by_role("textbox", name="要办什么").fill("给老人理发")
    phone.shown().get_by_role("textbox", name="说说情况").fill("腿脚不便")
    phone.page.evaluate("wx.reLaunch({ url: '/year/needs/needs' })")
    expect(phone.shown().get_by_role("textbox", name="说说情况")).to_have_value("腿脚不便")
    tap(phone, "送到服务站")
    close(phone, "请点一个类别")
    phone.shown().get_by_role("radio", name="基层社会治理").tap()
    phone.shown().get_by_role("radio").nth(4).tap()
    tap(phone, "送到服务站")
    close(phone, "已送到您的服务站")
    sees(phone, re.compile("给老人理发\\s*等服务站答复"))
    tap(phone, re.compile("^不需要了，撤回"))
    close(phone, "撤回这个单", "撤回")
    sees(phone, "已撤回")

    phone.page.evaluate("wx.reLaunch({ url: '/year/skills/skills' })")
    phone.shown().get_by_role("checkbox", name="驾驶", exact=True).tap()
    phone.shown().get_by_role("radio", name="全市").tap()
    tap(phone, "保存")
    close(phone, "记下了")
    mine = h.api(house, h.token(house, h.XIAOBO), "GET", "/me/skills")
    assert ([each["name"] for each in mine["skills"] if each["mine"]], mine["reach"]) == (["驾驶"], 2)
    assert phone.errors() == []
