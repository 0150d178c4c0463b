"""A leader's day told by his phone: the code in his hand, people scanned with the net cut, the end, the hours."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Route, expect

from tests.client import house as h
from tests.client import years
from tests.client.runtime import Phone
from tests.client.test_volunteer import close, sees, tap
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

DRAFT = {
    "title": "写春联", "domain": "D1", "sub_domain": "environment", "place": "村部", "content": "写春联",
    "risk_notice": "路滑", "conditions": "会写字", "safeguards": "热水", "joining": "approval",
    "positions": [{"name": "写手", "quota": 5}],
}  # fmt: skip
#: The buttons of these people on the list, each tapped ten times, before any answer comes.
TICKS = """names => {
  const page = getCurrentPages().at(-1)
  const all = page.data.groups.flatMap(each => each.people).filter(each => names.includes(each.name))
  for (let n = 0; n < 10; n += 1) for (const one of all) page.onTick({ currentTarget: { dataset: { ...one } } })
}"""


def states(house: Stack, code: str) -> dict[str, str]:
    """How everybody stands on the list."""
    roster = h.api(house, h.token(house, h.LEADER), "GET", f"/activities/{code}/roster")
    return {each["name"]: each["state"] for each in roster["entries"]}


def ends_at(house: Stack) -> datetime:
    activity = h.api(house, h.token(house, h.LEADER), "GET", f"/activities/{h.RIVER}")
    return datetime.fromisoformat(activity["ends_at"])


def guest_wifi(route: Route) -> None:
    """A page to log in to the hall's Wi-Fi, in place of every answer."""
    route.fulfill(body="<html>欢迎使用免费无线网</html>", content_type="text/html")


def shown_code(phone: Phone) -> str:
    picture = phone.shown("wx-image img")
    expect(picture).to_be_visible()
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))[0].text


def test_code_in_the_leaders_hand_is_bright_turns_round_and_leaves_the_screen_when_it_is_over(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, f"leader/stage/stage?code={h.RIVER}&shift={h.RIVER}")
    sees(phone, "请扫码签到")
    assert f"/q/i1.{h.RIVER}." in shown_code(phone)
    assert ("brightness", 1) in phone.told
    assert ("keepScreenOn", True) in phone.told

    def short(route: Route) -> None:
        answer = route.fetch()
        stage = answer.json()
        life = {"next_at": stage["server_now"], "good_until": stage["server_now"][:-1] + "+00:00"}
        route.fulfill(response=answer, body=json.dumps(stage | life))

    tap(phone, re.compile("^签退码"))
    sees(phone, "请扫码签退")
    assert f"/q/o1.{h.RIVER}." in shown_code(phone)
    phone.page.route(re.compile("/stage/in"), short)
    tap(phone, re.compile("^签到码"))
    sees(phone, "码过期了")
    phone.offline()
    phone.page.unroute(re.compile("/stage/in"))
    sees(phone, "等不及，就扫志愿者手机上的“我的码”")
    phone.offline(False)
    sees(phone, "请扫码签到")
    tap(phone, "改成扫志愿者的码")
    sees(phone, "清理河道")
    assert phone.errors() == []


