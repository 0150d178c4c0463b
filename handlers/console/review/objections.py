"""异议 at the desk: what waits for an answer, one whole with the record it is about."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, number, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services.errors import Refusal, RefusalCode
from services.review import objection_views, objections
from services.review.objections import Verdict
from services.times import last_day

bp = APIBlueprint("console_objections", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
STATES = {
    "open": ("等答复", "wait"), "answered": ("已答复", "ok"), "raised": ("等县里答复", "wait"), "closed": ("办结", ""),
    "withdrawn": ("已撤回", ""),
}  # fmt: skip
LIST = Sheet(
    "时长异议",
    (
        Column("name", "姓名", sort=True, whole=True), Column("title", "活动"), Column("team", "服务队"),
        Column("state", "状态"), Column("due", "最晚答复", sort=True, whole=True),
        Column("at", "日期", sort=True, whole=True),
    ),
    (Choice("state", "状态", (("waiting", "等答复的"), *((key, words[0]) for key, words in STATES.items()))),),
    search="姓名或活动", empty="没有异议。",
)  # fmt: skip


@bp.get("/objections")
@need_role
def listed() -> ResponseReturnValue:
    """Those of the actor's teams and divisions."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: objection_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="review/objections", tab="desk",
    )  # fmt: skip


def _cells(row: objection_views.Line) -> dict[str, Any]:
    waits = row.state in ("open", "raised")
    return {
        "name": Link(row.name, f"/console/objections/{row.code}"), "title": row.title, "team": row.team,
        "state": Mark(*STATES[row.state]), "due": last_day(row.due_at).isoformat() if waits else "",
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/objections/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One objection."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = objection_views.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "review/objection", tab="desk", shown=shown, states=STATES, problem=words_of(refusal),
        text=field("text", LONG), minutes=field("minutes", 5),
        wrong=_beside(refusal),
        past=steps("objection", shown.number),
    )  # fmt: skip
    return said(page, refusal)


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return {
        C.FIGURE_WRONG: "minutes", C.OBJECTION_MINUTES: "minutes", C.TEXT_EMPTY: "text", C.TEXT_TOO_LONG: "text",
    }.get(refusal.code, "")  # fmt: skip


@bp.post("/objections/<code>")
@need_role
def say(code: str) -> ResponseReturnValue:
    """Answer, or give the county's word; with other minutes, the books are corrected."""
    code, at = known_form(code), clock.now()
    shown = objection_views.one(actor=actor(), code=code, at=at)
    act = objections.decide if shown.state == "raised" else objections.answer
    typed = field("minutes", 5)

    def speak() -> None:
        minutes = number("minutes")
        if typed and minutes is None:
            raise Refusal(C.FIGURE_WRONG)
        act(actor=actor(), code=code, verdict=Verdict(field("text", LONG), minutes), at=at)

    refusal = attempt(speak)
    return _one(code, refusal) if refusal else back(f"/console/objections/{code}", "noted")
