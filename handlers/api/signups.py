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
from services.participation import coming, shift_views, signups

bp = APIBlueprint("signups", __name__, tag="Sign-up")


class SignupIn(Body):
    """For one shift; `risk_accepted` says that the risk notice was read and accepted (条例 §12)."""

    shift_code: Code
    risk_accepted: bool
    queue: bool = False
    load_accepted: bool = False
    agreement_accepted: bool = False


class ClaimIn(Body):
    """Yes to a place that is offered; the same words to say yes to as for a new sign-up."""

    risk_accepted: bool
    load_accepted: bool = False
    agreement_accepted: bool = False


class SignupOut(Answer):
    """My sign-up as it stands: confirmed, pending (the leader decides), waitlisted (`in_line`), offered (until
    `offer_until`), cancelled (`late` after the deadline)."""

    state: str
    shift_code: str
    activity_code: str
    title: str
    place: str
    starts_at: Moment
    ends_at: Moment
    in_line: int | None
    offer_until: Moment | None
    late: bool


class MineOut(Answer):
    """A coming sign-up of mine; `word` says its state as people read it."""

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
    state: str
    word: str
    in_line: int | None
    offer_until: Moment | None
    invited: bool
    checked_out: bool


class MineListOut(Answer):
    """My coming sign-ups, soonest first."""

    signups: list[MineOut]


class RiskOut(Answer):
    """The version of the safety notice that now stands beside my name."""

    version: str


class CancelIn(Body):
    """Why I can't come; may be empty until the activity's deadline."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""


@bp.get("/me/signups")
@need_volunteer("api")
@bp.output(MineListOut)
@bp.doc(summary="My sign-ups", responses=[401, 403], security="token")
def mine() -> Any:
    """What is coming."""
    return {"signups": shift_views.mine(volunteer_id=me_id(), at=clock.now(), states=shift_views.LIVE)}


@bp.post("/signups")
@need_volunteer("api")
@idempotent
@bp.input(SignupIn)
@bp.output(SignupOut, 201)
@bp.doc(summary="Sign up", responses=[400, 401, 403, 404, 409, 429], security="token")
def sign_up(json_data: SignupIn) -> Any:
    """A second time gives the first answer again; the number of places is exact.

    Where it is full, `queue` waits for a place. `load_accepted` answers the warning about a long day
    (`load_warning`), `agreement_accepted` says yes to the activity's own agreement.
    """
    return signups.sign_up(actor=g.actor, channel="api", at=clock.now(), **json_data.model_dump())


@bp.post("/signups/<shift_code>/claim")
@need_volunteer("api")
@idempotent
@bp.input(ClaimIn)
@bp.output(SignupOut)
@bp.doc(summary="Say yes to a place that is offered", responses=[400, 401, 403, 404, 409], security="token")
def claim(shift_code: str, json_data: ClaimIn) -> Any:
    """After a wait, or by the leader's invitation; to say no, cancel."""
    return signups.claim(actor=g.actor, shift_code=shift_code, at=clock.now(), **json_data.model_dump())


@bp.post("/signups/<shift_code>/risk")
@need_volunteer("api")
@idempotent
@bp.output(RiskOut)
@bp.doc(summary="Read the changed safety notice", responses=[400, 401, 403, 404, 409], security="token")
def read_risk(shift_code: str) -> Any:
    """When it changed after I signed up."""
    return RiskOut(version=signups.acknowledge_risk(actor=g.actor, shift_code=shift_code, at=clock.now()))


@bp.post("/signups/<shift_code>/coming")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Say that I come", responses=[401, 403, 404, 409], security="token")
def come(shift_code: str) -> Any:
    """Twice is once; a move of time or place takes the word back."""
    coming.say(actor=g.actor, shift_code=shift_code, at=clock.now())
    return "", 204


@bp.post("/signups/<shift_code>/cancel")
@need_volunteer("api")
@idempotent
@bp.input(CancelIn)
@bp.output(SignupOut)
@bp.doc(summary="Take my sign-up back", responses=[400, 401, 403, 404, 409], security="token")
def cancel(shift_code: str, json_data: CancelIn) -> Any:
    """Frees the place at once; inside the activity's deadline with a reason."""
    return signups.cancel(actor=g.actor, shift_code=shift_code, reason=json_data.reason, at=clock.now())
