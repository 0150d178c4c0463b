"""The callback door: what WeChat pushes to us, from raw bytes to one `Inbound`, or a refusal.

Safe mode only. The order is size, envelope, signature, age, decryption, parsing: nothing parses a
document before the signature over its ciphertext was checked, for the `Encrypt` field is cut out of the
envelope by a plain search. The one document that is parsed comes from the holder of the AES key.
Facts: wechat-platform.md §1–2; bad input: reliability.md §7 #15–17.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from typing import Any, NamedTuple

from lxml import etree

from wechat.envelope import Envelope, Unreadable

MAX_BODY = 64 * 1024

_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)
_SENDER = re.compile(r"[!-~]{1,64}", re.ASCII)
#: Bytes that no XML document may hold, yet a user's keyboard can send.
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_QR_SCENE = "qrscene_"
_SUBSCRIPTION_FIELDS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")


class CallbackRefused(Exception):
    """A request that does not come from WeChat, or that nobody can read.

    `reason` is one of a few words for the counter; the caller answers every refusal alike.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Subscription(NamedTuple):
    """One element of a subscribe-message event; what the event does not have is "".

    `status` is accept / reject for a popup or change, WeChat's word (success, …) for a send, whose
    `msgid` and `error_code` ("0" is good) belong to `Gateway.send_subscribe`.
    """

    template_id: str
    status: str
    msgid: str
    error_code: str


@dataclass(frozen=True)
class Inbound:
    """One message or event. Strings are "" where WeChat sent nothing.

    `openid` sent it, `account` (gh_…) received it, `created_at` is in epoch seconds. `kind` and `event`
    are lower-case (`text`, `event`; `subscribe`, `scan`, `click`…). `content` is a text's words or
    what WeChat heard in a voice message. `menu_id` is set when a tappable line was tapped.
    """

    openid: str
    account: str
    created_at: int
    kind: str
    event: str = ""
    #: Without the `qrscene_` that only a follow by QR code carries.
    event_key: str = ""
    #: Whether this is a follow by a QR code of ours.
    scanned_follow: bool = False
    content: str = ""
    msg_id: str = ""
    ticket: str = ""
    menu_id: str = ""
    #: Everything WeChat sent, names as sent; repeated elements are lists.
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def dedupe_key(self) -> str:
        """The same for every retry of one push, different for any two pushes (reliability.md §3.1).

        Send results carry neither key nor ticket, and many can fall in one second: there the message
        ids take their place.
        """
        if self.kind != "event":
            if self.msg_id:
                return f"m:{self.msg_id}"
            what, told = self.kind, self.content
        else:
            what, told = self.event, f"{self.event_key}|{self.ticket}"
            if self.msg_id:
                told += f"|{self.msg_id}"
            elif what.startswith("subscribe_msg_"):
                told += f"|{self.subscriptions}"
        digest = sha1(told.encode()).hexdigest()[:16]
        return f"e:{self.openid}:{self.created_at}:{what}:{digest}"

    @property
    def subscriptions(self) -> list[Subscription]:
        """The elements of a subscribe_msg_popup / change / sent event, one or many; else empty."""
        listed: object = self.raw.get("List")
        for name in _SUBSCRIPTION_FIELDS:
            inner = self.raw.get(name)
            if isinstance(inner, dict):
                listed = inner.get("List")
        elements = listed if isinstance(listed, list) else [listed]
        return [
            Subscription(
                _loose(element.get("TemplateId")),
                _loose(element.get("SubscribeStatusString") or element.get("ErrorStatus")),
                _loose(element.get("MsgID")),
                _loose(element.get("ErrorCode")),
            )
            for element in elements
            if isinstance(element, dict)
        ]


