"""A new phone: finding one's registration again, and stopping somebody else who tries (找回)."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_login, need_volunteer, who
from handlers.idempotency import idempotent
from services.errors import Refusal, RefusalCode
from services.lives import recovery

bp = APIBlueprint("recovery", __name__, tag="Recovery")

Text = Annotated[str, StringConstraints(max_length=40)]


class RecoverIn(Body):
    """My ID number and the phone that was left with us."""

    document: Text
    phone: Text


class RecoveryOut(Answer):
    """What came of it; a waiting one takes effect at `due_at`."""

    code: str
    state: str
    name: str
    due_at: Moment | None


class DigitsOut(Answer):
    """Six digits to tell the station's officer, good for ten minutes."""

    digits: str


def _identity() -> int:
    if who().identity_id is None:
        raise Refusal(RefusalCode.LOGIN_REQUIRED)
    return who().identity_id or 0


@bp.post("/recovery")
@need_login("api")
@idempotent
@bp.input(RecoverIn)
@bp.output(RecoveryOut, 201)
@bp.doc(summary="Find my registration again on a new WeChat", responses=[400, 401, 409, 429], security="token")
def recover(json_data: RecoverIn) -> Any:
    """At once; every reason against it has the same answer."""
    return recovery.by_phone(
        parts=parts(), identity_id=_identity(), document=json_data.document, phone=json_data.phone, at=clock.now()
    )


@bp.post("/recovery/digits")
@need_login("api")
@idempotent
@bp.output(DigitsOut, 201)
@bp.doc(summary="Six digits for the station's officer", responses=[401, 409], security="token")
def digits() -> Any:
    """They stand for this WeChat."""
    return {"digits": recovery.show_digits(identity_id=_identity(), at=clock.now())}


@bp.get("/me/recoveries/<code>")
@need_volunteer("api")
@bp.output(RecoveryOut)
@bp.doc(summary="A recovery of mine", responses=[401, 403, 404], security="token")
def one(code: str) -> Any:
    """Mine only."""
    return recovery.mine(actor=g.actor, code=code)


@bp.post("/me/recoveries/<code>/stop")
@need_volunteer("api")
@idempotent
@bp.output(RecoveryOut)
@bp.doc(summary="It was not me: stop it", responses=[401, 403, 404, 409], security="token")
def stop(code: str) -> Any:
    """While it waits."""
    recovery.stop(actor=g.actor, code=code, at=clock.now())
    return recovery.mine(actor=g.actor, code=code)
