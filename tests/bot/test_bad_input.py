"""What is not WeChat's, or not readable, is refused alike and at once (reliability.md §7, cases 15 and 16)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers.counters import CALLBACK_REFUSALS
from models import InboundMessage
from tests.bot.chat import MP, OA, Phone, WeChat, encrypt, signature
from tests.support.world import World

Of = Callable[[Any], Phone]


def refused() -> float:
    """How many pushes to the official account were refused so far, as Prometheus would read it."""
    return sum(
        sample.value
        for metric in CALLBACK_REFUSALS.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and sample.labels["account"] == "oa"
    )


def envelope(encrypted: str) -> bytes:
    return f"<xml><ToUserName>gh_0</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>&a;</MsgType></xml>'
HEAD = "<xml><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"


def bad(wechat: WeChat, name: str) -> tuple[dict[str, str], bytes]:
    """(query, body) of one bad push."""
    fine = encrypt(b"<xml></xml>")
    query = wechat.query(fine)
    inside = {
        "laughs": LAUGHS, "file": FILE, "nested": "<xml>" + "<a>" * 200_000, "no_type": f"{HEAD}</xml>",
        "two_types": f"{HEAD}<MsgType>text</MsgType><MsgType>event</MsgType></xml>", "not_xml": "hello",
        "json_list": "[1]", "json_deep": '{"a":' + "[" * 100_000,
    }  # fmt: skip
    if name in inside:
        sealed = encrypt(inside[name].encode())
        return wechat.query(sealed), envelope(sealed)
    bodies = {
        "empty": b"", "not_an_envelope": b"<xml></xml>", "brackets": b"[" * 60_000, "nul": b"\x00" * 100,
        "two_envelopes": envelope(fine) + envelope(fine),
    }  # fmt: skip
    if name in bodies:
        return query, bodies[name]
    if name == "foreign_appid":
        foreign = encrypt(b"<xml></xml>", "wx0000000000000000")
        return wechat.query(foreign), envelope(foreign)
    if name in ("broken_base64", "truncated", "one_block"):
        broken = {"broken_base64": "%%%" + fine, "truncated": fine[:-5], "one_block": fine[:24]}[name]
        return wechat.query(broken), envelope(broken)
    if name == "a_year_old":
        return wechat.query(fine, wechat.now - timedelta(days=365)), envelope(fine)
    if name == "plain_mode":
        stamp = query["timestamp"]
        return {
            "signature": signature(stamp, "n"),
            "timestamp": stamp,
            "nonce": "n",
        }, f"{HEAD}</xml>".encode()
    if name == "no_arguments":
        return {}, envelope(fine)
    return query | {"wrong_signature": {"msg_signature": "0" * 40}, "accent": {"msg_signature": "é"}}[
        name
    ], envelope(fine)


NAMES = [
    "wrong_signature", "accent", "no_arguments", "a_year_old", "plain_mode", "foreign_appid", "broken_base64",
    "truncated", "one_block", "empty", "not_an_envelope", "two_envelopes", "brackets", "nul", "laughs", "file",
    "nested", "no_type", "two_types", "not_xml", "json_list", "json_deep",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.case(15)
@pytest.mark.case(16)
def test_bad_push_is_refused_with_one_answer_counted_and_without_effect(
    wechat: WeChat, cast: World, name: str
) -> None:
    query, body = bad(wechat, name)
    before, began = refused(), time.process_time()
    answered = wechat.client.post(OA, query_string=query, data=body)
    assert time.process_time() - began < 1
    assert (answered.status_code, answered.json["code"]) == (403, "not_allowed")
    assert answered.data == wechat.client.post(OA, query_string={}, data=b"").data
    assert refused() == before + 2
    assert InboundMessage.select().count() == 0


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.case(16)
def test_ten_megabytes_are_not_read(wechat: WeChat, declared: bool) -> None:
    from io import BytesIO

    size = 10 * 1024 * 1024
    more: dict[str, Any] = (
        {"content_length": size} if declared else {"environ_overrides": {"wsgi.input_terminated": True}}
    )
    body = BytesIO(b"x" * size)
    answered = wechat.client.post(OA, query_string=wechat.query("x"), input_stream=body, **more)
    assert answered.status_code == 403
    assert body.tell() <= 1024 * 1024


def test_body_of_sixty_five_kilobytes_is_refused(wechat: WeChat) -> None:
    assert wechat.client.post(OA, query_string=wechat.query("x"), data=b"x" * (65 * 1024)).status_code == 403


@pytest.mark.parametrize("path", [OA, MP])
def test_address_check_answers_the_echo_and_any_number_of_times(wechat: WeChat, path: str) -> None:
    stamp = str(int(wechat.now.timestamp()))
    query = {
        "signature": signature(stamp, "n"),
        "timestamp": stamp,
        "nonce": "n",
        "echostr": "4375120948345356249",
    }
    for _ in range(2):
        answered = wechat.client.get(path, query_string=query)
        assert (answered.status_code, answered.data, answered.mimetype) == (
            200,
            b"4375120948345356249",
            "text/plain",
        )


def test_address_check_with_a_wrong_signature_is_refused(wechat: WeChat) -> None:
    query = {
        "signature": "0" * 40,
        "timestamp": str(int(wechat.now.timestamp())),
        "nonce": "n",
        "echostr": "<b>",
    }
    answered = wechat.client.get(OA, query_string=query)
    assert answered.status_code == 403
    assert b"<b>" not in answered.data


def test_mini_program_without_keys_has_no_door(wechat: WeChat) -> None:
    del wechat.client.application.extensions["callback_doors"]["mp"]
    assert wechat.client.post(MP, query_string=wechat.query("x"), data=envelope("x")).status_code == 403


@pytest.mark.parametrize(
    "words",
    [
        "]]>",
        "<a href='x'>",
        "{name}",
        "{0.__class__}",
        "%s",
        "\u202e时长",
        "报名 99999999999999999999",
        "👍" * 500,
        "通知" * 900,
    ],
)
def test_strange_words_get_a_kind_answer(phone: Of, cast: World, words: str) -> None:
    if "]]>" in words:
        words = words.replace("]]>", "]]&gt;")
    assert phone(cast.xiaobo).says(words) != ""
