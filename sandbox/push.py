"""Pushes towards the app: sealed, signed, cut off after five seconds, tried three times (§1.2–1.5)."""

from __future__ import annotations

import http.client
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from sandbox import crypto
from sandbox.config import Account
from sandbox.world import User, World

FAILURE_LINE = "该公众号提供的服务出现故障，请稍后再试"
MOST_BYTES = 1_000_000


class BadReply(Exception):
    """The app answered something the platform cannot show."""


@dataclass(frozen=True)
class Outcome:
    """How a push ended: ``state`` replied, silent, bad (malformed answer) or dead (no valid answer came)."""

    state: str
    reply: dict[str, Any] | None
    tries: list[str]


def push(world: World, side: str, user: User, fields: dict[str, Any]) -> Outcome:
    """Send one message or event of ``user`` until it is answered; blocks up to three cut-offs."""
    account = world.account(side)
    if not account.aes_key or not account.token:
        return Outcome("silent", None, ["message push is not set up for this account"])
    openid = user.oa_openid if side == "oa" else user.mp_openid
    whole = {"ToUserName": account.id, "FromUserName": openid, "CreateTime": int(world.now()), **fields}
    as_json = side == "mp" and world.config.mp_format == "json"
    plain = json.dumps(_json_shape(whole), ensure_ascii=False) if as_json else to_xml(whole)
    sealed = crypto.encrypt(plain.encode(), account.appid, account.aes_key)
    body = (
        json.dumps({"ToUserName": account.id, "Encrypt": sealed})
        if as_json
        else to_xml({"ToUserName": account.id, "Encrypt": sealed})
    )
    return deliver(world, side, openid, sealed, body, whole)


def deliver(world: World, side: str, openid: str, sealed: str, body: str, whole: dict[str, Any]) -> Outcome:
    """Post one sealed body with fresh signatures, three times at most; keep what happened in the log."""
    account = world.account(side)
    tries: list[str] = []
    outcome, query, entry = Outcome("dead", None, tries), "", None
    for number in range(world.config.callback_tries):
        if not query or world.config.resign_retries:
            query = _query(world, account, openid, sealed)
        began = time.monotonic()
        entry = {"at": world.now(), "side": side, "fields": whole, "try": number + 1}
        try:
            status, answer = _post(world, side, query, body)
            result = f"HTTP {status}"
        except TimeoutError:
            status, answer, result = 0, b"", "timeout"
        except (OSError, http.client.HTTPException) as error:
            status, answer, result = 0, b"", type(error).__name__
        if status == 200:
            try:
                reply = read_reply(account, openid, answer, whole, side)
                outcome = Outcome("replied" if reply else "silent", reply, tries)
                result = outcome.state
            except (BadReply, crypto.CryptoError) as error:
                outcome, result = Outcome("bad", None, tries), f"bad reply: {error}"
        tries.append(result)
        world.log("pushes", {**entry, "result": result, "seconds": round(time.monotonic() - began, 3)})
        if status == 200:
            break
        if result != "timeout" and number + 1 < world.config.callback_tries:
            time.sleep(world.config.callback_gap)
    return outcome


