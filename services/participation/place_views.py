"""Everybody who stands for an activity, as its leader sees it: who asked, who waits, to whom a place is offered, who is
in, who cannot come; and the list of what waits to be decided over all his teams."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass
from models import Activity, Position, ServiceRecord, Shift, Signup, Team, Volunteer
from queries import waitlist as sql
from services import permissions
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.listing import Found, Wanted, cut
from services.participation.console_views import within
from services.participation.positions import conditions_of
from services.participation.shift_views import state_word
from wording import say

#: A place that somebody did not come to is remembered so long.
LATELY = timedelta(days=90)
ORDER = ("pending", "offered", "waitlisted", "confirmed", "cancelled", "rejected")


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One person's sign-up; `word` its state, `outcome` the mark after the end, `there` whether he checked in,
    `newcomer` whether it would be his first service with us (U18), `missed` whether he stayed away lately (U15)."""

    public_no: str
    name: str
    shift_code: str
    position: str
    state: str
    word: str
    in_line: int | None
    offer_until: datetime | None
    invited: bool
    late: bool
    reason: str
    outcome: str
    outcome_note: str
    there: bool
    newcomer: bool
    missed: bool
    own: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PlaceShift:
    """A shift with what it asks of people in trainings."""

    code: str
    position: str
    starts_at: datetime
    ends_at: datetime
    quota: int
    taken: int
    trainings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """An activity's sign-ups, those who wait first in line."""

    activity_code: str
    title: str
    activity_state: str
    joining: str
    starts_at: datetime
    ends_at: datetime
    shifts: list[PlaceShift]
    lines: list[PlaceLine]


def places(*, actor: Actor, activity_code: str, at: datetime) -> Places:
    """Everybody who stands or stood for the activity. Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    query = Shift.select(Shift, Position).join(Position).where(Shift.activity == activity.id)
    shifts = {row.id: row for row in query.order_by(Shift.starts_at, Shift.id)}
    records = ServiceRecord.select(ServiceRecord.shift, ServiceRecord.volunteer).where(
        ServiceRecord.activity == activity.id, ServiceRecord.state != "void"
    )
    there = {(row.shift_id, row.volunteer_id) for row in records}
    rows = Signup.select(Signup, Volunteer).join(Volunteer, on=Signup.volunteer).where(Signup.activity == activity.id)
    served, missed = _served(activity.id), _missed(activity.id, at)
    lines = [
        _line(row, shifts[row.shift_id], there, served, missed, actor)
        for row in rows.order_by(Signup.queued_at, Signup.id)
    ]
    lines.sort(key=lambda each: (ORDER.index(each.state), each.in_line or 0, each.at))
    return Places(
        activity.code, activity.title, activity.state, activity.joining, activity.starts_at, activity.ends_at,
        [
            PlaceShift(
                row.code, row.position.name, row.starts_at, row.ends_at, row.quota, row.taken,
                conditions_of(row.position.conditions).trainings,
            )
            for row in shifts.values()
        ],
        lines,
    )  # fmt: skip


def _served(activity_id: int) -> set[int]:
    """Who of those on the activity's list has been somewhere else already."""
    listed = Signup.select(Signup.volunteer).where(Signup.activity == activity_id)
    records = (
        ServiceRecord.select(ServiceRecord.volunteer)
        .where(
            ServiceRecord.volunteer.in_(listed),
            ServiceRecord.activity.is_null() | (ServiceRecord.activity != activity_id), ServiceRecord.state != "void",
        )
        .distinct()
    )  # fmt: skip
    return {row.volunteer_id for row in records}


def _missed(activity_id: int, at: datetime) -> set[int]:
    """Who of those on the list had a place elsewhere lately and neither came nor said so: worth a call (U15)."""
    listed = Signup.select(Signup.volunteer).where(Signup.activity == activity_id)
    absent = (
        Signup.select(Signup.volunteer)
        .where(
            Signup.volunteer.in_(listed), Signup.activity != activity_id, Signup.outcome == "absent",
            Signup.outcome_at > at - LATELY,
        )
        .distinct()
    )  # fmt: skip
    return {row.volunteer_id for row in absent}


def _line(
    row: Any, shift: Any, there: set[tuple[int, int]], served: set[int], missed: set[int], actor: Actor
) -> PlaceLine:
    in_line = sql.place_in_line(row.id) if row.state == "waitlisted" else None
    invited = row.invited_by_id is not None
    return PlaceLine(
        row.volunteer.public_no, row.volunteer.name, shift.code, shift.position.name, row.state,
        _word(row.state, in_line, invited), in_line,
        row.offer_until if row.state == "offered" else None, invited, row.late, row.reason, row.outcome or "",
        row.outcome_note, (row.shift_id, row.volunteer_id) in there, row.volunteer_id not in served,
        row.volunteer_id in missed, row.volunteer_id == actor.volunteer_id, row.created_at,
    )  # fmt: skip


def _word(state: str, in_line: int | None, invited: bool) -> str:
    """The state in the leader's words: what is offered is not his to confirm."""
    if state == "offered":
        return say("signup.invited_to" if invited else "signup.offered_to")
    return state_word(state, in_line=in_line, invited=invited)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-up that waits for a leader's word."""

    name: str
    public_no: str
    activity_code: str
    title: str
    position: str
    team: str
    starts_at: datetime
    at: datetime


def waiting(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Waiting]:
    """What waits to be decided in the teams the actor leads or manages and is still to come; the soonest first."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    query = (
        Signup.select(Signup, Volunteer, Shift, Position, Activity, Team)
        .join_from(Signup, Volunteer, on=Signup.volunteer)
        .join_from(Signup, Shift)
        .join_from(Shift, Position)
        .join_from(Shift, Activity)
        .join_from(Activity, Team)
        .where(
            Signup.state == "pending", Shift.starts_at > at, Activity.state == "published",
            within(grants, Activity.team, Activity.region_code),
        )
    )  # fmt: skip
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Activity.title.contains(wanted.text))
    sorts = {"name": Volunteer.name, "starts": Shift.starts_at, "at": Signup.created_at}
    return cut(query, wanted=wanted, sorts=sorts, default="starts", tie=Signup.id, row=_waiting)


def _waiting(row: Any) -> Waiting:
    shift = row.shift
    activity = shift.activity
    return Waiting(
        row.volunteer.name, row.volunteer.public_no, activity.code, activity.title, shift.position.name,
        activity.team.short_name, shift.starts_at, row.created_at,
    )  # fmt: skip
