"""A leader's own words to his team: write, look who gets it, send, watch it go; and the outbox for officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import who
from handlers.console.frame import actor, attempt, back, from_htmx, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.lists import wanted as asked_for
from handlers.pages.browser import field
from handlers.pages.format import moment
from services import leading
from services.errors import Refusal
from services.messaging import notices, outbox_views
from services.messaging.outbox_views import BroadcastLine, DeliveryLine
from wording import entry, say

bp = APIBlueprint("console_notices", __name__, enable_openapi=False)

LONG = 2000
STATES: Mapping[str, str] = entry("outbox.states")
WAYS: Mapping[str, str] = entry("outbox.ways")
TONES = {"queued": "wait", "inflight": "wait", "sent": "ok", "unknown": "bad", "failed": "bad"}
#: The outbox looks again by itself after so many seconds.
EVERY = 3
OUTBOX = Sheet(
    "发送情况",
    (
        Column("name", "发给", whole=True), Column("team", "服务队"), Column("title", "内容"), Column("state", "状态"),
        Column("way", "走哪条路", whole=True), Column("at", "时间", sort=True, whole=True), Column("tries", "试过"),
    ),
    (Choice("state", "状态", tuple(STATES.items())), Choice("way", "走哪条路", tuple(WAYS.items()))),
    search="姓名", empty="没有这样的消息。",
)  # fmt: skip
SENT = Sheet(
    "发过的通知",
    (
        Column("text", "内容"), Column("team", "发给", sort=True), Column("recipients", "人数", sort=True, figure=True),
        Column("sender", "谁发的", whole=True), Column("at", "时间", sort=True, whole=True), Column("state", "进度"),
    ),
    (Choice("state", "进度", (("sent", "已发"), ("stopped", "已停止"))),),
    search="内容、服务队或发的人", empty="还没有发过通知。",
)  # fmt: skip
TASTE = 40


def _write(team: str, text: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    page = answer(
        SENT, lambda wanted: outbox_views.broadcasts(actor=actor(), wanted=wanted, at=at), _sent_cells,
        template="notices", tab="notices", team=team, text=text, problem=words_of(refusal),
        teams=leading.offered_teams(actor=actor(), chosen=team, at=at),
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


def _sent_cells(line: BroadcastLine) -> Mapping[str, Any]:
    text = line.text if len(line.text) <= TASTE else f"{line.text[:TASTE]}…"
    return {
        "text": Link(text, f"/console/notices/{line.id}"), "team": line.team, "recipients": line.recipients,
        "sender": line.sender, "at": moment(line.created_at),
        "state": Mark(say(f"outbox.broadcasts.{line.state}"), "bad" if line.state == "stopped" else "ok"),
    }  # fmt: skip


@bp.get("/notices")
@need_role
def write() -> ResponseReturnValue:
    """Write one, and those already sent."""
    return _write(field("team", 20), "")


@bp.post("/notices")
@need_role
def draft() -> ResponseReturnValue:
    """Who would get it, by which way; nothing is sent yet."""
    team, text = field("team", 20), field("text", LONG)
    try:
        drafted = notices.broadcast_draft(actor=actor(), team_code=team, text=text, at=clock.now())
    except Refusal as refusal:
        if refusal.code.value in ("text_empty", "text_too_long", "nobody_to_tell"):
            return _write(team, text, refusal)
        raise
    line = outbox_views.broadcast(actor=actor(), notice_id=drafted.notice_id, at=clock.now())
    return render("notice_draft", tab="notices", draft=drafted, line=line, team=team)


@bp.post("/notices/<int:notice_id>/send")
@need_role
def send(notice_id: int) -> ResponseReturnValue:
    """The yes."""
    refusal = attempt(lambda: notices.broadcast_send(actor=actor(), notice_id=notice_id, at=clock.now()))
    return _progress(notice_id, refusal) if refusal else back(f"/console/notices/{notice_id}", "sent")


@bp.post("/notices/<int:notice_id>/stop")
@need_role
def stop(notice_id: int) -> ResponseReturnValue:
    """Take back what has not gone out."""
    refusal = attempt(lambda: notices.broadcast_stop(actor=actor(), notice_id=notice_id, at=clock.now()))
    return _progress(notice_id, refusal) if refusal else back(f"/console/notices/{notice_id}", "stopped")


@bp.get("/notices/<int:notice_id>")
@need_role
def progress(notice_id: int) -> ResponseReturnValue:
    """How far it got; the numbers alone for htmx."""
    return _progress(notice_id)


def _progress(notice_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    line = outbox_views.broadcast(actor=actor(), notice_id=notice_id, at=at)
    far = notices.progress(actor=actor(), notice_id=notice_id, at=at)
    name = "_progress" if from_htmx() else "notice"
    return said(render(name, tab="notices", line=line, progress=far, problem=words_of(refusal)), refusal)


@bp.get("/outbox")
@need_role
def outbox() -> ResponseReturnValue:
    """What waits, what went out, what failed and why; and what rests."""
    at = clock.now()
    view = outbox_views.outbox(actor=actor(), name=asked_for(OUTBOX).text, at=at)
    words = dict(STATES, **entry("outbox.practice")) if who().practising else STATES
    return answer(
        OUTBOX,
        lambda wanted: outbox_views.deliveries(actor=actor(), wanted=wanted, at=at),
        lambda line: _outbox_cells(line, words),
        template="outbox", tab="outbox", every=EVERY, head="console/_outbox.html",
        view=view, states=words, accounts=entry("outbox.accounts"),
    )  # fmt: skip


def _outbox_cells(line: DeliveryLine, words: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "name": line.name, "team": line.team, "title": line.title, "way": WAYS.get(line.channel, line.channel),
        "state": Mark(words[line.state], TONES.get(line.state, "")), "at": moment(line.sent_at or line.due_at),
        "tries": _tried(line),
    }  # fmt: skip


def _tried(line: DeliveryLine) -> str:
    if not line.tries:
        untried: Mapping[str, str] = entry("outbox.untried")
        return untried.get(line.state, untried["other"])
    outcomes: Mapping[str, str] = entry("outbox.outcomes")
    return say("outbox.tries.separator").join(
        say(
            "outbox.tries.code" if one.errcode else "outbox.tries.one", way=WAYS.get(one.channel, ""),
            outcome=outcomes.get(one.outcome, one.outcome), errcode=one.errcode,
        ).strip()
        for one in line.tries
    )  # fmt: skip
