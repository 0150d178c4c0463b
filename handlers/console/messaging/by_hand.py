"""Messages in people's hands: whom to ring up, one message in full, sent again, taken out of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.messaging.outbox import STATES, TONES, WAYS, tried
from handlers.pages.browser import field
from handlers.pages.format import moment
from services.errors import Refusal
from services.messaging import by_hand
from services.messaging.by_hand import CallLine

bp = APIBlueprint("console_messages", __name__, enable_openapi=False)

CALLS = Sheet(
    "要打电话的人",
    (
        Column("name", "姓名", whole=True), Column("team", "服务队"), Column("title", "什么事"),
        Column("state", "没通知到", whole=True), Column("at", "什么时候", sort=True, whole=True),
        Column("called", "打过电话", whole=True),
    ),
    (Choice("done", "打过没有", (("no", "还没打"), ("yes", "打过了"))),),
    search="姓名", empty="没有要打电话的人。急事都通知到了。",
)  # fmt: skip


@bp.get("/calls")
@need_role
def calls() -> ResponseReturnValue:
    """Those whom an urgent message did not reach."""
    at = clock.now()
    return answer(
        CALLS, lambda wanted: by_hand.calls(actor=actor(), wanted=wanted, at=at), _cells, template="messaging/calls",
        tab="calls",
    )  # fmt: skip


def _cells(line: CallLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/outbox/{line.id}"), "team": line.team, "title": line.title,
        "state": Mark(STATES[line.state], "bad"), "at": moment(line.created_at),
        "called": moment(line.called_at) if line.called_at else "",
    }  # fmt: skip


@bp.get("/outbox/<int:number>")
@need_role
def show(number: int) -> ResponseReturnValue:
    """One message, what was tried, what can be done."""
    return _page(number)


def _page(number: int, refusal: Refusal | None = None, telephone: str = "") -> ResponseReturnValue:
    shown = by_hand.message(parts=parts(), actor=actor(), delivery_id=number, at=clock.now())
    page = render(
        "messaging/message", tab="outbox", message=shown, state=STATES[shown.state], tone=TONES.get(shown.state, ""),
        way=WAYS.get(shown.channel, ""), tries=tried(shown.tries, shown.state), telephone=telephone,
        problem=words_of(refusal),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/outbox/<int:number>/call")
@need_role
def call(number: int) -> ResponseReturnValue:
    """The number in full; noted as called."""
    try:
        found = by_hand.telephone(parts=parts(), actor=actor(), delivery_id=number, at=clock.now())
    except Refusal as refusal:
        if refusal.code.value in ("message_state", "number_missing", "too_many_tries"):
            return _page(number, refusal)
        raise
    return _page(number, telephone=found)


@bp.post("/outbox/<int:number>/again")
@need_role
def again(number: int) -> ResponseReturnValue:
    """Back into the queue."""
    refusal = attempt(lambda: by_hand.send_again(actor=actor(), delivery_id=number, at=clock.now()))
    return _page(number, refusal) if refusal else back(f"/console/outbox/{number}", "again")


@bp.post("/outbox/<int:number>/drop")
@need_role
def drop(number: int) -> ResponseReturnValue:
    """Out of the queue, with a reason."""
    reason = field("reason", 200)
    refusal = attempt(lambda: by_hand.drop(actor=actor(), delivery_id=number, reason=reason, at=clock.now()))
    return _page(number, refusal) if refusal else back(f"/console/outbox/{number}", "dropped")


