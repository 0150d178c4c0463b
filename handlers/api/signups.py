"""Sign-ups: mine, a new one, taking one back."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.participation import activity_views, signups

bp = APIBlueprint("signups", __name__, tag="Sign-up")


class SignupIn(Body):
    """For one shift; `risk_accepted` says that the risk notice was read and accepted (条例 §12)."""

    shift_code: Code
    risk_accepted: bool


class SignupOut(Answer):
    """My sign-up as it stands."""

    state: str
    shift_code: str
    activity_code: str
    title: str
    place: str
    starts_at: Moment
    ends_at: Moment


class MineOut(Answer):
    """A coming sign-up of mine."""

    shift_code: str
    activity_code: str
    title: str
    place: str
    position: str
    team_name: str
    starts_at: Moment
    ends_at: Moment
    activity_state: str
    checked_in: bool


class MineListOut(Answer):
    """My coming sign-ups, soonest first."""

    signups: list[MineOut]


class CancelIn(Body):
    """Why I can't come; may be empty."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""


@bp.get("/me/signups")
@need_volunteer("api")
@bp.output(MineListOut)
@bp.doc(summary="My sign-ups", responses=[401, 403], security="token")
def mine() -> Any:
    """What is coming."""
    return {"signups": activity_views.mine(volunteer_id=me_id(), at=clock.now())}


@bp.post("/signups")
@need_volunteer("api")
@idempotent
@bp.input(SignupIn)
@bp.output(SignupOut, 201)
@bp.doc(summary="Sign up", responses=[400, 401, 403, 404, 409], security="token")
def sign_up(json_data: SignupIn) -> Any:
    """A second time gives the first answer again; the number of places is exact."""
    return signups.sign_up(
        actor=g.actor, shift_code=json_data.shift_code, risk_accepted=json_data.risk_accepted, channel="api",
        at=clock.now(),
    )  # fmt: skip


@bp.post("/signups/<shift_code>/cancel")
@need_volunteer("api")
@idempotent
@bp.input(CancelIn)
@bp.output(SignupOut)
@bp.doc(summary="Take my sign-up back", responses=[400, 401, 403, 404, 409], security="token")
def cancel(shift_code: str, json_data: CancelIn) -> Any:
    """Frees the place at once."""
    return signups.cancel(actor=g.actor, shift_code=shift_code, reason=json_data.reason, at=clock.now())
