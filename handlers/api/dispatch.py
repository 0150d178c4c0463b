"""调度: the calls that want something of me; a leader's answer for his team, my own yes or no."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.dispatch import answers, mine, people, ringing

bp = APIBlueprint("dispatch", __name__, tag="Dispatch")

Many = Annotated[int, Field(ge=0, le=5000)]
Things = Annotated[int, Field(ge=0, le=999)]
Minutes = Annotated[int, Field(ge=0, le=people.MOST_MINUTES)]
Why = Annotated[str, StringConstraints(max_length=people.REASON_LENGTH)]


class AnswerIn(Body):
    """What a leader says for his team: `people` 0 is a no; when they are there as a moment, or in how many `minutes`
    from now; `team_code` where several of his teams are asked."""

    people: Many
    boats: Things = 0
    vehicles: Things = 0
    there_at: Moment | None = None
    minutes: Minutes | None = None
    note: Annotated[str, StringConstraints(max_length=200)] = ""
    team_code: Annotated[str, StringConstraints(max_length=16)] = ""


class YesIn(Body):
    """My own yes, to the safety notice, too; `minutes`: how long I need from now until I am there."""

    risk_accepted: bool
    minutes: Minutes | None = None


class NoIn(Body):
    """My own no; `reason` where I like to say it."""

    reason: Why = ""


class SaidIn(Body):
    """What a member told his leader on the telephone; `risk_read`: the notice was read to him; `minutes`, `reason` as
    he said them."""

    accepts: bool
    risk_read: bool = False
    minutes: Minutes | None = None
    reason: Why = ""


class MemberOut(Answer):
    """A member who was asked; states asked, accepted, declined; when he said he is there, or why he does not come;
    `recorded_by`: who wrote a telephone answer down; `own`: I myself."""

    public_no: str
    name: str
    state: str
    own: bool
    there_at: Moment | None
    reason: str
    recorded_by: str


class LedOut(Answer):
    """One of my teams that is asked; states asked, silent, coming, declined."""

    team_code: str
    team: str
    state: str
    people: int
    boats: int
    vehicles: int
    there_at: Moment | None
    note: str
    accepted: int
    activity_code: str
    members: list[MemberOut]


class CallOut(Answer):
    """A call. `my_state` "" where I am not asked myself; `open`: it still calls; `full`: nobody is wanted any more;
    `lacking` in words; `soon`: it begins within hours, so who goes is asked for his minutes."""

    code: str
    title: str
    content: str
    drill: bool
    urgent: bool
    danger: bool
    open: bool
    state: str
    full: bool
    place: str
    command: str
    contact: str
    risks: str
    safeguards: str
    wanted: int
    missing: int
    lacking: str
    boats: int
    vehicles: int
    starts_at: Moment
    ends_at: Moment
    closed_why: str
    soon: bool
    my_state: str
    my_there_at: Moment | None
    my_reason: str
    my_activity: str
    led: list[LedOut]


class CallsOut(Answer):
    """The running calls, newest first."""

    calls: list[CallOut]


class TeamStateOut(Answer):
    """coming or declined."""

    state: str


class SaidOut(Answer):
    """accepted or declined; the activity to check in to, "" in a drill."""

    state: str
    activity_code: str


class NumberOut(Answer):
    """Whom to ring up, and his number in full."""

    name: str
    phone: str


@bp.get("/dispatch")
@need_volunteer("api")
@bp.output(CallsOut)
@bp.doc(summary="Calls that want something of me", responses=[401, 403], security="token")
def listed() -> Any:
    """As a member who is asked, or as a leader who answers first."""
    return {"calls": mine.listed(actor=g.actor, at=clock.now())}


@bp.get("/dispatch/<code>")
@need_volunteer("api")
@bp.output(CallOut)
@bp.doc(summary="One call", responses=[401, 403, 404], security="token")
def show(code: str) -> Any:
    """For whoever is asked, or leads a team that is."""
    return mine.one(actor=g.actor, code=code, at=clock.now())


@bp.post("/dispatch/<code>/answer")
@need_volunteer("api")
@idempotent
@bp.input(AnswerIn)
@bp.output(TeamStateOut)
@bp.doc(summary="Answer for my team", responses=[400, 401, 403, 404, 409], security="token")
def answer(code: str, json_data: AnswerIn) -> Any:
    """The newest answer counts; never fewer people than have said yes."""
    at = clock.now()
    there_at = json_data.there_at if json_data.minutes is None else at + timedelta(minutes=json_data.minutes)
    said = answers.Answer(json_data.people, json_data.boats, json_data.vehicles, there_at, json_data.note)
    state = answers.answer(actor=g.actor, code=code, answer=said, team_code=json_data.team_code, at=at)
    return TeamStateOut(state=state)


@bp.post("/dispatch/<code>/accept")
@need_volunteer("api")
@idempotent
@bp.input(YesIn)
@bp.output(SaidOut)
@bp.doc(summary="I go", responses=[400, 401, 403, 404, 409], security="token")
def accept(code: str, json_data: YesIn) -> Any:
    """A place in my team's activity, as long as there is one. Said again, the newest minutes count."""
    return people.accept(
        actor=g.actor, code=code, risk_accepted=json_data.risk_accepted, minutes=json_data.minutes, at=clock.now()
    )


@bp.post("/dispatch/<code>/decline")
@need_volunteer("api")
@idempotent
@bp.input(NoIn)
@bp.output(SaidOut)
@bp.doc(summary="I do not go", responses=[400, 401, 403, 404, 409], security="token")
def decline(code: str, json_data: NoIn) -> Any:
    """Also after a yes. The reason may be said with it or afterwards; who leads my team reads it."""
    return people.decline(actor=g.actor, code=code, reason=json_data.reason, at=clock.now())


@bp.post("/dispatch/<code>/people/<public_no>")
@need_volunteer("api")
@idempotent
@bp.input(SaidIn)
@bp.output(SaidOut)
@bp.doc(summary="What a member of mine said on the telephone", responses=[400, 401, 403, 404, 409], security="token")
def record(code: str, public_no: str, json_data: SaidIn) -> Any:
    """Who wrote it down stands beside it."""
    return people.record(
        actor=g.actor, code=code, public_no=public_no, accepts=json_data.accepts,
        risk_read=json_data.risk_read, minutes=json_data.minutes, reason=json_data.reason, at=clock.now(),
    )  # fmt: skip


@bp.post("/dispatch/<code>/people/<public_no>/ring")
@need_volunteer("api")
@bp.output(NumberOut)
@bp.doc(summary="The telephone of who is asked", responses=[401, 403, 404, 409, 429], security="token")
def ring(code: str, public_no: str) -> Any:
    """A member's to who leads his team, a leader's to the centre that calls. Each look is kept, so it is a POST."""
    name, phone = ringing.ring(parts=parts(), actor=g.actor, code=code, public_no=public_no, at=clock.now())
    return NumberOut(name=name, phone=phone)
