"""What WeChat pushes to `/wechat/callback` and `/wechat/mp-callback`: bad input is refused alike, everything else is
answered in time. `door` brings it here.

A push is handled on a thread of its own, so that the request can answer within `DEADLINE` whatever happens to
it; the work goes on and takes effect once. No HTTP calls, nothing but the database, in there. What only looks into
SQLite need not: that waits for nobody, and changing threads would cost more than the look.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, cast

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.bot import dispatch
from handlers.bot.words import Asked
from handlers.errors import body_of
from services.conversation import callbacks
from services.conversation import inbound as pushes
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from wechat.inbound import CallbackDoor, CallbackRefused, Inbound
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


class Push(NamedTuple):
    """What was pushed to an account, and the number of the request that brought it."""

    parts: Parts
    account: str
    inbound: Inbound
    at: datetime
    number: str

    @property
    def key(self) -> str:
        """By which its copies are known."""
        return f"{self.account}:{self.inbound.dedupe_key}"


class Answer(NamedTuple):
    """What a push gets."""

    status: int
    body: bytes
    mimetype: str


@bp.get("/wechat/callback")
def oa_verify() -> ResponseReturnValue:
    """The console checks the official account's address."""
    return _verify("oa")


@bp.get("/wechat/mp-callback")
def mp_verify() -> ResponseReturnValue:
    """The console checks the mini-program's address."""
    return _verify("mp")


def _door(app: Flask, account: str) -> CallbackDoor:
    found = app.extensions["callback_doors"].get(account)
    if found is None:
        raise CallbackRefused("closed")
    return cast(CallbackDoor, found)


def _verify(account: str) -> ResponseReturnValue:
    args = request.args
    try:
        echo = _door(current_app, account).verify_url(
            args.get("signature", ""),
            args.get("timestamp", ""),
            args.get("nonce", ""),
            args.get("echostr", ""),
        )
    except CallbackRefused as refused:
        answer = _refuse(account, refused.reason, g.get("request_id", "-"))
        return Response(answer.body, answer.status, mimetype=answer.mimetype)
    return Response(echo, mimetype="text/plain")


def push(app: Flask, account: str, args: Mapping[str, str], body: Callable[[], bytes], number: str) -> Answer:
    """The answer to a push; `body` reads it, and raises CallbackRefused where it is too long. A mini-program knows no
    passive replies, so its answer is always `success`."""
    try:
        door = _door(app, account)
        inbound = door.open(args, body())
    except CallbackRefused as refused:
        return _refuse(account, refused.reason, number)
    at = clock.now()
    text = _said(Push(app.extensions["parts"], account, inbound, at, number))
    xml = text_xml(inbound, text, at) if text and account == "oa" else "success"
    sealed = door.seal(xml, nonce=args.get("nonce", ""), timestamp=int(at.timestamp()))
    return Answer(200, sealed, "text/plain" if xml == "success" else "text/xml")


def _refuse(account: str, reason: str, number: str) -> Answer:
    """One answer for every bad input: who knocks learns nothing."""
    from handlers.counters import CALLBACK_REFUSALS, PROCESS

    CALLBACK_REFUSALS.labels(account, reason, PROCESS).inc()
    log.info("push to %s refused: %s [%s]", account, reason, number)
    body = json.dumps(body_of(Refusal(RefusalCode.NOT_ALLOWED)), ensure_ascii=False)
    return Answer(403, body.encode(), "application/json")


def _amiss(push: Push, kind: str) -> None:
    """Count it for whoever scrapes, and keep it for the operator."""
    from handlers.counters import FAULTS, PROCESS
    from services.conversation import amiss

    FAULTS.labels(push.account, kind, PROCESS).inc()
    amiss.note(kind=kind, number=push.number, at=push.at)


def _said(push: Push) -> str:
    """The words that answer a push. Our own fault undoes everything and is owned up to."""
    try:
        asked = dispatch.asked_by(push.inbound, push.at) if push.account == "oa" else None
        if not dispatch.only_looks(asked):
            return _in_time(push, asked)
        if not pushes.looks_at_once():
            return _in_time(push, asked, looks=True)
        try:
            return _looked(push, asked)
        except pushes.Wants:
            return _in_time(push, asked)
    except Exception:
        # Neither words nor openid: the number leads to them through the log of requests.
        inbound = push.inbound
        log.exception("fault %s at a push of %s: %s %s", push.number, push.account, inbound.kind, inbound.event)
        _amiss(push, "fault")
        return say("bot.fault.apology", number=push.number) if dispatch.speaks(inbound) else ""


def _in_time(push: Push, asked: Asked | None, *, looks: bool = False) -> str:
    """The answer, or after `DEADLINE` the word that it takes longer; the work itself is not given up."""
    work = _threads.submit(_looked_or_done if looks else _done, push, asked)
    try:
        return work.result(timeout=DEADLINE)
    except Late:
        begun, inbound = not work.cancel(), push.inbound
        if begun:
            work.add_done_callback(partial(_fault_of_late, push))
        log.error("push %s of %s %s took too long [%s]", inbound.kind, push.account, inbound.event, push.number)
        _amiss(push, "late")
        if not dispatch.speaks(inbound):
            return ""
        return say("bot.fault.slow" if begun else "bot.fault.apology", number=push.number)


def _fault_of_late(push: Push, work: Future[str]) -> None:
    """What nobody waits for any more may still die of our fault."""
    if problem := work.exception():
        log.error("fault %s at a late push of %s", push.number, push.account, exc_info=problem)
        _amiss(push, "fault")


def _act(push: Push, asked: Asked | None) -> str:
    if push.account == "oa":
        return dispatch.reply_to(parts=push.parts, inbound=push.inbound, asked=asked, at=push.at)
    callbacks.status_event(parts=push.parts, kind="mp", inbound=push.inbound, at=push.at)
    return ""


def _done(push: Push, asked: Asked | None) -> str:
    """The answer to a push, once for all its copies."""
    return pushes.once(
        key=push.key, openid=push.inbound.openid, at=push.at, act=lambda: _act(push, asked),
        durable=not dispatch.only_tells(asked),
    )  # fmt: skip


def _looked(push: Push, asked: Asked | None) -> str:
    """The same to a question that changes nothing; raises `Wants` where it does after all."""
    return pushes.look(key=push.key, openid=push.inbound.openid, at=push.at, act=lambda: _act(push, asked))


def _looked_or_done(push: Push, asked: Asked | None) -> str:
    try:
        return _looked(push, asked)
    except pushes.Wants:
        return _done(push, asked)
