"""资格证: what people have papers for, and the word of the one who saw them (S21, S22)."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field
from handlers.pictures import jpeg
from services.errors import Refusal
from services.recruitment import qualifications, skills
from services.recruitment.qualifications import Proof

bp = APIBlueprint("console_qualifications", __name__, enable_openapi=False)

STATES = {
    "stated": ("等核对", "wait"), "verified": ("已核对", "ok"), "refused": ("没有通过", "bad"),
    "withdrawn": ("本人撤回", ""),
}  # fmt: skip
ENDS = (("soon", "快到期"), ("over", "已过期"))
COLUMNS = (
    Column("name", "姓名", sort=True, whole=True), Column("paper", "资格证"), Column("kind", "哪方面"),
    Column("state", "状态"), Column("ends", "有效期到", sort=True, whole=True), Column("place", "住址"),
    Column("at", "填写日期", sort=True, whole=True),
)  # fmt: skip
LONG = 400


def _sheet() -> Sheet:
    return Sheet(
        "资格证", COLUMNS, search="姓名或证的名称", empty="没有这样的资格证。",
        choices=(
            Choice("state", "状态", tuple((key, STATES[key][0]) for key in ("stated", "verified", "refused"))),
            Choice("ends", "有效期", ENDS),
            Choice("kind", "哪方面", tuple((each.code, each.name) for each in skills.catalogue())),
        ),
    )  # fmt: skip


def _mark(proof: Proof) -> Mark:
    """Its state; a paper that was right and has run out counts no more."""
    return (
        Mark("已过期", "bad")
        if proof.state == "verified" and not proof.running
        else Mark(*STATES[proof.state])
    )


@bp.get("/qualifications")
@need_role
def listed() -> ResponseReturnValue:
    """The papers of the people of one's divisions."""
    at = clock.now()
    return answer(
        _sheet(), lambda wanted: qualifications.qualifications(actor=actor(), wanted=wanted, at=at), _cells,
        template="recruitment/qualifications", tab="manage",
    )  # fmt: skip


def _cells(row: qualifications.Row) -> dict[str, Any]:
    proof = row.proof
    return {
        "name": Link(row.person, f"/console/qualifications/{proof.id}"), "paper": proof.name,
        "kind": proof.kind_name, "state": _mark(proof), "ends": proof.expires_on or "长期", "place": row.place,
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/qualifications/<int:number>")
@need_role
def one(number: int) -> ResponseReturnValue:
    """One paper."""
    return _one(number)


def _one(number: int, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    shown = qualifications.qualification(actor=actor(), number=number, at=clock.now())
    page = render(
        "recruitment/qualification", tab="manage", shown=shown, proof=shown.row.proof, mark=_mark(shown.row.proof),
        reason=field("reason", LONG), problem=words_of(refusal), wrong=form if refusal else "",
        past=steps("qualification", shown.row.proof.id),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/qualifications/<int:number>")
@need_role
def check(number: int) -> ResponseReturnValue:
    """Verify it, or refuse it with a reason that the person reads."""
    good = "verify" in request.form
    refusal = attempt(
        lambda: qualifications.check(
            actor=actor(),
            number=number,
            good=good,
            note="" if good else field("reason", LONG),
            at=clock.now(),
        )
    )
    if refusal:
        return _one(number, refusal, "verify" if good else "refuse")
    return back(f"/console/qualifications/{number}", "verified" if good else "refused")


@bp.get("/qualifications/<int:number>/photo")
@need_role
def photo(number: int) -> ResponseReturnValue:
    """The photo the person sent of it; the look is noted."""
    found = qualifications.photo_of(parts=parts(), actor=actor(), number=number, at=clock.now())
    return jpeg(found, f"paper-{number}")
