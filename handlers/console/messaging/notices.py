"""Somebody's own words to many: write, look who gets it, send, watch it go, agree, stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import (
    WHOLE_PAGE,
    actor,
    attempt,
    back,
    from_htmx,
    need_role,
    render,
    said,
    words_of,
)
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field
from handlers.pages.format import moment
from services import leading, scopes
from services.errors import Refusal, RefusalCode
from services.messaging import broadcasts, mass
from services.messaging.broadcasts import Draft, approvals, lists
from services.messaging.broadcasts.lists import BroadcastLine
from wording import entry

C = RefusalCode
bp = APIBlueprint("console_notices", __name__, enable_openapi=False)

LONG = 2000
#: What is said beside the form.
BESIDE = frozenset({C.TEXT_EMPTY, C.TEXT_TOO_LONG, C.NOBODY_TO_TELL, C.WORD_REFUSED})
STATES: Mapping[str, str] = entry("broadcasts.states")
TONES = {"waiting": "wait", "due": "wait", "sent": "ok", "refused": "bad", "stopped": "bad"}
SENT = Sheet(
    "发过的通知",
    (
        Column("text", "内容"), Column("audience", "发给", sort=True),
        Column("recipients", "人数", sort=True, figure=True),
        Column("sender", "谁发的", whole=True), Column("at", "时间", sort=True, whole=True), Column("state", "进度"),
    ),
    (Choice("state", "进度", tuple((name, word) for name, word in STATES.items() if name != "draft")),),
    search="内容、服务队或发的人", empty="还没有发过通知。",
)  # fmt: skip
TASTE = 40


def _write(team: str, text: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    page = answer(
        SENT, lambda wanted: lists.broadcasts(actor=actor(), wanted=wanted, at=at), _sent_cells,
        template="messaging/notices", tab="notices", team=team, text=text, problem=words_of(refusal),
        teams=leading.offered_teams(actor=actor(), chosen=team, at=at),
        waiting=lists.waiting(actor=actor(), at=at), received=lists.received(actor=actor(), at=at),
        wide=bool(scopes.managed(actor=actor(), at=at)), mass=mass.open_to(actor=actor(), at=at),
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


def _sent_cells(line: BroadcastLine) -> Mapping[str, Any]:
    text = line.text if len(line.text) <= TASTE else f"{line.text[:TASTE]}…"
    return {
        "text": Link(text, f"/console/notices/{line.id}"), "audience": line.audience, "recipients": line.recipients,
        "sender": line.sender, "at": moment(line.created_at), "state": Mark(STATES[line.state], TONES[line.state]),
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
        drafted = broadcasts.broadcast_draft(actor=actor(), team_code=team, text=text, at=clock.now())
    except Refusal as refusal:
        if refusal.code in BESIDE:
            return _write(team, text, refusal)
        raise
    return show(drafted, f"/console/notices?team={team}")


def show(drafted: Draft, leads_back: str) -> str:
    """What would go to whom, and the yes."""
    line = lists.broadcast(actor=actor(), notice_id=drafted.notice_id, at=clock.now())
    return render("messaging/notice_draft", tab="notices", draft=drafted, line=line, leads_back=leads_back)


@bp.post("/notices/<int:notice_id>/send")
@need_role
def send(notice_id: int) -> ResponseReturnValue:
    """The yes."""
    try:
        done = broadcasts.confirm(actor=actor(), notice_id=notice_id, at=clock.now())
    except Refusal as refusal:
        if refusal.code in WHOLE_PAGE:
            raise
        return _progress(notice_id, refusal)
    return back(f"/console/notices/{notice_id}", "to_agree" if done.state == "waiting" else "sent")


@bp.post("/notices/<int:notice_id>/stop")
@need_role
def stop(notice_id: int) -> ResponseReturnValue:
    """Take back what has not gone out."""
    refusal = attempt(lambda: broadcasts.stop(actor=actor(), notice_id=notice_id, at=clock.now()))
    return _progress(notice_id, refusal) if refusal else back(f"/console/notices/{notice_id}", "stopped")


@bp.get("/notices/<int:notice_id>")
@need_role
def progress(notice_id: int) -> ResponseReturnValue:
    """How far it got; the numbers alone for htmx."""
    return _progress(notice_id)


def _progress(notice_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    line = lists.broadcast(actor=actor(), notice_id=notice_id, at=at)
    far = broadcasts.progress(actor=actor(), notice_id=notice_id, at=at)
    name = "messaging/_progress" if from_htmx() else "messaging/notice"
    return said(render(name, tab="notices", line=line, progress=far, problem=words_of(refusal)), refusal)


@bp.post("/notices/<int:notice_id>/agree")
@need_role
def agree(notice_id: int) -> ResponseReturnValue:
    """Somebody else's yes."""
    refusal = attempt(lambda: approvals.agree(actor=actor(), notice_id=notice_id, at=clock.now()))
    return _progress(notice_id, refusal) if refusal else back(f"/console/notices/{notice_id}", "agreed")


@bp.post("/notices/<int:notice_id>/refuse")
@need_role
def refuse(notice_id: int) -> ResponseReturnValue:
    """Somebody else's no, with a reason."""
    reason = field("reason", 200)
    refusal = attempt(
        lambda: approvals.refuse(actor=actor(), notice_id=notice_id, reason=reason, at=clock.now())
    )
    return _progress(notice_id, refusal) if refusal else back(f"/console/notices/{notice_id}", "refused")