def test_leader_scans_in_the_rain_without_a_network_and_the_hours_are_confirmed(
    context: BrowserContext, program: str, house: Stack
) -> None:
    dahai = h.api(house, h.token(house, h.DAHAI), "GET", "/me/code")["url"]
    own = h.api(house, h.token(house, h.LEADER), "GET", "/me/code")["url"]
    codes = iter((h.screen(house, h.RIVER, "in"), own, ""))
    phone = h.volunteer(
        context, program, house, h.LEADER, "leader/teams/teams", scan=lambda how: next(codes, "") or None
    )
    with phone.page.expect_response(re.compile("/offline/open")):
        tap(phone, re.compile("^清理河道"))
    sees(phone, re.compile("到点没来 4 人.*名单 .* 已存进手机", re.S))
    tap(phone, "扫志愿者的码")
    sees(phone, "签好一位，自动扫下一位")
    tap(phone, "扫志愿者的码")
    sees(phone, "这是签到码，是给志愿者扫的")
    tap(phone, "扫下一位")
    sees(phone, re.compile("没有签到.*自己", re.S))

    phone.offline()
    codes = iter((dahai, dahai))
    tap(phone, "扫下一位")
    sees(phone, re.compile("周大海 签到，先记下了.*现在连不上.*手机里记了 1 条", re.S))
    sees(phone, "周大海 已经记过了")
    tap(phone, "看名单")
    sees(phone, re.compile("现在连不上。这是 .* 存在手机里的名单.*手机里记了 1 条", re.S))
    phone.page.evaluate(TICKS, ["钱小梅"])
    sees(phone, "手机里记了 2 条")
    assert set(states(house, h.RIVER).values()) == {"expected", "left"}

    phone.offline(False)
    phone.page.evaluate("wx.reLaunch({ url: '/leader/teams/teams' })")
    house.wait_for("the scans", lambda: list(states(house, h.RIVER).values()).count("inside") == 2)
    tap(phone, re.compile("^清理河道"))
    sees(phone, re.compile("到点没来 2 人.*在场 2 人", re.S))

    phone.shown().get_by_role("button", name="钱小梅，更多").tap()
    tap(phone, "签到签错了，撤回")
    close(phone, "撤回钱小梅的签到", "撤回")
    sees(phone, re.compile("到点没来 3 人.*在场 1 人", re.S))
    phone.page.route("**/api/v1/**", guest_wifi)
    phone.page.evaluate(TICKS, ["钱小梅"])
    sees(phone, re.compile("还有 1 条签到没有送出.*到点没来 2 人.*在场 2 人", re.S))
    phone.page.unroute("**/api/v1/**")
    h.api(house, h.token(house, h.LEADER), "DELETE", "/me/sessions")
    phone.page.evaluate("getCurrentPages().at(-1).refresh()")
    house.wait_for("her once more", lambda: states(house, h.RIVER)["钱小梅"] == "inside")
    phone.page.evaluate(TICKS, ["周大海", h.LONG])
    sees(phone, re.compile("到点没来 1 人.*在场 2 人.*已经走了 1 人", re.S))
    standing = states(house, h.RIVER)
    assert (standing["周大海"], standing[h.LONG]) == ("left", "inside")
    tap(phone, "结束、延长、取消活动")
    expect(phone.shown().get_by_role("button", name="延长半小时")).to_be_visible()
    end = ends_at(house)
    phone.page.evaluate("() => { for (let n = 0; n < 10; n += 1) getCurrentPages().at(-1).onExtend() }")
    close(phone, "延长了")
    assert ends_at(house) == end + timedelta(minutes=30)
    tap(phone, re.compile("^点错了，改回"))
    sees(phone, re.compile("现在定在.*全部签退|全部签退.*现在定在", re.S))
    house.wait_for("the old end", lambda: ends_at(house) == end)
    tap(phone, "结束活动，全部签退")
    close(phone, "现在结束活动，给 2 人签退", "结束")
    close(phone, "活动结束了，给 2 人签退")
    sees(phone, re.compile("要核对 1 人.*扫的码当时已经作废", re.S))
    tap(phone, "核对孙守信")
    tap(phone, "属实，算时长")
    close(phone, "请先写一句您核对到什么")
    phone.shown().get_by_role("textbox", name="您核对到什么").fill("换了新码，是他本人")
    tap(phone, "属实，算时长")
    tap(phone, "确认这 4 人的时长")
    close(phone, "确认了 4 人")
    sees(phone, "已经确认过 4 人")
    assert states(house, h.RIVER)["周大海"] == "confirmed"

    phone.page.evaluate(f"wx.reLaunch({{ url: '/leader/day/day?code={h.RIVER}' }})")
    phone.shown().get_by_role("button", name="李迟到，更多").tap()
    phone.shown().get_by_role("button", name="请假", exact=True).tap()
    sees(phone, "没有来、请假 1 人")
    assert phone.errors() == []


