"""Questions to the liaison: ask, read the answer, go on, settle; for whoever answers, what waits and the answer."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.conversation import ticket_views, tickets
from services.listing import Wanted
from services.organisation import liaisons

bp = APIBlueprint("questions", __name__, tag="Questions")


class QuestionOut(Answer):
    """A question in a list: what was asked first. States open, answered, closed; `closes_at`: when an answered one is
    taken as settled."""

    code: str
    state: str
    name: str
    team: str
    place: str
    text: str
    at: Moment
    due_at: Moment
    late: bool
    closes_at: Moment | None


class QuestionsOut(Answer):
    """Newest first."""

    questions: list[QuestionOut]


class SaidOut(Answer):
    """What one side wrote; `who` is the name of whoever answers, "" for the person himself."""

    text: str
    who: str
    at: Moment


class WholeOut(Answer):
    """A question with everything that was written."""

    line: QuestionOut
    said: list[SaidOut]
    may_answer: bool


class SayIn(Body):
    """What is asked, added or answered."""

    text: Words


class AskedOut(Answer):
    """The question's code."""

    code: str


class LiaisonOut(Answer):
    """Whom to turn to: name ("" where only an office is known), team or office, telephone."""

    name: str
    of: str
    phone: str


class MyLiaisonOut(Answer):
    """None where no post is filled."""

    liaison: LiaisonOut | None


@bp.post("/me/liaison")
@need_volunteer("api")
@bp.output(MyLiaisonOut)
@bp.doc(summary="My liaison and his telephone", responses=[401, 403], security="token")
def liaison() -> Any:
    """Each look is kept, so it is a POST."""
    return {"liaison": liaisons.mine(parts=parts(), actor=g.actor, at=clock.now())}


@bp.get("/me/questions")
@need_volunteer("api")
@bp.output(QuestionsOut)
@bp.doc(summary="My questions to the liaison", responses=[401, 403], security="token")
def mine() -> Any:
    """The newest forty."""
    return {"questions": ticket_views.mine(actor=g.actor, at=clock.now())}


@bp.post("/me/questions")
@need_volunteer("api")
@idempotent
@bp.input(SayIn)
@bp.output(AskedOut, 201)
@bp.doc(summary="Ask my liaison", responses=[400, 401, 403, 429], security="token")
def ask(json_data: SayIn) -> Any:
    """He is told; the answer comes to inbox and phone."""
    return {"code": tickets.ask(actor=g.actor, text=json_data.text, at=clock.now())}


@bp.get("/me/questions/<code>")
@need_volunteer("api")
@bp.output(WholeOut)
@bp.doc(summary="One of my questions", responses=[401, 403, 404], security="token")
def my_question(code: str) -> Any:
    """With everything that was written."""
    return ticket_views.my_question(actor=g.actor, code=code, at=clock.now())


@bp.post("/me/questions/<code>/lines")
@need_volunteer("api")
@idempotent
@bp.input(SayIn)
@bp.output({}, 204)
@bp.doc(summary="Say more", responses=[400, 401, 403, 404, 409, 429], security="token")
def go_on(code: str, json_data: SayIn) -> Any:
    """What was answered is open again."""
    tickets.go_on(actor=g.actor, code=code, text=json_data.text, at=clock.now())
    return "", 204


@bp.post("/me/questions/<code>/settled")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="It is settled", responses=[401, 403, 404, 409], security="token")
def settled(code: str) -> Any:
    """It is closed."""
    tickets.settle(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.get("/questions")
@need_volunteer("api")
@bp.output(QuestionsOut)
@bp.doc(summary="Liaison, leader: questions that wait", responses=[401, 403], security="token")
def waiting() -> Any:
    """Of my teams and divisions, the most pressing first; the first fifty."""
    wanted = Wanted(filters={"state": "open"}, sort="due")
    return {"questions": ticket_views.listed(actor=g.actor, wanted=wanted, at=clock.now()).rows}


@bp.get("/questions/<code>")
@need_volunteer("api")
@bp.output(WholeOut)
@bp.doc(summary="Liaison, leader: one question", responses=[401, 403, 404], security="token")
def one(code: str) -> Any:
    """With everything that was written."""
    return ticket_views.one(actor=g.actor, code=code, at=clock.now())


@bp.post("/questions/<code>/answer")
@need_volunteer("api")
@idempotent
@bp.input(SayIn)
@bp.output({}, 204)
@bp.doc(summary="Liaison, leader: answer", responses=[400, 401, 403, 404, 409], security="token")
def answer(code: str, json_data: SayIn) -> Any:
    """The person is told; he may ask further."""
    tickets.answer(actor=g.actor, code=code, text=json_data.text, at=clock.now())
    return "", 204
