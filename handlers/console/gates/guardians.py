"""监护人同意: what minors told, and the word of the officer who saw the form and called the guardian (S117)."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field
from handlers.pages.format import moment
from handlers.pictures import jpeg
from services.errors import Refusal
from services.gates import guardians

bp = APIBlueprint("console_guardians", __name__, enable_openapi=False)

STATES = {"stated": ("等核对", "wait"), "verified": ("已核对", "ok"), "refused": ("没有通过", "bad")}
RELATIONS = {"father": "父亲", "mother": "母亲", "grandparent": "祖父母、外祖父母", "other": "其他监护人"}
SHEET = Sheet(
    "监护人同意",
    (
        Column("name", "未成年人", sort=True, whole=True), Column("birth", "出生日期", whole=True),
        Column("guardian", "监护人", whole=True), Column("relation", "关系"), Column("state", "状态", whole=True),
        Column("until", "有效到", sort=True, whole=True), Column("place", "住址"),
        Column("at", "交的时间", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple((key, word) for key, (word, _) in STATES.items())),),
    search="姓名", empty="没有未成年人的同意书。",
)  # fmt: skip


@bp.get("/guardians")
@need_role
def listed() -> ResponseReturnValue:
    """The consents of one's divisions."""
    at = clock.now()
    return answer(
        SHEET, lambda wanted: guardians.listed(parts=parts(), actor=actor(), wanted=wanted, at=at), _cells,
        tab="manage",
    )  # fmt: skip


def _cells(row: guardians.Row) -> dict[str, Any]:
    word = row.word
    return {
        "name": Link(row.person, f"/console/guardians/{word.id}"), "birth": row.birth_date,
        "guardian": word.guardian_name, "relation": RELATIONS[word.relation], "state": Mark(*STATES[word.state]),
        "until": word.until_on, "place": row.place, "at": moment(word.at),
    }  # fmt: skip


def _one(number: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = guardians.one(parts=parts(), actor=actor(), number=number, at=clock.now())
    body = render(
        "gates/guardian", tab="manage", shown=shown, word=shown.word, mark=Mark(*STATES[shown.word.state]),
        relation=RELATIONS[shown.word.relation], problem=words_of(refusal),
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/guardians/<int:number>")
@need_role
def one(number: int) -> ResponseReturnValue:
    """One consent."""
    return _one(number)


@bp.post("/guardians/<int:number>")
@need_role
def check(number: int) -> ResponseReturnValue:
    """Verify it, or refuse it with a reason the person reads."""
    good = "verify" in request.form
    refusal = attempt(
        lambda: guardians.check(
            actor=actor(), number=number, good=good, note="" if good else field("reason", 200), at=clock.now()
        )
    )
    return _one(number, refusal) if refusal else back(f"/console/guardians/{number}", "verified" if good else "refused")


@bp.get("/guardians/<int:number>/form")
@need_role
def form(number: int) -> ResponseReturnValue:
    """The photo of the signed form; the look is noted."""
    return jpeg(guardians.form_of(parts=parts(), actor=actor(), number=number, at=clock.now()), f"form-{number}")
