"""你去了吗, and cases about me."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g

import clock
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.review import case_views, cases, presence

bp = APIBlueprint("presence", __name__, tag="Hours and points")



class QuestionOut(Answer):
    """A record I am asked about; `answer` is yes, no, or empty while I have not said."""

    record_id: int
    title: str
    local_day: str
    minutes: int
    answer: str


class PresenceOut(Answer):
    """The newest question that waits, if there is one."""

    question: QuestionOut | None


class PresenceIn(Body):
    """Whether I was there."""

    was_there: bool


class CaseOut(Answer):
    """A case about me; I may speak until `open_until`. States held, hearing, upheld, cleared."""

    code: str
    state: str
    title: str
    suspicion: str
    statement: str
    open_until: Moment | None
    verdict: str
    bar_until: Moment | None
    bar_reason: str


class SpeakIn(Body):
    """My side."""

    text: Words


@bp.get("/me/presence")
@need_volunteer("api")
@bp.output(PresenceOut)
@bp.doc(summary="Was I there? The question that waits", responses=[401, 403], security="token")
def waiting() -> Any:
    """One record in twenty is asked about."""
    return {"question": presence.newest(actor=g.actor)}


@bp.get("/me/presence/<int:record_id>")
@need_volunteer("api")
@bp.output(QuestionOut)
@bp.doc(summary="Was I there? One question", responses=[401, 403, 404], security="token")
def one(record_id: int) -> Any:
    """With my answer, once I gave it."""
    return presence.question(actor=g.actor, record_id=record_id)


@bp.post("/me/presence/<int:record_id>")
@need_volunteer("api")
@idempotent
@bp.input(PresenceIn)
@bp.output(QuestionOut)
@bp.doc(summary="Say whether I was there", responses=[400, 401, 403, 404], security="token")
def answer(record_id: int, json_data: PresenceIn) -> Any:
    """The first answer stands."""
    return presence.answer(
        actor=g.actor, record_id=record_id, was_there=json_data.was_there, at=clock.now()
    )


@bp.get("/me/cases/<code>")
@need_volunteer("api")
@bp.output(CaseOut)
@bp.doc(summary="A case about me", responses=[401, 403, 404], security="token")
def case(code: str) -> Any:
    """What is doubted, and what was decided."""
    return case_views.mine(actor=g.actor, code=code, at=clock.now())


@bp.post("/me/cases/<code>/statement")
@need_volunteer("api")
@idempotent
@bp.input(SpeakIn)
@bp.output({}, 204)
@bp.doc(summary="Say my side in a case", responses=[400, 401, 403, 404, 409], security="token")
def speak(code: str, json_data: SpeakIn) -> Any:
    """Until the deadline the newest words stand."""
    cases.speak(actor=g.actor, code=code, text=json_data.text, at=clock.now())
    return "", 204
