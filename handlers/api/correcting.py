"""What is wrong about me, put right: my phone by myself, my name and ID number on my request."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.privacy import correcting

bp = APIBlueprint("correcting", __name__, tag="Me")

Text = Annotated[str, StringConstraints(max_length=60)]


class PhoneIn(Body):
    """My new phone: WeChat's code, or typed; a typed one waits for somebody to vouch for it."""

    phone_code: Annotated[str, StringConstraints(max_length=200)] | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None


class PhoneOut(Answer):
    """My phone, masked; `phone_proof` none, wechat or officer."""

    phone: str
    phone_proof: str


class CorrectionIn(Body):
    """What my name, my ID number should be; "" for what is right."""

    name: Text = ""
    document: Annotated[str, StringConstraints(max_length=40)] = ""


class CorrectionOut(Answer):
    """A request of mine: `what` of name and document, `state` asked, done, refused or withdrawn, `reason` the office's
    words."""

    code: str
    what: list[str]
    state: str
    asked_at: Moment
    decided_at: Moment | None
    reason: str


class CorrectionsOut(Answer):
    """My requests, newest first."""

    corrections: list[CorrectionOut]


@bp.put("/me/phone")
@need_volunteer("api")
@idempotent
@bp.input(PhoneIn)
@bp.output(PhoneOut)
@bp.doc(summary="Put right my phone", responses=[400, 401, 403, 409, 429, 503], security="token")
def phone(json_data: PhoneIn) -> Any:
    """At once."""
    return correcting.change_phone(
        parts=parts(), actor=g.actor, phone_code=json_data.phone_code, phone=json_data.phone, at=clock.now()
    )


@bp.get("/me/corrections")
@need_volunteer("api")
@bp.output(CorrectionsOut)
@bp.doc(summary="What I asked to be put right", responses=[401, 403], security="token")
def mine() -> Any:
    """Without what should be right."""
    return {"corrections": correcting.mine(volunteer_id=me_id())}


@bp.post("/me/corrections")
@need_volunteer("api")
@idempotent
@bp.input(CorrectionIn)
@bp.output(CorrectionOut, 201)
@bp.doc(summary="Ask for my name or ID number to be put right", responses=[400, 401, 403, 409, 429], security="token")
def ask(json_data: CorrectionIn) -> Any:
    """An officer who saw my papers decides."""
    return correcting.ask(
        parts=parts(), actor=g.actor, name=json_data.name, document=json_data.document, at=clock.now()
    )


@bp.delete("/me/corrections")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take back the request that waits", responses=[401, 403, 404, 409], security="token")
def withdraw() -> Any:
    """While it waits."""
    correcting.withdraw(actor=g.actor, at=clock.now())
    return "", 204
