"""考核退出 at the desk: proposals that wait, one whole, yes or no."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.assessment.words import EXITS
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from services.assessment import exits
from services.assessment.shapes import ExitLine
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_assessment_exits", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
LIST = Sheet(
    "考核退出",
    (
        Column("name", "姓名", sort=True, whole=True), Column("team", "服务队"), Column("year", "年度", whole=True),
        Column("total", "总分", figure=True), Column("state", "状态"), Column("rejoin", "哪天起可以再申请", whole=True),
        Column("at", "日期", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple((key, words[0]) for key, words in EXITS.items())),),
    search="姓名", empty="没有人因考核退出。",
)  # fmt: skip


@bp.get("/assessment/exits")
@need_role
def listed() -> ResponseReturnValue:
    """Those of the actor's divisions."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: exits.listed(actor=actor(), wanted=wanted, at=at), _cells, template="assessment/exits",
        tab="manage",
    )  # fmt: skip


def _cells(row: ExitLine) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/assessment/exits/{row.code}"), "team": row.team, "year": row.year,
        "total": row.total, "state": Mark(*EXITS[row.state]),
        "rejoin": row.rejoin_from.isoformat() if row.rejoin_from else "", "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/assessment/exits/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One of them."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = exits.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "assessment/exit", tab="manage", shown=shown, states=EXITS, problem=words_of(refusal),
        reason=field("reason", LONG),
        wrong="reason" if refusal and refusal.code in (C.REASON_REQUIRED, C.TEXT_TOO_LONG) else "",
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/assessment/exits/<code>")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Approve it: the memberships end; or refuse it with a reason."""
    code, approve = known_form(code), "approve" in request.form
    refusal = attempt(
        lambda: exits.decide(
            actor=actor(), code=code, approve=approve, reason=field("reason", LONG), at=clock.now()
        )
    )
    return _one(code, refusal) if refusal else back(f"/console/assessment/exits/{code}", "noted")
