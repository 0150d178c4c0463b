"""Make-ups: what I missed, what I asked for; for leaders and those above, what waits and the answer."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Code, Moment, Words
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.listing import Wanted
from services.review import makeup_views, makeups, paper_lists

bp = APIBlueprint("makeups", __name__, tag="Hours and points")



class ChanceOut(Answer):
    """A shift I was signed up for, without a record; a make-up can be asked for `until` then."""

    shift_code: str
    activity_code: str
    title: str
    position: str
    starts_at: Moment
    ends_at: Moment
    until: Moment


class MakeupOut(Answer):
    """A make-up; whole minutes. States requested, approved, refused, withdrawn; `list_code`: it stands on this paper
    list, which is decided as a whole."""

    code: str
    state: str
    name: str
    team: str
    title: str
    from_at: Moment
    to_at: Moment
    minutes: int
    reason: str
    asked_by: str
    answer: str
    list_code: str
    at: Moment


class MineOut(Answer):
    """What I missed, and what was asked for, newest first."""

    chances: list[ChanceOut]
    makeups: list[MakeupOut]


class WaitingOut(Answer):
    """What waits in my teams and divisions."""

    makeups: list[MakeupOut]


class AskIn(Body):
    """I was there from then to then; as a leader, `public_no` was. Inside the shift, no longer than it was planned."""

    shift_code: Code
    from_at: Moment
    to_at: Moment
    reason: Words
    public_no: Code | None = None


class AskedOut(Answer):
    """The request's code."""

    code: str


class PaperListOut(Answer):
    """A paper list with its names; `mine`: I may decide on it, now."""

    code: str
    state: str
    title: str
    activity_code: str
    reason: str
    asked_by: str
    answer: str
    at: Moment
    lines: list[MakeupOut]
    mine: bool


class ListDecisionIn(Body):
    """Yes to all but `without` (codes of its lines), or no to all; a reason where anybody gets a no."""

    approves: bool
    without: list[Code] = []
    reason: Words = ""


class DecidedOut(Answer):
    """How many were approved."""

    approved: int


class DecisionIn(Body):
    """Yes, or no with a reason."""

    approves: bool
    reason: Words = ""


@bp.get("/me/makeups")
@need_volunteer("api")
@bp.output(MineOut)
@bp.doc(summary="My make-ups, and what I missed", responses=[401, 403], security="token")
def mine() -> Any:
    """Also those that a leader asked for in my name."""
    return {
        "chances": makeup_views.chances(volunteer_id=me_id(), at=clock.now()),
        "makeups": makeup_views.mine(actor=g.actor),
    }


@bp.post("/me/makeups")
@need_volunteer("api")
@idempotent
@bp.input(AskIn)
@bp.output(AskedOut, 201)
@bp.doc(summary="Ask for a make-up", responses=[400, 401, 403, 404, 409], security="token")
def ask(json_data: AskIn) -> Any:
    """Somebody else decides; the hours are marked as made up."""
    code = makeups.ask(
        parts=parts(), actor=g.actor, shift_code=json_data.shift_code, from_at=json_data.from_at,
        to_at=json_data.to_at, reason=json_data.reason, public_no=json_data.public_no or "", at=clock.now(),
    )  # fmt: skip
    return {"code": code}


@bp.delete("/me/makeups/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take my request back", responses=[401, 403, 404, 409], security="token")
def withdraw(code: str) -> Any:
    """While it waits."""
    makeups.withdraw(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.get("/makeups")
@need_volunteer("api")
@bp.output(WaitingOut)
@bp.doc(summary="Leader: make-ups that wait", responses=[401, 403], security="token")
def waiting() -> Any:
    """Of the teams I lead and the divisions I look after; the first fifty."""
    wanted = Wanted(filters={"state": "requested"}, sort="at")
    return {"makeups": makeup_views.listed(actor=g.actor, wanted=wanted, at=clock.now()).rows}


@bp.post("/makeups/<code>/decision")
@need_volunteer("api")
@idempotent
@bp.input(DecisionIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: answer a make-up", responses=[400, 401, 403, 404, 409], security="token")
def decide(code: str, json_data: DecisionIn) -> Any:
    """Never one's own, nor one that one asked for."""
    if json_data.approves:
        makeups.approve(actor=g.actor, code=code, at=clock.now())
    else:
        makeups.refuse(actor=g.actor, code=code, reason=json_data.reason, at=clock.now())
    return "", 204


@bp.get("/paper-lists/<code>")
@need_volunteer("api")
@bp.output(PaperListOut)
@bp.doc(summary="Leader, centre: a paper list", responses=[401, 403, 404], security="token")
def paper_list(code: str) -> Any:
    """Its photo is opened on the page."""
    return makeup_views.paper_list(actor=g.actor, code=code, at=clock.now())


@bp.post("/paper-lists/<code>/decision")
@need_volunteer("api")
@idempotent
@bp.input(ListDecisionIn)
@bp.output(DecidedOut)
@bp.doc(summary="Centre: decide a paper list", responses=[400, 401, 403, 404, 409], security="token")
def decide_list(code: str, json_data: ListDecisionIn) -> Any:
    """One decision above the team; nobody who handed it in or stands on it."""
    approved = paper_lists.decide_batch(
        actor=g.actor, code=code, approves=json_data.approves, without=json_data.without, reason=json_data.reason,
        at=clock.now(),
    )  # fmt: skip
    return {"approved": approved}
