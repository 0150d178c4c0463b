"""Bad input at the callback (reliability.md §7 #15, #16): always one refusal, quick, nothing else."""

import base64
import contextlib
import json
import socket
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wechat.callback import (
    ACCOUNT,
    AES_KEY,
    APPID,
    NOW,
    STAMP,
    TOKEN,
    Push,
    door,
    event,
    later,
    push,
    signature,
    text,
    xml,
)
from wechat.inbound import MAX_BODY, CallbackDoor, CallbackRefused, Inbound

YEAR = 365 * 24 * 3600


def reason(sent: Push) -> str:
    with pytest.raises(CallbackRefused) as refused:
        door().open(sent.args, sent.body)
    return refused.value.reason


@pytest.mark.parametrize(
    "wrong",
    ["", "é", "é" * 40, "\ud800" * 40, "0" * 40, "0" * 39, "z" * 40, "０" * 40, "0" * 40 + "\n"],
)
@pytest.mark.case(15)
def test_wrong_signature_is_refused(wrong: str):
    sent = push(text("时长"))
    sent.args["msg_signature"] = wrong
    assert reason(sent) == "signature"


def test_signature_in_capitals_is_refused():
    sent = push(text("时长"))
    sent.args["msg_signature"] = sent.args["msg_signature"].upper()
    assert reason(sent) == "signature"


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
@pytest.mark.case(15)
def test_missing_parameter_is_refused(name: str):
    sent = push(text("时长"))
    del sent.args[name]
    assert reason(sent) == "signature"


def test_no_parameters_at_all_are_refused():
    sent = push(text("时长"))
    sent.args = {}
    assert reason(sent) == "signature"


def test_foreign_body_under_a_good_signature_is_refused():
    sent, other = push(text("时长")), push(text("积分"))
    sent.body = other.body
    assert reason(sent) == "signature"


@pytest.mark.parametrize("seconds", [-YEAR, -301, 301, YEAR])
@pytest.mark.case(15)
def test_push_of_another_time_is_refused(seconds: int):
    assert reason(push(text("时长"), at=later(seconds))) == "age"


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "１７", " 1", "9" * 13, STAMP + "\n"])
def test_timestamp_that_is_no_number_is_refused(stamp: str):
    assert reason(Push(push(text("时长")).encrypted, stamp=stamp)) == "timestamp"


@pytest.mark.case(15)
def test_push_for_another_account_is_refused():
    assert reason(push(text("时长"), appid="wxffffffffffffffff")) == "appid"


@pytest.mark.parametrize("encrypted", ["", "@@@@", "abc", "时长", "AAAA AAAA", "=" * 44])
@pytest.mark.case(15)
def test_broken_base64_is_refused(encrypted: str):
    assert reason(Push(encrypted)) in ("base64", "truncated")


@pytest.mark.parametrize("kept", [4, 20, 24, 44, 64])
@pytest.mark.case(15)
def test_truncated_ciphertext_is_refused(kept: int):
    assert reason(Push(push(text("时长")).encrypted[:kept])) in ("base64", "truncated", "padding", "length")


@pytest.mark.parametrize("last", [b"\x00" * 32, b"\x21" * 33, b"\x01\x02", b"\x10" * 15 + b"\x20"])
@pytest.mark.case(15)
def test_bad_padding_is_refused(last: bytes):
    whole = len(text("时长").encode()) + 20 + len(APPID)
    fill = b"\xff" * (-(whole + len(last)) % 32)
    assert reason(push(text("时长"), padding=fill + last)) == "padding"


@pytest.mark.parametrize(
    ("length", "why"), [(0xFFFFFFFF, "length"), (100_000, "length"), (0, "appid"), (1, "appid")]
)
def test_message_with_a_false_length_is_refused(length: int, why: str):
    assert reason(push(text("时长"), length=length)) == why


def test_ciphertext_under_another_key_is_refused():
    sent = push(text("时长"))
    other = CallbackDoor(TOKEN, AES_KEY[::-1][:42] + "0", APPID, lambda: NOW)
    with pytest.raises(CallbackRefused):
        other.open(sent.args, sent.body)


