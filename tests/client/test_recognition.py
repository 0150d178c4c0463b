"""What service brings, told by phones: hours and an objection, the mall and its code without a network, a benefit's
card that ends, a star and an honour asked for, a friend recommended by his code."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.client import house as h
from tests.client.recognised import DECORATED, FRIEND, NAMES, RECORDS
from tests.client.runtime import Phone
from tests.client.test_volunteer import close, sees, tap
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


def read(phone: Phone) -> str:
    """The code on the page on top, as a scanner reads it."""
    picture = phone.shown("wx-image img")
    expect(picture).to_be_visible()
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))[0].text)


def go(phone: Phone, path: str) -> None:
    """To a page alone, as from a message."""
    phone.page.evaluate("url => wx.reLaunch({ url })", f"/{path}")


def test_hours_are_read_by_year_and_to_the_end_and_a_wrong_record_is_objected_to(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, DECORATED, "pages/me/me")
    sees(phone, NAMES[DECORATED])
    tap(phone, "时长、积分、荣誉、证明")
    sees(phone, re.compile("累计服务\\s*110小时"))
    tap(phone, "看每一次服务")
    cards = phone.shown("wx-view.card .head")
    expect(cards).to_have_count(20)
    phone.page.evaluate("getCurrentPages().at(-1).onReachBottom()")
    expect(cards).to_have_count(RECORDS)
    phone.shown().get_by_role("checkbox").last.tap()
    expect(cards).to_have_count(1)
    sees(phone, "去年的服务")
    phone.shown().get_by_role("checkbox").last.tap()
    expect(cards).to_have_count(20)

    tap(phone, re.compile("^这次不对，提出异议：守堤第2天"))
    sees(phone, "现在记的：5小时")
    tap(phone, "交上去")
    close(phone, "请先写哪里不对")
    phone.shown().get_by_role("textbox", name="哪里不对").fill("一直干到天黑")
    phone.shown().get_by_role("textbox", name="小时").fill("9")
    phone.shown().get_by_role("textbox", name="分钟").fill("30")
    tap(phone, "交上去")
    close(phone, "这次活动一共 120 分钟，不能比它多")
    phone.shown().get_by_role("textbox", name="小时").fill("1")
    tap(phone, "交上去")
    close(phone, "交上去了")
    sees(phone, re.compile("等答复.*守堤第2天.*您认为应该是 1小时30分钟", re.S))
    mine = h.api(house, h.token(house, DECORATED), "GET", "/me/objections")["objections"]
    assert [(each["text"], each["wanted_minutes"]) for each in mine] == [("一直干到天黑", 90)]

    h.api(house, h.token(house, h.LEADER), "POST", f"/objections/{mine[0]['code']}/answer", {"text": "名单上是五小时"})
    phone.page.evaluate("getCurrentPages().at(-1).refresh()")
    tap(phone, "不同意，请县里再看")
    phone.shown().get_by_role("textbox", name="为什么不同意").fill("老张可以作证")
    tap(phone, "交给县里")
    close(phone, "交给县里了")
    sees(phone, re.compile("等县里答复.*老张可以作证", re.S))


def test_reward_is_redeemed_once_its_code_needs_no_network_and_giving_up_returns_the_points(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, DECORATED, "recognition/points/points")
    sees(phone, re.compile("\\+70 分|到期"))
    balance = h.api(house, h.token(house, DECORATED), "GET", "/me/points")["balance"]
    tap(phone, "用积分换礼品")
    tap(phone, re.compile("^大米 5 公斤，60 分，可以换"))
    tap(phone, "用 60 分换")
    close(phone, "领的地方：县中心一楼", "换")
    close(phone, "换好了")
    made = h.api(house, h.token(house, DECORATED), "GET", "/me/redemptions")["redemptions"]
    assert [each["state"] for each in made] == ["waiting"]
    assert read(phone) == made[0]["pick_url"]
    assert ("brightness", 1) in phone.told

    phone.offline()
    go(phone, f"recognition/redemptions/redemptions?code={made[0]['code']}")
    sees(phone, re.compile(f"连不上网络.*{made[0]['digits']}", re.S))
    assert read(phone) == made[0]["pick_url"]
    phone.offline(False)
    tap(phone, "不要了，退回积分")
    close(phone, "积分会退回", "不要了")
    close(phone, "积分已经退回")
    assert h.api(house, h.token(house, DECORATED), "GET", "/me/points")["balance"] == balance


def test_benefit_card_is_scanned_and_is_hidden_when_it_is_over_without_a_network(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, DECORATED, "recognition/benefits/benefits")
    phone.page.clock.install()
    tap(phone, re.compile("^免费坐公交"))
    tap(phone, "出示给商家看")
    sees(phone, "今天还剩 4 次")
    assert "/b/b1." in read(phone)
    phone.offline()
    phone.page.clock.fast_forward("05:01")
    sees(phone, "这个码过了时间，不能用了")
    expect(phone.shown("wx-image img")).to_have_count(0)
    phone.offline(False)
    tap(phone, "换一个新码")
    assert "/b/b1." in read(phone)


def test_star_certificate_and_honour_are_asked_for_and_taken_back(
    context: BrowserContext, program: str, house: Stack
) -> None:
    bearer = h.token(house, DECORATED)
    phone = h.volunteer(context, program, house, DECORATED, "recognition/stars/stars")
    tap(phone, "申请一星")
    close(phone, "交上去了")
    assert [each["state"] for each in h.api(house, bearer, "GET", "/me/stars")["ways"]] == ["review"]
    expect(phone.shown().get_by_role("button", name="申请一星")).to_have_count(0)

    go(phone, "recognition/certificates/certificates")
    tap(phone, "申请证明")
    sees(phone, re.compile("申请好了.*110小时", re.S))
    assert len(h.api(house, bearer, "GET", "/me/certificates")["certificates"]) == 1
    tap(phone, "不要了，取消申请")
    close(phone, "取消这次申请", "取消申请")
    sees(phone, "开一张")
    assert h.api(house, bearer, "GET", "/me/certificates")["certificates"] == []

    go(phone, "recognition/honours/honours")
    tap(phone, "想写上全名")
    tap(phone, "我同意，写全名")
    sees(phone, "荣誉墙上写您的全名")
    assert h.api(house, bearer, "GET", "/me/honours")["on_wall"]
    tap(phone, "自荐一项荣誉")
    phone.shown().get_by_role("button", name="哪一项荣誉").tap()
    phone.page.get_by_text("东湖好人").last.tap()
    phone.shown().get_by_role("textbox", name="做了哪些事").fill("守了十年堤")
    tap(phone, "推荐上去")
    close(phone, "推荐上去了")
    assert [each["name"] for each in h.api(house, bearer, "GET", "/me/honours")["ways"]] == ["东湖好人"]
    go(phone, "recognition/honours/honours")
    tap(phone, re.compile("^我不想要，放弃"))
    close(phone, "放弃“东湖好人”", "放弃")
    expect(phone.shown().get_by_role("button", name=re.compile("我不想要"))).to_have_count(0)
    assert h.api(house, bearer, "GET", "/me/honours")["ways"] == []


def test_leader_recommends_a_friend_by_his_code_who_says_yes_himself(
    context: BrowserContext, program: str, house: Stack
) -> None:
    friend = h.token(house, FRIEND)
    code = h.api(house, friend, "GET", "/me/code")["url"]
    texts = iter(["https://example.org/q/other", code])
    phone = h.volunteer(
        context, program, house, h.LEADER, "joining/recommend/recommend", scan=lambda how: next(texts)
    )
    tap(phone, "扫对方的码")
    close(phone, "这不是志愿者的码")
    tap(phone, "扫对方的码")
    sees(phone, "码扫好了")
    tap(phone, "推荐")
    close(phone, "本人愿意加入，才会往下办")
    sees(phone, re.compile("我推荐过的人.*钱老乡.*等对方答复", re.S))
    assert [each["state"] for each in h.api(house, friend, "GET", "/me/applications")["applications"]] == ["offered"]
    tap(phone, "发给朋友")
    assert ("share", f"/pages/join/join?code={house.world.team.code}") in [
        (what, value.get("path")) for what, value in phone.told if what == "share"
    ]

    h.api(house, friend, "PUT", "/me/consents/service", {"given": False})
    own = phone.start("pages/applications/applications", login=lambda: h.login_code(house, FRIEND))
    tap(own, re.compile("^看誓言和协议"))
    own.shown().get_by_role("checkbox", name="我看过，愿意遵守").tap()
    tap(own, "我愿意加入")
    close(own, "请勾选同意后再提交")
    own.shown().get_by_role("checkbox", name=re.compile("^我愿意参加志愿服务")).tap()
    tap(own, "我愿意加入")
    close(own, "好，等服务站决定")
    go(own, "joining/recommend/recommend")
    sees(own, re.compile("发给微信里的朋友"))
    expect(own.shown().get_by_role("button", name="推荐", exact=True)).to_have_count(0)


def test_stranger_reads_a_public_notice_and_objects_without_a_name(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, h.NEWCOMER, "recognition/notices/notices")
    tap(phone, "表彰公示")
    sees(phone, "现在没有公示")
    tap(phone, "星级公示")
    tap(phone, re.compile("三星"))
    sees(phone, re.compile("满 600 小时.*守堤三十年", re.S))
    tap(phone, "交上去")
    close(phone, "还没有写内容")
    phone.shown("textarea").fill("没有这回事")
    tap(phone, "交上去")
    sees(phone, "收到了，谢谢您")
    tap(phone, "看办得怎么样")
    sees(phone, re.compile("正在办理.*没有这回事", re.S))
    assert phone.errors() == []
