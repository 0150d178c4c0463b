"""A leader's own words to his team: write, look who gets it, send, watch it go; and the outbox for officers."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, from_htmx, need_role, render, said, words_of
from handlers.pages.browser import field
from services import leading
from services.errors import Refusal
from services.messaging import notices, outbox_views
from wechat.errcodes import ERRCODES

bp = APIBlueprint("console_notices", __name__, enable_openapi=False)

STATES = ("queued", "inflight", "sent", "inbox", "unknown", "failed", "expired", "withdrawn")
LONG = 2000


def _write(team: str, text: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    body = render(
        "notices", tab="notices",
        teams=leading.offered_teams(actor=actor(), chosen=team, at=at), team=team, text=text,
        sent=outbox_views.broadcasts(actor=actor(), at=at), problem=words_of(refusal),
    )  # fmt: skip
    return said(body, refusal)


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
    state, asked = request.args.get("state", ""), request.args.get("q", "").strip()[:20]
    at = clock.now()
    view = outbox_views.outbox(actor=actor(), state=state if state in STATES else "", name=asked, at=at)
    name = "_outbox" if from_htmx() else "outbox"
    return render(name, tab="outbox", view=view, state=state, asked=asked, states=STATES, meanings=ERRCODES, at=at)
