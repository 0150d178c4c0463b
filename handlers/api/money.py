"""Leader: money of my projects, recorded and never paid: sums, lines, applications for support, the closing report."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.money import grants, lines, own, sources
from services.money.lines import LineDraft
from wording import entry

bp = APIBlueprint("money", __name__, tag="Money")

Key = Annotated[str, StringConstraints(max_length=20)]
Yuan = Annotated[str, StringConstraints(max_length=20)]


class OwnProjectOut(Answer):
    """A project with its sums in fen."""

    code: str
    title: str
    team: str
    running: bool
    income: int
    spending: int


class ProjectsOut(Answer):
    """My teams' running projects; `sources` and `purposes`: code to name, for the forms."""

    projects: list[OwnProjectOut]
    sources: dict[str, str]
    purposes: dict[str, str]


class GrantLineOut(Answer):
    """An application for support, in fen. States: applied, reviewed, granted, refused, withdrawn, closed."""

    code: str
    project: str
    project_code: str
    team: str
    source: str
    state: str
    asked: int
    granted: int | None
    spent: int
    applied_at: Moment


class OwnMoneyOut(Answer):
    """A project and its applications, newest first."""

    project: OwnProjectOut
    grants: list[GrantLineOut]


class GrantOut(Answer):
    """An application in full, and what I may do with it now."""

    line: GrantLineOut
    purpose: str
    opinion: str
    answer: str
    closing: str
    may_spend: bool
    may_withdraw: bool


class LineIn(Body):
    """An income or a spending: `amount` in yuan as written (`1200.50`), `day` as YYYY-MM-DD, `grant` whose money it
    spends."""

    direction: Literal["in", "out"]
    amount: Yuan
    day: Annotated[str, StringConstraints(max_length=10)]
    source: Key = ""
    purpose: Key = ""
    grant: Key = ""
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class SupportIn(Body):
    """How much, from which source, for what."""

    amount: Yuan
    source: Key
    purpose: Annotated[str, StringConstraints(max_length=600)]


class ClosingIn(Body):
    """What was done for the money."""

    report: Annotated[str, StringConstraints(max_length=1100)]


class MadeOut(Answer):
    """The code of what was written."""

    code: str


@bp.get("/projects")
@need_volunteer("api")
@bp.output(ProjectsOut)
@bp.doc(summary="Leader: my projects with their sums", responses=[401, 403], security="token")
def projects() -> Any:
    """The running ones of the teams I lead."""
    return {
        "projects": own.projects(actor=g.actor, at=clock.now()), "sources": sources.names(),
        "purposes": entry("money.purposes"),
    }  # fmt: skip


@bp.get("/projects/<code>/money")
@need_volunteer("api")
@bp.output(OwnMoneyOut)
@bp.doc(summary="Leader: one project's money", responses=[401, 403, 404], security="token")
def money(code: str) -> Any:
    """Its sums and its applications."""
    return own.project(actor=g.actor, code=code, at=clock.now())


@bp.post("/projects/<code>/money")
@need_volunteer("api")
@idempotent
@bp.input(LineIn)
@bp.output(MadeOut, 201)
@bp.doc(summary="Leader: write a line down", responses=[400, 401, 403, 404, 409], security="token")
def write_down(code: str, json_data: LineIn) -> Any:
    """Public at once as a sum; what is wrong is reversed on the console and written anew."""
    draft = LineDraft(**json_data.model_dump())
    return {"code": lines.write_down(actor=g.actor, project_code=code, draft=draft, at=clock.now())}


@bp.post("/projects/<code>/grants")
@need_volunteer("api")
@idempotent
@bp.input(SupportIn)
@bp.output(MadeOut, 201)
@bp.doc(summary="Leader: apply for support", responses=[400, 401, 403, 404, 409], security="token")
def apply(code: str, json_data: SupportIn) -> Any:
    """The centre reviews it, somebody else decides."""
    made = grants.apply(actor=g.actor, project_code=code, at=clock.now(), **json_data.model_dump())
    return {"code": made}


@bp.get("/grants/<code>")
@need_volunteer("api")
@bp.output(GrantOut)
@bp.doc(summary="An application for support", responses=[401, 403, 404], security="token")
def grant(code: str) -> Any:
    """For those who lead the team or look at its division."""
    return grants.page(actor=g.actor, code=code, at=clock.now())


@bp.post("/grants/<code>/withdraw")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Leader: take an application back", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """Before it is decided."""
    grants.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/grants/<code>/close")
@need_volunteer("api")
@idempotent
@bp.input(ClosingIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: the closing report", responses=[400, 401, 403, 404, 409], security="token")
def close(code: str, json_data: ClosingIn) -> Any:
    """From then on its lines stay as they are."""
    grants.close(actor=g.actor, code=code, report=json_data.report, at=clock.now())
    return "", 204
