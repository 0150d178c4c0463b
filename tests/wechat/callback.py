"""A pretend WeChat for the tests of the callback: it writes, encrypts and signs pushes by itself.

Written against wechat-platform.md §1 and not with `wechat.envelope`, so that the two can disagree.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wechat.inbound import CallbackDoor

TOKEN, APPID, ACCOUNT = "hongyao2026", "wx0123456789abcdef", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
OPENID = "oABCD-efgh_0123456789ijklmno"


def door(**changes: object) -> CallbackDoor:
    """The door of the account above, at NOW."""
    given = {"token": TOKEN, "aes_key": AES_KEY, "appid": APPID, "now": lambda: NOW} | changes
    return CallbackDoor(**given)  # type: ignore[arg-type]


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(
    message: bytes, *, appid: str = APPID, length: int | None = None, padding: bytes | None = None
) -> str:
    """The base64 ciphertext; `length` and `padding` tell lies about the message."""
    key = base64.b64decode(AES_KEY + "=")
    told = len(message) if length is None else length
    plain = os.urandom(16) + told.to_bytes(4, "big") + message + appid.encode()
    pad = 32 - len(plain) % 32
    plain += bytes([pad]) * pad if padding is None else padding
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain) + cipher.finalize()).decode()


@dataclass
class Push:
    """One signed POST: `args` and `body` as the door gets them."""

    encrypted: str
    stamp: str = STAMP
    nonce: str = "n0nce"
    args: dict[str, str] = field(init=False)
    body: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.args = {
            "signature": signature(TOKEN, self.stamp, self.nonce),
            "timestamp": self.stamp,
            "nonce": self.nonce,
            "openid": OPENID,
            "encrypt_type": "aes",
            "msg_signature": signature(TOKEN, self.stamp, self.nonce, self.encrypted),
        }
        self.body = (
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
            f"<Encrypt><![CDATA[{self.encrypted}]]></Encrypt></xml>"
        ).encode()


def push(message: str | bytes, *, at: datetime = NOW, **lies: object) -> Push:
    """The POST that carries `message`, signed at `at`."""
    raw = message.encode() if isinstance(message, str) else message
    return Push(encrypt(raw, **lies), stamp=str(int(at.timestamp())))  # type: ignore[arg-type]


def xml(kind: str, inner: str = "", *, created: datetime = NOW, openid: str = OPENID) -> str:
    """The inside of a push as WeChat writes it."""
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>\n"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>\n"
        f"<CreateTime>{int(created.timestamp())}</CreateTime>\n"
        f"<MsgType><![CDATA[{kind}]]></MsgType>\n{inner}</xml>"
    )


def event(name: str, inner: str = "", *, created: datetime = NOW) -> str:
    """The inside of an event."""
    return xml("event", f"<Event><![CDATA[{name}]]></Event>{inner}", created=created)


def text(content: str, *, msg_id: str = "24567890123456789") -> str:
    """The inside of a text message."""
    return xml("text", f"<Content><![CDATA[{content}]]></Content><MsgId>{msg_id}</MsgId>")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
