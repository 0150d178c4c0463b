"""Pushes towards the app: seal, retries, cut-off, what the person sees (§1)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from sandbox import crypto
from sandbox.push import FAILURE_LINE
from tests.sandbox.conftest import Platform


def say(platform: Platform, content: str = "时长") -> dict[str, Any]:
    user = platform.user(following=True)
    platform.control(f"users/{user['n']}/say", {"text": content, "wait": True})
    return user


def test_a_text_is_sealed_signed_and_whole(platform: Platform) -> None:
    user = say(platform, "今年服务了多久 ]]> <b>")
    query, body = platform.app.raw[0]
    args = {key: value[0] for key, value in parse_qs(query).items()}
    oa = platform.config.oa
    assert args["encrypt_type"] == "aes"
    assert args["openid"] == user["oa_openid"]
    assert args["signature"] == crypto.signature(oa.token, args["timestamp"], args["nonce"])
    assert "今年" not in body
    message = platform.app.received[0]
    assert message["Content"] == "今年服务了多久 ]]> <b>"
    assert (message["ToUserName"], message["FromUserName"]) == (oa.id, user["oa_openid"])
    assert len(message["MsgId"]) == 17


def test_a_passive_reply_is_a_bubble(platform: Platform) -> None:
    platform.app.answers = ["累计服务 12 小时"]
    user = say(platform)
    assert platform.bubbles(user["n"]) == [("me", "时长"), ("them", "累计服务 12 小时")]


def test_success_is_no_bubble(platform: Platform) -> None:
    user = say(platform)
    assert platform.bubbles(user["n"]) == [("me", "时长")]
    assert len(platform.app.received) == 1


def test_three_tries_with_the_same_msg_id_then_the_failure_line(platform: Platform) -> None:
    platform.app.answers = ["slow", "slow", "slow"]
    user = say(platform)
    assert len(platform.app.received) == 3
    assert len({message["MsgId"] for message in platform.app.received}) == 1
    assert platform.bubbles(user["n"]) == [("me", "时长"), ("system", FAILURE_LINE)]
    assert [item["result"] for item in platform.read("pushes")["pushes"]] == ["timeout", "timeout", "timeout"]


def test_the_cut_off_is_kept(platform: Platform) -> None:
    platform.app.answers = ["slow"]
    say(platform)
    assert 0.39 <= platform.read("pushes")["pushes"][0]["seconds"] <= 0.7


def test_a_slow_first_try_and_a_fast_second_show_one_reply(platform: Platform) -> None:
    platform.app.answers = ["slow", "12 小时"]
    user = say(platform)
    assert platform.bubbles(user["n"]) == [("me", "时长"), ("them", "12 小时")]


def test_an_error_of_the_app_is_tried_again(platform: Platform) -> None:
    platform.app.answers = ["500", "500", "12 小时"]
    user = say(platform)
    assert platform.bubbles(user["n"])[-1] == ("them", "12 小时")


def test_a_malformed_answer_shows_the_failure_line_at_once(platform: Platform) -> None:
    platform.app.answers = ["garbage"]
    user = say(platform)
    assert len(platform.app.received) == 1
    assert platform.bubbles(user["n"])[-1] == ("system", FAILURE_LINE)


def test_an_unencrypted_reply_is_malformed(platform: Platform) -> None:
    platform.app.answers = ["plain"]
    user = say(platform)
    assert platform.bubbles(user["n"])[-1] == ("system", FAILURE_LINE)


def test_an_event_nobody_waits_for_fails_without_a_line(platform: Platform) -> None:
    user = platform.user(following=True)
    platform.app.answers = ["500", "500", "500"]
    platform.control(f"users/{user['n']}/unfollow", {"wait": True})
    assert platform.bubbles(user["n"]) == [("system", "你已取消关注该公众号")]


def test_follow_through_a_code_and_scan_by_a_follower(platform: Platform) -> None:
    user = platform.user()
    made = platform.oa(
        "/cgi-bin/qrcode/create",
        {
            "expire_seconds": 600,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": "b.abc"}},
        },
    )
    platform.control(f"users/{user['n']}/scan", {"text": made["url"], "wait": True})
    platform.control(f"users/{user['n']}/scan", {"text": made["url"], "wait": True})
    events = [(item["Event"], item["EventKey"], item["Ticket"]) for item in platform.app.received]
    assert events == [("subscribe", "qrscene_b.abc", made["ticket"]), ("SCAN", "b.abc", made["ticket"])]
    info = platform.get("/cgi-bin/user/info", access_token=platform.token("oa"), openid=user["oa_openid"])
    assert (info["subscribe"], info["qr_scene_str"], info["unionid"]) == (1, "b.abc", user["unionid"])


def test_menu_click_and_view(platform: Platform) -> None:
    user = platform.user(following=True)
    url = platform.app.url + "/m/me"
    menu = {
        "button": [
            {"type": "click", "name": "时长", "key": "hours"},
            {"name": "更多", "sub_button": [{"type": "view", "name": "活动", "url": url}]},
        ]
    }
    raw = json.dumps(menu, ensure_ascii=False).encode()
    path = f"{platform.sandbox.url}/cgi-bin/menu/create?access_token={platform.token('oa')}"
    assert platform.http.post(path, data=raw).json()["errcode"] == 0
    assert platform.http.post(path, data=json.dumps(menu)).json()["errcode"] == 40033
    platform.control(f"users/{user['n']}/menu", {"index": 0, "wait": True})
    assert platform.control(f"users/{user['n']}/menu", {"index": 1, "sub": 0, "wait": True}) == {"open": url}
    assert [(item["Event"], item["EventKey"]) for item in platform.app.received] == [
        ("CLICK", "hours"),
        ("VIEW", url),
    ]


def test_subscription_dialog_is_told_to_the_mini_program_callback(platform: Platform) -> None:
    user = platform.user()
    platform.control(
        f"users/{user['n']}/subscribe",
        {"accept": ["demo-sub-reminder"], "reject": ["demo-sub-notice"], "wait": True},
    )
    event = platform.app.received[0]
    assert (event["Event"], event["FromUserName"]) == ("subscribe_msg_popup_event", user["mp_openid"])
    assert [(item["TemplateId"], item["SubscribeStatusString"]) for item in event["List"]] == [
        ("demo-sub-reminder", "accept"),
        ("demo-sub-notice", "reject"),
    ]


def test_a_single_item_of_a_json_event_is_an_object(platform: Platform) -> None:
    user = platform.user()
    platform.control(f"users/{user['n']}/subscribe", {"accept": ["demo-sub-reminder"], "wait": True})
    assert platform.app.received[0]["List"] == {
        "TemplateId": "demo-sub-reminder",
        "SubscribeStatusString": "accept",
        "PopupScene": "0",
    }


def test_any_event_can_be_pushed(platform: Platform) -> None:
    user = platform.user(following=True)
    platform.app.answers = ["好"]
    outcome = platform.control(
        "push",
        {
            "side": "oa",
            "n": user["n"],
            "fields": {"MsgType": "event", "Event": "user_authorization_revoke", "RevokeInfo": "8"},
        },
    )
    assert (outcome["state"], outcome["reply"]["Content"]) == ("replied", "好")
    assert platform.app.received[0]["RevokeInfo"] == "8"


def test_a_forged_push_goes_out_as_it_stands(platform: Platform) -> None:
    platform.app.answers = ["success"]
    answer = platform.control(
        "push", {"side": "oa", "query": "msg_signature=0&timestamp=1&nonce=2", "body": "<xml/>"}
    )
    assert "status" not in answer or answer["status"] != 200


def test_saving_the_server_address_wants_the_echostr_back(platform: Platform) -> None:
    assert platform.control("verify", {"side": "oa"}) == {"verified": True}
    assert platform.control("verify", {"side": "mp"}) == {"verified": False}


def test_a_retry_repeats_timestamp_and_nonce(platform: Platform) -> None:
    platform.app.answers = ["500", "500", "success"]
    say(platform)
    assert len(platform.app.raw) == 3
    assert len(set(platform.app.raw)) == 1