def _query(world: World, account: Account, openid: str, sealed: str) -> str:
    stamp, nonce = str(int(world.now())), str(secrets.randbelow(9 * 10**9) + 10**9)
    return urlencode(
        {
            "signature": crypto.signature(account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": openid,
            "encrypt_type": "aes",
            "msg_signature": crypto.signature(account.token, stamp, nonce, sealed),
        }
    )


def _post(world: World, side: str, query: str, body: str | None) -> tuple[int, bytes]:
    """POST (GET without a body) within the cut-off, counted over connecting, waiting and reading together."""
    config = world.config
    address = urlsplit(config.app_url)
    path = (config.oa_callback if side == "oa" else config.mp_callback) + "?" + query
    end = time.monotonic() + config.callback_timeout

    def left() -> float:
        rest = end - time.monotonic()
        if rest <= 0:
            raise TimeoutError
        return rest

    maker = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    line = maker(address.hostname or "localhost", address.port, timeout=left())
    try:
        headers = {"User-Agent": "Mozilla/4.0", "Host": urlsplit(config.site).netloc}
        if body is not None:
            headers["Content-Type"] = "application/json" if body.startswith("{") else "text/xml"
        data = None if body is None else body.encode()
        line.request("GET" if body is None else "POST", address.path.rstrip("/") + path, data, headers)
        sock = line.sock
        sock.settimeout(left())
        response = line.getresponse()
        pieces: list[bytes] = []
        while sum(map(len, pieces)) < MOST_BYTES:
            if not response.isclosed():
                sock.settimeout(left())
            piece = response.read1(65536)
            if not piece:
                break
            pieces.append(piece)
        return response.status, b"".join(pieces)
    finally:
        line.close()


def read_reply(
    account: Account, openid: str, answer: bytes, sent: dict[str, Any], side: str
) -> dict[str, Any] | None:
    """The passive reply as fields; None for ``success`` or nothing. BadReply if it could not be shown."""
    if answer.strip() in (b"", b"success"):
        return None
    if answer.lstrip().startswith(b"{"):
        if side == "oa":
            raise BadReply("JSON where XML is due")
        try:
            outer = {key: str(value) for key, value in json.loads(answer).items()}
        except (ValueError, AttributeError) as error:
            raise BadReply("not JSON") from error
    else:
        outer = parse_xml(answer)
    try:
        sealed, mark = outer["Encrypt"], outer["MsgSignature"]
        stamp, nonce = outer["TimeStamp"], outer["Nonce"]
    except KeyError as error:
        raise BadReply(f"no {error.args[0]} in the reply") from error
    if not crypto.same(mark, crypto.signature(account.token, stamp, nonce, sealed)):
        raise BadReply("MsgSignature does not match")
    plain = crypto.decrypt(sealed, account.appid, account.aes_key)
    reply = parse_xml(plain) if plain.lstrip().startswith(b"<") else json.loads(plain)
    if reply.get("ToUserName") != openid or reply.get("FromUserName") != account.id:
        raise BadReply("ToUserName or FromUserName is not this chat's")
    if not str(reply.get("CreateTime", "")).isdigit():
        raise BadReply("no CreateTime")
    _check_kind(reply, sent, side)
    return reply


def _check_kind(reply: dict[str, Any], sent: dict[str, Any], side: str) -> None:
    """The limits of §1.4."""
    kind = reply.get("MsgType")
    if kind == "transfer_customer_service":
        return
    if side == "mp":
        raise BadReply("a mini-program has no passive reply")
    if kind == "text":
        if not reply.get("Content"):
            raise BadReply("empty text")
    elif kind == "news":
        items = reply.get("Articles", {}).get("item", [])
        reply["Articles"] = items if isinstance(items, list) else [items]
        most = 8 if sent.get("MsgType") == "event" else 1
        if not 1 <= len(reply["Articles"]) <= most or str(len(reply["Articles"])) != reply.get(
            "ArticleCount"
        ):
            raise BadReply("number of articles")
    elif kind not in ("image", "voice", "video", "music"):
        raise BadReply(f"MsgType {kind!r}")


def to_xml(fields: dict[str, Any]) -> str:
    """The platform's XML: texts in CDATA, numbers bare, lists as repeated elements."""

    def element(name: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(element(name, item) for item in value)
        if isinstance(value, dict):
            inner = "".join(element(key, item) for key, item in value.items())
        elif isinstance(value, int):
            inner = str(value)
        else:
            inner = "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
        return f"<{escape(name)}>{inner}</{escape(name)}>"

    return element("xml", fields)


def parse_xml(text: bytes) -> dict[str, Any]:
    """An ``xml`` document as nested dicts, repeated elements as lists; BadReply if it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise BadReply("not XML") from error
    if root.tag != "xml":
        raise BadReply("root is not xml")

    def read(node: Any) -> Any:
        if not len(node):
            return node.text or ""
        found: dict[str, Any] = {}
        for child in node:
            value = read(child)
            if child.tag in found:
                former = found[child.tag]
                found[child.tag] = [*(former if isinstance(former, list) else [former]), value]
            else:
                found[child.tag] = value
        return found

    whole = read(root)
    if not isinstance(whole, dict):
        raise BadReply("empty document")
    return whole


def _json_shape(fields: dict[str, Any]) -> dict[str, Any]:
    """§1.5's trap: the wrapper is gone, ``List`` stands at top level (object when single), scalars are strings."""
    flat: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict) and "List" in value:
            items = [{name: str(item) for name, item in one.items()} for one in value["List"]]
            flat["List"] = items[0] if len(items) == 1 else items
        else:
            flat[key] = value if key in ("CreateTime", "MsgId") else str(value)
    return flat


def post_raw(world: World, side: str, query: str, body: str) -> dict[str, Any]:
    """Post a text to the callback as it stands, once: {status, body} or {error} (control API)."""
    try:
        status, answer = _post(world, side, query, body)
    except (OSError, http.client.HTTPException) as error:
        return {"error": type(error).__name__}
    return {"status": status, "body": answer.decode("utf-8", "replace")}


def verify(world: World, side: str) -> bool:
    """What saving the server address in the console does (§1.1): whether ``echostr`` comes back unchanged."""
    token, echo = world.account(side).token, str(secrets.randbelow(9 * 10**18) + 10**18)
    stamp, nonce = str(int(world.now())), str(secrets.randbelow(9 * 10**9) + 10**9)
    mark = crypto.signature(token, stamp, nonce)
    query = urlencode({"signature": mark, "timestamp": stamp, "nonce": nonce, "echostr": echo})
    try:
        status, answer = _post(world, side, query, None)
    except (OSError, http.client.HTTPException):
        return False
    return status == 200 and answer == echo.encode()
