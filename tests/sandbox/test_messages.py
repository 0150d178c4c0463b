"""Reaching a person: credits, value rules, de-duplication, windows (§6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.values import fits
from tests.sandbox.conftest import Platform, until

SEND = "/cgi-bin/message/subscribe/send"
TEMPLATE = "/cgi-bin/message/template/send"
CUSTOM = "/cgi-bin/message/custom/send"
GOOD = {
    "thing1": {"value": "义务植树"},
    "time2": {"value": "2026年3月12日 09:00"},
    "thing3": {"value": "东湖公园"},
}


def reminder(platform: Platform, user: dict[str, Any], **data: str) -> dict[str, Any]:
    body = {
        "touser": user["mp_openid"],
        "template_id": "demo-sub-reminder",
        "data": GOOD | {key: {"value": value} for key, value in data.items()},
    }
    return dict(platform.mp(SEND, body))


def template(platform: Platform, user: dict[str, Any], client_id: str = "", **data: str) -> dict[str, Any]:
    body = {
        "touser": user["oa_openid"],
        "template_id": "demo-reminder",
        "url": platform.app.url + "/m/me",
        "client_msg_id": client_id,
        "data": GOOD | {key: {"value": value} for key, value in data.items()},
    }
    return dict(platform.oa(TEMPLATE, body))


def text(platform: Platform, user: dict[str, Any], content: str = "您好") -> int:
    body = {"touser": user["oa_openid"], "msgtype": "text", "text": {"content": content}}
    return int(platform.oa(CUSTOM, body)["errcode"])


def test_subscription_message_without_a_credit(platform: Platform) -> None:
    assert reminder(platform, platform.user())["errcode"] == 43101


def test_every_accept_is_one_message(platform: Platform) -> None:
    user = platform.user()
    for _ in range(2):
        platform.control(f"users/{user['n']}/subscribe", {"accept": ["demo-sub-reminder"]})
    codes = [reminder(platform, user)["errcode"] for _ in range(3)]
    assert codes == [0, 0, 43101]
    assert platform.read(f"users/{user['n']}")["credits"] == {"demo-sub-reminder": 0}


def test_a_rejected_dialog_gives_no_credit(platform: Platform) -> None:
    user = platform.user()
    platform.control(f"users/{user['n']}/subscribe", {"reject": ["demo-sub-reminder"]})
    assert reminder(platform, user)["errcode"] == 43101


def test_a_bad_value_is_named_and_costs_no_credit(platform: Platform) -> None:
    user = platform.user(credits={"demo-sub-reminder": 1})
    answer = reminder(platform, user, thing3="二十一个字的地点二十一个字的地点二十一个字")
    assert answer["errcode"] == 47003
    assert "data.thing3.value" in answer["errmsg"]
    assert reminder(platform, user)["errcode"] == 0


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("thing1", "字" * 20, True), ("thing1", "字" * 21, False), ("thing1", "两\n行", False), ("thing1", " ", False),
        ("time2", "2026年3月12日 09:00", True), ("time2", "09:00", True), ("time2", "2026-03-12 9:00:05", True),
        ("time2", "09:00~11:30", True), ("time2", "2026年3月12日", False), ("time2", "明早", False),
        ("date1", "2026年3月12日", True), ("date1", "2026-03/12", False), ("date1", "2026年13月1日", False),
        ("number2", "12.5", True), ("number2", "12人", False), ("phrase1", "待确认", True), ("phrase1", "abc", False),
        ("character_string1", "A-12 b", True), ("character_string1", "编号", False), ("name1", "张建国", True),
        ("name1", "张" * 11, False), ("amount1", "¥12.50元", True), ("letter1", "AB1", False),
        ("phone_number1", "13800000001", True), ("car_number1", "皖A12345", True), ("symbol1", "!!!!!!", False),
    ],
)  # fmt: skip
def test_value_rule(key: str, value: str, good: bool) -> None:
    assert fits(key, value) is good


def test_unknown_template_and_foreign_openid(platform: Platform) -> None:
    user = platform.user()
    body = {"touser": user["mp_openid"], "template_id": "nothing", "data": GOOD}
    assert platform.mp(SEND, body)["errcode"] == 40037
    assert platform.mp(SEND, body | {"template_id": "demo-reminder"})["errcode"] == 40037
    assert platform.mp(SEND, body | {"touser": user["oa_openid"]})["errcode"] == 40003


def test_template_needs_a_follower(platform: Platform) -> None:
    assert template(platform, platform.user(following=False))["errcode"] == 43004


def test_template_arrives_as_a_card_and_its_end_is_told(platform: Platform) -> None:
    user = platform.user(following=True)
    answer = template(platform, user)
    entry = platform.read(f"users/{user['n']}/chat")["entries"][-1]
    assert (entry["kind"], entry["rows"][0], entry["url"]) == (
        "card",
        ["活动名称", "义务植树"],
        platform.app.url + "/m/me",
    )
    event = until(lambda: platform.app.received)[0]
    assert (event["Event"], event["MsgID"], event["Status"]) == (
        "TEMPLATESENDJOBFINISH",
        str(answer["msgid"]),
        "success",
    )


def test_template_to_one_who_blocks_is_told_afterwards(platform: Platform) -> None:
    user = platform.user(following=True, blocks_templates=True)
    assert template(platform, user)["errcode"] == 0
    assert until(lambda: platform.app.received)[0]["Status"] == "failed:user block"
    assert platform.read(f"users/{user['n']}/chat")["entries"] == []


def test_template_value_over_20_characters_is_cut_without_an_error(platform: Platform) -> None:
    user = platform.user(following=True)
    assert template(platform, user, thing1="字" * 30 + "\n第二行")["errcode"] == 0
    sent = platform.read("log?api=template")["sent"]
    assert sent[0]["data"]["thing1"] == "字" * 20
    assert sent[0]["note"] == "values cut to 20 characters"


def test_same_client_msg_id_is_one_message_for_ten_minutes(
    platform: Platform, later: Callable[[float], None]
) -> None:
    user = platform.user(following=True)
    first, second = template(platform, user, "row-1"), template(platform, user, "row-1")
    assert second["msgid"] == first["msgid"]
    assert len(platform.read("log")["sent"]) == 1
    assert [each["client_msg_id"] for each in platform.read("repeats")["repeats"]] == ["row-1"]
    later(601)
    assert template(platform, user, "row-1")["msgid"] != first["msgid"]
    assert len(platform.read("log")["sent"]) == 2


def test_same_client_msg_id_after_a_cut_answer(platform: Platform) -> None:
    user = platform.user(following=True)
    platform.token("oa")
    platform.control("faults", {"api": TEMPLATE, "kind": "cut-after"})
    with pytest.raises(OSError):
        template(platform, user, "row-2")
    assert template(platform, user, "row-2")["errcode"] == 0
    assert len(platform.read("log")["sent"]) == 1


def test_no_window_before_the_user_did_something(platform: Platform) -> None:
    assert text(platform, platform.user(following=True)) == 45015


def test_a_message_opens_five_messages_for_48_hours(
    platform: Platform, later: Callable[[float], None]
) -> None:
    user = platform.user(following=True)
    platform.control(f"users/{user['n']}/say", {"text": "时长", "wait": True})
    assert [text(platform, user) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    platform.control(f"users/{user['n']}/say", {"text": "时长", "wait": True})
    later(48 * 3600 - 5)
    platform.new_token("oa")
    assert text(platform, user) == 0
    later(10)
    assert text(platform, user) == 45015


def test_a_follow_opens_three_messages_for_one_minute(
    platform: Platform, later: Callable[[float], None]
) -> None:
    user = platform.user()
    platform.control(f"users/{user['n']}/follow", {"wait": True})
    assert [text(platform, user) for _ in range(4)] == [0, 0, 0, 45047]
    later(61)
    assert text(platform, user) == 45015


def test_a_tapped_menu_line_counts_as_a_click(platform: Platform) -> None:
    user = platform.user(following=True)
    platform.control(f"users/{user['n']}/say", {"text": "我的时长", "menu_id": "1", "wait": True})
    assert platform.app.received[0]["bizmsgmenuid"] == "1"
    assert [text(platform, user) for _ in range(4)] == [0, 0, 0, 45047]


def test_unfollowing_closes_every_window(platform: Platform) -> None:
    user = platform.user(following=True)
    platform.control(f"users/{user['n']}/say", {"text": "时长", "wait": True})
    platform.control(f"users/{user['n']}/unfollow", {"wait": True})
    assert text(platform, user) == 45015


def test_customer_service_kinds(platform: Platform) -> None:
    user = platform.user()
    platform.control(f"users/{user['n']}/follow", {"wait": True})
    menu = {"head_content": "请选择", "list": [{"id": "101", "content": "是我"}], "tail_content": ""}
    to = {"touser": user["oa_openid"]}
    assert platform.oa(CUSTOM, to | {"msgtype": "msgmenu", "msgmenu": menu})["errcode"] == 0
    assert platform.oa(CUSTOM, to | {"msgtype": "video", "video": {}})["errcode"] == 40008
    assert platform.oa(CUSTOM, to | {"msgtype": "text", "text": {"content": "字" * 683}})["errcode"] == 45002
    assert platform.read(f"users/{user['n']}/chat")["entries"][-1]["items"] == [
        {"id": "101", "content": "是我"}
    ]
