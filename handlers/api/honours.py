"""My honours: what I hold, what my teams were given, what I am proposed for."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.commending import from_phone, nominations, proposing
from services.honours import views

bp = APIBlueprint("honours", __name__, tag="Stars and benefits")


class HonourOut(Answer):
    """An honour; `kind` assessment or nomination, `awarded_on` YYYY-MM-DD."""

    code: str
    name: str
    year: str
    awarded_by: str
    awarded_on: str
    kind: str
    at: Moment


class TeamHonourOut(Answer):
    """What one of my teams was given while I was in it."""

    team: str
    name: str
    awarded_by: str
    awarded_on: str


class HonourWayOut(Answer):
    """What I am proposed for: state review or announced; `until` is the last day of the public notice, "" for none."""

    code: str
    name: str
    state: str
    word: str
    until: str


class RevokedOut(Answer):
    """An honour that was taken away, and why."""

    name: str
    why: str


class NamedOut(Answer):
    """An honour that I may propose myself for, or a team that I may propose from."""

    code: str
    name: str


class MyHonoursOut(Answer):
    """`on_wall`: my name stands on the honour wall (consent `honour_wall`), else only my surname; `own_kinds`: what I
    may propose myself for; `leads`: the teams of which I may propose people (`/teams/<code>/nominees`)."""

    held: list[HonourOut]
    teams: list[TeamHonourOut]
    ways: list[HonourWayOut]
    on_wall: bool
    gone: list[RevokedOut]
    own_kinds: list[NamedOut]
    leads: list[NamedOut]


class SelfIn(Body):
    """What for, and what I did: shown in public, so no names and no addresses of others."""

    kind: Code
    merits: Annotated[str, StringConstraints(max_length=proposing.MERITS_LONGEST)]


class NominatedOut(Answer):
    """The nomination's code."""

    code: str


@bp.get("/me/honours")
@need_volunteer("api")
@bp.output(MyHonoursOut)
@bp.doc(summary="My honours", responses=[401, 403], security="token")
def mine() -> Any:
    """Those that stand; revoked ones apart."""
    at = clock.now()
    found = views.mine(volunteer_id=me_id(), at=at)
    teams = [dict(zip(("team", "name", "awarded_by", "awarded_on"), each, strict=True)) for each in found.teams]
    return {
        "held": found.held, "teams": teams, "ways": found.ways, "on_wall": found.on_wall, "gone": found.gone,
        "own_kinds": [{"code": code, "name": name} for code, name, _ in proposing.own_kinds(volunteer_id=me_id())],
        "leads": [{"code": code, "name": name} for code, name in from_phone.teams(actor=g.actor, at=at)],
    }  # fmt: skip


@bp.post("/me/honours")
@need_volunteer("api")
@idempotent
@bp.input(SelfIn)
@bp.output(NominatedOut, 201)
@bp.doc(summary="Propose myself for an honour", responses=[400, 401, 403, 404, 409], security="token")
def propose(json_data: SelfIn) -> Any:
    """Where the honour allows it; it is looked at as any other proposal."""
    code = proposing.propose_self(
        actor=g.actor, kind_code=json_data.kind, merits=json_data.merits, at=clock.now()
    )
    return {"code": code}, 201


@bp.delete("/me/honours/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Decline what I am proposed for", responses=[401, 403, 404, 409], security="token")
def decline(code: str) -> Any:
    """The proposal ends with it."""
    nominations.decline(actor=g.actor, code=code, at=clock.now())
    return "", 204
