"""The official vectors of wechat-platform.md §1 and §7.2."""

from __future__ import annotations

import json

import pytest

from sandbox import crypto

APPID, KEY, TOKEN = "wxba5fad812f8e6fb9", "A" * 43, "AAAAA"
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsX"
    "UnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajA"
    "sjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


def test_signature_of_the_url_check() -> None:
    assert crypto.signature(TOKEN, "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"


def test_signature_of_a_plain_push() -> None:
    assert crypto.signature(TOKEN, "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_msg_signature_of_a_safe_push() -> None:
    assert (
        crypto.signature(TOKEN, "1714112445", "415670741", PUSHED)
        == "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    )
    assert crypto.signature(TOKEN, "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"


def test_decrypt_of_a_safe_push() -> None:
    message = crypto.decrypt(PUSHED, APPID, KEY)
    assert len(message) == 167
    assert json.loads(message)["Event"] == "debug_demo"


def test_encrypt_of_a_reply() -> None:
    sealed = crypto.encrypt(b'{"demo_resp":"good luck"}', APPID, KEY, random=b"707722b803182950")
    assert (
        sealed == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    mark = crypto.signature(TOKEN, "1713424427", "415670741", sealed)
    assert mark == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_decrypt_refuses_a_foreign_appid() -> None:
    with pytest.raises(crypto.CryptoError):
        crypto.decrypt(PUSHED, "wx0000000000000000", KEY)


@pytest.mark.parametrize("length", [1, 15, 16, 31, 32, 33, 400])
def test_what_is_encrypted_comes_back(length: int) -> None:
    assert crypto.decrypt(crypto.encrypt(b"x" * length, APPID, KEY), APPID, KEY) == b"x" * length


def test_signature_of_a_page_for_the_js_sdk() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    mark = crypto.jsapi_signature(
        ticket, "Wm3WZYTPz0wzccnW", "1414587457", "http://mp.weixin.qq.com?params=value#top"
    )
    assert mark == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
