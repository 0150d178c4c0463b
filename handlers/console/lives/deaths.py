"""离世登记: the report that stops every message, the station's word on it, the memorial page for the family."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services.access import person_view
from services.errors import Refusal, RefusalCode
from services.lives import deaths, memorial, transfers
from wording import entry, say

bp = APIBlueprint("console_deaths", __name__, enable_openapi=False)

C = RefusalCode
TONES = {"reported": "wait", "confirmed": "", "undone": ""}
LIST = Sheet(
    say("deaths.title"),
    (
        Column("name", "姓名", sort=True, whole=True),
        Column("place", "地区"), Column("day", "离世日期", sort=True, whole=True),
        Column("state", "状态"), Column("at", "登记日期", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple(entry("deaths.states").items())),),
    search="姓名", empty=say("deaths.empty"),
)  # fmt: skip


@bp.app_context_processor
def known_on_the_person_page() -> dict[str, Any]:
    """What the person page's part about changes in his life asks."""
    return {
        "may_report_death": lambda public_no: deaths.may_report(
            actor=actor(), public_no=public_no, at=clock.now()
        ),
        "may_ask_transfer": lambda public_no: transfers.may_ask_for(
            actor=actor(), public_no=public_no, at=clock.now()
        ),
    }


@bp.get("/deaths")
@need_role
def listed() -> ResponseReturnValue:
    """Reports of the actor's divisions, and his own."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: memorial.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage",
        template="lives/deaths", lead=say("deaths.lead"),
    )  # fmt: skip


def _cells(row: memorial.ReportRow) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/deaths/{row.number}"), "place": row.place, "day": row.died_on,
        "state": Mark(say(f"deaths.states.{row.state}"), TONES[row.state]),
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/people/<public_no>/death")
@need_role
def asking(public_no: str) -> ResponseReturnValue:
    """The form, and what it will do."""
    return _asking(public_no)


def _asking(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = person_view.person(parts=parts(), actor=actor(), public_no=known_form(public_no), at=clock.now())
    if not deaths.may_report(actor=actor(), public_no=public_no, at=clock.now()):
        raise Refusal(C.NOT_ALLOWED)
    beside = {C.NAME_INVALID: "kin_name", C.PHONE_INVALID: "kin_phone"}
    wrong = str(refusal.facts.get("field", beside.get(refusal.code, "form"))) if refusal else ""
    page = render(
        "lives/person_death", tab="manage", person=shown, problem=words_of(refusal), wrong=wrong,
        typed={name: field(name, 40) for name in ("relation", "died_on", "kin_name", "kin_phone")},
        relations=entry("deaths.relations"), today=clock.today().isoformat(),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/people/<public_no>/death")
@need_role
def report(public_no: str) -> ResponseReturnValue:
    """From now on nothing is sent to him."""
    try:
        number = deaths.report(
            parts=parts(), actor=actor(), public_no=known_form(public_no), relation=field("relation", 20),
            died_on=_day(), kin_name=field("kin_name", 40), kin_phone=field("kin_phone", 40), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in (C.FIELD_WRONG, C.NAME_INVALID, C.PHONE_INVALID):
            raise
        return _asking(public_no, refusal)
    return back(f"/console/deaths/{number}", "noted")


def _day() -> date | None:
    text = field("died_on", 10)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field="died_on") from None


@bp.get("/deaths/<int:number>")
@need_role
def one(number: int) -> ResponseReturnValue:
    """One report."""
    return _one(number)


def _one(number: int, refusal: Refusal | None = None, phone: str = "") -> ResponseReturnValue:
    shown = memorial.report(parts=parts(), actor=actor(), number=number, at=clock.now())
    form = next((name for name in ("confirm", "undo", "call") if name in request.form), "")
    page = render(
        "lives/death", tab="manage", shown=shown, relations=entry("deaths.relations"), phone=phone,
        mark=Mark(say(f"deaths.states.{shown.row.state}"), TONES[shown.row.state]), problem=words_of(refusal),
        wrong=form if refusal else "", reason=field("reason", 240), today=clock.today().isoformat(),
        past=steps("death", shown.row.number),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/deaths/<int:number>")
@need_role
def act(number: int) -> ResponseReturnValue:
    """Confirm, undo, or see the family's number for a reason (kept nowhere, recorded)."""
    at, seen = clock.now(), [""]
    memorial.report(parts=parts(), actor=actor(), number=number, at=at)
    facts: dict[str, Any] = {"actor": actor(), "number": number, "at": at}
    if "confirm" in request.form:
        word, refusal = "approved", attempt(lambda: deaths.confirm(**facts, died_on=_day()))
    elif "undo" in request.form:
        word, refusal = "undone", attempt(lambda: deaths.undo(**facts, reason=field("reason", 240)))
    else:
        refusal = attempt(
            lambda: seen.insert(0, deaths.kin_phone(parts=parts(), **facts, reason=field("reason", 240)))
        )
        return _one(number, refusal, seen[0])
    return _one(number, refusal) if refusal else back(f"/console/deaths/{number}", word)


@bp.get("/deaths/<int:number>/memorial.pdf")
@need_role
def paper(number: int) -> ResponseReturnValue:
    """The memorial page, to print for the family."""
    name, body = memorial.paper(parts=parts(), actor=actor(), number=number, at=clock.now())
    answered = Response(body, mimetype="application/pdf")
    file = quote(f"{say('deaths.memorial.title')}-{name}.pdf")
    answered.headers["Content-Disposition"] = (
        f"attachment; filename=\"memorial.pdf\"; filename*=UTF-8''{file}"
    )
    answered.headers["Cache-Control"] = "no-store"
    return answered
