"""找回 in the console: what waits and what came of it; the station's request for somebody who stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from services.access import person_view
from services.errors import Refusal, RefusalCode
from services.lives import recovery
from services.lives.recovery import RecoveryLine
from wording import entry, say

bp = APIBlueprint("console_recoveries", __name__, enable_openapi=False)

C = RefusalCode
TONES = {"waiting": "wait", "done": "ok", "stopped": "bad", "refused": ""}
COLUMNS = (
    Column("name", "姓名", sort=True, whole=True),
    Column("place", "地区"), Column("way", "怎么办的"), Column("state", "状态"),
    Column("officer", "经办人", whole=True), Column("created", "申请时间", sort=True, whole=True),
    Column("due", "生效时间", sort=True, whole=True),
    Column("reason", "理由"),
)  # fmt: skip
BESIDE = {
    C.REASON_REQUIRED: "reason", C.DIGITS_WRONG: "digits", C.DIGITS_EXPIRED: "digits", C.TOO_MANY_TRIES: "digits",
    C.ALREADY_BOUND: "digits",
}  # fmt: skip


def _cells(line: RecoveryLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/people/{line.public_no}"), "place": line.place,
        "way": say(f"lives_recovery.ways.{line.way}"),
        "state": Mark(say(f"lives_recovery.states.{line.state}"), TONES[line.state]), "officer": line.officer,
        "created": moment(line.created_at), "due": moment(line.due_at) if line.due_at else "", "reason": line.reason,
        "code": line.code, "mine": line.mine,
    }  # fmt: skip


def _list(code: str = "", refusal: Refusal | None = None) -> ResponseReturnValue:
    sheet = Sheet(
        "换微信（找回）", COLUMNS, search="姓名", empty="没有换微信的申请。",
        choices=(Choice("state", "状态", list(entry("lives_recovery.states").items())),),
    )  # fmt: skip
    page = answer(
        sheet, lambda asked: recovery.listed(actor=actor(), wanted=asked, at=clock.now()), _cells,
        template="lives/recoveries", tab="manage", problem=words_of(refusal), wrong=code, typed=field("reason", 200),
    )  # fmt: skip
    return said(page, refusal) if isinstance(page, str) else page


@bp.get("/recoveries")
@need_role
def recoveries() -> ResponseReturnValue:
    """The list."""
    return _list()


@bp.post("/recoveries/<code>/refuse")
@need_role
def refuse(code: str) -> ResponseReturnValue:
    """The station takes it back."""
    code = known_form(code)
    refusal = attempt(
        lambda: recovery.refuse(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    return _list(code, refusal) if refusal else back("/console/recoveries", "refused")


def _form(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    person = person_view.person(parts=parts(), actor=actor(), public_no=public_no, at=clock.now())
    if not person.over:
        raise Refusal(C.NOT_ALLOWED)
    body = render(
        "lives/recovery_new", tab="manage", person=person, problem=words_of(refusal),
        wrong=BESIDE.get(refusal.code, "form") if refusal else "",
        typed={name: field(name, 200) for name in ("digits", "reason")},
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/people/<public_no>/recovery")
@need_role
def new(public_no: str) -> ResponseReturnValue:
    """The form: the digits that his new WeChat shows."""
    return _form(known_form(public_no))


@bp.post("/people/<public_no>/recovery")
@need_role
def request(public_no: str) -> ResponseReturnValue:
    """Ask; it waits."""
    refusal = attempt(
        lambda: recovery.request(
            actor=actor(), public_no=known_form(public_no), digits=field("digits", 20), reason=field("reason", 200),
            at=clock.now(),
        )
    )  # fmt: skip
    return _form(public_no, refusal) if refusal else back("/console/recoveries", "waits")
