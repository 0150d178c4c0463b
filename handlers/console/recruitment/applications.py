"""Applications to join a team: the list, one whole, references, examination, decision, recommending somebody."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, number, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field
from services.errors import Refusal, RefusalCode
from services.recruitment import applications, vetting, views
from wording import entry

bp = APIBlueprint("console_applications", __name__, enable_openapi=False)

STATES = {
    "offered": ("等本人回答", "wait"), "submitted": ("待决定", "wait"), "approved": ("已入队", "ok"),
    "refused": ("没有通过", "bad"), "declined": ("本人没答应", ""), "withdrawn": ("本人撤回", ""),
}  # fmt: skip
ROUTES = {"self": "个人自荐", "organisation": "组织推荐"}
CRITERIA = {
    "political": "政治合格", "responsible": "责任心强", "healthy": "身体健康（本人自述）", "capable": "能力过硬",
    "respected": "社会影响力好",
}  # fmt: skip
LIST = Sheet(
    "入队申请",
    (
        Column("name", "姓名", sort=True, whole=True), Column("team", "服务队", sort=True),
        Column("route", "方式", whole=True), Column("source", "来源"),
        Column("state", "状态", sort=True), Column("at", "日期", sort=True, whole=True),
    ),
    (
        Choice("state", "状态", tuple((key, words[0]) for key, words in STATES.items())),
        Choice("route", "方式", tuple(ROUTES.items())),
        Choice("source", "来源", tuple(entry("recruitment.sources").items())),
    ),
    search="姓名或队名", empty="现在没有入队申请。",
)  # fmt: skip
LONG = 600


@bp.get("/applications")
@need_role
def listed() -> ResponseReturnValue:
    """Applications to the teams and divisions of the actor."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: views.applications(actor=actor(), wanted=wanted, at=at), _cells,
        template="recruitment/applications", tab="manage",
    )  # fmt: skip


def _cells(row: views.Row) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/applications/{row.code}"), "team": row.team, "route": ROUTES[row.route],
        "source": entry("recruitment.sources").get(row.source, ""),
        "state": Mark(*STATES[row.state]), "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/applications/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One application with what was found out, and the forms of those who may go on."""
    return _one(code)


def _one(code: str, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    shown = views.application(actor=actor(), code=code, at=clock.now())
    page = render(
        "recruitment/application", tab="manage",
        shown=shown, states=STATES, routes=ROUTES, sources=entry("recruitment.sources"), criteria=CRITERIA, form=form,
        problem=words_of(refusal), wrong=form, today=clock.today().isoformat(), typed=request.form,
        past=steps("application", shown.number),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/applications/<code>/reference")
@need_role
def refer(code: str) -> ResponseReturnValue:
    """群众口碑."""
    refusal = attempt(
        lambda: vetting.add_reference(
            actor=actor(), code=code, asked=field("asked", LONG), asked_count=number("count") or 0,
            favourable=field("result", 4) == "good", note=field("note", LONG), at=clock.now(),
        )
    )  # fmt: skip
    return _one(code, refusal, "reference") if refusal else back(f"/console/applications/{code}", "noted")


@bp.post("/applications/<code>/examination")
@need_role
def examine(code: str) -> ResponseReturnValue:
    """组织考察, the five criteria."""
    found = {name: (field(f"{name}_ok", 3) == "yes", field(f"{name}_note", LONG)) for name in CRITERIA}
    refusal = attempt(
        lambda: vetting.examine(actor=actor(), code=code, criteria=found, examined_on=_day(), at=clock.now())
    )
    return _one(code, refusal, "examination") if refusal else back(f"/console/applications/{code}", "noted")


def _day() -> date:
    try:
        return date.fromisoformat(field("day", 10))
    except ValueError:
        raise Refusal(RefusalCode.FIGURE_WRONG) from None


@bp.post("/applications/<code>/decision")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Take him in, or refuse with a reason."""
    at = clock.now()
    if "approve" in request.form:
        refusal = attempt(lambda: applications.approve(actor=actor(), code=code, at=at))
        word = "approved"
    else:
        refusal = attempt(
            lambda: applications.refuse(actor=actor(), code=code, reason=field("reason", LONG), at=at)
        )
        word = "refused"
    return _one(code, refusal, "decision") if refusal else back(f"/console/applications/{code}", word)


@bp.get("/teams/<code>/recommend")
@need_role
def recommending(code: str) -> ResponseReturnValue:
    """The form of a recommendation."""
    return _recommending(code)


def _recommending(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    led = views.led_team(actor=actor(), team_code=code, at=clock.now())
    page = render(
        "recruitment/recommend", tab="teams", team=led, problem=words_of(refusal), wrong="person" if refusal else "",
        person=field("person", 20), statement=field("statement", LONG),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/teams/<code>/recommend")
@need_role
def recommend(code: str) -> ResponseReturnValue:
    """Recommend a registered person by his number; he is asked."""
    views.led_team(actor=actor(), team_code=code, at=clock.now())
    try:
        made = applications.recommend(
            actor=actor(), team_code=code, public_no=field("person", 20).lower(), statement=field("statement", LONG),
            at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _recommending(code, refusal)
    return back(f"/console/applications/{made.code}", "asked")
