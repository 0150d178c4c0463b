"""The callback's codec in this process: a sealed message in, a sealed answer out, no HTTP and no database.

Ours is `CallbackDoor` with the answer's XML: size, signature, age, decryption, strict padding, parsing, sealing. The
floor is lxml for both documents and one prepared cipher; the peer WeRoBot without a session, which answers an echo.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

import clock
import settings
from bench import echo, figures
from bench.chat import NONCE, Chat, Sealed
from bench.figures import Row, Side
from wechat.inbound import CallbackDoor
from wechat.replies import text_xml

#: Sealed messages that are opened in turn.
MESSAGES = 200
ANSWER = "您累计服务128小时30分钟，其中今年32小时。"


def rows(missing: list[str]) -> list[Row]:
    """Our codec beside the floor and beside the peer."""
    config = settings.load(demo=True, clock_file="")
    chat = Chat(config)
    messages = [chat.sealed(f"o{number:027d}", "时长") for number in range(MESSAGES)]
    ours = _side(messages, _ours(chat, config.wechat_aes_key.get_secret_value()))
    floor = _side(messages, _raw(chat))
    found = [Row("callback codec ÷ lxml and one prepared AES", ours, floor, "≥ 0.6")]
    if importlib.util.find_spec("werobot") is None:
        missing.append("no WeRoBot here: the codec beside it is left out")
    else:
        robot = echo.robot(
            token=chat.token, aes_key=config.wechat_aes_key.get_secret_value(), appid=chat.appid
        )

        def peer(query: dict[str, str], body: bytes) -> object:
            message = robot.parse_message(
                body, timestamp=query["timestamp"], nonce=query["nonce"], msg_signature=query["msg_signature"]
            )
            return robot.get_encrypted_reply(message)

        found.append(Row("callback codec ÷ WeRoBot without session", ours, _side(messages, peer), "≥ 1.8"))
    return figures.alternate(found)


def _side(messages: list[Sealed], act: Callable[[dict[str, str], bytes], object]) -> Side:
    """The act over all messages, again and again: messages a second."""

    def each() -> None:
        for query, body in messages:
            if not act(query, body):
                raise RuntimeError("no answer")

    return figures.often(each, times=len(messages))


def _ours(chat: Chat, aes_key: str) -> Callable[[dict[str, str], bytes], bytes]:
    # The messages were sealed at the start: their age is no matter here, the look at it is.
    door = CallbackDoor(chat.token, aes_key, chat.appid, clock.now, max_age_seconds=86_400)

    def act(query: dict[str, str], body: bytes) -> bytes:
        inbound = door.open(query, body)
        at = clock.now()
        return door.seal(text_xml(inbound, ANSWER, at), nonce=query["nonce"], timestamp=int(at.timestamp()))

    return act


def _raw(chat: Chat) -> Callable[[dict[str, str], bytes], bytes]:
    cipher = Cipher(algorithms.AES(chat.key), modes.CBC(chat.key[:16]))

    def signed(*parts: str) -> str:
        return hashlib.sha1("".join(sorted((chat.token, *parts))).encode()).hexdigest()

    def act(query: dict[str, str], body: bytes) -> bytes:
        encrypted = etree.fromstring(body).findtext("Encrypt") or ""
        if signed(query["timestamp"], query["nonce"], encrypted) != query["msg_signature"]:
            return b""
        opener = cipher.decryptor()
        plain = opener.update(base64.b64decode(encrypted)) + opener.finalize()
        told = etree.fromstring(plain[20 : 20 + int.from_bytes(plain[16:20], "big")])
        fields = {each.tag: each.text for each in told}
        now = str(int(clock.now().timestamp()))
        answer = (
            f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName><FromUserName><![CDATA["
            f"{fields['ToUserName']}]]></FromUserName><CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{ANSWER}]]></Content></xml>"
        ).encode()
        whole = os.urandom(16) + len(answer).to_bytes(4, "big") + answer + chat.appid.encode()
        pad = 32 - len(whole) % 32
        closer = cipher.encryptor()
        sealed = base64.b64encode(closer.update(whole + bytes([pad]) * pad) + closer.finalize()).decode()
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signed(now, NONCE, sealed)}]]>"
            f"</MsgSignature><TimeStamp>{now}</TimeStamp><Nonce><![CDATA[{NONCE}]]></Nonce></xml>"
        ).encode()

    return act
