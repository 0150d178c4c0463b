"""Plays WeChat towards the callback: seals and signs what a person does, opens the answer he would see.

Its cipher is its own (wechat-platform.md §1.2), so that it can disagree with `wechat.envelope`.

    wechat = WeChat(client)
    phone = wechat.phone("oa-00001")
    phone.says("时长")            # the text of the answer; "" for `success`
    phone.event("CLICK", EventKey="hours")
    phone.taps("报名 1")          # the line of that label in the last answer, with its id
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN, AES_KEY = "hongyao2026", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456"
APPID, ACCOUNT = "wx-oa", "gh_0123456789ab"
MP_APPID, MP_ACCOUNT = "wx-mp", "gh_mmmmmmmmmmmm"
OA, MP = "/wechat/callback", "/wechat/mp-callback"
LINE = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)&msgmenuid=(\w+)">([^<]*)</a>')

_numbers = count(1)


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted((TOKEN, *parts))).encode()).hexdigest()


def _cipher() -> Cipher[modes.CBC]:
    key = base64.b64decode(AES_KEY + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(message: bytes, appid: str = APPID) -> str:
    plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + appid.encode()
    pad = 32 - len(plain) % 32
    sealer = _cipher().encryptor()
    return base64.b64encode(sealer.update(plain + bytes([pad]) * pad) + sealer.finalize()).decode()


def decrypt(sealed: str) -> bytes:
    opener = _cipher().decryptor()
    plain = opener.update(base64.b64decode(sealed)) + opener.finalize()
    length = int.from_bytes(plain[16:20], "big")
    return plain[20 : 20 + length]


def element(name: str, value: Any) -> str:
    """One XML element as WeChat writes it."""
    if isinstance(value, dict):
        return f"<{name}>{''.join(element(key, inner) for key, inner in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(element(name, each) for each in value)
    return f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"


@dataclass
class Answer:
    """What came back: HTTP status, and the text a person would see ("" for `success`)."""

    status: int
    body: bytes
    text: str = ""
    sender: str = ""
    receiver: str = ""

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """(content, id, label) of every line to tap."""
        return LINE.findall(self.text)


@dataclass
class WeChat:
    """The platform; `now` signs and dates what it sends."""

    client: Any
    now: datetime
    path: str = OA

    def phone(self, openid: str) -> Phone:
        return Phone(self, openid)

    def query(self, encrypted: str, now: datetime | None = None) -> dict[str, str]:
        stamp, nonce = str(int((now or self.now).timestamp())), f"n{next(_numbers)}"
        return {
            "signature": signature(stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes",
            "msg_signature": signature(stamp, nonce, encrypted),
        }  # fmt: skip

    def sealed(self, plain: str) -> str:
        return encrypt(plain.encode(), APPID if self.path == OA else MP_APPID)

    def deliver(self, plain: str, client: Any = None) -> Answer:
        """Send one document and open what comes back, checking its signature."""
        encrypted = self.sealed(plain)
        body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        query = self.query(encrypted)
        answered = (client or self.client).post(
            self.path, query_string=query, data=body, headers={"Content-Type": "text/xml"}
        )
        answer = Answer(answered.status_code, answered.data)
        if answered.status_code == 200 and answered.data != b"success":
            outer = {each.tag: each.text or "" for each in ElementTree.fromstring(answered.data)}
            assert outer["Nonce"] == query["nonce"]
            assert outer["MsgSignature"] == signature(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
            inner = {each.tag: each.text or "" for each in ElementTree.fromstring(decrypt(outer["Encrypt"]))}
            assert inner["MsgType"] == "text"
            assert len(inner["Content"].encode()) <= 2048
            answer.text, answer.sender, answer.receiver = (
                inner["Content"], inner["FromUserName"], inner["ToUserName"],
            )  # fmt: skip
        return answer


@dataclass
class Phone:
    """One person's WeChat."""

    wechat: WeChat
    openid: str
    last: Answer = field(default_factory=lambda: Answer(0, b""))

    def document(self, kind: str, **fields: Any) -> str:
        stamp = int(self.wechat.now.timestamp())
        common = {"ToUserName": ACCOUNT, "FromUserName": self.openid, "CreateTime": stamp, "MsgType": kind}
        return element("xml", {**common, **fields})

    def _send(self, document: str) -> str:
        self.last = self.wechat.deliver(document)
        assert self.last.status == 200, self.last.body
        return self.last.text

    def message(self, kind: str, **fields: Any) -> str:
        return self._send(self.document(kind, MsgId=10**16 + next(_numbers), **fields))

    def says(self, text: str, **fields: Any) -> str:
        return self.message("text", Content=text, **fields)

    def event(self, name: str, **fields: Any) -> str:
        """An event; the second it falls in is made unlike any other by the ticket or key."""
        return self._send(self.document("event", Event=name, **fields))

    def taps(self, label: str) -> str:
        """Tap the line with this label in the last answer."""
        content, number, _ = next(line for line in self.last.lines if line[2] == label)
        return self.says(content, bizmsgmenuid=number)
