"""更正 in the console: who says that his name or ID number is wrong; the one who saw his papers decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import who
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from services.errors import Refusal, RefusalCode
from services.privacy import correcting_desk
from services.privacy.correcting_desk import Line
from wording import entry

bp = APIBlueprint("console_correcting", __name__, enable_openapi=False)

TONES = {"asked": "wait", "done": "ok", "refused": "bad", "withdrawn": ""}
COLUMNS = (
    Column("name", "姓名", sort=True, whole=True), Column("what", "更正什么", whole=True), Column("place", "地区"),
    Column("state", "状态"), Column("asked", "申请时间", sort=True, whole=True),
    Column("officer", "谁核对的", whole=True), Column("reason", "说明"),
)  # fmt: skip


def _cells(line: Line) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/corrections/{line.code}"), "what": line.what, "place": line.place,
        "state": Mark(entry("corrections.states")[line.state], TONES[line.state]), "asked": moment(line.asked_at),
        "officer": line.officer, "reason": line.reason,
    }  # fmt: skip


@bp.get("/corrections")
@need_role
def listed() -> ResponseReturnValue:
    """The list: about whom and what, not what should be right."""
    sheet = Sheet(
        "登记更正", COLUMNS, search="姓名", empty="没有更正的申请。",
        choices=(Choice("state", "状态", list(entry("corrections.states").items())),),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: correcting_desk.listed(actor=actor(), wanted=wanted, at=clock.now()), _cells,
        tab="manage",
    )  # fmt: skip


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = correcting_desk.one(
        parts=parts(), actor=actor(), code=code, confirmed_at=who().since, at=clock.now()
    )
    beside = "reason" if refusal and refusal.code is RefusalCode.REASON_REQUIRED else "form"
    body = render(
        "lives/correction", tab="manage", shown=shown, line=shown.line, fields=entry("corrections.fields"),
        mark=Mark(entry("corrections.states")[shown.line.state], TONES[shown.line.state]), problem=words_of(refusal),
        wrong=beside if refusal else "", reason=field("reason", 200),
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/corrections/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """As it is and as it should be; that it was read is noted."""
    return _one(known_form(code))


@bp.post("/corrections/<code>")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Put it right, or say why not."""
    code, good = known_form(code), "agree" in request.form
    refusal = attempt(
        lambda: correcting_desk.decide(
            parts=parts(), actor=actor(), code=code, good=good, reason=field("reason", 200), at=clock.now()
        )
    )
    return _one(code, refusal) if refusal else back("/console/corrections", "approved" if good else "refused")
