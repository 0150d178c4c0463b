"""`/wechat/callback` and `/wechat/mp-callback`: bad input is refused alike, everything else is answered in time.

A push is handled on a thread of its own, so that the request can answer within `DEADLINE` whatever happens to
it; the work goes on and takes effect once. No HTTP calls, nothing but the database, in there.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from datetime import datetime
from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.bot import dispatch
from handlers.errors import body_of
from services.conversation import callbacks
from services.conversation import inbound as pushes
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from wechat.inbound import MAX_BODY, CallbackDoor, CallbackRefused, Inbound
from wechat.replies import text_xml
from wording import say

log = logging.getLogger("hongyao.bot")
bp = APIBlueprint("bot", __name__, enable_openapi=False)

#: Seconds from reading a push to answering it. WeChat cuts off after 5; people look away after 2.
DEADLINE = 1.6

_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="callback")


def doors(settings: Any) -> dict[str, CallbackDoor]:
    """The doors of both accounts by name (oa, mp); the mini-program's only if its keys are set."""
    keys = {
        "oa": (settings.wechat_token, settings.wechat_aes_key, settings.wechat_oa_appid),
        "mp": (settings.wechat_mp_token, settings.wechat_mp_aes_key, settings.wechat_mp_appid),
    }
    return {
        account: CallbackDoor(
            token.get_secret_value(), aes_key.get_secret_value(), appid, lambda: clock.now()
        )
        for account, (token, aes_key, appid) in keys.items()
        if token.get_secret_value() and aes_key.get_secret_value()
    }


@bp.get("/wechat/callback")
def oa_verify() -> ResponseReturnValue:
    """The console checks the official account's address."""
    return _verify("oa")


@bp.post("/wechat/callback")
def oa_push() -> ResponseReturnValue:
    """A message or event of the official account."""
    return _push("oa")


@bp.get("/wechat/mp-callback")
def mp_verify() -> ResponseReturnValue:
    """The console checks the mini-program's address."""
    return _verify("mp")


@bp.post("/wechat/mp-callback")
def mp_push() -> ResponseReturnValue:
    """An event of the mini-program; it knows no passive replies, so the answer is always `success`."""
    return _push("mp")


def _door(account: str) -> CallbackDoor:
    found = current_app.extensions["callback_doors"].get(account)
    if found is None:
        raise CallbackRefused("closed")
    return cast(CallbackDoor, found)


def _verify(account: str) -> ResponseReturnValue:
    args = request.args
    try:
        echo = _door(account).verify_url(
            args.get("signature", ""),
            args.get("timestamp", ""),
            args.get("nonce", ""),
            args.get("echostr", ""),
        )
    except CallbackRefused as refused:
        return _refuse(account, refused.reason)
    return Response(echo, mimetype="text/plain")


def _push(account: str) -> ResponseReturnValue:
    try:
        door = _door(account)
        inbound = door.open(request.args, _body())
    except CallbackRefused as refused:
        return _refuse(account, refused.reason)
    at = clock.now()
    text = _in_time(parts(), account, inbound, at, g.get("request_id", "-"))
    xml = text_xml(inbound, text, at) if text and account == "oa" else "success"
    sealed = door.seal(xml, nonce=request.args.get("nonce", ""), timestamp=int(at.timestamp()))
    return Response(sealed, mimetype="text/plain" if xml == "success" else "text/xml")


def _body() -> bytes:
    """The body, never more of it than a push may have."""
    if (request.content_length or 0) > MAX_BODY:
        raise CallbackRefused("size")
    request.max_content_length = MAX_BODY
    try:
        return request.get_data(cache=False)
    except Refusal:
        raise CallbackRefused("size") from None


def _refuse(account: str, reason: str) -> ResponseReturnValue:
    """One answer for every bad input: who knocks learns nothing."""
    from handlers.counters import CALLBACK_REFUSALS, PROCESS

    CALLBACK_REFUSALS.labels(account, reason, PROCESS).inc()
    log.info("push to %s refused: %s [%s]", account, reason, g.get("request_id", "-"))
    return jsonify(body_of(Refusal(RefusalCode.NOT_ALLOWED))), 403


def _count_fault(account: str, kind: str) -> None:
    from handlers.counters import FAULTS, PROCESS

    FAULTS.labels(account, kind, PROCESS).inc()


def _in_time(parts: Parts, account: str, inbound: Inbound, at: datetime, number: str) -> str:
    """The answer, or after `DEADLINE` the word that it takes longer; the work itself is not given up."""
    work = _threads.submit(_answer, parts, account, inbound, at, number)
    try:
        return work.result(timeout=DEADLINE)
    except Late:
        begun = not work.cancel()
        log.error("push %s of %s %s took too long [%s]", inbound.kind, account, inbound.event, number)
        _count_fault(account, "late")
        if not dispatch.speaks(inbound):
            return ""
        return say("bot.fault.slow" if begun else "bot.fault.apology", number=number)


def _answer(parts: Parts, account: str, inbound: Inbound, at: datetime, number: str) -> str:
    """The answer to a push, once for all its copies. Our own fault undoes everything and is owned up to."""

    try:
        asked = dispatch.asked_by(inbound, at) if account == "oa" else None

        def act() -> str:
            if account == "oa":
                return dispatch.reply_to(parts=parts, inbound=inbound, asked=asked, at=at)
            callbacks.status_event(parts=parts, kind="mp", inbound=inbound, at=at)
            return ""

        return pushes.once(
            key=f"{account}:{inbound.dedupe_key}", openid=inbound.openid, at=at, act=act,
            durable=not dispatch.only_tells(asked),
        )  # fmt: skip
    except Exception:
        # Neither words nor openid: the number leads to them through the log of requests.
        log.exception("fault %s at a push of %s: %s %s", number, account, inbound.kind, inbound.event)
        _count_fault(account, "fault")
        return say("bot.fault.apology", number=number) if dispatch.speaks(inbound) else ""
