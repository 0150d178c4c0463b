"""What an extra phase says of each: entered by the team's leader or the centre."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, number, said, words_of
from handlers.console.lists import Choice, Column, Sheet, answer
from handlers.pages.browser import field, known_form
from services.assessment import marks
from services.assessment.shapes import MarkLine
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_assessment_marks", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
SHEET = Sheet(
    "填分",
    (
        Column("name", "姓名", sort=True, whole=True), Column("team", "服务队", sort=True),
        Column("score", "分数", figure=True), Column("note", "说明"), Column("by", "谁填的", whole=True),
    ),
    (Choice("state", "状态", (("missing", "还没填的"),)),),
    search="姓名", empty="没有要填的人。",
)  # fmt: skip


@bp.get("/assessment/<code>/marks/<int:phase>")
@need_role
def listed(code: str, phase: int) -> ResponseReturnValue:
    """The people of an extra phase: of the teams the reader leads, or of the whole cycle."""
    return _listed(known_form(code), phase)


def _listed(code: str, phase: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    page = answer(
        SHEET, lambda wanted: marks.listed(actor=actor(), cycle_code=code, number=phase, wanted=wanted, at=at), _cells,
        template="assessment/marks", tab="manage", cycle_code=code, phase=phase, problem=words_of(refusal),
        wrong=field("card", 20) if refusal else "", typed=field("score", 5), note=field("note", LONG),
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


def _cells(row: MarkLine) -> dict[str, Any]:
    return {
        "name": row.name, "team": row.team, "score": row.score, "note": row.note, "by": row.by, "code": row.card_code,
        "may": row.may,
    }  # fmt: skip


@bp.post("/assessment/<code>/marks/<int:phase>")
@need_role
def put(code: str, phase: int) -> ResponseReturnValue:
    """Enter the score of one person, or change it."""
    code = known_form(code)

    def act() -> None:
        score = number("score")
        marks.put(
            actor=actor(), card_code=known_form(field("card", 20)), number=phase, score=-1 if score is None else score,
            note=field("note", LONG), at=clock.now(),
        )  # fmt: skip

    refusal = attempt(act)
    return (
        _listed(code, phase, refusal)
        if refusal
        else back(f"/console/assessment/{code}/marks/{phase}", "noted")
    )
