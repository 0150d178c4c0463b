"""What a leader on the phone makes activities from: needs to claim, what one can belong to, an older one once more."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.activities import CodeOut
from handlers.api.needs import JudgedOut, NeedLineOut
from handlers.api.schemas import Answer, Body, Code, Moment, Query, ReasonIn
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.listing import Wanted
from services.planning import copies, links, need_views, needs

bp = APIBlueprint("planning", __name__, tag="Planning")

PAGE = 50


class NeedsQuery(Query):
    """Which needs: all that are not done (no `state`), or one state; `whose=mine` for those of my teams."""

    state: Literal["", "received", "open", "offered", "claimed", "served", "closed", "refused", "withdrawn", "all"] = ""
    whose: Literal["", "mine"] = ""
    page: Annotated[int, Field(ge=1, le=200)] = 1


class NeedListOut(Answer):
    """A page of needs, newest first."""

    needs: list[NeedLineOut]
    total: int


class TeamChoiceOut(Answer):
    """A team that I may claim it for."""

    code: str
    name: str


class NeedPageOut(Answer):
    """A need in full; how to reach whoever needs help is asked for by itself, with a reason."""

    code: str
    title: str
    kind: str
    place: str
    station: str
    domain_name: str
    content: str
    risks: str
    wanted_from: str
    wanted_until: str
    private_home: bool
    state: str
    team: str
    answer: str
    has_contact: bool
    judged: JudgedOut
    claims: list[TeamChoiceOut]
    may_open: bool


class TeamIn(Body):
    """For which of my teams."""

    team_code: Code


class ContactOut(Answer):
    """Name and telephone, as they were left."""

    contact: str


class CopyIn(Body):
    """What is different this time; the rest as it was. `quota`: of its only position."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None
    place: Annotated[str, StringConstraints(max_length=200)] | None = None
    quota: Annotated[int, Field(ge=1, le=100_000)] | None = None


class TieOut(Answer):
    """Something that an activity can belong to."""

    code: str
    name: str


class TiesOut(Answer):
    """What a new activity of the team can belong to; for items of plans `code` is the item's number."""

    needs: list[TieOut]
    projects: list[TieOut]
    plan_items: list[TieOut]
    campaigns: list[TieOut]


@bp.get("/needs")
@need_volunteer("api")
@bp.input(NeedsQuery, location="query")
@bp.output(NeedListOut)
@bp.doc(summary="Leader: needs to claim, and those of my teams", responses=[400, 401, 403], security="token")
def listed(query_data: NeedsQuery) -> Any:
    """Open ones of my counties, those offered to my teams, those they have; empty for who leads none."""
    wanted = Wanted(
        filters={"state": query_data.state, "whose": query_data.whose}, page=query_data.page, size=PAGE
    )
    found = need_views.listed(actor=g.actor, wanted=wanted, at=clock.now())
    return {"needs": found.rows, "total": found.total}


@bp.get("/needs/<code>")
@need_volunteer("api")
@bp.output(NeedPageOut)
@bp.doc(summary="One need", responses=[401, 403, 404], security="token")
def one(code: str) -> Any:
    """For its station, whoever asked, and leaders of teams that have it or may claim it."""
    shown = need_views.page(actor=g.actor, code=code, at=clock.now())
    claims = [{"code": team, "name": name} for team, name in shown.claims]
    same = {name: getattr(shown, name) for name in NeedPageOut.model_fields if name != "claims"}
    return same | {"claims": claims}


@bp.post("/needs/<code>/claim")
@need_volunteer("api")
@idempotent
@bp.input(TeamIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: claim a need", responses=[400, 401, 403, 404, 409], security="token")
def claim(code: str, json_data: TeamIn) -> Any:
    """Of two teams the first; twice is once."""
    needs.claim(actor=g.actor, code=code, team_code=json_data.team_code, at=clock.now())
    return "", 204


@bp.post("/needs/<code>/back")
@need_volunteer("api")
@idempotent
@bp.input(ReasonIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: give a need back", responses=[400, 401, 403, 404, 409], security="token")
def back(code: str, json_data: ReasonIn) -> Any:
    """Others may claim it; not once an activity stands for it."""
    needs.give_back(actor=g.actor, code=code, reason=json_data.reason, at=clock.now())
    return "", 204


@bp.post("/needs/<code>/served")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Leader: a need was served", responses=[401, 403, 404, 409], security="token")
def served(code: str) -> Any:
    """Also without an activity; whoever asked is told, and asked to judge it."""
    needs.serve(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/needs/<code>/contact")
@need_volunteer("api")
@bp.input(ReasonIn)
@bp.output(ContactOut)
@bp.doc(summary="Leader: how to reach whoever needs help", responses=[400, 401, 403, 404, 409, 429], security="token")
def contact(code: str, json_data: ReasonIn) -> Any:
    """Once a team has claimed it, for its leaders; each look is kept, with its reason."""
    shown = needs.open_contact(parts=parts(), actor=g.actor, code=code, reason=json_data.reason, at=clock.now())
    return ContactOut(contact=shown)


@bp.get("/teams/<code>/ties")
@need_volunteer("api")
@bp.output(TiesOut)
@bp.doc(summary="Leader: what a new activity can belong to", responses=[401, 403, 404], security="token")
def ties(code: str) -> Any:
    """Claimed needs, running projects, this year's planned items, running tags."""
    found = links.offered(actor=g.actor, team_code=code, at=clock.now())
    return {
        name: [{"code": value, "name": words} for value, words in rows]
        for name, rows in (
            ("needs", found.needs), ("projects", found.projects), ("plan_items", found.items),
            ("campaigns", found.campaigns),
        )
    }  # fmt: skip


@bp.post("/activities/<code>/copy")
@need_volunteer("api")
@idempotent
@bp.input(CopyIn)
@bp.output(CodeOut, 201)
@bp.doc(summary="Leader: the same once more", responses=[400, 401, 403, 404, 409], security="token")
def copy(code: str, json_data: CopyIn) -> Any:
    """A draft on the same weekday in the first week to come, or at the time that is given."""
    changed = copies.Changed(json_data.starts_at, json_data.ends_at, json_data.place, json_data.quota)
    return CodeOut(code=copies.copy(actor=g.actor, code=code, at=clock.now(), changed=changed))
