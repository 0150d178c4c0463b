"""The leader's day on his phone: what he leads, who has not come, a call, the end, a doubt looked at."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from typing import Annotated, Any, Literal, get_args

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.activities import LedOut
from handlers.api.attendance import RosterEntryOut, RosterShiftOut
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import need_volunteer
from handlers.errors import sentence
from handlers.idempotency import idempotent
from services.participation import day, led_views, undoing

bp = APIBlueprint("leading", __name__, tag="Activities")

Group = Literal["due", "away", "coming", "inside", "to_name", "to_review", "left"]
GROUPS = get_args(Group)
#: So long before the start a phone shows what can be changed, later whom to check in.
EARLY = timedelta(hours=12)


class LedTeamOut(Answer):
    """A team I lead, or whose division I look after."""

    code: str
    name: str
    short_name: str


class LedLineOut(LedOut):
    """An activity of my teams; `asks`: sign-ups that wait for my word, `asked_centre`: its centre is asked first."""

    asks: int
    asked_centre: bool


class LeadingOut(Answer):
    """My teams; today's activities, those of the past week with something to confirm, and what comes."""

    teams: list[LedTeamOut]
    activities: list[LedLineOut]


class EarlierOut(Answer):
    """An activity that could be held once more; `quota` where it has one position, else 0."""

    code: str
    title: str
    place: str
    local_day: date
    starts_at: Moment
    ends_at: Moment
    quota: int


class EarlierListOut(Answer):
    """The newest of each title."""

    activities: list[EarlierOut]


class DayEntryOut(RosterEntryOut):
    """One person, by what I have to do about him. `review`: what is doubted, in words; `phone` masked, "" for none;
    `may_mark`: the marks absent, excused and left_early can be set."""

    group: Group
    review: list[str]
    outcome: str
    signed: bool
    coming: bool
    phone: str
    may_mark: bool


class DayOut(Answer):
    """The day of an activity. `begun`: it can be ended; `early`: it is more than half a day off, nobody comes yet;
    `ready`: how many records one tap confirms; `asks`: sign-ups that wait; `unknown`: names written without a network
    that nobody has recognised; `is_class`: a training, with results to say at its end."""

    activity_code: str
    title: str
    place: str
    team_name: str
    activity_state: str
    starts_at: Moment
    ends_at: Moment
    begun: bool
    early: bool
    ready: int
    asks: int
    unknown: int
    is_class: bool
    shifts: list[RosterShiftOut]
    entries: list[DayEntryOut]


class CallIn(Body):
    """Whom."""

    public_no: Code


class NumberOut(Answer):
    """His number in full; the audit has it."""

    name: str
    phone: str


class FinishIn(Body):
    """Who is left inside, by public number; everybody else is checked out now."""

    stay: Annotated[list[Code], Field(max_length=500)] = []


class RefusedOut(Answer):
    """Who could not be checked out, and why."""

    name: str
    message: str


class FinishedOut(Answer):
    """How many were checked out, who stays inside, who was refused."""

    out: int
    inside: list[str]
    refused: list[RefusedOut]


class ReviewIn(Body):
    """Whether I believe it, and what I found."""

    believe: bool
    reason: Annotated[str, StringConstraints(max_length=200)]


@bp.get("/me/leading")
@need_volunteer("api")
@bp.output(LeadingOut)
@bp.doc(summary="Leader: my teams and their activities", responses=[401, 403], security="token")
def leading() -> Any:
    """Empty for who leads none."""
    found = led_views.overview(actor=g.actor, at=clock.now())
    lines = [{**_plain(each.led), "asks": each.asks, "asked_centre": each.asked_centre} for each in found.activities]
    return {"teams": found.teams, "activities": lines}


@bp.get("/teams/<code>/earlier")
@need_volunteer("api")
@bp.output(EarlierListOut)
@bp.doc(summary="Leader: activities to hold once more", responses=[401, 403, 404], security="token")
def earlier(code: str) -> Any:
    """Patterns for `POST /activities/{code}/copy`."""
    return {"activities": led_views.earlier(actor=g.actor, team_code=code, at=clock.now())}


@bp.get("/activities/<code>/day")
@need_volunteer("api")
@bp.output(DayOut)
@bp.doc(summary="Leader: the day of an activity", responses=[401, 403, 404], security="token")
def show(code: str) -> Any:
    """Who has not come, is inside, left, and what waits for me."""
    at = clock.now()
    shown = day.day(parts=parts(), actor=g.actor, activity_code=code, at=at)
    sheet = shown.roster
    groups = {group: getattr(shown, group) for group in GROUPS}
    entries = [_entry(each, group, shown) for group, people in groups.items() for each in people]
    ready = sum(each.state == "left" and not each.is_me for each in shown.left)
    return {
        "activity_code": sheet.activity_code, "title": sheet.title, "place": sheet.place, "team_name": sheet.team_name,
        "activity_state": sheet.activity_state, "starts_at": sheet.starts_at, "ends_at": sheet.ends_at,
        "begun": sheet.activity_state == "published" and at >= sheet.starts_at,
        "early": sheet.activity_state == "published" and at < sheet.starts_at - EARLY, "ready": ready,
        "asks": led_views.asks(activity_code=code), "unknown": len(shown.unknown), "is_class": sheet.is_class,
        "shifts": sheet.shifts, "entries": entries,
    }  # fmt: skip


def _entry(each: day.RosterEntry, group: str, shown: day.Day) -> dict[str, Any]:
    return {
        **_plain(each), "group": group, "review": led_views.doubts(each.review),
        "phone": shown.phones.get(each.public_no, ""),
        "may_mark": each.signed and not each.is_me and each.shift_code in shown.over,
    }  # fmt: skip


def _plain(shown: Any) -> dict[str, Any]:
    return {each.name: getattr(shown, each.name) for each in fields(shown)}


@bp.post("/activities/<code>/calls")
@need_volunteer("api")
@bp.input(CallIn)
@bp.output(NumberOut)
@bp.doc(summary="Leader: a number, to call somebody", responses=[400, 401, 403, 404, 409, 429], security="token")
def call(code: str, json_data: CallIn) -> Any:
    """Of somebody on the activity's list; each look is kept."""
    name, number = day.call(
        parts=parts(), actor=g.actor, activity_code=code, public_no=json_data.public_no, at=clock.now()
    )
    return NumberOut(name=name, phone=number)


@bp.post("/activities/<code>/end")
@need_volunteer("api")
@idempotent
@bp.input(FinishIn)
@bp.output(FinishedOut)
@bp.doc(summary="Leader: end an activity", responses=[400, 401, 403, 404, 409], security="token")
def finish(code: str, json_data: FinishIn) -> Any:
    """Everybody inside is checked out now, but for the exceptions and myself."""
    done = day.end(actor=g.actor, activity_code=code, stay=set(json_data.stay), at=clock.now())
    refused = [{"name": name, "message": sentence(refusal)} for name, refusal in done.refused]
    return {"out": done.out, "inside": done.inside, "refused": refused}


@bp.post("/records/<int:record_id>/review")
@need_volunteer("api")
@idempotent
@bp.input(ReviewIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: believe a doubted scan, or not", responses=[400, 401, 403, 404, 409], security="token")
def review(record_id: int, json_data: ReviewIn) -> Any:
    """Never one's own, nor what one brought oneself."""
    undoing.review(
        actor=g.actor, record_id=record_id, believe=json_data.believe, reason=json_data.reason, at=clock.now()
    )
    return "", 204
