"""What an extra phase says of each: entered by the team's leader or the centre."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import scores
from handlers.console.frame import actor, attempt, back, need_role, said, words_of
from handlers.console.lists import Choice, Column, Sheet, answer
from handlers.pages.browser import field, known_form
from services.assessment import marks
from services.assessment.shapes import MarkLine
from services.errors import Refusal

bp = APIBlueprint("console_assessment_marks", __name__, enable_openapi=False)

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


def _listed(
    code: str, phase: int, wrong: Mapping[str, Refusal] = MappingProxyType({})
) -> ResponseReturnValue:
    at = clock.now()
    page = answer(
        SHEET, lambda wanted: marks.listed(actor=actor(), cycle_code=code, number=phase, wanted=wanted, at=at), _cells,
        template="assessment/marks", tab="manage", cycle_code=code, phase=phase,
        wrong={card: words_of(refusal) for card, refusal in wrong.items()}, typed=request.form,
    )  # fmt: skip
    return said(page, next(iter(wrong.values()), None)) if isinstance(page, str) else page


def _cells(row: MarkLine) -> dict[str, Any]:
    return {
        "name": row.name, "team": row.team, "score": row.score, "note": row.note, "by": row.by, "code": row.card_code,
        "may": row.may,
    }  # fmt: skip


@bp.post("/assessment/<code>/marks/<int:phase>")
@need_role
def put(code: str, phase: int) -> ResponseReturnValue:
    """Enter scores, or change them: those that were typed and are not what they were. What is right is kept even where
    another one is wrong."""
    code, wrong = known_form(code), dict[str, Refusal]()
    for name, value in request.form.items():
        start, _, card = name.partition(".")
        text, note = value.strip(), field(f"note.{card}", LONG)
        if start != "score" or not text or field(f"was.{card}", LONG) == f"{text} {note}".strip():
            continue
        refusal = attempt(partial(_put, known_form(card), phase, text, note))
        if refusal:
            wrong[card] = refusal
    return (
        _listed(code, phase, wrong) if wrong else back(f"/console/assessment/{code}/marks/{phase}", "noted")
    )


def _put(card: str, phase: int, text: str, note: str) -> None:
    score = scores.meant("", text)
    marks.put(actor=actor(), card_code=card, number=phase, score=score, note=note, at=clock.now())
