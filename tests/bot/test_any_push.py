"""Whatever comes to the callback: refused without effect when it is not WeChat's; answered when it is, never a fault.

A fault of ours is raised here (the application is in its testing mode) or found in the log (`no_hidden_fault`).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import InboundMessage
from tests.bot.chat import MP, OA, Phone, WeChat, encrypt
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Of = Callable[[Any], Phone]
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def fuzz(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)


NAMES = st.sampled_from(["msg_signature", "signature", "timestamp", "nonce", "encrypt_type", "echostr", "x"])
BODIES = (
    st.binary(max_size=600)
    | st.text(max_size=200).map(lambda text: f"<xml><Encrypt>{text}</Encrypt></xml>".encode("utf-8", "replace"))
    | st.binary(max_size=200).map(lambda raw: b"<xml><Encrypt>" + base64.b64encode(raw) + b"</Encrypt></xml>")
)


@fuzz(150)
@given(
    method=st.sampled_from(["GET", "POST"]), path=st.sampled_from([OA, MP]),
    query=st.dictionaries(NAMES, st.text(st.characters(exclude_categories=("Cs",)), max_size=60)), body=BODIES,
)  # fmt: skip
@pytest.mark.case(15)
def test_any_request_of_a_stranger_is_refused_without_effect(
    wechat: WeChat, cast: World, method: str, path: str, query: dict[str, str], body: bytes
) -> None:
    answered = wechat.client.open(path, method=method, query_string=query, data=body)
    assert (answered.status_code, answered.json["code"]) == (403, "not_allowed")
    assert InboundMessage.select().count() == 0


@fuzz(150)
@given(place=st.integers(0, 400), put=st.binary(max_size=12), gone=st.integers(0, 40), kind=st.integers(0, 3))
@pytest.mark.case(16)
def test_any_damaged_push_of_wechat_is_answered_or_refused(
    wechat: WeChat, phone: Of, cast: World, place: int, put: bytes, gone: int, kind: int
) -> None:
    him = phone(cast.xiaobo)
    whole = (
        him.document("text", MsgId=7, Content="我的时长"),
        him.document("event", Event="SCAN", EventKey="abc", Ticket="t"),
        him.document("location", MsgId=8, Location_X="31.1", Location_Y="116.2", Scale=9, Label="大堤"),
        him.document("event", Event="TEMPLATESENDJOBFINISH", MsgID=9, Status="success"),
    )[kind].encode()
    place %= len(whole)
    sealed = encrypt(whole[:place] + put + whole[place + gone :])
    body = f"<xml><ToUserName>gh_0</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    answered = wechat.client.post(OA, query_string=wechat.query(sealed), data=body)
    assert answered.status_code in (200, 403)


#: What a keyboard can send; the marks of XML come through an escape, as WeChat sends them.
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="]￾￿")
WORDS = st.lists(
    st.text(LETTERS, max_size=30)
    | st.sampled_from(["报名", "取消", "通知", "时长", "发布", "2", "明天", "全部", "确认", "@", "：", "\n", "😀", "‮"]),
    min_size=1, max_size=12,
).map(" ".join)  # fmt: skip


@fuzz(100)
@given(words=st.text(LETTERS, min_size=1, max_size=400) | WORDS, times=st.sampled_from([1, 1, 3, 40]), leads=st.booleans())
def test_any_words_of_up_to_four_thousand_characters_get_an_answer(
    phone: Of, cast: World, words: str, times: int, leads: bool
) -> None:
    assert phone(cast.ali if leads else cast.xiaobo).says((words * times)[:4000]) != ""