def test_plain_mode_is_refused():
    sent = push("")
    sent.body = text("时长").encode()
    assert reason(sent) == "envelope"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<xml></xml>",
        b"<xml><Encrypt>abc</xml>",
        b"[]",
        b"{}",
        b"null",
        b"{",
        b'{"Encrypt": 1}',
    ],
)
def test_body_without_an_encrypted_part_is_refused(body: bytes):
    sent = push("")
    sent.body = body
    assert reason(sent) in ("envelope", "json")


def test_two_encrypted_parts_are_refused():
    sent = push(text("时长"))
    sent.body = sent.body.replace(b"</xml>", b"<Encrypt>AAAA</Encrypt></xml>")
    assert reason(sent) == "envelope"


def test_declared_entities_in_the_envelope_are_refused():
    sent = push(text("时长"))
    sent.body = b'<!DOCTYPE xml [<!ENTITY a "b">]>' + sent.body
    assert reason(sent) == "doctype"


LAUGHS = '<!DOCTYPE xml [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)


@pytest.mark.parametrize(
    "message",
    [
        LAUGHS + "]>" + xml("text", "<Content>&a9;</Content><MsgId>1</MsgId>"),
        '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + xml("text", "<Content>&f;</Content>"),
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd">' + text("时长"),
    ],
    ids=["billion laughs", "file", "address"],
)
@pytest.mark.case(16)
def test_entities_inside_the_message_are_refused_without_a_look(
    message: str, monkeypatch: pytest.MonkeyPatch
):
    def forbidden(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    assert reason(push(message)) == "doctype"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-7"])
def test_declared_entities_in_another_encoding_are_refused(codec: str):
    message = '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "b">]>' + xml("text", "<Content>&a;</Content>")
    assert reason(push(message.encode(codec))) in ("doctype", "xml", "json")


def within(milliseconds: int, megabytes: int, act: Callable[[], object]) -> None:
    """Runs `act` twice: once for its time, once for its memory."""
    began = time.perf_counter()
    act()
    assert (time.perf_counter() - began) * 1000 < milliseconds
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < megabytes * 1024 * 1024


@pytest.mark.case(16)
def test_body_of_ten_megabytes_is_refused_at_once():
    sent = push("")
    sent.body = b"<xml><Encrypt>" + b"A" * 10_000_000 + b"</Encrypt></xml>"
    within(200, 1, lambda: reason(sent))
    assert reason(sent) == "size"


def test_body_of_the_greatest_size_is_looked_at():
    sent = push(text("时长"))
    sent.body = sent.body.ljust(MAX_BODY)
    assert door().open(sent.args, sent.body).content == "时长"
    sent.body += b" "
    assert reason(sent) == "size"


@pytest.mark.case(16)
def test_deeply_nested_tags_are_refused():
    sent = push(xml("text", "<a>" * 3000 + "</a>" * 3000))
    within(200, 50, lambda: reason(sent))
    assert reason(sent) == "xml"


@pytest.mark.case(16)
def test_two_hundred_thousand_tags_are_refused():
    sent = push("")
    sent.body = b"<xml>" + b"<a>" * 200_000
    within(200, 50, lambda: reason(sent))
    assert reason(sent) == "size"


@pytest.mark.parametrize("where", ["envelope", "message"])
@pytest.mark.case(16)
def test_json_of_brackets_is_refused(where: str):
    brackets = '{"a":' + "[" * 30_000
    sent = push(brackets)
    if where == "envelope":
        sent.body = brackets.encode()
    within(200, 50, lambda: reason(sent))
    assert reason(sent) == "json"


@pytest.mark.parametrize(
    "message",
    [
        xml("text", "<MsgType>event</MsgType><Content>x</Content>"),
        xml("text", "<Content>x</Content>").replace("<MsgType><![CDATA[text]]></MsgType>", ""),
        xml("<a>text</a>").replace("<![CDATA[", "").replace("]]>", ""),
        xml("", "<Content>x</Content>"),
        event(""),
        xml("event"),
        xml("text", "<Content>x</Content>", openid=""),
        xml("text", "<Content>x</Content>", openid="两个 字"),
        xml("text", "<Content>x</Content>", openid="o" * 65),
        text("x").replace(STAMP, "yesterday"),
        text("x").replace(STAMP, ""),
        text("x").replace("<Content>", "<Content><b>1</b></Content><Content>"),
        json.dumps({"MsgType": ["text"], "FromUserName": "o1", "CreateTime": 1}),
        json.dumps({"MsgType": "text", "FromUserName": {"o": 1}, "CreateTime": 1}),
        json.dumps({"MsgType": "text", "FromUserName": "o1", "CreateTime": True}),
        json.dumps({"MsgType": "text", "FromUserName": "o1", "CreateTime": 1.5}),
    ],
)
@pytest.mark.case(16)
def test_message_with_wrong_fields_is_refused(message: str):
    assert reason(push(message)) == "fields"


@pytest.mark.parametrize(
    "message",
    ["", "x", "<xml>", "<other/>", "<xml>&foo;</xml>", b"\xff\xfe", b"<xml>\xff</xml>"],
)
def test_message_that_is_no_document_is_refused(message: str | bytes):
    assert reason(push(message)) in ("xml", "fields")


@pytest.mark.parametrize(
    "message", ['{"a": NaN}', '{"a": "\\ud800"}', '{"a"}', '{"a": 1} x', '{"a": ' + "9" * 5000]
)
def test_message_of_odd_json_is_refused(message: str):
    assert reason(push(message)) == "json"


@pytest.mark.parametrize(
    ("signed", "stamp"),
    [
        ("0" * 40, STAMP),
        ("é", STAMP),
        (signature(TOKEN, STAMP, "other"), STAMP),
        (signature(TOKEN, "1", "n"), "1"),
        (signature(TOKEN, "", "n"), ""),
    ],
)
def test_address_check_that_is_not_wechats_is_refused(signed: str, stamp: str):
    with pytest.raises(CallbackRefused):
        door().verify_url(signed, stamp, "n", "4375")


@pytest.mark.parametrize(
    "changes", [{"token": ""}, {"aes_key": "short"}, {"aes_key": "é" * 43}, {"appid": ""}]
)
def test_door_with_half_its_keys_is_not_built(changes: dict[str, str]):
    with pytest.raises(ValueError):
        door(**changes)


def test_keys_do_not_show_in_a_refusal_or_in_the_door():
    sent = push(text("时长"))
    sent.args["msg_signature"] = "0" * 40
    with pytest.raises(CallbackRefused) as refused:
        door().open(sent.args, sent.body)
    shown = f"{refused.value!r} {door()!r}"
    assert TOKEN not in shown
    assert AES_KEY not in shown


def opened_or_refused(sent: Push) -> None:
    with contextlib.suppress(CallbackRefused):
        assert isinstance(door().open(sent.args, sent.body), Inbound)


@settings(max_examples=300, deadline=None)
@given(
    args=st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce", "signature"]), st.text()),
    body=st.binary(max_size=500)
    | st.text(max_size=200).map(lambda s: f"<xml><Encrypt>{s}</Encrypt>".encode("utf-8", "replace")),
)
def test_random_requests_are_refused_and_never_crash(args: dict[str, str], body: bytes):
    with pytest.raises(CallbackRefused):
        door().open(args, body)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>&;!/[]'\" \x00xmlMsgTypeEventCDATA一", max_size=200).map(str.encode)
    | st.text(max_size=80).map(lambda s: f"<xml>{s}</xml>".encode("utf-8", "replace"))
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["MsgType", "Event", "FromUserName", "CreateTime", "List", "EventKey", "MsgId", "Content"]
                ),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_random_messages_of_the_key_holder_never_crash(message: bytes):
    opened_or_refused(push(message))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_random_ciphertexts_under_a_good_signature_never_crash(junk: bytes):
    sent = Push(base64.b64encode(junk).decode())
    with pytest.raises(CallbackRefused):
        door().open(sent.args, sent.body)
    assert ACCOUNT.encode() in sent.body
