"""What I can, what I would like to do, what I have papers for, what I promised."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import BeforeValidator, Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.recruitment import promises, qualifications, skills, willingness

bp = APIBlueprint("skills", __name__, tag="Skills")

Key = Annotated[str, StringConstraints(max_length=40)]


def _day(value: Any) -> Any:
    """A day comes as text; a number is none."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("YYYY-MM-DD")
    return date.fromisoformat(value)


Day = Annotated[date | None, BeforeValidator(_day)]


class SkillOut(Answer):
    """A skill of the catalogue; `category` is military, civil or life."""

    code: str
    name: str
    category: str
    mine: bool


class KindOut(Answer):
    """A kind of service one can be willing to do."""

    code: str
    domain: str
    name: str


class SkillsOut(Answer):
    """The catalogue with mine marked, and what I would like: `reach` is the level of the division I would go to
    (5 village … 2 city), `said` false where I said nothing yet; `kinds` and `all_times` are what can be chosen."""

    skills: list[SkillOut]
    domains: list[str]
    times: list[str]
    reach: int
    note: str
    said: bool
    kinds: list[KindOut]
    all_times: list[str]


class SkillsIn(Body):
    """All that I can and would like; what is left out is taken back."""

    skills: Annotated[list[Key], Field(max_length=200)]
    domains: Annotated[list[Key], Field(max_length=100)]
    times: Annotated[list[Key], Field(max_length=20)]
    reach: Annotated[int, Field(ge=2, le=5)]
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class ProofOut(Answer):
    """A qualification of mine; `state` is stated, verified or refused; it counts while verified and `running`."""

    id: int
    kind: str
    kind_name: str
    name: str
    number: str
    issued_on: str
    expires_on: str
    state: str
    note: str
    running: bool


class ProofsOut(Answer):
    """My qualifications, the newest first."""

    qualifications: list[ProofOut]


class ProofIn(Body):
    """A licence or certificate; `kind` is the code of the skill it proves, days are YYYY-MM-DD."""

    kind: Key
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    number: Annotated[str, StringConstraints(max_length=40)] = ""
    issued_on: Day = None
    expires_on: Day = None


class MyPromiseOut(Answer):
    """A text, its version of today, and what I accepted last; `accepted` if it is today's."""

    document: str
    team_code: str
    title: str
    text: str
    current: str
    version: str
    accepted: bool
    at: Moment | None


class MyPromisesOut(Answer):
    """The pledge and my teams' agreements; `waiting`: a text has changed since I accepted it."""

    waiting: bool
    promises: list[MyPromiseOut]


class AcceptIn(Body):
    """Accept a text in today's version; an agreement names its team."""

    document: Literal["pledge", "agreement"]
    team_code: Code | None = None


def _said() -> dict[str, Any]:
    wishes = willingness.mine(volunteer_id=me_id())
    kinds = [{"code": code, "domain": domain, "name": name} for code, domain, name in willingness.kinds()]
    return {
        "skills": skills.catalogue(volunteer_id=me_id()), "domains": wishes.domains, "times": wishes.times,
        "reach": wishes.reach, "note": wishes.note, "said": wishes.said, "kinds": kinds,
        "all_times": willingness.TIMES,
    }  # fmt: skip


@bp.get("/me/skills")
@need_volunteer("api")
@bp.output(SkillsOut)
@bp.doc(summary="What I can and would like to do", responses=[401, 403], security="token")
def mine() -> Any:
    """With all there is to choose from."""
    return _said()


@bp.put("/me/skills")
@need_volunteer("api")
@idempotent
@bp.input(SkillsIn)
@bp.output(SkillsOut)
@bp.doc(summary="Say what I can and would like to do", responses=[400, 401, 403, 409], security="token")
def say(json_data: SkillsIn) -> Any:
    """Replaces what I said before, as a whole or not at all."""
    willingness.set_all(
        actor=g.actor, skills=json_data.skills, domains=json_data.domains, times=json_data.times,
        reach=json_data.reach, note=json_data.note, at=clock.now(),
    )  # fmt: skip
    return _said()


@bp.get("/me/qualifications")
@need_volunteer("api")
@bp.output(ProofsOut)
@bp.doc(summary="My licences and certificates", responses=[401, 403], security="token")
def papers() -> Any:
    """Without those I took back."""
    return {"qualifications": qualifications.mine(volunteer_id=me_id(), at=clock.now())}


@bp.post("/me/qualifications")
@need_volunteer("api")
@idempotent
@bp.input(ProofIn)
@bp.output(ProofOut, 201)
@bp.doc(summary="Tell a licence or certificate", responses=[400, 401, 403, 409], security="token")
def tell(json_data: ProofIn) -> Any:
    """An officer verifies it."""
    return qualifications.state(
        actor=g.actor, kind=json_data.kind, name=json_data.name, number=json_data.number,
        issued_on=json_data.issued_on, expires_on=json_data.expires_on, at=clock.now(),
    )  # fmt: skip


@bp.post("/me/qualifications/<int:number>/withdraw")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take a qualification back", responses=[401, 403, 404, 409], security="token")
def withdraw(number: int) -> Any:
    """It counts no more."""
    qualifications.withdraw(actor=g.actor, number=number, at=clock.now())
    return "", 204


def _promises() -> dict[str, Any]:
    return {
        "waiting": promises.waiting(volunteer_id=me_id()),
        "promises": [
            {
                "document": each.promise.document, "team_code": each.team_code, "title": each.promise.title,
                "text": each.promise.text, "current": each.promise.version, "version": each.version,
                "accepted": each.promise.accepted, "at": each.at,
            }
            for each in promises.mine(volunteer_id=me_id(), brand=parts().brand)
        ],
    }  # fmt: skip


@bp.get("/me/promises")
@need_volunteer("api")
@bp.output(MyPromisesOut)
@bp.doc(summary="What I promised", responses=[401, 403], security="token")
def promised() -> Any:
    """The pledge, and the agreement of each of my teams."""
    return _promises()


@bp.post("/me/promises")
@need_volunteer("api")
@idempotent
@bp.input(AcceptIn)
@bp.output(MyPromisesOut)
@bp.doc(summary="Accept a text in today's version", responses=[400, 401, 403, 404, 409], security="token")
def accept(json_data: AcceptIn) -> Any:
    """Kept with its version, once."""
    promises.accept(
        actor=g.actor, document=json_data.document, team_code=json_data.team_code or "", at=clock.now()
    )
    return _promises()
