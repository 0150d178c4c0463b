"""Following, leaving, scanning, the menu: what people do without typing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Attempt,
    BindInvite,
    Delivery,
    DeliveryTry,
    InboundMessage,
    Notice,
    ServiceRecord,
    SubscriptionCredit,
    Volunteer,
    WechatIdentity,
    store,
)
from services import codes
from services.accounts import invites
from services.participation.attendance import scan_in_chat
from tests.bot.chat import Phone, WeChat
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import TOWN, VILLAGE, World, sign_up

Of = Callable[[Any], Phone]
Later = Callable[[datetime], None]


def identity(openid: str) -> WechatIdentity:
    store.settle()  # that somebody wrote is put down a moment later, many together
    return WechatIdentity.get(WechatIdentity.openid == openid)


def test_stranger_who_follows_is_greeted_and_told_how_to_register(
    wechat: WeChat, cast: World, at: datetime
) -> None:
    new = wechat.phone("o-new")
    text = new.event("subscribe", EventKey="")
    assert text.startswith("您好，这里是红耀江淮退役军人志愿服务。")
    assert '<a href="http://localhost:8000/m/register">点这里登记</a>' in text
    found = identity("o-new")
    assert (found.kind, found.appid, found.following, found.volunteer_id) == ("oa", "wx-oa", True, None)
    assert (found.window_until, found.window_left) == (at + timedelta(minutes=1), 3)


def test_volunteer_who_follows_is_welcomed_by_name(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).event("subscribe", EventKey="").startswith("王小博，您好！欢迎回来。")


def leave(person: Phone, wechat: WeChat, at: datetime) -> None:
    """He leaves the account; it is a minute later then."""
    person.event("unsubscribe", EventKey="")
    wechat.now = at + timedelta(minutes=1)


def test_whoever_left_and_follows_again_is_asked_whether_it_is_he(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    leave(person, wechat, at)
    text = person.event("subscribe", EventKey="")
    assert text.startswith("欢迎回来！\n您是 王*博 吗？")
    assert [content for content, _, _ in person.last.lines] == ["是我", "不是我"]


def test_is_me_ties_him_again_and_his_hours_are_there(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    leave(person, wechat, at)
    person.event("subscribe", EventKey="")
    assert person.says("是我").startswith("王小博，欢迎回来！您的时长、积分、队伍都在。")
    assert identity(person.openid).volunteer_id == cast.xiaobo.id
    assert person.says("时长").startswith("王小博，您的服务时长")


def test_not_me_unties_him_for_good_and_tells_how_to_register(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    leave(person, wechat, at)
    person.event("subscribe", EventKey="")
    assert person.says("不是我").startswith("好的，这个微信和那位志愿者没有关系了。")
    assert (identity(person.openid).volunteer_id, identity(person.openid).former_id) == (None, None)
    assert "/m/register" in person.says("时长")


def test_question_stands_in_for_how_to_register_whatever_he_asks(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    leave(person, wechat, at)
    assert person.says("我的时长").startswith("欢迎回来！\n您是 王*博 吗？")


def test_code_that_brought_him_back_goes_on_after_is_me(
    phone: Of, wechat: WeChat, cast: World, at: datetime, later: Later
) -> None:
    start, person = cast.shift.starts_at, phone(cast.xiaobo)
    person.event("unsubscribe", EventKey="")
    later(start)
    person.event("subscribe", EventKey=f"qrscene_i.{cast.shift.code}", Ticket="t")
    assert ServiceRecord.select().count() == 0
    assert "签到成功 13:00" in person.says("是我")
    assert ServiceRecord.get().volunteer_id == cast.xiaobo.id


def test_phone_that_wechat_gave_is_erased_when_its_owner_takes_it_back(
    phone: Of, mini: WeChat, cast: World, at: datetime
) -> None:
    Volunteer.update(phone_proof="wechat", phone_index="x").where(Volunteer.id == cast.xiaobo.id).execute()
    openid = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "mp").openid
    person = mini.phone("system")
    person.event("user_authorization_revoke", OpenID=openid, AppID="wx-mp", RevokeInfo="8")
    assert person.last.body == b"success"
    assert Volunteer.get_by_id(cast.xiaobo.id).phone_index is None


def test_payment_key_on_a_follow_is_no_scene(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).event("subscribe", EventKey="last_trade_no_123").startswith("王小博，您好！")


def test_leaving_closes_the_window_and_unties_the_openid(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    person.says("时长")
    assert person.event("unsubscribe", EventKey="") == ""
    assert person.last.body == b"success"
    found = identity(person.openid)
    assert (found.following, found.window_until, found.volunteer_id) == (False, None, None)


def test_follow_that_arrives_after_a_newer_leaving_changes_nothing(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    late = person.document("event", Event="subscribe", EventKey="")
    wechat.now = at + timedelta(seconds=30)
    person.event("unsubscribe", EventKey="")
    wechat.deliver(late)
    assert identity(person.openid).following is False


def test_whoever_speaks_follows_though_the_event_was_lost_and_a_message_older_than_his_leaving_says_nothing(
    phone: Of, wechat: WeChat, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    late = person.document("text", Content="时长", MsgId=777)
    wechat.now = at + timedelta(seconds=30)
    person.event("unsubscribe", EventKey="")
    wechat.deliver(late)
    assert identity(person.openid).following is False
    wechat.now = at + timedelta(seconds=60)
    person.says("时长")
    assert identity(person.openid).following is True


def test_message_opens_the_window_for_two_days_and_a_tap_does_not_shorten_it(
    phone: Of, cast: World, at: datetime
) -> None:
    person = phone(cast.xiaobo)
    person.says("时长")
    person.event("CLICK", EventKey="hours")
    found = identity(person.openid)
    assert (found.window_until, found.window_left) == (at + timedelta(hours=48), 5)


@pytest.mark.parametrize(
    ("key", "begins"),
    [("hours", "赵查理，您的服务时长"), ("points", "您有 0 分积分"), ("activities", "您附近的活动"), ("checkin", "您还没有报名活动"),
     ("help", "我能帮您"), ("mine", "您还没有报名活动"), ("of an old menu", "我能帮您")],
)  # fmt: skip
def test_menu_button_is_the_command_of_its_key(phone: Of, cast: World, key: str, begins: str) -> None:
    assert phone(cast.chali).event("CLICK", EventKey=key).startswith(begins)


@pytest.mark.parametrize(
    "fields",
    [
        {"Event": "VIEW", "EventKey": "http://localhost:8000/m", "MenuId": 1},
        {"Event": "LOCATION", "Latitude": "1", "Longitude": "2"},
        {"Event": "scancode_push", "EventKey": "scan", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "http://x/q/1"}},
        {"Event": "user_authorization_revoke", "OpenID": "o", "AppID": "wx-oa", "RevokeInfo": "1"},
        {"Event": "user_info_modified", "OpenID": "o"},
        {"Event": "something_new"},
    ],
    ids=lambda fields: fields["Event"],
)  # fmt: skip
def test_event_nobody_waits_at_gets_success(phone: Of, cast: World, fields: dict[str, Any]) -> None:
    person = phone(cast.xiaobo)
    assert person.event(fields["Event"], **{k: v for k, v in fields.items() if k != "Event"}) == ""
    assert person.last.body == b"success"


def test_menu_scanner_checks_in_right_in_the_chat(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at
    later(start)
    sign_up(start, cast.shift, cast.xiaobo)
    code = codes.venue_code(
        shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", at=start
    )
    scanned = {"ScanType": "qrcode", "ScanResult": f"http://localhost:8000/q/{code}"}
    text = phone(cast.xiaobo).event("scancode_waitmsg", EventKey="scan", ScanCodeInfo=scanned)
    assert text.startswith("签到成功 13:00")
    assert "点名" not in text


def test_static_code_checks_in_and_waits_for_naming(phone: Of, cast: World, later: Later) -> None:
    later(cast.shift.starts_at)
    sign_up(cast.shift.starts_at, cast.shift, cast.xiaobo)
    text = phone(cast.xiaobo).event("SCAN", EventKey=f"i.{cast.shift.code}", Ticket="t")
    assert text.splitlines()[:4] == [
        "签到成功 13:00", cast.activity.title, "走的时候请扫签退码（15:30 前）。", "扫的是固定码，请队长点名确认您在场，时长才算数。",
    ]  # fmt: skip
    record = ServiceRecord.get()
    assert (record.volunteer_id, record.in_mode, record.needs_naming) == (cast.xiaobo.id, "chat", True)


def test_second_scan_says_so_and_makes_no_second_record(phone: Of, cast: World, later: Later) -> None:
    person, start = phone(cast.xiaobo), cast.shift.starts_at
    later(start)
    person.event("SCAN", EventKey=f"i.{cast.shift.code}", Ticket="t")
    later(start + timedelta(minutes=5))
    assert person.event("SCAN", EventKey=f"i.{cast.shift.code}", Ticket="t").startswith(
        "您已经签到了（13:00）"
    )
    assert ServiceRecord.select().count() == 1


def test_static_code_checks_out_with_the_time_served(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at
    actor = cast.actor(cast.xiaobo, "bot")
    scan_in_chat(actor=actor, direction="in", shift_code=cast.shift.code, at=start)
    later(start + timedelta(minutes=95))
    text = phone(cast.xiaobo).event("SCAN", EventKey=f"o.{cast.shift.code}", Ticket="t")
    assert text.startswith(
        f"签退成功 14:35\n{cast.activity.title}\n本次服务 1 小时 35 分钟，队长确认后计入时长。"
    )


def test_check_out_code_without_a_check_in_is_refused_with_a_way_on(
    phone: Of, cast: World, later: Later
) -> None:
    later(cast.shift.starts_at)
    text = phone(cast.xiaobo).event("SCAN", EventKey=f"o.{cast.shift.code}", Ticket="t")
    assert text.startswith(f"“{cast.activity.title}”没有您的签到记录，不能签退。")
    assert "帮助" in text


def test_stranger_who_scans_a_static_code_is_told_how_to_register_and_the_try_is_kept(
    wechat: WeChat, cast: World, later: Later
) -> None:
    later(cast.shift.starts_at)
    text = wechat.phone("o-new").event("subscribe", EventKey=f"qrscene_i.{cast.shift.code}", Ticket="t")
    assert text.startswith("您还没有登记为志愿者。")
    assert [(each.outcome, each.reason) for each in Attempt.select()] == [("refused", "not_registered")]


def test_activity_code_shows_it_ready_to_sign_up(phone: Of, cast: World) -> None:
    person = phone(cast.xiaobo)
    text = person.event("SCAN", EventKey=f"a.{cast.activity.code}", Ticket="t")
    assert text.startswith(f"1. {cast.activity.title}\n今天 13:00，淮河大堤")
    assert person.taps("报名 1").startswith(f"{cast.activity.title}\n今天 13:00")


def test_foreign_scene_gets_help(phone: Of, cast: World) -> None:
    assert phone(cast.xiaobo).event("SCAN", EventKey="z.old-campaign", Ticket="t").startswith("我能帮您")


def invited(cast: World, at: datetime) -> str:
    return invites.enter_person(
        parts=make_parts(), actor=cast.actor(cast.ali), team_code=cast.team.code, name="陈建国",
        document="11010519491231002X", phone="13800138000", region_code=VILLAGE, identity="veteran", at=at,
    ).token  # fmt: skip


def test_invitation_shows_the_masked_name_and_what_one_agrees_to(
    wechat: WeChat, cast: World, at: datetime
) -> None:
    new = wechat.phone("o-new")
    text = new.event("subscribe", EventKey=f"qrscene_b.{invited(cast, at)}", Ticket="t")
    assert text.startswith("您是 陈")
    assert "陈建国" not in text
    assert cast.team.name in text
    assert "我同意提供身份证号码" in text
    assert "身份证号码属于敏感个人信息" in new.taps("查看说明")
    assert [label for _, _, label in new.last.lines] == ["是我", "不是我"]


def test_is_me_binds_and_the_chat_knows_the_person_from_then_on(
    wechat: WeChat, cast: World, at: datetime
) -> None:
    new = wechat.phone("o-new")
    new.event("subscribe", EventKey=f"qrscene_b.{invited(cast, at)}", Ticket="t")
    assert new.taps("是我").startswith("欢迎您，陈建国！登记好了。")
    found = identity("o-new").volunteer
    assert (found.name, found.state) == ("陈建国", "active")
    assert new.says("时长").startswith("陈建国，您的服务时长")
    assert new.says("是我").startswith("您已经登记了，陈建国")


def test_not_me_ends_the_invitation(wechat: WeChat, cast: World, at: datetime) -> None:
    new, token = wechat.phone("o-new"), invited(cast, at)
    new.event("subscribe", EventKey=f"qrscene_b.{token}", Ticket="t")
    assert new.taps("不是我").startswith("好的，没有登记。")
    assert identity("o-new").volunteer_id is None
    assert new.event("SCAN", EventKey=f"b.{token}", Ticket="t").startswith("这个邀请已经用过或过期了。")


def test_is_me_without_an_invitation_says_so(wechat: WeChat, cast: World) -> None:
    assert wechat.phone("o-new").says("是我").startswith("现在没有等您回答的邀请。")


def test_bound_person_who_scans_an_invitation_is_told_he_need_not(
    phone: Of, cast: World, at: datetime
) -> None:
    token = invited(cast, at)
    assert phone(cast.ali).event("SCAN", EventKey=f"b.{token}", Ticket="t").startswith("您已经登记了，李阿丽")


def _post(cast: World, at: datetime, person: Volunteer) -> str:
    return store.write(
        lambda: BindInvite.create(
            token="post", volunteer=person, role="station_officer", region_code=TOWN, created_by=cast.officer,
            created_at=at, expires_at=at + timedelta(days=30),
        )
    ).token  # fmt: skip


def test_officer_is_asked_for_his_post_and_told_that_he_holds_it(
    wechat: WeChat, cast: World, at: datetime
) -> None:
    person = store.write(lambda: world.make_volunteer(at, "韩干部", state="invited", region_code=TOWN))
    new = wechat.phone("o-new")
    text = new.event("subscribe", EventKey=f"qrscene_b.{_post(cast, at, person)}", Ticket="t")
    assert "请您担任：六安市霍邱县城关镇 服务站工作人员。" in text
    assert new.taps("是我").startswith("韩干部，您现在是六安市霍邱县城关镇的服务站工作人员。")


def test_registered_officer_is_asked_for_his_post_only(phone: Of, cast: World, at: datetime) -> None:
    person = phone(cast.chali)
    text = person.event("SCAN", EventKey=f"b.{_post(cast, at, cast.chali)}", Ticket="t")
    assert text.startswith("您是 赵*理 吗？\n请您担任：六安市霍邱县城关镇 服务站工作人员。")
    assert "我同意" not in text
    assert person.taps("是我").startswith("赵查理，您现在是六安市霍邱县城关镇的服务站工作人员。")
    other = phone(cast.ali).event("SCAN", EventKey="b.post", Ticket="t")
    assert other.startswith("您已经登记了，李阿丽")


def _sent(cast: World, at: datetime) -> Delivery:
    def act() -> Delivery:
        notice = Notice.create(kind="broadcast", team=cast.team, created_at=at)
        row = Delivery.create(
            notice=notice, volunteer=cast.xiaobo, kind="broadcast", dedupe_key="d1", state="sent", channel="tpl",
            title="t", body="b", data={"form": "notice", "values": {}}, due_at=at,
            expires_at=at + timedelta(days=1), sent_at=at, created_at=at,
        )  # fmt: skip
        DeliveryTry.create(delivery=row, channel="tpl", outcome="sent", msgid="555", at=at)
        return row

    return store.write(act)


def test_template_that_did_not_arrive_goes_to_its_next_channel(phone: Of, cast: World, at: datetime) -> None:
    row = _sent(cast, at)
    phone(cast.xiaobo).event("TEMPLATESENDJOBFINISH", MsgID=555, Status="failed:user block")
    assert Delivery.get_by_id(row.id).state == "queued"


def test_template_that_arrived_is_noted(phone: Of, cast: World, at: datetime) -> None:
    row = _sent(cast, at)
    phone(cast.xiaobo).event("TEMPLATESENDJOBFINISH", MsgID=555, Status="success")
    assert Delivery.get_by_id(row.id).state == "sent"
    assert DeliveryTry.get().outcome == "delivered"


def test_mini_program_dialog_adds_a_credit_once_and_is_answered_success(mini: WeChat, cast: World) -> None:
    item = {"TemplateId": "demo-sub-reminder", "SubscribeStatusString": "accept", "PopupScene": "0"}
    document = mini.phone("mp-x").document(
        "event", Event="subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": [item]}
    )
    assert [mini.deliver(document).body for _ in range(2)] == [b"success", b"success"]
    assert [(each.template, each.remaining) for each in SubscriptionCredit.select()] == [("sub_reminder", 1)]
    assert identity("mp-x").kind == "mp"


def test_mini_program_message_is_answered_success(mini: WeChat, cast: World) -> None:
    assert mini.phone("mp-x").says("时长") == ""
    assert InboundMessage.select().count() == 1
