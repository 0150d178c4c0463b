"""Cases of hours at the desk: the list, one whole (hear, decide), opening one from a record, bars."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services.errors import Refusal, RefusalCode
from services.review import bars, case_views, cases
from services.review.cases import Ruling
from services.times import day_starts, last_day

bp = APIBlueprint("console_cases", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
STATES = {
    "held": ("待请人说明", "wait"), "hearing": ("等当事人说明", "wait"), "upheld": ("认定不实", "bad"),
    "cleared": ("没有问题", "ok"),
}  # fmt: skip
LIST = Sheet(
    "时长核查",
    (
        Column("title", "活动"), Column("team", "服务队"), Column("source", "从哪里来"), Column("state", "状态"),
        Column("due", "说明期限", sort=True, whole=True), Column("at", "立案", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple((key, words[0]) for key, words in STATES.items())),),
    search="活动或队名", empty="没有正在核查的时长。",
)  # fmt: skip
BAR_STATES = {"running": ("限制中", "bad"), "over": ("到期恢复", ""), "lifted": ("已解除", "ok")}
BARS = Sheet(
    "限制报名",
    (
        Column("name", "姓名", sort=True, whole=True), Column("reason", "原因"), Column("case", "核查"),
        Column("until", "到哪天", sort=True, whole=True), Column("state", "状态"),
    ),
    (Choice("state", "状态", (("running", "限制中"), ("over", "已结束"))),),
    search="姓名", empty="没有人被限制报名。",
)  # fmt: skip


@bp.get("/cases")
@need_role
def listed() -> ResponseReturnValue:
    """Cases of the actor's divisions."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: case_views.listed(actor=actor(), wanted=wanted, at=at), _cells, template="review/cases",
        tab="manage",
    )  # fmt: skip


def _cells(row: case_views.Row) -> dict[str, Any]:
    return {
        "title": Link(row.title or "时长核查", f"/console/cases/{row.code}"), "team": row.team, "source": row.source,
        "state": Mark(*STATES[row.state]), "due": last_day(row.due_at).isoformat() if row.due_at else "",
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/cases/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One case with its records, what was said, and the forms of the one who leads it."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = case_views.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "review/case", tab="manage", shown=shown, states=STATES, problem=words_of(refusal), text=field("text", LONG),
        chosen=set(request.form.getlist("who")), forged=set(request.form.getlist("forged")),
        until=field("until", 10), wrong=_beside(refusal), past=steps("case", shown.number),
    )  # fmt: skip
    return said(page, refusal)


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return {C.NOBODY_TO_TELL: "who", C.BAR_UNTIL: "until", C.TEXT_EMPTY: "text", C.TEXT_TOO_LONG: "text"}.get(
        refusal.code, ""
    )


@bp.post("/cases/<code>/hearing")
@need_role
def hear(code: str) -> ResponseReturnValue:
    """Ask the people it is about to say their side."""
    code = known_form(code)
    refusal = attempt(
        lambda: cases.hear(actor=actor(), code=code, people=request.form.getlist("who"), at=clock.now())
    )
    return _one(code, refusal) if refusal else back(f"/console/cases/{code}", "noted")


@bp.post("/cases/<code>/verdict")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """The verdict: forged records, who may not sign up until when; or all is well."""
    code = known_form(code)
    upheld = "upheld" in request.form
    forged = [int(each) for each in request.form.getlist("forged") if each.isascii() and each.isdigit()]

    def act() -> None:
        if upheld and not forged:
            raise Refusal(C.NOBODY_TO_TELL)
        ruling = Ruling(
            field("text", LONG), forged=forged if upheld else (),
            barred=request.form.getlist("who") if upheld else (), until=_until(),
        )  # fmt: skip
        cases.decide(actor=actor(), code=code, ruling=ruling, at=clock.now())

    refusal = attempt(act)
    return _one(code, refusal) if refusal else back(f"/console/cases/{code}", "noted")


def _until() -> datetime | None:
    text = field("until", 10)
    if not text:
        return None
    try:
        return day_starts(date.fromisoformat(text))
    except ValueError:
        raise Refusal(C.BAR_UNTIL) from None


@bp.post("/records/<int:record_id>/case")
@need_role
def open_case(record_id: int) -> ResponseReturnValue:
    """Open a case about one record."""
    code = cases.open_case(
        actor=actor(), record_ids=[record_id], suspicion=field("reason", LONG), at=clock.now()
    )
    return back(f"/console/cases/{code}", "noted")


@bp.get("/bars")
@need_role
def barred() -> ResponseReturnValue:
    """Who may not sign up, why and until when."""
    return _barred()


def _barred(refusal: Refusal | None = None, number: int = 0) -> ResponseReturnValue:
    at = clock.now()
    page = answer(
        BARS, lambda wanted: case_views.barred(actor=actor(), wanted=wanted, at=at), _bar_cells, template="review/bars",
        tab="manage", problem=words_of(refusal), wrong=str(number) if refusal else "", typed=field("reason", LONG),
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


def _bar_cells(row: case_views.BarRow) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/people/{row.public_no}"), "reason": row.reason,
        "case": Link("看核查", f"/console/cases/{row.case_code}"), "until": clock.local_day(row.until).isoformat(),
        "state": Mark(*BAR_STATES[row.state]), "id": str(row.id), "mine": row.mine,
    }  # fmt: skip


@bp.post("/bars/<int:number>/lift")
@need_role
def lift(number: int) -> ResponseReturnValue:
    """End one before its day."""
    refusal = attempt(
        lambda: bars.lift(actor=actor(), bar_id=number, why=field("reason", LONG), at=clock.now())
    )
    return _barred(refusal, number) if refusal else back("/console/bars", "undone")
