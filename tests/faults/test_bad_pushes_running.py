"""Pushes to the callback over real HTTP: forged, broken or foreign ones change nothing; a good one acts once.

The numbers in the names are those of the list of fault cases.
"""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.crypto import decrypt, encrypt
from tests.faults.knock import SETTINGS, ask, now, push, said, timed
from tests.support.stack import Stack
from tests.support.watch import Watch

KEY, APPID = SETTINGS.wechat_aes_key.get_secret_value(), SETTINGS.wechat_oa_appid
OTHER_KEY = base64.b64encode(b"k" * 32).decode().rstrip("=")
FINE = base64.b64encode(b"x" * 64).decode()


def message(house: Stack, words: str, number: str) -> bytes:
    """What the member says, as WeChat writes it."""
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>oa-member</FromUserName>"
        f"<CreateTime>{int(now(house).timestamp())}</CreateTime><MsgType>text</MsgType>"
        f"<Content>{words}</Content><MsgId>{number}</MsgId></xml>"
    ).encode()


def answered(answer: requests.Response) -> str:
    """The words of an encrypted reply."""
    sealed = answer.text.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    return decrypt(sealed, APPID, KEY).decode().split("<Content><![CDATA[")[1].split("]]>")[0]


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    ("sealed", "more"),
    [
        pytest.param(FINE, {"signature": "0" * 40}, id="wrong signature"),
        pytest.param(FINE, {"signature": "é"}, id="signature of other letters"),
        pytest.param(FINE, {"signature": ""}, id="no signature"),
        pytest.param(FINE, {"stamp": "1600000000"}, id="years old"),
        pytest.param(FINE, {"stamp": "not-a-number"}, id="no moment"),
        pytest.param(FINE, {}, id="not our key"),
        pytest.param(encrypt(b"<xml></xml>", APPID, OTHER_KEY), {}, id="foreign key"),
        pytest.param(encrypt(b"<xml></xml>", "wxforeign00000000", KEY), {}, id="foreign appid"),
        pytest.param("%%%not-base64%%%", {}, id="broken base64"),
        pytest.param(FINE[:-8], {}, id="cut block"),
        pytest.param("", {}, id="nothing"),
        pytest.param("A" * 200_000, {}, id="long"),
    ],
)
def test_case_15_push_that_is_not_wechats_is_refused(house: Stack, sealed: str, more: dict[str, str]) -> None:
    with Watch() as watch:
        assert said(push(house, sealed, **more)) == (403, "not_allowed")
    assert watch.seconds < 1


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
            id="bomb",
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
            id="file",
        ),
        pytest.param(b"<xml>" + b"<a>" * 20_000, id="deep"),
        pytest.param(b"[" * 60_000, id="brackets"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" * 1000, id="zeros"),
    ],
)
def test_case_16_push_that_is_no_envelope_is_refused(house: Stack, body: bytes) -> None:
    query = {"timestamp": "1", "nonce": "n", "msg_signature": "0" * 40}
    answer = timed("POST", f"{house.app}/wechat/callback", params=query, data=body)
    assert said(answer) == (403, "not_allowed")


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "ha">]><xml><MsgType>&a;</MsgType></xml>', id="entity"),
        pytest.param(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml></xml>', id="dtd elsewhere"),
        pytest.param(b"<xml>" + b"<a>" * 15_000 + b"</a>" * 15_000 + b"</xml>", id="deep"),
        pytest.param(b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>", id="two kinds"),
        pytest.param(b"<xml><Content>x</Content></xml>", id="no kind"),
        pytest.param(b"[" * 30_000, id="brackets"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_case_16_nonsense_under_a_good_seal_is_refused(house: Stack, inside: bytes) -> None:
    with Watch() as watch:
        answer = push(house, encrypt(inside, APPID, KEY))
    assert watch.seconds < 1
    assert answer.status_code == 403 or answer.text in ("", "success")


def test_case_13_message_sent_three_times_at_once_acts_once(house: Stack) -> None:
    sealed = encrypt(message(house, "积分", "700001"), APPID, KEY)
    with ThreadPoolExecutor(3) as senders:
        answers = list(senders.map(lambda _: push(house, sealed), range(3)))
    assert [each.status_code for each in answers] == [200] * 3
    assert len({answered(each) for each in answers}) == 1
    assert ask(house, "SELECT COUNT(*) FROM inbound_message WHERE dedupe_key LIKE '%700001%'") == [(1,)]


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 403), ("signature=x&timestamp=1&nonce=n&echostr=a", 403), ("signature=%ff&echostr=%00", 403),
        ("signature=" + "a" * 40 + "&timestamp=1&nonce=n&echostr=" + "b" * 5000, 403),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/wechat/callback", "/wechat/mp-callback"])
def test_case_15_address_check_that_is_not_wechats_is_refused(
    house: Stack, path: str, query: str, status: int
) -> None:
    assert said(timed("GET", f"{house.app}{path}?{query}")) == (status, "not_allowed")
