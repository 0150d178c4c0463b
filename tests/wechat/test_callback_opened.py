"""What the callback door makes of the pushes WeChat sends, and how it seals the answers."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from lxml import etree

from tests.wechat.callback import (
    ACCOUNT,
    AES_KEY,
    APPID,
    NOW,
    OPENID,
    TOKEN,
    door,
    event,
    later,
    push,
    signature,
    text,
    xml,
)
from wechat.inbound import Inbound, Subscription


def opened(message: str) -> Inbound:
    sent = push(message)
    return door().open(sent.args, sent.body)


def test_text_is_read_whole():
    inbound = opened(text("  我的时长 "))
    assert inbound == Inbound(
        openid=OPENID,
        account=ACCOUNT,
        created_at=int(NOW.timestamp()),
        kind="text",
        content="我的时长",
        msg_id="24567890123456789",
        raw=inbound.raw,
    )


def test_text_from_a_tapped_line_keeps_the_id_of_the_line():
    inbound = opened(
        xml("text", "<Content>我的时长</Content><MsgId>7</MsgId><bizmsgmenuid>101</bizmsgmenuid>")
    )
    assert (inbound.content, inbound.menu_id) == ("我的时长", "101")


def test_text_with_a_control_character_is_read_without_it():
    assert opened(text("签到\x08 482913\x00")).content == "签到 482913"


def test_text_that_looks_like_markup_stays_text():
    assert opened(text("<b>&amp;</b>")).content == "<b>&amp;</b>"


def test_voice_that_was_heard_is_content():
    inner = "<MediaId>m</MediaId><Recognition><![CDATA[我的时长。]]></Recognition><MsgId>8</MsgId>"
    assert opened(xml("voice", inner)).content == "我的时长。"


def test_voice_that_was_not_heard_has_no_content():
    assert opened(xml("voice", "<MediaId>m</MediaId><Format>speex</Format><MsgId>8</MsgId>")).content == ""


def test_follow_by_our_code_gives_the_bare_scene():
    inbound = opened(event("subscribe", "<EventKey>qrscene_b.x7Kq</EventKey><Ticket>gQE</Ticket>"))
    assert (inbound.event, inbound.event_key, inbound.scanned_follow) == ("subscribe", "b.x7Kq", True)
    assert inbound.ticket == "gQE"


@pytest.mark.parametrize("key", ["", "last_trade_no_4200"])
def test_follow_without_our_code_is_no_scan(key: str):
    inbound = opened(event("subscribe", f"<EventKey>{key}</EventKey>"))
    assert (inbound.event_key, inbound.scanned_follow) == (key, False)


def test_scan_by_a_follower_keeps_its_scene_as_it_is():
    inbound = opened(event("SCAN", "<EventKey>qrscene_x</EventKey><Ticket>gQE</Ticket>"))
    assert (inbound.event, inbound.event_key, inbound.scanned_follow) == ("scan", "qrscene_x", False)


def test_location_event_and_location_message_are_told_apart():
    shown = opened(event("LOCATION", "<Latitude>31.8</Latitude>"))
    sent = opened(xml("location", "<Location_X>31.8</Location_X><MsgId>9</MsgId>"))
    assert (shown.kind, shown.event) == ("event", "location")
    assert (sent.kind, sent.event) == ("location", "")


def test_event_that_nobody_knows_is_read_from_its_raw_fields():
    inner = "<OpenID>o1</OpenID><AppID>wx1</AppID><RevokeInfo>301</RevokeInfo>"
    inbound = opened(event("user_authorization_revoke", inner))
    assert inbound.event == "user_authorization_revoke"
    assert inbound.raw["RevokeInfo"] == "301"


def test_one_subscription_answer_is_a_list_of_one():
    inner = (
        "<SubscribeMsgPopupEvent><List><TemplateId>T1</TemplateId>"
        "<SubscribeStatusString>accept</SubscribeStatusString><PopupScene>0</PopupScene></List>"
        "</SubscribeMsgPopupEvent>"
    )
    assert opened(event("subscribe_msg_popup_event", inner)).subscriptions == [
        Subscription("T1", "accept", "", "")
    ]


def test_several_subscription_answers_are_all_there():
    one = "<List><TemplateId>T{0}</TemplateId><SubscribeStatusString>{1}</SubscribeStatusString></List>"
    inner = one.format(1, "accept") + one.format(2, "reject") + one.format(3, "accept")
    found = opened(
        event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{inner}</SubscribeMsgPopupEvent>")
    ).subscriptions
    assert [(each.template_id, each.status) for each in found] == [
        ("T1", "accept"),
        ("T2", "reject"),
        ("T3", "accept"),
    ]


def test_send_result_carries_its_message_and_error():
    inner = (
        "<SubscribeMsgSentEvent><List><TemplateId>T1</TemplateId><MsgID>1700</MsgID>"
        "<ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>"
    )
    assert opened(event("subscribe_msg_sent_event", inner)).subscriptions == [
        Subscription("T1", "success", "1700", "0")
    ]


@pytest.mark.parametrize("several", [False, True])
def test_json_push_of_the_mini_program_is_read_like_xml(several: bool):
    one = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "0"}
    message = {
        "ToUserName": ACCOUNT,
        "FromUserName": OPENID,
        "CreateTime": int(NOW.timestamp()),
        "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "List": [one, one] if several else one,
    }
    sent = push(json.dumps(message))
    envelope = json.dumps({"ToUserName": ACCOUNT, "Encrypt": sent.encrypted}).encode()
    inbound = door().open(sent.args, envelope)
    assert inbound.created_at == int(NOW.timestamp())
    assert inbound.subscriptions == [Subscription("T1", "accept", "", "")] * (2 if several else 1)


def test_compatible_mode_is_opened_by_its_encrypted_half_alone():
    sent = push(text("真"))
    sent.body = sent.body.replace(b"<Encrypt>", "<Content>假</Content><MsgId>1</MsgId><Encrypt>".encode())
    assert door().open(sent.args, sent.body).content == "真"


def test_retry_of_a_message_has_the_same_key_and_another_message_has_not():
    assert opened(text("时长", msg_id="5")).dedupe_key == "m:5"
    assert opened(text("时长", msg_id="6")).dedupe_key == "m:6"


def test_two_events_in_one_second_have_two_keys():
    followed = opened(event("subscribe", "<EventKey>qrscene_a.1</EventKey><Ticket>t</Ticket>"))
    scanned = opened(event("SCAN", "<EventKey>a.1</EventKey><Ticket>t</Ticket>"))
    clicked = [opened(event("CLICK", f"<EventKey>{key}</EventKey>")) for key in ("hours", "help")]
    keys = {each.dedupe_key for each in (followed, scanned, *clicked)}
    assert len(keys) == 4
    assert opened(event("CLICK", "<EventKey>help</EventKey>")).dedupe_key in keys


def test_key_of_an_event_names_sender_second_and_event():
    key = opened(event("CLICK", "<EventKey>hours</EventKey>")).dedupe_key
    assert key.rpartition(":")[0] == f"e:{OPENID}:{int(NOW.timestamp())}:click"
    assert len(key.rpartition(":")[2]) == 16


def test_two_send_results_in_one_second_have_two_keys():
    keys = {
        opened(event("TEMPLATESENDJOBFINISH", f"<MsgID>{n}</MsgID><Status>success</Status>")).dedupe_key
        for n in (1, 2)
    }
    assert len(keys) == 2


@pytest.mark.parametrize("seconds", [-299, 299])
def test_push_of_almost_five_minutes_is_opened(seconds: int):
    sent = push(text("时长"), at=later(seconds))
    assert door().open(sent.args, sent.body).content == "时长"


def test_same_push_is_opened_again_on_a_retry():
    sent, kept = push(text("时长")), door()
    assert kept.open(sent.args, sent.body) == kept.open(sent.args, sent.body)


def test_one_door_serves_many_threads():
    kept, pushes = door(), [push(text(f"时长{n}", msg_id=str(n))) for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda sent: kept.open(sent.args, sent.body), pushes))
    assert [each.content for each in found] == [f"时长{n}" for n in range(200)]


def test_address_check_may_be_repeated():
    stamp = str(int((NOW - timedelta(seconds=5)).timestamp()))
    signed = signature(TOKEN, stamp, "n")
    kept = door()
    assert [kept.verify_url(signed, stamp, "n", "4375") for _ in range(3)] == ["4375"] * 3


def test_sealed_answer_is_signed_and_opens_to_the_same_words():
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    body = door().seal("<xml>好</xml>", nonce="n0nce", timestamp=1700000000)
    fields = {child.tag: child.text for child in etree.fromstring(body)}
    assert (fields["TimeStamp"], fields["Nonce"]) == ("1700000000", "n0nce")
    assert fields["MsgSignature"] == signature(TOKEN, "1700000000", "n0nce", fields["Encrypt"])
    key = base64.b64decode(AES_KEY + "=")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opener.update(base64.b64decode(fields["Encrypt"])) + opener.finalize()
    message = "<xml>好</xml>".encode()
    assert plain[16 : -plain[-1]] == len(message).to_bytes(4, "big") + message + APPID.encode()


@pytest.mark.parametrize("length", range(1, 70))
def test_sealed_answer_of_any_length_opens_again(length: int):
    body = door().seal("x" * length, nonce="n", timestamp=1)
    encrypted = etree.fromstring(body).findtext("Encrypt")
    assert door()._envelope.decrypt(encrypted.encode()) == b"x" * length


@pytest.mark.parametrize("answer", ["success", ""])
def test_answer_without_words_goes_out_in_the_clear(answer: str):
    assert door().seal(answer, nonce="n", timestamp=1) == answer.encode()


def test_two_seals_of_one_answer_differ():
    assert door().seal("a", nonce="n", timestamp=1) != door().seal("a", nonce="n", timestamp=1)
