"""Recommending somebody for one's own team (组织推荐): whom, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.commending import from_phone
from services.recruitment import applications, recommended

bp = APIBlueprint("recommendations", __name__, tag="Applications")


class LedTeamOut(Answer):
    """A team that I may recommend people for."""

    code: str
    name: str


class RecommendedOut(Answer):
    """Whom I recommended; state offered (he has not answered), submitted, approved, declined, refused, withdrawn."""

    code: str
    name: str
    team: str
    state: str
    at: Moment


class RecommendationsOut(Answer):
    """My teams, and the newest twenty."""

    teams: list[LedTeamOut]
    recommended: list[RecommendedOut]


class RecommendIn(Body):
    """`person`: his number (编号), or his own code or card as it was scanned."""

    person: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    statement: Words = ""


class OfferedOut(Answer):
    """The application's code; he is asked."""

    code: str


@bp.get("/me/recommendations")
@need_volunteer("api")
@bp.output(RecommendationsOut)
@bp.doc(summary="Whom I recommended for my teams", responses=[401, 403], security="token")
def mine() -> Any:
    """Without a team of mine there is nobody to recommend for."""
    teams = [{"code": code, "name": name} for code, name in from_phone.teams(actor=g.actor, at=clock.now())]
    return {"teams": teams, "recommended": recommended.mine(actor=g.actor)}


@bp.post("/teams/<code>/recommendations")
@need_volunteer("api")
@idempotent
@bp.input(RecommendIn)
@bp.output(OfferedOut, 201)
@bp.doc(summary="Recommend somebody for my team", responses=[400, 401, 403, 404, 409], security="token")
def recommend(code: str, json_data: RecommendIn) -> Any:
    """He is asked, and nothing happens without his own yes."""
    at = clock.now()
    number = recommended.number_of(parts=parts(), person=json_data.person, at=at)
    made = applications.recommend(
        actor=g.actor, team_code=code, public_no=number, statement=json_data.statement, at=at
    )
    return {"code": made.code}, 201
