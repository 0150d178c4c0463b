"""Proposing a team, or one of its members, for an honour: what its leader does from his phone (S104, S105)."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Code
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.commending import from_phone, proposing

bp = APIBlueprint("nominations", __name__, tag="Stars and benefits")


class NomineeOut(Answer):
    """A member of the team, by his number."""

    public_no: str
    name: str


class HonourKindOut(Answer):
    """An honour that can be proposed."""

    code: str
    name: str


class NomineesOut(Answer):
    """Whom of a team I may propose (never myself), and the honours for the team and for a person."""

    code: str
    name: str
    people: list[NomineeOut]
    team_kinds: list[HonourKindOut]
    person_kinds: list[HonourKindOut]


class ProposedOut(Answer):
    """What I proposed: state review, announced, awarded, refused, withdrawn or revoked; `until` YYYY-MM-DD, the last
    day of the public notice, "" for none; `at_place` has the word now."""

    code: str
    whom: str
    title: str
    state: str
    word: str
    at_place: str
    until: str


class ProposedListOut(Answer):
    """The newest first, twenty at most."""

    nominations: list[ProposedOut]


class ProposeIn(Body):
    """`person` a member's number, "" for the team itself; `merits` is shown in public: no names, no addresses."""

    team: Code
    person: Annotated[str, StringConstraints(max_length=20)] = ""
    kind: Code
    merits: Annotated[str, StringConstraints(max_length=proposing.MERITS_LONGEST)]


class ProposedCodeOut(Answer):
    """The nomination's code."""

    code: str


@bp.get("/teams/<code>/nominees")
@need_volunteer("api")
@bp.output(NomineesOut)
@bp.doc(summary="Whom of my team I may propose for an honour", responses=[401, 403, 404], security="token")
def nominees(code: str) -> Any:
    """For its leader, and for who manages its division."""
    found = from_phone.choice(actor=g.actor, team_code=code, at=clock.now())
    kinds = {
        name: [{"code": code, "name": word} for code, word in getattr(found, name)]
        for name in ("team_kinds", "person_kinds")
    }
    people = [{"public_no": number, "name": name} for number, name in found.people]
    return {"code": found.code, "name": found.name, "people": people, **kinds}


@bp.get("/me/nominations")
@need_volunteer("api")
@bp.output(ProposedListOut)
@bp.doc(summary="What I proposed for honours", responses=[401, 403], security="token")
def mine() -> Any:
    """How far each is."""
    return {"nominations": from_phone.proposed(actor=g.actor)}


@bp.post("/me/nominations")
@need_volunteer("api")
@idempotent
@bp.input(ProposeIn)
@bp.output(ProposedCodeOut, 201)
@bp.doc(summary="Propose my team or one of its members", responses=[400, 401, 403, 404, 409], security="token")
def propose(json_data: ProposeIn) -> Any:
    """The figures of the day go with it; the level above the team has the word first."""
    whom = {"public_no": json_data.person} if json_data.person else {"team_code": json_data.team}
    code = proposing.nominate(
        actor=g.actor, **whom, kind_code=json_data.kind, merits=json_data.merits, at=clock.now()
    )
    return {"code": code}, 201
