"""The platform's own examples (wechat-platform.md §1.1, §1.2, §7.2): we compute what it computes."""

import json
from datetime import UTC, datetime

import pytest

from wechat.envelope import Envelope
from wechat.inbound import CallbackDoor, CallbackRefused
from wechat.jssdk import page_signature

TOKEN, KEY, APPID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzaz"
    "hZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSq"
    "FIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


def door_at(epoch: int) -> CallbackDoor:
    return CallbackDoor(TOKEN, KEY, APPID, lambda: datetime.fromtimestamp(epoch, UTC))


def test_address_check_of_the_documentation_is_answered_with_its_echo():
    echo = door_at(1714036504).verify_url(
        "f464b24fc39322e44b38aa78f5edd27bd1441696", "1714036504", "1514711492", "4375120948345356249"
    )
    assert echo == "4375120948345356249"


def test_plain_signature_of_the_documentation_is_ours():
    assert Envelope(TOKEN, KEY, APPID).sign(b"1714037059", b"486452656") == (
        "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    )


def safe_mode_args() -> dict[str, str]:
    return {
        "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
        "timestamp": "1714112445",
        "nonce": "415670741",
        "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "encrypt_type": "aes",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    }


def test_safe_mode_json_push_of_the_documentation_is_opened():
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": ENCRYPTED})
    inbound = door_at(1714112445).open(safe_mode_args(), body.encode())
    assert (inbound.account, inbound.openid) == ("gh_97417a04a28d", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY")
    assert (inbound.kind, inbound.event, inbound.created_at) == ("event", "debug_demo", 1714112445)
    assert inbound.raw["debug_str"] == "hello world"


def test_safe_mode_push_in_an_xml_envelope_is_opened():
    body = f"<xml><ToUserName>gh_97417a04a28d</ToUserName><Encrypt>{ENCRYPTED}</Encrypt></xml>"
    assert door_at(1714112445).open(safe_mode_args(), body.encode()).event == "debug_demo"


def test_plain_signature_does_not_open_a_safe_mode_push():
    args = safe_mode_args() | {"msg_signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d"}
    with pytest.raises(CallbackRefused) as refused:
        door_at(1714112445).open(args, b'{"Encrypt": "%b"}' % ENCRYPTED.encode())
    assert refused.value.reason == "signature"


def test_encrypted_reply_of_the_documentation_is_reproduced():
    envelope = Envelope(TOKEN, KEY, APPID)
    encrypted = envelope.encrypt(b'{"demo_resp":"good luck"}', salt=b"707722b803182950")
    assert encrypted == (
        b"ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    assert envelope.sign(b"1713424427", b"415670741", encrypted) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_page_signature_of_the_documentation_is_ours():
    signed = page_signature(
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        noncestr="Wm3WZYTPz0wzccnW",
        timestamp=1414587457,
        url="http://mp.weixin.qq.com?params=value#hash",
    )
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
