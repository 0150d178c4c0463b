"""Activities: what is open near me, one in full, and the leader's making of them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Code, Moment, Query, ReasonIn
from handlers.auth import need_volunteer, who
from handlers.errors import sentence
from handlers.idempotency import idempotent, idempotent_outside
from services.participation import activities, activity_views, views, ways
from services.participation.activity_drafts import ActivityDraft, Links
from services.participation.positions import Conditions, PositionDraft, ShiftDraft

bp = APIBlueprint("activities", __name__, tag="Activities")

Line = Annotated[str, StringConstraints(max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=4000)]


class BriefOut(Answer):
    """An activity in the list. `my_state`: how I stand to it ("" for not at all), `my_word` as people read it."""

    code: str
    title: str
    place: str
    region_code: str
    team_name: str
    team_short_name: str
    domain: str
    domain_name: str
    starts_at: Moment
    ends_at: Moment
    signup_opens_at: Moment
    places_left: int
    mine: bool
    my_state: str
    my_word: str
    cursor: str


class ListOut(Answer):
    """A page of activities, nearest first; the last one's cursor is `after` of the next page."""

    activities: list[BriefOut]


class ListQuery(Query):
    """Paging; `domain` D1 to D4 ("": all), `free`: only what still has places."""

    domain: Annotated[str, StringConstraints(pattern=r"^(D[1-4])?$")] = ""
    free: bool = False

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}(-[0-9]{1,18}){2}$")] | None = None


class ShiftOut(Answer):
    """A position and period to sign up for; `mine` is the state of my own sign-up, `word` that state in words,
    `asked` what the position asks, `waiting` how many queue.

    `can`: what I can do now: signup, ask (the leader decides), queue, or nothing; `no`: what keeps me from it whatever
    I say yes to, in words, its code, and where I put it right: `mine` (my sign-ups), `guardian`, `join` (the team),
    `training`, `skills`, "" nowhere. `asked_coming`: now is the time to say that I come.
    """

    code: str
    position: str
    requirement: str
    starts_at: Moment
    ends_at: Moment
    quota: int
    taken: int
    mine: str | None
    word: str
    in_line: int | None
    waiting: int
    offer_until: Moment | None
    invited: bool
    risk_changed: bool
    reason: str
    asked: list[str]
    coming: bool
    can: Literal["signup", "ask", "queue", ""]
    no: str
    no_code: str
    remedy: ways.Remedy
    asked_coming: bool


class MyRecordOut(Answer):
    """My own attendance at this activity."""

    record_id: int
    shift_code: str
    state: str
    in_at: Moment | None
    out_at: Moment | None
    minutes: int


class ActivityOut(Answer):
    """An activity in full (GB/T 40143 §6.1)."""

    code: str
    state: str
    version: int
    title: str
    team_code: str
    team_name: str
    region_code: str
    domain: str
    domain_name: str
    sub_domain: str
    sub_domain_name: str
    danger: bool
    place: str
    content: str
    risk_notice: str
    conditions: str
    safeguards: str
    contact: str
    how_to_join: str
    openness: str
    joining: str
    cancel_hours: int
    venue_kind: str
    emergency: bool
    agreement: bool
    approval: str
    walk_in: bool
    code_life: int
    starts_at: Moment
    ends_at: Moment
    signup_opens_at: Moment
    signup_closes_at: Moment
    places_left: int
    hours_rule: list[str]
    shifts: list[ShiftOut]
    my_record: MyRecordOut | None


class LedOut(Answer):
    """An activity I lead, today."""

    code: str
    title: str
    place: str
    team_code: str
    team_name: str
    state: str
    phase: str
    starts_at: Moment
    ends_at: Moment
    signed_up: int
    inside: int
    left: int
    unconfirmed: int


class LedListOut(Answer):
    """Today's activities of the teams I lead."""

    activities: list[LedOut]


class ConditionsIn(Body):
    """What a position asks: codes of skills, codes of skills proved by a verified qualification, trainings by name,
    and whole years on the day."""

    skills: Annotated[list[Line], Field(max_length=10)] = []
    qualifications: Annotated[list[Line], Field(max_length=10)] = []
    trainings: Annotated[list[Line], Field(max_length=10)] = []
    age_from: Annotated[int, Field(ge=14, le=120)] | None = None
    age_to: Annotated[int, Field(ge=14, le=120)] | None = None


class ShiftIn(Body):
    """A shift with times of its own, within the activity's; `quota` if it differs from the position's."""

    starts_at: Moment
    ends_at: Moment
    quota: Annotated[int, Field(ge=1, le=100_000)] | None = None


class PositionIn(Body):
    """A position and how many are wanted in each of its shifts; without any: one, as long as the activity."""

    name: Line
    quota: Annotated[int, Field(ge=1, le=100_000)]
    requirement: Line = ""
    conditions: ConditionsIn = ConditionsIn()
    shifts: Annotated[list[ShiftIn], Field(max_length=20)] = []

    def draft(self) -> PositionDraft:
        """As the service takes it."""
        asked = self.conditions
        conditions = Conditions(
            tuple(asked.skills), tuple(asked.qualifications), tuple(asked.trainings), asked.age_from, asked.age_to
        )
        shifts = tuple(ShiftDraft(each.starts_at, each.ends_at, each.quota) for each in self.shifts)
        return PositionDraft(self.name, self.quota, self.requirement, conditions, shifts)


