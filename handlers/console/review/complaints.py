"""投诉举报 at the desk: the list, one whole, the answer, passing it on, how to reach the one who complained."""

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
from handlers.pages.browser import field, known_form
from services.errors import Refusal, RefusalCode
from services.evaluation import complaint_views, complaints
from services.stars import objections as star_objections
from services.times import last_day
from wording import entry

bp = APIBlueprint("console_complaints", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
#: What the one who complained did: he is not named to those who handle it.
THEIRS = ("complaint.received", "complaint.added", "complaint.further", "complaint.closed")
STATES = {
    "received": ("待办理", "wait"), "forwarded": ("已转办", "wait"), "answered": ("已答复", "ok"),
    "closed": ("办结", ""),
}  # fmt: skip
LIST = Sheet(
    "投诉举报",
    (
        Column("kind", "哪方面"), Column("about", "服务队"), Column("place", "地方"), Column("state", "状态"),
        Column("finding", "查的结果", whole=True), Column("due", "期限", sort=True, whole=True),
        Column("at", "收到", sort=True, whole=True),
    ),
    (
        Choice("state", "状态", tuple((key, words[0]) for key, words in STATES.items())),
        Choice("kind", "哪方面", tuple(complaints.kinds().items())),
        Choice("finding", "查的结果", tuple(entry("complaints.findings").items())),
    ),
    search="内容或队名", empty="没有投诉举报。",
)  # fmt: skip


@bp.get("/complaints")
@need_role
def listed() -> ResponseReturnValue:
    """Those of the actor's divisions that do not concern him."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: complaint_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="review/complaints", tab="manage",
    )  # fmt: skip


def _cells(row: complaint_views.Row) -> dict[str, Any]:
    state = ("过期", "bad") if row.late else STATES[row.state]
    return {
        "kind": Link(complaints.kinds()[row.kind], f"/console/complaints/{row.code}"), "about": row.about,
        "place": row.place, "state": Mark(*state), "finding": entry("complaints.findings").get(row.finding, ""),
        "due": last_day(row.due_at).isoformat(),
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/complaints/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One complaint."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None, contact: str = "", form: str = "") -> ResponseReturnValue:
    shown = complaint_views.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "review/complaint", tab="manage", shown=shown, states=STATES, kinds=complaints.kinds(), contact=contact,
        text=field("text", LONG), office=field("office", 100), region=field("region", 12), problem=words_of(refusal),
        wrong=form if refusal else "", places=complaint_views.places(code=shown.row.region_code),
        findings=entry("complaints.findings"), finding=field("finding", 20), star=star_objections.star_of(code=code),
        past=steps("complaint", shown.number, dict.fromkeys(THEIRS, "投诉人")),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/complaints/<code>")
@need_role
def act(code: str) -> ResponseReturnValue:
    """Answer, or pass on."""
    code, at = known_form(code), clock.now()
    if "forward" in request.form:
        refusal = attempt(
            lambda: complaints.forward(
                actor=actor(), code=code, region_code=field("region", 12), office=field("office", 100), at=at
            )
        )
        return _one(code, refusal, form="forward") if refusal else back("/console/complaints", "noted")
    answers = star_objections if star_objections.star_of(code=code) else complaints
    refusal = attempt(
        lambda: answers.answer(
            actor=actor(), code=code, finding=field("finding", 20), text=field("text", LONG), at=at
        )
    )
    form = "finding" if refusal and refusal.code is C.FIELD_WRONG else "answer"
    return _one(code, refusal, form=form) if refusal else back(f"/console/complaints/{code}", "noted")


@bp.post("/complaints/<code>/contact")
@need_role
def contact(code: str) -> ResponseReturnValue:
    """How to reach the one who complained; the look is noted."""
    code = known_form(code)
    return _one(code, contact=complaints.contact(parts=parts(), actor=actor(), code=code, at=clock.now()))
