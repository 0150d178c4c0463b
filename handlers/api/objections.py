"""Objections to my records; for leaders, what waits and the answer; for the county, its word."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

import clock
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import need_volunteer
from handlers.errors import sentence
from handlers.idempotency import idempotent
from services.listing import Wanted
from services.review import objection_views, objections
from services.review.objections import Verdict

bp = APIBlueprint("objections", __name__, tag="Hours and points")

Minutes = Annotated[int, Field(ge=0, le=100_000)]


class ObjectionOut(Answer):
    """An objection. States open, answered, raised (to the county), closed, withdrawn; whole minutes. Answered, one may
    go to the county until `further_until`."""

    code: str
    state: str
    name: str
    team: str
    title: str
    text: str
    wanted_minutes: int | None
    due_at: Moment
    at: Moment
    answer: str
    answered_by: str
    raised_why: str
    final: str
    minutes_before: int | None
    minutes_after: int | None
    further_until: Moment | None


class ObjectionsOut(Answer):
    """Newest first."""

    objections: list[ObjectionOut]


class AboutOut(Answer):
    """A record of mine as it counts now; `closed` says why none can be raised about it, "" where one can."""

    id: int
    title: str
    local_day: str
    in_at: Moment | None
    out_at: Moment | None
    minutes: int
    says: str
    closed: str


class ObjectIn(Body):
    """What is wrong with a record of mine, and how many minutes I think it should be."""

    record_id: int
    text: Words
    wanted_minutes: Minutes | None = None


class MadeOut(Answer):
    """The objection's code."""

    code: str


class AnswerIn(Body):
    """The answer, or the county's word; with `minutes` the record is corrected."""

    text: Words
    minutes: Minutes | None = None


class FurtherIn(Body):
    """Why I am not content with the answer."""

    text: Words


@bp.get("/me/records/<int:record_id>")
@need_volunteer("api")
@bp.output(AboutOut)
@bp.doc(summary="A record of mine, to object to", responses=[401, 403, 404], security="token")
def about(record_id: int) -> Any:
    """What the form of an objection shows above itself."""
    found = objection_views.about(actor=g.actor, record_id=record_id, at=clock.now())
    closed = sentence(found.closed) if found.closed else ""
    names = ("id", "title", "local_day", "in_at", "out_at", "minutes")
    return {**{name: getattr(found, name) for name in names}, "says": found.words.why, "closed": closed}


@bp.get("/me/objections")
@need_volunteer("api")
@bp.output(ObjectionsOut)
@bp.doc(summary="My objections", responses=[401, 403], security="token")
def mine() -> Any:
    """All of mine."""
    return {"objections": objection_views.mine(actor=g.actor)}


@bp.post("/me/objections")
@need_volunteer("api")
@idempotent
@bp.input(ObjectIn)
@bp.output(MadeOut, 201)
@bp.doc(summary="Object to a record of mine", responses=[400, 401, 403, 404, 409], security="token")
def object_to(json_data: ObjectIn) -> Any:
    """It is answered within the days of the rule; if not, the county gets it."""
    code = objections.object_to(
        actor=g.actor, record_id=json_data.record_id, text=json_data.text, wanted_minutes=json_data.wanted_minutes,
        at=clock.now(),
    )  # fmt: skip
    return {"code": code}


@bp.delete("/me/objections/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take my objection back", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """While nobody has answered."""
    objections.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/me/objections/<code>/accept")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Be content with the answer", responses=[401, 403, 404, 409], security="token")
def accept(code: str) -> Any:
    """It is closed."""
    objections.accept(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/me/objections/<code>/further")
@need_volunteer("api")
@idempotent
@bp.input(FurtherIn)
@bp.output({}, 204)
@bp.doc(summary="Go to the county", responses=[400, 401, 403, 404, 409], security="token")
def further(code: str, json_data: FurtherIn) -> Any:
    """Its word is final."""
    objections.go_further(actor=g.actor, code=code, why=json_data.text, at=clock.now())
    return "", 204


@bp.get("/objections")
@need_volunteer("api")
@bp.output(ObjectionsOut)
@bp.doc(summary="Leader, county: objections that wait", responses=[401, 403], security="token")
def waiting() -> Any:
    """Of the teams I lead and the divisions I look after, those that went to the county, too; the first fifty."""
    wanted = Wanted(filters={"state": "waiting"}, sort="due")
    return {"objections": objection_views.listed(actor=g.actor, wanted=wanted, at=clock.now()).rows}


@bp.post("/objections/<code>/answer")
@need_volunteer("api")
@idempotent
@bp.input(AnswerIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: answer an objection", responses=[400, 401, 403, 404, 409], security="token")
def answer(code: str, json_data: AnswerIn) -> Any:
    """With other minutes the books are reversed and posted anew."""
    verdict = Verdict(json_data.text, json_data.minutes)
    objections.answer(actor=g.actor, code=code, verdict=verdict, at=clock.now())
    return "", 204


@bp.post("/objections/<code>/decision")
@need_volunteer("api")
@idempotent
@bp.input(AnswerIn)
@bp.output({}, 204)
@bp.doc(summary="County: decide an objection", responses=[400, 401, 403, 404, 409], security="token")
def decide(code: str, json_data: AnswerIn) -> Any:
    """Its word is final; nobody who answered before decides."""
    verdict = Verdict(json_data.text, json_data.minutes)
    objections.decide(actor=g.actor, code=code, verdict=verdict, at=clock.now())
    return "", 204
