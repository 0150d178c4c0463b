"""项目扶持: the applications, one in full: reviewed, granted, spent, closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console import story
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.money.lines import may_list
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import in_yuan
from services.errors import Refusal
from services.listing import Wanted
from services.money import grants, lines, sources
from services.money.grants import GrantLine
from wording import entry

bp = APIBlueprint("console_grants", __name__, enable_openapi=False)

TONES = {
    "applied": "wait", "reviewed": "wait", "granted": "ok", "refused": "bad", "withdrawn": "", "closed": "",
}  # fmt: skip
COLUMNS = (
    Column("project", "项目", sort=True), Column("team", "服务队"), Column("place", "地区"), Column("source", "来源"),
    Column("state", "状态"), Column("asked", "申请（元）", sort=True, figure=True),
    Column("granted", "批了", figure=True), Column("spent", "用了", figure=True),
    Column("applied", "申请日期", sort=True, whole=True),
)  # fmt: skip


def _cells(line: GrantLine) -> Mapping[str, Any]:
    return {
        "project": Link(line.project, f"/console/grants/{line.code}"), "team": line.team, "place": line.place,
        "source": line.source, "state": Mark(entry("money.states")[line.state], TONES[line.state]),
        "asked": in_yuan(line.asked), "granted": "" if line.granted is None else in_yuan(line.granted),
        "spent": "" if line.granted is None else in_yuan(line.spent),
        "applied": clock.local_day(line.applied_at).isoformat(),
    }  # fmt: skip


@bp.get("/grants")
@need_role
def listed() -> ResponseReturnValue:
    """The applications of his teams and divisions."""
    may_list()
    at = clock.now()
    sheet = Sheet(
        "项目扶持", COLUMNS, search="项目或队名", empty="还没有申请。在项目的页面里申请。",
        choices=(
            Choice("region", "地区", words.areas(actor(), request.args.get("region", "")[:12], at)),
            Choice("state", "状态", list(entry("money.states").items())),
            Choice("source", "来源", list(sources.names().items())),
        ),
    )  # fmt: skip
    return answer(sheet, lambda wanted: grants.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage")


@bp.route("/projects/<code>/grants/new", methods=["GET", "POST"])
@need_role
def apply(code: str) -> ResponseReturnValue:
    """Ask for support."""
    code = known_form(code)
    project = lines.led_project(actor=actor(), code=code, at=clock.now())
    fields: list[simple.Field] = [
        ("amount", "申请多少（元）", "text", 15), ("source", "申请哪里的钱", "select", list(sources.names().items())),
        ("purpose", "用来做什么，怎么花", "area", grants.LENGTHS["purpose"]),
    ]  # fmt: skip
    there, heading, made = f"/console/projects/{code}", f"申请经费支持：{project.title}", []
    if request.method == "GET":
        return simple.form(heading, fields, {}, there)
    typed = simple.typed(fields)
    refusal = attempt(
        lambda: made.append(grants.apply(actor=actor(), project_code=code, at=clock.now(), **typed))
    )
    if refusal:
        return simple.form(heading, fields, {}, there, refusal)
    return back(f"/console/grants/{made[0]}", "submitted")


@bp.get("/grants/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The application."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = grants.page(actor=actor(), code=code, at=at)
    spent = lines.listed(actor=actor(), wanted=Wanted(size=200), at=at, grant_code=code).rows
    body = render(
        "money/grant", tab="manage", grant=shown, lines=spent, states=entry("money.states"), tones=TONES,
        past=story.steps("grant", shown.id), problem=words_of(refusal),
        wrong=str(refusal.facts.get("field", "")) if refusal else "",
    )  # fmt: skip
    return said(body, refusal)


def _done(code: str, act: Callable[[], Any], word: str) -> ResponseReturnValue:
    refusal = attempt(act)
    return _page(code, refusal) if refusal else back(f"/console/grants/{code}", word)


@bp.post("/grants/<code>/review")
@need_role
def review(code: str) -> ResponseReturnValue:
    """What the centre thinks of it."""
    code = known_form(code)
    return _done(code, lambda: grants.review(
        actor=actor(), code=code, opinion=field("opinion", 400), at=clock.now()
    ), "noted")  # fmt: skip


@bp.post("/grants/<code>/decide")
@need_role
def decide(code: str) -> ResponseReturnValue:
    """Grant or refuse."""
    code = known_form(code)
    return _done(code, lambda: grants.decide(
        actor=actor(), code=code, amount=field("amount", 15), answer=field("answer", 400), at=clock.now(),
        grants="grant" in request.form,
    ), "noted")  # fmt: skip


@bp.post("/grants/<code>/withdraw")
@need_role
def withdraw(code: str) -> ResponseReturnValue:
    """Take it back."""
    code = known_form(code)
    return _done(code, lambda: grants.withdraw(actor=actor(), code=code, at=clock.now()), "withdrawn")


@bp.post("/grants/<code>/close")
@need_role
def close(code: str) -> ResponseReturnValue:
    """The closing report."""
    code = known_form(code)
    return _done(code, lambda: grants.close(
        actor=actor(), code=code, report=field("closing", 1100), at=clock.now()
    ), "noted")  # fmt: skip
