"""Projects and plans: lists over the division, one in full, their forms; the model mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.money.lines import of_project
from handlers.console.organisation import team_words as words
from handlers.console.participation.roster import page as activity_page
from handlers.console.participation.roster import path_of
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import FILTERS
from services import leading, scopes
from services.errors import Refusal, RefusalCode
from services.money import sources
from services.participation import domains
from services.planning import marks, plans, projects
from services.planning.plans import ItemDraft, PlanDraft, PlanLine
from services.planning.projects import ProjectDraft, ProjectLine
from services.planning.results import Result

bp = APIBlueprint("console_projects", __name__, enable_openapi=False)

C = RefusalCode
PROJECTS = (
    Column("title", "项目", sort=True), Column("team", "服务队"), Column("place", "地区"), Column("domain", "领域"),
    Column("funding", "经费"), Column("from", "开始", sort=True, whole=True),
    Column("to", "结束", sort=True, whole=True), Column("state", "状态"),
    Column("activities", "活动", figure=True), Column("people", "参加", figure=True),
    Column("hours", "时长", figure=True), Column("supplement", "其中补录", figure=True, under="hours"),
    Column("served", "服务群众", figure=True),
)  # fmt: skip
PLANS = (
    Column("team", "服务队", sort=True), Column("place", "地区"), Column("period", "时间", sort=True, whole=True),
    Column("items", "计划项"), Column("activities", "活动", figure=True), Column("people", "参加", figure=True),
    Column("hours", "时长", figure=True), Column("supplement", "其中补录", figure=True, under="hours"),
    Column("served", "服务群众", figure=True),
)  # fmt: skip


def _may_list(at: Any) -> None:
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)


def _teams(chosen: str = "") -> list[tuple[str, str]]:
    found = leading.offered_teams(actor=actor(), chosen=chosen, at=clock.now())
    return [(each.code, each.name) for each in found]


def _made_up(result: Result) -> str:
    return FILTERS["as_duration"](result.supplement) if result.supplement else ""


def _project_cells(line: ProjectLine, funding: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "title": Link(line.title + ("（示范）" if line.model else ""), f"/console/projects/{line.code}"),
        "team": line.team, "place": line.place, "domain": domains.domain_name(line.domain),
        "funding": funding.get(line.funding, ""), "from": line.from_on, "to": line.to_on,
        "state": Mark("进行中", "ok") if line.state == "running" else Mark("已结项", ""),
        "activities": line.result.activities, "people": line.result.people,
        "hours": FILTERS["as_duration"](line.result.minutes), "supplement": _made_up(line.result),
        "served": line.result.served,
    }  # fmt: skip


@bp.get("/projects")
@need_role
def listed() -> ResponseReturnValue:
    """The projects."""
    at = clock.now()
    _may_list(at)
    chosen, funding = request.args.get("region", "")[:12], sources.names()
    sheet = Sheet(
        "服务项目", PROJECTS, search="项目或队名", empty="还没有项目。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("level", "级别", words.levels()),
            Choice("domain", "领域", [(each.code, each.name) for each in domains.all_domains()]),
            Choice("funding", "经费", list(funding.items())),
            Choice("state", "状态", [("running", "进行中"), ("closed", "已结项")]),
            Choice("mark", "示范", [("model", "示范项目")]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: projects.listed(actor=actor(), wanted=wanted, at=at),
        lambda line: _project_cells(line, funding),
        template="planning/list_new", tab="manage", new_path="/console/projects/new" if _teams() else "",
        new_word="新项目",
    )  # fmt: skip


def _fields() -> list[simple.Field]:
    return [
        ("title", "项目名称", "text", 40), ("kind", "领域", "select", simple.kinds()), ("from_on", "开始", "day", None),
        ("to_on", "结束", "day", None), ("funding", "经费来源", "select", list(sources.names().items())),
        ("funding_note", "经费说明", "text", 100), ("summary", "做什么、服务谁", "area", 500),
    ]  # fmt: skip


def _draft() -> ProjectDraft:
    domain, _, sub = field("kind", 40).partition(".")
    names = ("title", "from_on", "to_on", "funding", "funding_note", "summary")
    return ProjectDraft(domain=domain, sub_domain=sub, **{name: field(name, simple.LONG) for name in names})


@bp.route("/projects/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """A new project of one of his teams."""
    teams = _teams(field("team", 20))
    if not teams:
        raise Refusal(C.NOT_ALLOWED)
    fields: list[simple.Field] = [("team", "哪个服务队", "select", teams), *_fields()]
    year = clock.today().year
    start = {"from_on": f"{year}-01-01", "to_on": f"{year}-12-31", "team": field("team", 20)}
    if request.method == "GET":
        return simple.form("新项目", fields, start, "/console/projects")
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            projects.create(actor=actor(), team_code=field("team", 20), draft=_draft(), at=clock.now())
        )
    )
    if refusal:
        return simple.form("新项目", fields, start, "/console/projects", refusal)
    return back(f"/console/projects/{made[0]}", "created")


@bp.get("/projects/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The project."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = projects.page(actor=actor(), code=code, at=at)
    body = render(
        "planning/project", tab="manage", project=shown, domain=domains.domain_name(shown.draft.domain),
        funding=sources.names().get(shown.draft.funding, ""), problem=words_of(refusal),
        may_mark=marks.may(actor=actor(), kind="project", code=code, at=at), **of_project(code),
    )  # fmt: skip
    return said(body, refusal)


@bp.route("/projects/<code>/edit", methods=["GET", "POST"])
@need_role
def edit(code: str) -> ResponseReturnValue:
    """Change one that runs."""
    code = known_form(code)
    shown = projects.page(actor=actor(), code=code, at=clock.now())
    if not shown.may_edit:
        raise Refusal(C.NOT_ALLOWED)
    old = shown.draft
    values = {name: getattr(old, name) for name in ("title", "from_on", "to_on", "funding", "funding_note", "summary")}
    values["kind"] = f"{old.domain}.{old.sub_domain}"
    if request.method == "GET":
        return simple.form("修改项目", _fields(), values, f"/console/projects/{code}")
    refusal = attempt(lambda: projects.edit(actor=actor(), code=code, draft=_draft(), at=clock.now()))
    if refusal:
        return simple.form("修改项目", _fields(), values, f"/console/projects/{code}", refusal)
    return back(f"/console/projects/{code}", "saved")


@bp.post("/projects/<code>/close")
@need_role
def close(code: str) -> ResponseReturnValue:
    """It is done."""
    code = known_form(code)
    refusal = attempt(
        lambda: projects.close(actor=actor(), code=code, closing=field("closing", 600), at=clock.now())
    )
    return _page(code, refusal) if refusal else back(f"/console/projects/{code}", "saved")


def _mark(kind: str, code: str) -> Refusal | None:
    facts: dict[str, Any] = {
        "actor": actor(), "kind": kind, "code": code, "reason": field("reason", 200), "at": clock.now(),
    }  # fmt: skip
    return attempt(lambda: marks.withdraw(**facts) if field("end", 2) else marks.give(**facts))


@bp.post("/projects/<code>/mark")
@need_role
def mark_project(code: str) -> ResponseReturnValue:
    """示范项目, or no longer."""
    code = known_form(code)
    refusal = _mark("project", code)
    return _page(code, refusal) if refusal else back(f"/console/projects/{code}", "saved")


@bp.post("/activities/<code>/mark")
@need_role
def mark_activity(code: str) -> ResponseReturnValue:
    """示范活动, or no longer."""
    code = known_form(code)
    refusal = _mark("activity", code)
    return activity_page(code, refusal) if refusal else back(path_of(code), "saved")


def _plan_cells(line: PlanLine) -> Mapping[str, Any]:
    def beside(done: Any, aim: Any) -> str:
        return f"{done} / {aim}"

    hours = FILTERS["as_duration"]
    return {
        "team": Link(line.team, f"/console/plans/{line.id}"), "place": line.place, "period": line.period,
        "items": beside(line.items_done, line.items), "activities": beside(line.done.activities, line.plan.activities),
        "people": beside(line.done.people, line.plan.participants),
        "hours": beside(hours(line.done.minutes), hours(line.plan.minutes)), "supplement": _made_up(line.done),
        "served": beside(line.done.served, line.plan.served),
    }  # fmt: skip


@bp.get("/plans")
@need_role
def all_plans() -> ResponseReturnValue:
    """Plan against done, team by team."""
    at = clock.now()
    _may_list(at)
    chosen, year = request.args.get("region", "")[:12], clock.today().year
    periods = [str(each) for each in (year, year - 1)] + [f"{year}-{month:02d}" for month in range(12, 0, -1)]
    sheet = Sheet(
        "计划和完成", PLANS, search="队名", empty="还没有计划。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("period", "时间", [(each, each) for each in periods]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: plans.listed(actor=actor(), wanted=wanted, at=at), _plan_cells,
        template="planning/list_new", tab="manage", new_path="/console/plans/new" if _teams() else "",
        new_word="写计划",
    )  # fmt: skip


@bp.route("/plans/new", methods=["GET", "POST"])
@need_role
def put_plan() -> ResponseReturnValue:
    """Write a plan, or change its aims."""
    teams = _teams(field("team", 20))
    if not teams:
        raise Refusal(C.NOT_ALLOWED)
    fields: list[simple.Field] = [
        ("team", "哪个服务队", "select", teams), ("period", "年（2026）或月（2026-11）", "text", 7),
        ("goal", "目标", "area", 300), ("activities", "活动几次", "number", None),
        ("participants", "多少人参加", "number", None), ("hours", "多少小时", "number", None),
        ("served", "服务多少群众", "number", None),
    ]  # fmt: skip
    values = {"team": field("team", 20), "period": field("period", 7) or str(clock.today().year)}
    if request.method == "GET":
        return simple.form("写计划", fields, values, "/console/plans")
    draft = PlanDraft(
        field("goal", 400), simple.whole(field("activities", 9)), simple.whole(field("participants", 9)),
        simple.whole(field("hours", 6)) * 60, simple.whole(field("served", 9)),
    )  # fmt: skip
    made: list[int] = []
    refusal = attempt(
        lambda: made.append(
            plans.put(
                actor=actor(), team_code=field("team", 20), period=field("period", 7), draft=draft, at=clock.now()
            )
        )
    )
    if refusal:
        return simple.form("写计划", fields, values, "/console/plans", refusal)
    return back(f"/console/plans/{made[0]}", "saved")


@bp.get("/plans/<int:number>")
@need_role
def plan(number: int) -> ResponseReturnValue:
    """The plan with its items."""
    return _plan(number)


def _plan(number: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = plans.page(actor=actor(), plan_id=number, at=clock.now())
    return said(render("planning/plan", tab="manage", plan=shown, problem=words_of(refusal)), refusal)


@bp.route("/plans/<int:number>/items/new", methods=["GET", "POST"])
@need_role
def add_item(number: int) -> ResponseReturnValue:
    """One more activity that is planned."""
    shown = plans.page(actor=actor(), plan_id=number, at=clock.now())
    if not shown.may_edit:
        raise Refusal(C.NOT_ALLOWED)
    months = [(f"{shown.line.period[:4]}-{month:02d}", f"{month} 月") for month in range(1, 13)]
    fields: list[simple.Field] = [
        ("title", "办什么", "text", 40), ("kind", "类别", "select", simple.kinds()),
        ("month", "哪个月", "select", [("", "没有定"), *months]), ("place", "在哪里", "text", 60),
        ("note", "说明", "text", 200),
    ]  # fmt: skip
    there = f"/console/plans/{number}"
    if request.method == "GET":
        return simple.form("加一项", fields, {}, there)
    domain, _, sub = field("kind", 40).partition(".")
    draft = ItemDraft(field("title", 100), domain, sub, field("month", 7), field("place", 100), field("note", 300))
    refusal = attempt(lambda: plans.add_item(actor=actor(), plan_id=number, draft=draft, at=clock.now()))
    return simple.form("加一项", fields, {}, there, refusal) if refusal else back(there, "saved")


@bp.post("/plans/<int:number>/items/<int:item>/drop")
@need_role
def drop_item(number: int, item: int) -> ResponseReturnValue:
    """It will not take place."""
    refusal = attempt(
        lambda: plans.drop_item(actor=actor(), item_id=item, reason=field("reason", 200), at=clock.now())
    )
    return _plan(number, refusal) if refusal else back(f"/console/plans/{number}", "saved")