def test_leader_holds_it_once_more_answers_who_asks_and_writes_to_them(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, "leader/publish/publish")
    tap(phone, re.compile("^村口合唱"))
    field = phone.shown().get_by_role("textbox", name="在哪里集合")
    field.fill("")
    tap(phone, "先看看，还不发")
    close(phone, "请写在哪里集合")
    field.fill("村部门口")
    phone.shown().get_by_role("textbox", name="要多少人").fill("7")
    tap(phone, "先看看，还不发")
    sees(phone, re.compile("地点\\s*村部门口.*人数\\s*清洁员 7 人", re.S))
    tap(phone, "改一改")
    expect(phone.shown().get_by_role("textbox", name="在哪里集合")).to_have_value("村部门口")
    tap(phone, "先看看，还不发")
    tap(phone, "发布")
    close(phone, "发布了，大家可以报名了")
    sees(phone, "到了那天，在这里扫码签到")
    code = str(phone.page.evaluate("getCurrentPages().at(-1).options.code"))
    shift = h.api(house, h.token(house, h.LEADER), "GET", f"/activities/{code}/roster")["shifts"][0]
    assert shift["quota"] == 7

    leader = h.token(house, h.LEADER)
    body = {"shift_code": shift["code"], "risk_accepted": True}
    h.api(house, h.token(house, h.MEMBER), "POST", "/signups", body)
    tap(phone, "改时间、地点、人数")
    tap(phone, "改好，通知大家")
    close(phone, "没有改动")
    phone.shown().get_by_role("textbox", name="在哪里集合").fill("五号闸")
    phone.shown().get_by_role("textbox", name="要多少人").fill("0")
    tap(phone, "改好，通知大家")
    close(phone, "清洁员已经有 1 人报上了")
    phone.shown().get_by_role("textbox", name="要多少人").fill("3")
    tap(phone, "改好，通知大家")
    close(phone, re.compile("地点改成 五号闸。.*报了名的人马上收到通知", re.S), "改")
    close(phone, "改好了，已经通知报了名的人")
    sees(phone, re.compile("五号闸.*还没到点 1 人", re.S))
    shift = h.api(house, leader, "GET", f"/activities/{code}/roster")["shifts"][0]
    assert (shift["quota"], shift["taken"]) == (3, 1)
    tap(phone, "改时间、地点、人数")
    sees(phone, "还有 1 人没点“知道了”：赵查理")
    phone.page.evaluate("wx.navigateBack()")

    tap(phone, "给大家发通知")
    phone.shown().get_by_role("radio", name=re.compile("全体队员")).tap()
    phone.shown().get_by_role("textbox", name="通知的内容").fill("集合改在村部，八点到。")
    tap(phone, "先看看，还不发")
    sees(phone, re.compile("大家会看到.*集合改在村部.*东湖服务队", re.S))
    tap(phone, "发出去")
    close(phone, "人？", "发出去")
    close(phone, re.compile("已经发出|正在发"))

    phone.page.evaluate("wx.navigateBack()")
    tap(phone, "取消活动")
    tap(phone, "取消这个活动")
    tap(phone, "确定取消活动")
    close(phone, "请写一句为什么取消")
    phone.shown().get_by_role("textbox", name="为什么取消").fill("下大雨")
    tap(phone, "确定取消活动")
    close(phone, "报名的人马上收到通知", "取消活动")
    close(phone, "活动取消了，已经通知报名的人")
    assert h.api(house, leader, "GET", f"/activities/{code}")["state"] == "cancelled"

    when = {"starts_at": "2099-06-12T09:00:00+08:00", "ends_at": "2099-06-12T11:00:00+08:00"}
    asked = DRAFT | when | {"team_code": house.world.team.code}
    code = h.api(house, leader, "POST", "/activities", asked)["code"]
    h.api(house, leader, "POST", f"/activities/{code}/publish")
    shift = h.api(house, leader, "GET", f"/activities/{code}/roster")["shifts"][0]["code"]
    h.api(house, h.token(house, h.MEMBER), "POST", "/signups", {"shift_code": shift, "risk_accepted": True})
    phone.page.evaluate("code => wx.reLaunch({ url: `/leader/signups/signups?code=${code}` })", code)
    tap(phone, "不录用赵查理")
    tap(phone, "确定不录用")
    close(phone, "请写一句原因")
    phone.shown().get_by_role("textbox", name="原因").fill("这次人够了")
    tap(phone, "确定不录用")
    sees(phone, "没有等您答复的报名")
    lines = h.api(house, leader, "GET", f"/activities/{code}/places")["lines"]
    assert [(each["state"], each["reason"]) for each in lines] == [("rejected", "这次人够了")]
    assert phone.errors() == []


def test_leader_says_the_results_of_a_class_and_sees_who_has_not_assessed_himself(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.LEADER, f"leader/day/day?code={years.CLASS}")
    tap(phone, re.compile("^填成绩、结业、发证书"))
    phone.shown().get_by_role("radio", name="王小博合格").tap()
    tap(phone, "结业，给合格的发证书")
    close(phone, "合格的发证书。结业以后，成绩只能更正", "结业")
    close(phone, re.compile("还有 1 ?个?人"))
    phone.shown().get_by_role("radio", name="赵查理不合格").tap()
    tap(phone, "结业，给合格的发证书")
    close(phone, "成绩只能更正", "结业")
    close(phone, "结业了，2 人，发了 1 张证书")
    tap(phone, "赵查理的成绩填错了，更正")
    tap(phone, "改成合格")
    close(phone, "请写一句为什么更正")
    phone.shown().get_by_role("textbox", name="为什么更正").fill("看错了行")
    tap(phone, "改成合格")
    close(phone, "更正了")
    sheet = h.api(house, h.token(house, h.LEADER), "GET", f"/trainings/{years.CLASS}/results")
    assert [(each["result"], bool(each["certificate"])) for each in sheet["lines"]] == [("passed", True)] * 2

    phone.page.evaluate("wx.reLaunch({ url: '/leader/teams/teams' })")
    tap(phone, "年度考核：谁还没做")
    sees(phone, re.compile("现在是自评.*没有自评的.*李阿丽", re.S))
    assert phone.errors() == []
