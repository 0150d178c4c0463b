"""Around a sign-up: what else is open, the agreement; for the leader who stands for it, yes or no, marks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.activities import ListOut
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import need_volunteer, who
from handlers.idempotency import idempotent
from services.gates import agreements
from services.participation import activity_views, choosing, outcomes, place_views, similar

bp = APIBlueprint("places", __name__, tag="Sign-up")

Why = Annotated[str, StringConstraints(max_length=200)]


class LineOut(Answer):
    """One person's sign-up; `word` says its state, `outcome` the mark after the end."""

    public_no: str
    name: str
    shift_code: str
    position: str
    state: str
    word: str
    in_line: int | None
    offer_until: Moment | None
    invited: bool
    late: bool
    reason: str
    outcome: str
    outcome_note: str
    there: bool


class PlacesOut(Answer):
    """Everybody who stands or stood for the activity: who asked first, then offers, the queue, who is in."""

    activity_code: str
    title: str
    lines: list[LineOut]


class DecisionIn(Body):
    """Yes, or no with a reason; `clash_reason` lets somebody in who is elsewhere at that time."""

    public_no: Code
    accept: bool
    reason: Why = ""
    clash_reason: Why = ""


class InvitationIn(Body):
    """Whom to ask; `clash_reason` as in a decision."""

    public_no: Code
    clash_reason: Why = ""


class OutcomeIn(Body):
    """The mark; "" takes it back."""

    public_no: Code
    outcome: Literal["", "present", "absent", "excused", "left_early"]
    note: Why = ""


class TrainingIn(Body):
    """A training that the position asks for and this person took."""

    public_no: Code
    name: Annotated[str, StringConstraints(max_length=30)]


class AgreementOut(Answer):
    """The activity's own agreement (条例 §14); its version changes with any word of it."""

    title: str
    items: list[str]
    version: str
    accepted: bool


class StateOut(Answer):
    """The sign-up's state now."""

    state: str


class UntilOut(Answer):
    """Until when the invitation stands."""

    until: Moment


@bp.get("/activities/<code>/similar")
@need_volunteer("api")
@bp.output(ListOut)
@bp.doc(summary="What else is open", responses=[401, 403, 404], security="token")
def show_similar(code: str) -> Any:
    """Up to three with places: of the same kind first, then the nearest."""
    session = who()
    found = similar.similar(
        code=code, volunteer_id=session.volunteer_id, region_code=session.region_code, at=clock.now()
    )
    return {"activities": found}


@bp.get("/activities/<code>/agreement")
@need_volunteer("api")
@bp.output(AgreementOut)
@bp.doc(summary="The agreement of an activity", responses=[401, 403, 404], security="token")
def show_agreement(code: str) -> Any:
    """Its six items; 404 where the activity needs none. Who may not see the activity does not see them either."""
    activity_views.view(code=code, volunteer_id=who().volunteer_id, at=clock.now())
    return agreements.read(code=code, volunteer_id=who().volunteer_id)


@bp.get("/activities/<code>/places")
@need_volunteer("api")
@bp.output(PlacesOut)
@bp.doc(summary="Leader: everybody who stands for it", responses=[401, 403, 404], security="token")
def show(code: str) -> Any:
    """With the queue in its order."""
    return place_views.places(actor=g.actor, activity_code=code, at=clock.now())


@bp.post("/shifts/<shift_code>/decisions")
@need_volunteer("api")
@idempotent
@bp.input(DecisionIn)
@bp.output(StateOut)
@bp.doc(summary="Leader: yes or no to who asked", responses=[400, 401, 403, 404, 409], security="token")
def decide(shift_code: str, json_data: DecisionIn) -> Any:
    """The person is told; nobody decides his own."""
    state = choosing.decide(actor=g.actor, shift_code=shift_code, at=clock.now(), **json_data.model_dump())
    return StateOut(state=state)


@bp.post("/shifts/<shift_code>/invitations")
@need_volunteer("api")
@idempotent
@bp.input(InvitationIn)
@bp.output(UntilOut, 201)
@bp.doc(summary="Leader: ask somebody to come", responses=[400, 401, 403, 404, 409], security="token")
def invite(shift_code: str, json_data: InvitationIn) -> Any:
    """The place is kept; nothing is his before he says yes."""
    until = choosing.invite(actor=g.actor, shift_code=shift_code, at=clock.now(), **json_data.model_dump())
    return UntilOut(until=until)


@bp.post("/shifts/<shift_code>/outcomes")
@need_volunteer("api")
@idempotent
@bp.input(OutcomeIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: a mark after the end", responses=[400, 401, 403, 404, 409], security="token")
def mark(shift_code: str, json_data: OutcomeIn) -> Any:
    """No mark takes an hour from anybody."""
    outcomes.mark(actor=g.actor, shift_code=shift_code, at=clock.now(), **json_data.model_dump())
    return "", 204


@bp.post("/shifts/<shift_code>/trainings")
@need_volunteer("api")
@idempotent
@bp.input(TrainingIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: somebody took a training", responses=[400, 401, 403, 404, 409], security="token")
def tick_training(shift_code: str, json_data: TrainingIn) -> Any:
    """One that the shift's position asks for."""
    choosing.tick_training(actor=g.actor, shift_code=shift_code, at=clock.now(), **json_data.model_dump())
    return "", 204
