"""Messages to the chat, sealed as WeChat seals them."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
from itertools import count
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import clock
import settings
from bench import load

NONCE = "n0nce"
#: Of messages. A number seen before is a copy, and answered from what was said; microseconds run ahead of any asking,
#: so that a database asked twice hears no number twice.
NUMBERS = count(time.time_ns() // 1000)
_ENCRYPTED = re.compile(rb"<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)")
_CONTENT = re.compile(rb"<Content>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</Content>", re.DOTALL)


class Sealed(NamedTuple):
    """A message as it reaches a callback: its query and its body."""

    query: dict[str, str]
    body: bytes


class Chat:
    """Seals text messages to the official account, each with a number of its own."""

    def __init__(self, config: settings.Settings) -> None:
        self.key = base64.b64decode(config.wechat_aes_key.get_secret_value() + "=")
        self.token, self.appid = config.wechat_token.get_secret_value(), config.wechat_oa_appid
        self.account = config.wechat_oa_id

    def sealed(self, openid: str, text: str) -> Sealed:
        """One text message; the plain signature is there as well, since WeChat sends both."""
        now = str(int(clock.now().timestamp()))
        xml = (
            f"<xml><ToUserName>{self.account}</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{now}"
            f"</CreateTime><MsgType>text</MsgType><Content>{text}</Content><MsgId>{next(NUMBERS)}</MsgId></xml>"
        ).encode()
        plain = os.urandom(8).hex().encode() + len(xml).to_bytes(4, "big") + xml + self.appid.encode()
        pad = 32 - len(plain) % 32
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        encrypted = base64.b64encode(cipher.update(plain + bytes([pad]) * pad)).decode()
        query = {
            "timestamp": now, "nonce": NONCE, "signature": self._signed(now, NONCE),
            "msg_signature": self._signed(now, NONCE, encrypted), "encrypt_type": "aes",
        }  # fmt: skip
        body = f"<xml><ToUserName>{self.account}</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
        return Sealed(query, body.encode())

    def opened(self, body: bytes) -> str:
        """The words in a sealed answer; "" for whatever is none."""
        found = _ENCRYPTED.search(body)
        if found is None:
            return ""
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).decryptor()
        plain = cipher.update(base64.b64decode(found[1]))
        said = _CONTENT.search(plain[20 : 20 + int.from_bytes(plain[16:20], "big")])
        return said[1].decode() if said else ""

    def message(self, port: int, path: str, openid: str, text: str) -> bytes:
        """One sealed text message as an HTTP request."""
        query, body = self.sealed(openid, text)
        address = path + "?" + "&".join(f"{name}={value}" for name, value in query.items())
        return load.request("POST", address, port=port, headers={"Content-Type": "text/xml"}, body=body)

    def _signed(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self.token, *parts))).encode()).hexdigest()
