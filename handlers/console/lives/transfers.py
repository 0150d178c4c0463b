"""转队 in the console: who comes, who goes; the receiving side decides; a team asks for one of its people."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services.access import person_view
from services.errors import Refusal, RefusalCode
from services.lives import transfer_views, transfers
from wording import entry, say

bp = APIBlueprint("console_transfers", __name__, enable_openapi=False)

C = RefusalCode
TONES = {"asked": "wait", "requested": "wait", "done": "ok", "refused": "bad", "withdrawn": ""}
FIELDS = {
    C.NOT_FOUND: "team", C.TEAM_CLOSED: "team", C.TRANSFER_SAME: "team", C.REASON_REQUIRED: "reason",
    C.TEXT_TOO_LONG: "reason",
}  # fmt: skip
LIST = Sheet(
    "转队",
    (
        Column("name", "姓名", sort=True, whole=True),
        Column("from_team", "原来的队"), Column("to_team", "要去的队", sort=True),
        Column("state", "状态"), Column("at", "日期", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple(entry("transfers.states").items())),),
    search="姓名，或要去的队", empty="现在没有转队申请。",
)  # fmt: skip
LONG = 600


def _mark(state: str) -> Mark:
    return Mark(say(f"transfers.states.{state}"), TONES[state])


@bp.get("/transfers")
@need_role
def listed() -> ResponseReturnValue:
    """From and to the actor's divisions, and what he asked for."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: transfer_views.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage"
    )


def _cells(row: transfer_views.TransferRow) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/transfers/{row.code}"), "from_team": row.from_team, "to": row.to_team,
        "to_team": row.to_team, "state": _mark(row.state), "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/transfers/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One transfer."""
    return _one(code)


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = transfer_views.transfer(actor=actor(), code=known_form(code), at=clock.now())
    page = render(
        "lives/transfer", tab="manage", shown=shown, mark=_mark(shown.row.state), problem=words_of(refusal),
        wrong=("reason" if "refuse" in request.form else "decision") if refusal else "", reason=field("reason", LONG),
        past=steps("transfer", shown.number),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/transfers/<code>")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Take him over, refuse with a reason, or take one's own request back."""
    facts: dict[str, Any] = {"actor": actor(), "code": known_form(code), "at": clock.now()}
    transfer_views.transfer(**facts)
    if "approve" in request.form:
        word, refusal = "approved", attempt(lambda: transfers.approve(**facts))
    elif "withdraw" in request.form:
        word, refusal = "withdrawn", attempt(lambda: transfers.withdraw(**facts))
    else:
        word, refusal = "refused", attempt(lambda: transfers.refuse(**facts, reason=field("reason", LONG)))
    return _one(code, refusal) if refusal else back(f"/console/transfers/{code}", word)


@bp.get("/people/<public_no>/transfer")
@need_role
def asking(public_no: str) -> ResponseReturnValue:
    """The form: where to, and why."""
    return _asking(public_no)


def _asking(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = person_view.person(parts=parts(), actor=actor(), public_no=known_form(public_no), at=clock.now())
    if not transfers.may_ask_for(actor=actor(), public_no=public_no, at=clock.now()):
        raise Refusal(C.NOT_ALLOWED)
    typed = field("q", 30)
    found = transfer_views.destinations(volunteer_id=shown.volunteer_id, text=typed)
    page = render(
        "lives/person_transfer", tab="manage", person=shown, problem=words_of(refusal), team=field("team", 20),
        typed=typed, found=found,
        wrong=FIELDS.get(refusal.code, "form") if refusal else "", reason=field("reason", LONG),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/people/<public_no>/transfer")
@need_role
def ask(public_no: str) -> ResponseReturnValue:
    """His team asks; he is told and says yes or no himself."""
    at = clock.now()
    person_view.person(parts=parts(), actor=actor(), public_no=known_form(public_no), at=at)
    try:
        asked = transfers.ask_for(
            actor=actor(), public_no=public_no, team_code=field("team", 20).lower(), reason=field("reason", LONG),
            at=at,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code is C.NOT_ALLOWED:
            raise
        return _asking(public_no, refusal)
    return back(f"/console/transfers/{asked.code}", "submitted")
