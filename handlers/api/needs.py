"""点单: what I need, sent to my station; how it stands."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_volunteer, who
from handlers.idempotency import idempotent
from services.participation import domains
from services.planning import need_views, needs
from services.planning.needs import NeedDraft

bp = APIBlueprint("needs", __name__, tag="Needs")

Line = Annotated[str, StringConstraints(max_length=200)]
Day = Annotated[str, StringConstraints(max_length=10)]


class NeedIn(Body):
    """What I need; days as YYYY-MM-DD. `contact` is sealed."""

    title: Line
    domain: Annotated[str, StringConstraints(max_length=20)]
    sub_domain: Annotated[str, StringConstraints(max_length=40)]
    content: Annotated[str, StringConstraints(max_length=1000)]
    kind: Literal["public", "veteran"] = "public"
    wanted_from: Day = ""
    wanted_until: Day = ""
    private_home: bool = False
    contact: Line = ""


class JudgedOut(Answer):
    """What those served say: how many, and their mean in tenths of a star (47 = 4.7)."""

    count: int
    tenths: int | None


class JudgeIn(Body):
    """1 to 5 stars and a few words."""

    score: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, StringConstraints(max_length=500)] = ""


class NeedLineOut(Answer):
    """A need in a list; `judged` is what those served said of it."""

    code: str
    title: str
    kind: str
    place: str
    sub_domain: str
    state: str
    team: str
    created_at: Moment
    due_at: Moment
    late: bool
    judged: JudgedOut


class NeedOut(NeedLineOut):
    """One of my needs; `stars` is what I said of it, 0 for nothing."""

    stars: int


class KindOut(Answer):
    """What a need can be about: a sub-domain."""

    code: str
    name: str


class DomainOut(Answer):
    """One of the four domains."""

    code: str
    name: str
    sub_domains: list[KindOut]


class NeedsOut(Answer):
    """My needs, newest first; `domains`: what can be asked for."""

    needs: list[NeedOut]
    domains: list[DomainOut]


class NeedCodeOut(Answer):
    """The need's public code."""

    code: str


@bp.get("/me/needs")
@need_volunteer("api")
@bp.output(NeedsOut)
@bp.doc(summary="What I asked for", responses=[401, 403], security="token")
def mine() -> Any:
    """States: received, open, offered, claimed, served, closed, refused, withdrawn."""
    found = need_views.mine(volunteer_id=who().volunteer_id or 0, at=clock.now())
    return {"needs": found, "domains": domains.all_domains()}


@bp.post("/me/needs")
@need_volunteer("api")
@idempotent
@bp.input(NeedIn)
@bp.output(NeedCodeOut, 201)
@bp.doc(summary="Ask for something", responses=[400, 401, 403, 409, 429], security="token")
def send(json_data: NeedIn) -> Any:
    """It goes to my station, which answers within the days of its rule."""
    draft = NeedDraft(**json_data.model_dump())
    return NeedCodeOut(code=needs.send_own(parts=parts(), actor=g.actor, draft=draft, at=clock.now()))


@bp.post("/me/needs/<code>/withdraw")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="I need it no longer", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """Until a team has claimed it."""
    needs.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/me/needs/<code>/judge")
@need_volunteer("api")
@idempotent
@bp.input(JudgeIn)
@bp.output({}, 204)
@bp.doc(summary="How my need was served", responses=[400, 401, 403, 404, 409], security="token")
def judge(code: str, json_data: JudgeIn) -> Any:
    """Once it was served; said again within seven days, the new word stands."""
    needs.judge(actor=g.actor, code=code, score=json_data.score, words=json_data.words, at=clock.now())
    return "", 204
