"""What a volunteer settles by phone beside signing up and scanning: a reason, an agreement, a make-up, a judgement, a
question; and who he is: known in the chat, registered anew, with another WeChat, under age."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Route, expect

from tests.client import house as h
from tests.client import runtime
from tests.client.matters import (
    AGAIN,
    AGREED,
    CHATTER,
    CLASHING,
    COMER,
    LIAISON,
    MATTER,
    MISSED,
    NEW,
    SERVED,
    THEIRS,
    YOUNG,
)
from tests.client.runtime import Phone
from tests.client.test_main_job import say
from tests.client.test_recognition import go
from tests.client.test_volunteer import close, sees, tap
from tests.support.browser import new_context, require_browser
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

DOCUMENT = "340000196006079043"


def activity(code: str) -> str:
    """The page of an activity."""
    return f"pages/activity/activity?code={code}"


def tick(phone: Phone, name: str) -> None:
    """A box of the page on top."""
    phone.shown().get_by_role("checkbox", name=re.compile(name)).tap()


def write(phone: Phone, label: str, text: str) -> None:
    """A field of the page on top."""
    phone.shown().get_by_role("textbox", name=label).fill(text)


def test_volunteer_agrees_reads_what_clashes_and_cancels_with_a_reason(
    context: BrowserContext, program: str, house: Stack
) -> None:
    asked: list[list[str]] = []

    def subscribe(templates: list[str]) -> dict[str, str]:
        asked.append(templates)
        return dict.fromkeys(templates, "accept")

    phone = h.volunteer(context, program, house, MATTER, activity(AGREED), subscribe=subscribe)
    sees(phone, re.compile("志愿服务协议.*清理河岸垃圾", re.S))
    tick(phone, "安全提示")
    tap(phone, "报名")
    close(phone, "请先看协议")
    assert asked == []
    tick(phone, "我看过协议，同意")
    tap(phone, "报名")
    close(phone, "报名成功")
    assert len(asked) == 1
    expect(phone.shown().get_by_role("checkbox", name=re.compile("协议"))).to_have_count(0)

    go(phone, activity(CLASHING))
    sees(phone, re.compile("您现在还不能报名.*您已经报了“修东湖闸”.*时间撞上了", re.S))
    expect(phone.shown().get_by_role("button", name="报名", exact=True)).to_have_count(0)
    tap(phone, "看我报的活动")
    sees(phone, re.compile("我的下一次活动.*修东湖闸", re.S))
    go(phone, activity(THEIRS))
    tap(phone, "申请加入服务队")
    sees(phone, re.compile("^加入.*我看过，愿意遵守", re.S))

    go(phone, activity(AGREED))
    tap(phone, "去不了，取消报名")
    tap(phone, "确定取消报名")
    close(phone, "写一句")
    write(phone, "为什么来不了", "孙子发烧")
    h.api(house, h.token(house, MATTER), "DELETE", "/me/sessions")
    tap(phone, "确定取消报名")
    close(phone, "已经取消")
    expect(phone.shown().get_by_role("button", name="我要报名")).to_be_visible()


def test_volunteer_asks_for_a_make_up_with_a_draft_judges_and_says_that_he_was_there(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, MATTER, activity(MISSED))
    tap(phone, "我去了，没扫上码：申请补录")
    sees(phone, re.compile("前天除草.*几点到的", re.S))
    write(phone, "为什么没有扫上码", "手机没电")
    phone.page.evaluate("wx.switchTab({ url: '/pages/me/me' })")
    go(phone, activity(MISSED))
    tap(phone, "我去了，没扫上码：申请补录")
    expect(phone.shown().get_by_role("textbox", name="为什么没有扫上码")).to_have_value("手机没电")
    tap(phone, "交上去")
    close(phone, "交上去了")
    sees(phone, re.compile("前天除草.*等核对", re.S))
    leader = h.token(house, h.LEADER)
    [asked] = [each for each in h.api(house, leader, "GET", "/makeups")["makeups"] if each["name"] == "孙守信"]
    h.api(house, leader, "POST", f"/makeups/{asked['code']}/decision", {"approves": True})
    go(phone, "pages/makeups/makeups")
    sees(phone, re.compile("前天除草.*已补上.*2小时.*手机没电", re.S))

    go(phone, activity(SERVED))
    tap(phone, "评价这次活动")
    sees(phone, "评价“前天扫街”")
    tap(phone, "交上去")
    close(phone, "请先点一下几颗星")
    phone.shown().get_by_role("radio", name=re.compile("^★★★★★")).tap()
    write(phone, "想说的话", "组织得好")
    tap(phone, "交上去")
    close(phone, "记下了")
    mine = h.api(house, h.token(house, MATTER), "GET", f"/activities/{SERVED}/evaluation")["mine"]
    assert (mine["score"], mine["words"]) == (5, "组织得好")

    go(phone, "pages/presence/presence")
    sees(phone, re.compile("前天扫街.*记了 2小时", re.S))
    tap(phone, "我去了")
    close(phone, "好的，谢谢您")
    sees(phone, "现在没有要您回答的")


def test_volunteer_asks_the_liaison_and_an_answer_of_before_is_not_shown(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, MATTER, "pages/questions/questions")
    tap(phone, "看联络员和电话")
    sees(phone, "何联络")
    tap(phone, "交给联络员")
    close(phone, "")
    write(phone, "想问什么", "马甲在哪里领")
    tap(phone, "交给联络员")
    close(phone, "已经交给联络员")
    expect(phone.shown().get_by_role("textbox", name="想问什么")).to_have_value("")
    [asked] = h.api(house, h.token(house, MATTER), "GET", "/me/questions")["questions"]
    liaison = h.token(house, LIAISON)
    h.api(house, liaison, "POST", f"/questions/{asked['code']}/answer", {"text": "在站里"})
    phone.shown().get_by_role("button", name=re.compile("马甲在哪里领")).tap()
    sees(phone, re.compile("已答复.*马甲在哪里领.*何联络.*在站里", re.S))
    tap(phone, "问题解决了")
    sees(phone, "办结")

    held: list[Route] = []
    phone.page.route(re.compile("/api/v1/activities\\?(?!.*domain)"), lambda route: held.append(route))
    phone.page.evaluate("wx.switchTab({ url: '/pages/activities/activities' })")
    sees(phone, "文明创建")
    phone.page.evaluate("window.first = getCurrentPages().at(-1).loading, null")
    phone.shown().get_by_role("radio", name="文明创建").tap()
    sees(phone, "文明活动")
    held[0].continue_()
    phone.page.evaluate("window.first")
    expect(phone.shown("wx-view.card.tap").first).to_contain_text(re.compile("文明活动|排队的活动"))
    phone.offline()
    go(phone, "pages/activities/activities")
    sees(phone, "连不上网络")
    expect(phone.shown()).not_to_contain_text("文明活动")


def test_messages_are_read_to_the_end_and_the_bar_counts_what_is_left(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, MATTER, "pages/home/home")
    sees(phone, re.compile("您有 \\d+ 条新消息"))
    expect(phone.page.get_by_label("标签栏")).to_contain_text(re.compile("\\d"))
    phone.page.evaluate("wx.switchTab({ url: '/pages/inbox/inbox' })")
    sees(phone, "看更早的")
    with phone.page.expect_response("**/me/inbox/read"):
        phone.page.evaluate("getCurrentPages().at(-1).onReachBottom()")
    sees(phone, "第0条通知")
    expect(phone.page.get_by_label("标签栏")).not_to_contain_text(re.compile("\\d"))
    assert h.api(house, h.token(house, MATTER), "GET", "/me/inbox?limit=1")["unread"] == 0
    assert len(phone.shown(".card").all()) >= NEW


def test_person_known_in_the_chat_alone_types_six_digits_there(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, CHATTER, "pages/home/home")
    tap(phone, "去登记")
    tap(phone, "同意，继续登记")
    tap(phone, "我在公众号里登记过")
    sees(phone, "十分钟内有效")
    tap(phone, "我发好了")
    close(phone, "还没有连上")
    assert "才点“确认”" in say(house, CHATTER, phone.shown(".digits").inner_text())
    say(house, CHATTER, "确认")
    tap(phone, "我发好了")
    sees(phone, "马聊天，您好")

    phone.open("pages/settings/settings")
    tap(phone, "住的地方填错了")
    write(phone, "村或社区的名字", "西湖")
    tap(phone, "找")
    tap(phone, re.compile("西湖"))
    close(phone, "您住在", "改成这里")
    sees(phone, "住的地方填错了")
    phone.open("joining/national/national")
    write(phone, "全国志愿者编号", "341522000000123")
    tap(phone, "保存编号")
    sees(phone, "等服务中心核对")

    phone.open("joining/correct/correct")
    write(phone, "新的手机号码", "12345")
    tap(phone, "改成这个号码")
    sees(phone, "手机号码没有填对")
    write(phone, "新的手机号码", "13900005678")
    tap(phone, "改成这个号码")
    sees(phone, re.compile(r"139\*{4}5678.*等核对", re.S))
    write(phone, "正确的姓名，没有错就空着", "马聊添")
    tap(phone, "申请更正")
    sees(phone, re.compile("申请更正姓名.*带上身份证", re.S))
    tap(phone, "不改了，撤回")
    sees(phone, re.compile("以前的申请.*姓名.*已撤回", re.S))
    bearer = h.token(house, CHATTER)
    assert "西湖" in h.api(house, bearer, "GET", "/me")["region_name"]
    assert h.api(house, bearer, "GET", "/me/national")["number"] == "341522000000123"


def test_newcomer_registers_with_wechats_number_and_is_found_again_with_another_wechat(
    context: BrowserContext, program: str, house: Stack
) -> None:
    number = house.control("POST", f"users/{COMER}/phone-code")["code"]
    phone = h.volunteer(context, program, house, COMER, "pages/register/register", phoneCode=lambda: number)
    tap(phone, "同意，继续登记")
    write(phone, "村或社区的名字", "东湖")
    tap(phone, "找")
    tap(phone, re.compile("东湖社区"))
    write(phone, "姓名", "冯新来")
    write(phone, "身份证号码", DOCUMENT)
    tap(phone, "用微信绑定的手机号")
    close(phone, "申请获取并验证你的手机号", "允许")
    sees(phone, "已核对")
    phone.shown().get_by_role("radio", name="其他社会人士").tap()
    for box in phone.shown().get_by_role("checkbox").all():
        box.tap()
    tap(phone, "登记")
    close(phone, "登记好了")
    sees(phone, "冯新来，您好")
    assert h.api(house, h.token(house, COMER), "GET", "/me")["phone_proof"] == "wechat"

    with new_context(require_browser(), **runtime.PHONE) as other:
        new = h.volunteer(other, program, house, AGAIN, "pages/recovery/recovery")
        write(new, "身份证号码", DOCUMENT)
        write(new, "原来留的手机号码", "123")
        tap(new, "马上找回")
        sees(new, "手机号")
        write(new, "原来留的手机号码", f"138000000{COMER}")
        tap(new, "马上找回")
        close(new, "找回来了")
        sees(new, "冯新来，您好")
        assert new.errors() == []
    phone.page.evaluate("getCurrentPages()[0].refresh()")
    sees(phone, "去登记")


def test_young_volunteer_hands_in_his_guardians_word_and_takes_it_back(
    context: BrowserContext, program: str, house: Stack
) -> None:
    phone = h.volunteer(context, program, house, YOUNG, activity(AGREED))
    tap(phone, "交监护人同意书")
    write(phone, "监护人姓名", "林大树")
    write(phone, "监护人手机号", "12")
    tap(phone, "交给服务站核对")
    sees(phone, "请点一下监护人是您的什么人")
    phone.shown().get_by_role("radio", name="父亲").tap()
    tap(phone, "交给服务站核对")
    sees(phone, "请先给签了字的同意书拍张照")
    paper = io.BytesIO()
    Image.new("RGB", (30, 40), "white").save(paper, "JPEG")
    tap(phone, "拍照，或从相册选")
    with phone.page.expect_file_chooser() as chooser:
        close(phone, "隐私保护指引", "同意")
    chooser.value.set_files({"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": paper.getvalue()})
    expect(phone.shown("wx-image img")).to_be_visible()
    tap(phone, "交给服务站核对")
    sees(phone, "手机号")
    write(phone, "监护人手机号", "13800000099")
    tap(phone, "交给服务站核对")
    close(phone, "交上去了")
    sees(phone, re.compile("林大树（父亲）.*等服务站核对.*138\\*{4}0099", re.S))
    phone.page.evaluate("wx.switchTab({ url: '/pages/me/me' })")
    tap(phone, re.compile("^监护人同意"))
    tap(phone, "撤回林大树的同意书")
    close(phone, "已经报的也一起取消", "撤回")
    expect(phone.shown()).not_to_contain_text("林大树（")
