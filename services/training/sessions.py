"""Sessions: a course held by a team on a day, as an activity whose attendance is class time (S42, docs/adr/0002).

Signing up, the wait-list, scanning, the leader's list, moving and calling off are those of every activity. Here is what
makes one a training: its course, who teaches, whose order it answers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import (
    Activity,
    Team,
    TrainingBase,
    TrainingCourse,
    TrainingOrder,
    TrainingProvider,
    TrainingSession,
    store,
)
from services import content, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging.notices import when
from services.participation import activities
from services.participation.activity_drafts import ActivityDraft
from services.participation.domains import TRAINING
from services.participation.positions import MOST_PEOPLE, PositionDraft
from services.participation.publishing import check_ready, put_up
from services.training import bases, checks, courses, orders, providers
from wording import say

C = RefusalCode
LENGTHS = {"place": 60, "teacher": 40, "content": 1000, "contact": 60}


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """A session as it is written down; moments aware. `place` "" is the base's address, `content` "" the course's;
    `openness` as of an activity: team, area, everyone. `course`, `provider`, `base` by code."""

    course: str
    starts_at: datetime
    ends_at: datetime
    people: int
    place: str = ""
    teacher: str = ""
    content: str = ""
    contact: str = ""
    openness: str = "area"
    provider: str = ""
    base: str = ""


def hold(*, actor: Actor, team_code: str, draft: SessionDraft, at: datetime) -> str:
    """A session of one's own team, shown at once; the code of its activity.

    Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`course`, `provider`, `base`, `people`, texts), WORD_REFUSED, those
    of an activity (ACTIVITY_INVALID with `field`, TEAM_NOT_FOUNDED).
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    return store.write(lambda: str(_made(actor, team, draft, None, at).code))


def from_order(*, actor: Actor, order_code: str, draft: SessionDraft, at: datetime) -> str:
    """Make the session of an order that was taken; the code of its activity. The team that ordered receives it: it
    leads people in. An order's session is made once, by whoever is first. `course` "" : the order's own topic, as a
    course that tests nothing.

    Refusals: NOT_FOUND, NOT_ALLOWED (none who took it, manages there or leads the team), ORDER_STATE, then as `hold`.
    """
    order = orders.order_of(order_code)
    took = orders.may_take(actor=actor, order=order, provider_id=order.provider_id, at=at)
    if not took:
        permissions.require_lead(actor=actor, team_id=order.team_id, at=at)
    if order.state != "taken":
        raise Refusal(C.ORDER_STATE)
    row = TrainingProvider.get_or_none(TrainingProvider.id == order.provider_id)
    provider = row.code if row is not None else ""

    def act() -> str:
        course = draft.course or courses.of_order(
            order=order, minutes=max(0, int((draft.ends_at - draft.starts_at).total_seconds() // 60)), actor=actor,
            at=at,
        )
        made = _made(actor, order.team, replace(draft, provider=provider, course=course), order, at)
        orders.schedule(order, made.id, actor, when(made.starts_at), at)
        return str(made.code)

    return store.write(act)


def _made(
    actor: Actor, team: Team, draft: SessionDraft, order: TrainingOrder | None, at: datetime
) -> Activity:
    place = str(team.region_code)
    course = courses.found_for(code=draft.course, region_code=place)
    people = checks.whole(draft.people, "people", least=1, most=MOST_PEOPLE)
    base = bases.found_for(code=draft.base, region_code=place, people=people)
    provider = providers.found_for(code=draft.provider, region_code=place)
    words = checks.texts({name: getattr(draft, name) for name in LENGTHS}, LENGTHS)
    content.require_fit(" ".join(words.values()))
    told = "\n".join(each for each in (words["content"] or course.content,) if each) or course.name
    sheet = ActivityDraft(
        title=course.name, domain=TRAINING, sub_domain=str(course.kind), purpose="training", starts_at=draft.starts_at,
        ends_at=draft.ends_at, place=words["place"] or (f"{base.name} {base.address}".strip()[:60] if base else ""),
        content=told, contact=words["contact"], openness=draft.openness, conditions=say("training.session.conditions"),
        risk_notice=say("training.session.risk_notice"), safeguards=say("training.session.safeguards"),
        positions=(PositionDraft(say("training.session.position"), people),),
    )  # fmt: skip
    activity = activities.write_down(actor=actor, team=team, draft=sheet, at=at)
    TrainingSession.create(
        activity=activity, course=course, provider=provider, base=base, order=order, teacher=words["teacher"]
    )
    check_ready(activity, at)
    put_up(actor=actor, activity=activity, at=at)
    return activity


@dataclass(frozen=True, slots=True)
class Taught:
    """What a session teaches, beside what its activity says; names, "" for none. `minutes` the course takes."""

    course: str
    course_code: str
    kind: str
    minutes: int
    tested: bool
    certificate: bool
    valid_months: int
    provider: str
    base: str
    teacher: str
    order: str
    finished: bool


def taught(activity_id: int) -> Taught | None:
    """What a session teaches; None for an activity that is none."""
    row = joined().where(TrainingSession.activity == activity_id).first()
    return None if row is None else taught_of(row)


def taught_in(code: str) -> Taught | None:
    """The same by the activity's public code."""
    row = joined().join_from(TrainingSession, Activity).where(Activity.code == code).first()
    return None if row is None else taught_of(row)


def joined() -> Any:
    """The sessions with course, provider, base and order."""
    return (
        TrainingSession.select(TrainingSession, TrainingCourse, TrainingProvider, TrainingBase, TrainingOrder)
        .join_from(TrainingSession, TrainingCourse)
        .join_from(
            TrainingSession, TrainingProvider, JOIN.LEFT_OUTER, on=(TrainingSession.provider == TrainingProvider.id)
        )
        .join_from(TrainingSession, TrainingBase, JOIN.LEFT_OUTER)
        .join_from(TrainingSession, TrainingOrder, JOIN.LEFT_OUTER)
    )


def taught_of(row: Any) -> Taught:
    """What a row of `joined` teaches."""
    course = row.course
    return Taught(
        course.name, course.code, course.kind, course.minutes, course.tested, course.certificate, course.valid_months,
        row.provider.name if row.provider_id else "", row.base.name if row.base_id else "", row.teacher,
        row.order.code if row.order_id else "", row.finished_at is not None,
    )  # fmt: skip


def session_for(*, actor: Actor, code: str, at: datetime) -> tuple[TrainingSession, Activity]:
    """A session with its activity, for who leads its team, manages there, or speaks for its provider.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    activity = Activity.get_or_none(Activity.code == code)
    found = None if activity is None else TrainingSession.get_or_none(TrainingSession.activity == activity.id)
    if found is None or activity is None:
        raise Refusal(C.NOT_FOUND)
    if not providers.speaks_for(actor=actor, provider_id=found.provider_id):
        permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    assert isinstance(found, TrainingSession)
    return found, activity
