"""Somebody's own words to many: write, look who gets it, send, watch it go, agree, stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
from services.messaging.broadcasts import Choice as Audience
from services.messaging.broadcasts import Draft, approvals, drafts, lists
from services.messaging.broadcasts.lists import BroadcastLine
from services.recruitment import skills
from wording import entry

C = RefusalCode
bp = APIBlueprint("console_notices", __name__, enable_openapi=False)

LONG = 2000
#: What is said beside the form.
BESIDE = frozenset({
    C.TEXT_EMPTY, C.NOTICE_TOO_LONG, C.NOBODY_TO_TELL, C.WORD_REFUSED, C.REASON_REQUIRED, C.NOT_URGENT, C.SEND_AT_WRONG,
})  # fmt: skip
#: What may be said beside the words: to whom of them alone, when, how urgent.
MORE = ("identity", "skill", "send_at", "urgent", "why")
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


def more() -> dict[str, Any]:
    """What `_more.html` offers beside the words, and what stands in it already."""
    return {
        "identities": entry("access.identities"), "skills": skills.catalogue(),
        "typed": {name: field(name, LONG) for name in MORE},
    }  # fmt: skip


def drafted(whole: str, code: str, who: str = "members") -> Draft:
    """The draft that a form asks for; refusals as `broadcasts.draft`."""
    urgent = field("urgent", 5) == "yes"
    choice = Audience(whole, code, who, field("identity", 20), field("skill", 40))
    return broadcasts.draft(
        actor=actor(), choice=choice, text=field("text", LONG), at=clock.now(), urgent=urgent,
        why=field("why", 200) if urgent else "", send_at=None if urgent else _moment("send_at"),
    )  # fmt: skip


def _moment(name: str) -> datetime | None:
    """What a field for day and time holds, Shanghai time. Refusals: SEND_AT_WRONG (no moment at all)."""
    text = field(name, 20)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise Refusal(C.SEND_AT_WRONG, days=drafts.FURTHEST.days) from None


def _write(team: str, text: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    page = answer(
        SENT, lambda wanted: lists.broadcasts(actor=actor(), wanted=wanted, at=at), _sent_cells,
        template="messaging/notices", tab="notices", team=team, text=text, problem=words_of(refusal),
        teams=leading.offered_teams(actor=actor(), chosen=team, at=at),
        waiting=lists.waiting(actor=actor(), at=at), received=lists.received(actor=actor(), at=at),
        wide=bool(scopes.managed(actor=actor(), at=at)), mass=mass.open_to(actor=actor(), at=at), **more(),
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
        return show(drafted("team", team), f"/console/notices?team={team}")
    except Refusal as refusal:
        if refusal.code in BESIDE:
            return _write(team, text, refusal)
        raise


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
