"""Joining teams: apply, answer a recommendation, take back, reply to a refusal."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Code, Moment, Query, Words
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.recruitment import applications, finding, views

bp = APIBlueprint("applications", __name__, tag="Applications")

SHOWN = 20
Purposes = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=10)]


class PromiseOut(Answer):
    """A text to accept, in today's version."""

    document: str
    title: str
    version: str
    text: str
    accepted: bool


class OwedOut(Answer):
    """A purpose that lacks my yes to today's text; almost always there is none."""

    purpose: str
    title: str
    text: str


class FoundTeamOut(Answer):
    """A team that takes people in; `mine`: I am in it, `asked`: my application or an offer to me stands."""

    code: str
    name: str
    short_name: str
    place: str
    founding: bool
    mine: bool
    asked: bool


class FoundTeamsOut(Answer):
    """The nearest first; `more`: there are others, another word finds them."""

    teams: list[FoundTeamOut]
    more: bool


class FindQuery(Query):
    """A village or a team by name or code; without it those of my county."""

    q: Annotated[str, StringConstraints(max_length=40)] = ""


class DoorOut(Answer):
    """A team as one sees it before joining; `at_once`: no vetting is asked for; `owed`: to be named in `agreed`."""

    code: str
    name: str
    at_once: bool
    promises: list[PromiseOut]
    owed: list[OwedOut]


class ApplyIn(Body):
    """`promised`: the pledge and the agreement were read and accepted; `agreed`: the purposes agreed to (`owed`)."""

    team_code: Code
    statement: Words = ""
    promised: bool
    agreed: Purposes = []


class AppliedOut(Answer):
    """What came of it; `member` if he is in the team now."""

    code: str
    state: str
    member: bool


class ApplicationOut(Answer):
    """One of my applications."""

    code: str
    team: str
    team_code: str
    route: str
    state: str
    recommender: str
    statement: str
    reason: str
    reply: str
    at: Moment


class ApplicationsOut(Answer):
    """All of mine, the newest first."""

    applications: list[ApplicationOut]


class AnswerIn(Body):
    """Yes or no to a recommendation."""

    accepts: bool
    promised: bool = False
    agreed: Purposes = []


class ReplyIn(Body):
    """My answer to a refusal."""

    text: Words


def _out(mine: views.Mine) -> dict[str, Any]:
    row = mine.row
    return {
        "code": row.code, "team": row.team, "team_code": row.team_code, "route": row.route, "state": row.state,
        "recommender": row.recommender, "statement": mine.statement, "reason": mine.reason, "reply": mine.reply,
        "at": row.at,
    }  # fmt: skip


@bp.get("/teams")
@need_volunteer("api")
@bp.input(FindQuery, location="query")
@bp.output(FoundTeamsOut)
@bp.doc(summary="Teams that I can join", responses=[400, 401, 403], security="token")
def find(query_data: FindQuery) -> Any:
    """At most twenty."""
    found = finding.find(actor=g.actor, text=query_data.q, limit=SHOWN + 1)
    return {"teams": found[:SHOWN], "more": len(found) > SHOWN}


@bp.get("/teams/<team_code>/door")
@need_volunteer("api")
@bp.output(DoorOut)
@bp.doc(summary="What one reads before joining a team", responses=[401, 403, 404, 409], security="token")
def door(team_code: str) -> Any:
    """The pledge and the team's service agreement (条例 §14)."""
    return views.team_door(actor=g.actor, team_code=team_code, brand=parts().brand, at=clock.now())


@bp.get("/me/applications")
@need_volunteer("api")
@bp.output(ApplicationsOut)
@bp.doc(summary="My applications and recommendations", responses=[401, 403], security="token")
def mine() -> Any:
    """Recommendations wait in the state `offered`."""
    return {"applications": [_out(each) for each in views.mine(actor=g.actor, brand=parts().brand)]}


@bp.post("/me/applications")
@need_volunteer("api")
@idempotent
@bp.input(ApplyIn)
@bp.output(AppliedOut, 201)
@bp.doc(summary="Apply to join a team", responses=[400, 401, 403, 404, 409], security="token")
def apply(json_data: ApplyIn) -> Any:
    """It waits for vetting and decision, unless the division asks for none."""
    return applications.apply(
        actor=g.actor, team_code=json_data.team_code, statement=json_data.statement, promised=json_data.promised,
        agreed=json_data.agreed, at=clock.now(),
    )  # fmt: skip


@bp.post("/me/applications/<code>/answer")
@need_volunteer("api")
@idempotent
@bp.input(AnswerIn)
@bp.output(AppliedOut)
@bp.doc(summary="Say yes or no to a recommendation", responses=[400, 401, 403, 404, 409], security="token")
def answer(code: str, json_data: AnswerIn) -> Any:
    """Nothing happens to anybody without his own word."""
    return applications.answer_offer(
        actor=g.actor, code=code, accepts=json_data.accepts, promised=json_data.promised, agreed=json_data.agreed,
        at=clock.now(),
    )  # fmt: skip


@bp.delete("/me/applications/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take my application back", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """While it waits."""
    applications.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/me/applications/<code>/reply")
@need_volunteer("api")
@idempotent
@bp.input(ReplyIn)
@bp.output({}, 204)
@bp.doc(summary="Answer a refusal, once", responses=[400, 401, 403, 404, 409], security="token")
def reply(code: str, json_data: ReplyIn) -> Any:
    """Whoever refused is told."""
    applications.reply(actor=g.actor, code=code, text=json_data.text, at=clock.now())
    return "", 204
