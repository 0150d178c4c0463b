"""Who I am, my teams, what I agreed to."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.accounts import home, registration, sessions
from services.gates import ages
from services.national import numbers
from services.recruitment import leaving

bp = APIBlueprint("me", __name__, tag="Me")


class TeamOut(Answer):
    """A team I belong to."""

    code: str
    name: str
    short_name: str
    home: bool


class MeOut(Answer):
    """Myself; ID number and phone masked; `minor`: I need my guardian's consent to sign up."""

    name: str
    public_no: str
    document: str
    phone: str
    phone_proof: str
    region_code: str
    region_name: str
    identity: str
    teams: list[TeamOut]
    roles: list[str]
    minor: bool


class ConsentOut(Answer):
    """One purpose: its current text and version, and what I said to it."""

    purpose: str
    title: str
    text: str
    current: str
    version: str
    given: bool
    needed: bool


class ConsentsOut(Answer):
    """All purposes."""

    consents: list[ConsentOut]


class ConsentIn(Body):
    """Give or withdraw consent for one purpose."""

    given: bool


class PlaceIn(Body):
    """The division in which I live, a village or a township."""

    region_code: Annotated[str, StringConstraints(pattern=r"^\d{9}(\d{3})?$")]


class NationalOut(Answer):
    """My number in the national volunteer system; `state` is none, reported or verified."""

    number: str
    state: str


class NationalIn(Body):
    """The number as the national system shows it."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class EndedOut(Answer):
    """How many sessions ended."""

    ended: int


@bp.get("/me")
@need_volunteer("api")
@bp.output(MeOut)
@bp.doc(summary="Myself", responses=[401, 403], security="token")
def me() -> Any:
    """Name, number, division, teams, roles."""
    at = clock.now()
    mine = registration.me(parts=parts(), volunteer_id=me_id(), at=at)
    return {**asdict(mine), "minor": ages.is_minor(volunteer_id=me_id(), at=at)}


@bp.get("/me/consents")
@need_volunteer("api")
@bp.output(ConsentsOut)
@bp.doc(summary="What I agreed to", responses=[401, 403], security="token")
def my_consents() -> Any:
    """Each purpose apart, with the version I saw."""
    return {"consents": registration.consents(volunteer_id=me_id())}


@bp.put("/me/consents/<purpose>")
@need_volunteer("api")
@idempotent
@bp.input(ConsentIn)
@bp.output({}, 204)
@bp.doc(summary="Give or withdraw one consent", responses=[400, 401, 403, 404, 409], security="token")
def decide(purpose: Annotated[str, StringConstraints(max_length=40)], json_data: ConsentIn) -> Any:
    """As easy to withdraw as to give (PIPL §15)."""
    registration.decide_consent(actor=g.actor, purpose=purpose, given=json_data.given, at=clock.now())
    return "", 204


@bp.put("/me/region")
@need_volunteer("api")
@idempotent
@bp.input(PlaceIn)
@bp.output({}, 204)
@bp.doc(summary="Put right where I live", responses=[400, 401, 403, 404, 409, 429], security="token")
def correct_region(json_data: PlaceIn) -> Any:
    """Before my first team; afterwards a move is a transfer."""
    home.correct(actor=g.actor, region_code=json_data.region_code, at=clock.now())
    return "", 204


@bp.delete("/me/teams/<team_code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Leave a team", responses=[401, 403, 404, 409], security="token")
def leave_team(team_code: str) -> Any:
    """Hours and records stay."""
    leaving.leave_team(actor=g.actor, team_code=team_code, at=clock.now())
    return "", 204


@bp.get("/me/national")
@need_volunteer("api")
@bp.output(NationalOut)
@bp.doc(summary="My number in the national system", responses=[401, 403], security="token")
def my_national() -> Any:
    """None, told by myself, or verified."""
    return numbers.mine(volunteer_id=me_id())


@bp.put("/me/national")
@need_volunteer("api")
@idempotent
@bp.input(NationalIn)
@bp.output(NationalOut)
@bp.doc(summary="Tell my number in the national system", responses=[400, 401, 403, 409], security="token")
def tell_national(json_data: NationalIn) -> Any:
    """An officer verifies it."""
    return numbers.report(actor=g.actor, number=json_data.number, at=clock.now())


@bp.delete("/me/sessions")
@need_volunteer("api")
@bp.output(EndedOut)
@bp.doc(summary="Log out everywhere", responses=[401, 403], security="token")
def log_out_everywhere() -> Any:
    """For a lost phone."""
    return {"ended": sessions.close_all(volunteer_id=me_id(), at=clock.now())}
