"""报名和候补: who asked, who waits, to whom a place is offered; inviting, deciding, marking after the end."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Column, Link, Sheet, answer, excel
from handlers.pages.browser import field
from handlers.pages.format import moment
from services import audit
from services.errors import Refusal, RefusalCode
from services.participation import choosing, console_views, outcomes, place_views
from services.workbooks import workbook

bp = APIBlueprint("console_places", __name__, enable_openapi=False)

SHEET = Sheet(
    "报名待审核",
    (
        Column("name", "姓名", sort=True, whole=True), Column("activity", "活动"), Column("position", "岗位"),
        Column("team", "服务队"), Column("starts", "开始", sort=True, whole=True),
        Column("at", "报名时间", sort=True, whole=True),
    ),
    search="姓名或活动", empty="没有等您审核的报名。",
)  # fmt: skip


@bp.get("/signups")
@need_role
def waiting() -> ResponseReturnValue:
    """What waits for a word in all one's teams."""
    at = clock.now()
    return answer(
        SHEET, lambda wanted: place_views.waiting(actor=actor(), wanted=wanted, at=at), _cells, tab="desk"
    )


def _cells(row: place_views.Waiting) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/activities/{row.activity_code}/places"), "activity": row.title,
        "position": row.position, "team": row.team, "starts": moment(row.starts_at), "at": moment(row.at),
    }  # fmt: skip


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = place_views.places(actor=actor(), activity_code=code, at=at)
    others = console_views.not_on_list(actor=actor(), activity_code=code, at=at)
    body = render(
        "participation/places", tab="desk", shown=shown, at=at, others=others, problem=_problem(refusal),
        wrong=field("who", 40) if refusal else "",
    )  # fmt: skip
    return said(body, refusal)


#: What is said to the person himself, and here to his leader.
HIS = {
    RefusalCode.TOO_YOUNG, RefusalCode.ADULTS_ONLY, RefusalCode.GUARDIAN_NEEDED, RefusalCode.NOT_ELIGIBLE,
    RefusalCode.TIME_CLASH, RefusalCode.LOAD_TOO_MUCH, RefusalCode.SIGNUP_BARRED,
}  # fmt: skip


def _problem(refusal: Refusal | None) -> str:
    words = words_of(refusal)
    return f"他现在不能来。本人会看到：“{words}”" if refusal is not None and refusal.code in HIS else words


@bp.get("/activities/<code>/places.xlsx")
@need_role
def taken_away(code: str) -> ResponseReturnValue:
    """The same list as a file, to print and hang up."""
    shown = place_views.places(actor=actor(), activity_code=code, at=clock.now())
    starts = {one.code: moment(one.starts_at) for one in shown.shifts}
    rows = [
        (
            one.name, one.position, starts[one.shift_code], one.word, outcomes.word(one.outcome),
            one.outcome_note or one.reason, "第一次" if one.newcomer else "", "有" if one.missed else "",
            moment(one.at),
        )
        for one in shown.lines
    ]  # fmt: skip
    audit.note(
        actor=actor(), verb="export", subject=f"list:{request.path}", detail={"rows": len(rows)}, at=clock.now()
    )
    headings = ("姓名", "岗位", "开始", "状态", "活动记录", "说明", "第一次参加", "最近没来", "报名时间")
    return excel(
        workbook(title="报名和候补", headings=headings, rows=rows), f"报名和候补-{clock.today().isoformat()}"
    )


@bp.get("/activities/<code>/places")
@need_role
def show(code: str) -> ResponseReturnValue:
    """Everybody who stands for the activity."""
    return _page(code)


@bp.post("/activities/<code>/places")
@need_role
def act(code: str) -> ResponseReturnValue:
    """One of: yes, no, invite, tick a training, mark; `who` names shift and person."""
    shift, _, person = field("who", 40).partition(".")
    told = {"actor": actor(), "shift_code": shift, "public_no": person or field("person", 20), "at": clock.now()}
    acts = {
        "accept": lambda: choosing.decide(accept=True, clash_reason=field("clash", 200), **told),
        "reject": lambda: choosing.decide(accept=False, reason=field("reason", 200), **told),
        "invite": lambda: choosing.invite(clash_reason=field("clash", 200), **told),
        "training": lambda: choosing.tick_training(name=field("training_name", 40), **told),
        "outcome": lambda: outcomes.mark(outcome=field("outcome", 20), note=field("reason", 200), **told),
    }
    wanted = next((name for name in acts if name in request.form), "outcome")
    refusal = attempt(acts[wanted])
    return _page(code, refusal) if refusal else back(f"/console/activities/{code}/places", "noted")