class DraftIn(Body):
    """A new activity; it is published by a call of its own."""

    team_code: Code
    title: Line
    domain: Annotated[str, StringConstraints(max_length=20)]
    sub_domain: Annotated[str, StringConstraints(max_length=40)]
    starts_at: Moment
    ends_at: Moment
    place: Line = ""
    content: LongText = ""
    risk_notice: LongText = ""
    conditions: LongText = ""
    safeguards: LongText = ""
    contact: Line = ""
    signup_opens_at: Moment | None = None
    signup_closes_at: Moment | None = None
    openness: Literal["team", "area", "everyone"] = "everyone"
    walk_in: bool = True
    code_life: Annotated[int, Field(ge=30, le=120)] = 30
    how_to_join: Line = ""
    joining: Literal["open", "approval", "invite"] = "open"
    cancel_hours: Annotated[int, Field(ge=0, le=168)] | None = None
    venue_kind: Annotated[str, StringConstraints(max_length=20)] = ""
    host_contact: Line = ""
    host_agreed: bool = False
    private_home: bool = False
    dangerous: bool = False
    emergency: bool = False
    agreement: bool = False
    need: Annotated[str, StringConstraints(max_length=20)] = ""
    project: Annotated[str, StringConstraints(max_length=20)] = ""
    plan_item: Annotated[int, Field(ge=0, le=2**53)] = 0
    campaigns: Annotated[list[Code], Field(max_length=20)] = []
    positions: Annotated[list[PositionIn], Field(max_length=20)]


class CodeOut(Answer):
    """The activity's public code."""

    code: str


class ExtendIn(Body):
    """A later end, 30 minutes more if none is given; after the end only with a reason."""

    ends_at: Moment | None = None
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class EndOut(Answer):
    """When it ends now."""

    ends_at: Moment


@bp.get("/activities")
@need_volunteer("api")
@bp.input(ListQuery, location="query")
@bp.output(ListOut)
@bp.doc(summary="Open activities near me", responses=[400, 401, 403], security="token")
def list_open(query_data: ListQuery) -> Any:
    """My village first, then my township, my county; sooner before later."""
    session = who()
    found = activity_views.open_near(
        volunteer_id=session.volunteer_id, region_code=session.region_code, at=clock.now(),
        limit=query_data.limit, after=query_data.after, domain=query_data.domain, free=query_data.free,
    )  # fmt: skip
    return {"activities": found}


@bp.get("/activities/led")
@need_volunteer("api")
@bp.output(LedListOut)
@bp.doc(summary="Leader: today's activities", responses=[401, 403], security="token")
def list_led() -> Any:
    """Running first, then coming, then those that wait to be confirmed."""
    return {"activities": activity_views.today(actor=g.actor, at=clock.now())}


NOTHING = {"no": "", "no_code": "", "remedy": ""}


@bp.get("/activities/<code>")
@need_volunteer("api")
@bp.output(ActivityOut)
@bp.doc(summary="One activity in full", responses=[401, 403, 404], security="token")
def show(code: str) -> Any:
    """With my own sign-up and attendance."""
    at, me = clock.now(), who().volunteer_id
    shown = activity_views.view(code=code, volunteer_id=me, at=at)
    views.opened(code=code, at=at)
    found = ways.ways(view=shown, volunteer_id=me, at=at)
    shifts = [{**asdict(each), **_way(found[each.code])} for each in shown.shifts]
    return {**{each.name: getattr(shown, each.name) for each in fields(shown)}, "shifts": shifts}


def _way(way: ways.Way) -> dict[str, Any]:
    no = way.no
    said = {"no": sentence(no), "no_code": no.code.value, "remedy": ways.remedy(no)} if no is not None else NOTHING
    return {"can": way.can, "asked_coming": way.asked_coming, **said}


@bp.post("/activities")
@need_volunteer("api")
@idempotent_outside
@bp.input(DraftIn)
@bp.output(CodeOut, 201)
@bp.doc(summary="Leader: write an activity", responses=[400, 401, 403, 404, 409], security="token")
def create(json_data: DraftIn) -> Any:
    """A draft that nobody sees until it is published."""
    fields = json_data.model_dump(exclude={"team_code", "positions", "need", "project", "plan_item", "campaigns"})
    belongs = Links(
        need=json_data.need, project=json_data.project, plan_item=json_data.plan_item,
        campaigns=tuple(json_data.campaigns),
    )  # fmt: skip
    positions = tuple(each.draft() for each in json_data.positions)
    draft = ActivityDraft(**fields, positions=positions, links=belongs)
    code = activities.create(
        parts=parts(), actor=g.actor, team_code=json_data.team_code, draft=draft, at=clock.now()
    )
    return CodeOut(code=code)


@bp.post("/activities/<code>/publish")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Leader: publish", responses=[202, 400, 401, 403, 404, 409], security="token")
def publish(code: str) -> Any:
    """Only when everything the standard asks for is there. 202: its centre is asked first and publishes it."""
    shown = activities.publish(actor=g.actor, code=code, at=clock.now())
    return "", 204 if shown else 202


@bp.post("/activities/<code>/cancel")
@need_volunteer("api")
@idempotent
@bp.input(ReasonIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: cancel, telling everyone", responses=[400, 401, 403, 404, 409], security="token")
def cancel(code: str, json_data: ReasonIn) -> Any:
    """Records that exist stay."""
    activities.cancel(actor=g.actor, code=code, reason=json_data.reason, at=clock.now())
    return "", 204


@bp.post("/activities/<code>/extend")
@need_volunteer("api")
@idempotent
@bp.input(ExtendIn)
@bp.output(EndOut)
@bp.doc(summary="Leader: let it last longer", responses=[400, 401, 403, 404, 409], security="token")
def extend(code: str, json_data: ExtendIn) -> Any:
    """Minutes of those who stayed are credited anew."""
    ends_at = activities.extend(
        actor=g.actor, code=code, ends_at=json_data.ends_at, reason=json_data.reason, at=clock.now()
    )
    return EndOut(ends_at=ends_at)