class CallbackDoor:
    """Opens what WeChat pushes to one account and seals the answers. One per account, kept for ever."""

    def __init__(
        self,
        token: str,
        aes_key: str,
        appid: str,
        now: Callable[[], datetime],
        max_age_seconds: int = 300,
    ) -> None:
        """Token, EncodingAESKey and appid as in the console; wrong or missing ones are a ValueError."""
        self._envelope = Envelope(token, aes_key, appid)
        self._now = now
        self._max_age = max_age_seconds
        self._parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def __repr__(self) -> str:
        return "CallbackDoor()"

    def verify_url(self, signature: str, timestamp: str, nonce: str, echostr: str) -> str:
        """The console's check of our address: the `echostr` to answer. May be asked any number of times."""
        if not self._envelope.signed(_str(signature), _bytes(timestamp), _bytes(nonce)):
            raise CallbackRefused("signature")
        self._check_age(timestamp)
        return echostr

    def open(self, args: Mapping[str, str], body: bytes) -> Inbound:
        """The message in a POST with the query `args`. Every bad input is a `CallbackRefused`."""
        if len(body) > MAX_BODY:
            raise CallbackRefused("size")
        encrypted = _encrypted(body)
        timestamp = _str(args.get("timestamp"))
        signature, nonce = _str(args.get("msg_signature")), _str(args.get("nonce"))
        if not self._envelope.signed(
            signature, timestamp.encode("utf-8", "replace"), _bytes(nonce), encrypted
        ):
            raise CallbackRefused("signature")
        self._check_age(timestamp)
        if b"<!DOCTYPE" in body:
            raise CallbackRefused("doctype")
        try:
            message = self._envelope.decrypt(encrypted)
        except Unreadable as unreadable:
            raise CallbackRefused(str(unreadable)) from None
        return _inbound(self._read(message))

    def seal(self, reply_xml: str, *, nonce: str, timestamp: int | str) -> bytes:
        """The body that answers a push: encrypted and signed, but `success` and "" as they are.

        `nonce` is the request's; `timestamp` the answer's, in epoch seconds.
        """
        if reply_xml in ("", "success"):
            return reply_xml.encode()
        stamp, once = str(int(timestamp)).encode(), _bytes(nonce).replace(b"]]>", b"")
        encrypted = self._envelope.encrypt(reply_xml.encode("utf-8", "replace"))
        signature = self._envelope.sign(stamp, once, encrypted).encode()
        return (
            b"<xml><Encrypt><![CDATA[%b]]></Encrypt><MsgSignature><![CDATA[%b]]></MsgSignature>"
            b"<TimeStamp>%b</TimeStamp><Nonce><![CDATA[%b]]></Nonce></xml>"
        ) % (encrypted, signature, stamp, once)

    def _check_age(self, timestamp: str) -> None:
        if _DIGITS.fullmatch(timestamp) is None:
            raise CallbackRefused("timestamp")
        if abs(self._now().timestamp() - int(timestamp)) > self._max_age:
            raise CallbackRefused("age")

    def _read(self, message: bytes) -> dict[str, Any]:
        if message[:1] == b"{":
            return _json(message)
        # First the bytes that could hide what the next line looks for (NULs of UTF-16).
        message = message.translate(None, _CONTROLS)
        if b"<!DOCTYPE" in message or b"<!ENTITY" in message:
            raise CallbackRefused("doctype")
        try:
            root = etree.fromstring(message, self._parser)
        except (etree.XMLSyntaxError, ValueError):
            raise CallbackRefused("xml") from None
        if root.tag != "xml":
            raise CallbackRefused("xml")
        return _children(root)


def _encrypted(body: bytes) -> bytes:
    """The text of the one `Encrypt` in an XML or JSON envelope, found without parsing XML."""
    if body[:1] == b"{":
        found = _json(body).get("Encrypt")
        if not isinstance(found, str):
            raise CallbackRefused("envelope")
        return found.encode("utf-8", "replace")
    start = body.find(b"<Encrypt>")
    end = body.find(b"</Encrypt>", start)
    if start < 0 or end < 0 or body.find(b"<Encrypt", end) >= 0:
        raise CallbackRefused("envelope")
    text = body[start + 9 : end].strip()
    if text.startswith(b"<![CDATA[") and text.endswith(b"]]>"):
        text = text[9:-3].strip()
    return text


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_constant)
        if b"\\u" in text:  # a lone surrogate in here would break whoever writes it down
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise CallbackRefused("json") from None
    if not isinstance(found, dict):
        raise CallbackRefused("json")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _children(element: etree._Element) -> dict[str, Any]:
    """Child elements by name; a repeated one becomes a list, one with children a dictionary."""
    found: dict[str, Any] = {}
    for child in element:
        name = child.tag
        value: Any = _children(child) if len(child) else (child.text or "")
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _inbound(raw: dict[str, Any]) -> Inbound:
    kind, created = _text(raw, "MsgType").lower(), _text(raw, "CreateTime")
    openid, account = _text(raw, "FromUserName"), _text(raw, "ToUserName")
    if not kind or _DIGITS.fullmatch(created) is None or _SENDER.fullmatch(openid) is None:
        raise CallbackRefused("fields")
    event = event_key = ticket = content = ""
    scanned_follow = False
    if kind == "event":
        event, event_key, ticket = _text(raw, "Event").lower(), _text(raw, "EventKey"), _text(raw, "Ticket")
        if not event:
            raise CallbackRefused("fields")
        if event == "subscribe" and event_key.startswith(_QR_SCENE):
            event_key, scanned_follow = event_key[len(_QR_SCENE) :], True
    else:
        content = _text(raw, "Recognition" if kind == "voice" else "Content")
    return Inbound(
        openid=openid,
        account=account,
        created_at=int(created),
        kind=kind,
        event=event,
        event_key=event_key,
        scanned_follow=scanned_follow,
        content=content,
        msg_id=_text(raw, "MsgId") or _text(raw, "MsgID"),
        ticket=ticket,
        menu_id=_text(raw, "bizmsgmenuid"),
        raw=raw,
    )


def _text(raw: dict[str, Any], name: str) -> str:
    """A field that must be one plain value; absent is "". Numbers come from JSON callbacks."""
    value = raw.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\x00", "").strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise CallbackRefused("fields")


def _loose(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _bytes(value: object) -> bytes:
    return _str(value).encode("utf-8", "replace")
