"""考核异议 at the desk: what waits for an answer, one whole with the card it is about."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.assessment.words import OBJECTIONS, grade
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from services.assessment import objections
from services.assessment.shapes import ObjectionLine
from services.errors import Refusal, RefusalCode
from services.times import last_day

bp = APIBlueprint("console_assessment_objections", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
LIST = Sheet(
    "考核异议",
    (
        Column("name", "姓名", sort=True, whole=True), Column("team", "服务队"), Column("year", "年度", whole=True),
        Column("before", "原来的结果"), Column("after", "答复后"), Column("state", "状态"),
        Column("due", "最晚答复", sort=True, whole=True), Column("at", "日期", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple((key, words[0]) for key, words in OBJECTIONS.items())),),
    search="姓名", empty="没有人对考核结果有异议。",
)  # fmt: skip


@bp.get("/assessment/objections")
@need_role
def listed() -> ResponseReturnValue:
    """Those of the actor's divisions."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: objections.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="assessment/objections", tab="manage",
    )  # fmt: skip


def _cells(row: ObjectionLine) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/assessment/objections/{row.code}"), "team": row.team, "year": row.year,
        "before": grade(row.grade_before), "after": grade(row.grade_after), "state": Mark(*OBJECTIONS[row.state]),
        "due": last_day(row.due_at).isoformat() if row.state == "open" else "",
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/assessment/objections/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One of them."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = objections.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "assessment/objection", tab="manage", shown=shown, states=OBJECTIONS, grade=grade, problem=words_of(refusal),
        text=field("text", LONG), score=field("score", 5), chosen=field("grade", 10), wrong=_beside(refusal),
    )  # fmt: skip
    return said(page, refusal)


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return {
        C.TEXT_EMPTY: "text", C.TEXT_TOO_LONG: "text", C.SCORE_RANGE: "score", C.GRADE_MARK: "grade",
        C.GRADE_WORSE: "grade",
        C.EXCELLENT_FULL: "grade", C.BAD_REQUEST: "grade",
    }.get(refusal.code, "")  # fmt: skip


@bp.post("/assessment/objections/<code>")
@need_role
def say(code: str) -> ResponseReturnValue:
    """The answer; the result stands, or another takes its place."""
    code, typed = known_form(code), field("score", 5)

    def speak() -> None:
        if typed and not (typed.isascii() and typed.isdigit()):
            raise Refusal(C.SCORE_RANGE)
        objections.answer(
            actor=actor(), code=code, text=field("text", LONG), grade=field("grade", 10) or None,
            score=int(typed) if typed else None, at=clock.now(),
        )  # fmt: skip

    refusal = attempt(speak)
    return _one(code, refusal) if refusal else back(f"/console/assessment/objections/{code}", "noted")
