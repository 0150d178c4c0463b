"""The leader's list of one activity: who is expected, inside, gone, and what waits for him."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Activity, Position, ServiceRecord, Shift, Signup, Volunteer
from services import permissions
from services.actors import Actor
from services.bookkeeping import classes
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One person on the list. `state`: expected, inside, forgotten, to_name, left, confirmed, void.

    `review` says what is doubted about his scans (`services.participation.late.read`), "" for nothing; `outcome` is
    the mark on his place (`services.participation.outcomes`), "" for none; without a place (`signed`) he gets no mark;
    `made_up`: nobody scanned him, his hours are 补录; `coming`: he said that he comes (我会来).
    """

    record_id: int | None
    public_no: str
    name: str
    shift_code: str
    position: str
    state: str
    in_at: datetime | None
    out_at: datetime | None
    minutes: int
    by_hand: bool
    walk_in: bool
    is_me: bool
    review: str = ""
    outcome: str = ""
    signed: bool = False
    made_up: bool = False
    coming: bool = False


@dataclass(frozen=True, slots=True)
class RosterShift:
    """A shift of the activity, for the leader's screens."""

    code: str
    position: str
    starts_at: datetime
    ends_at: datetime
    quota: int
    taken: int


@dataclass(frozen=True, slots=True)
class Roster:
    """An activity's list with its counts by state."""

    activity_code: str
    title: str
    place: str
    team_name: str
    activity_state: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    shifts: list[RosterShift]
    entries: list[RosterEntry]
    counts: dict[str, int]
    #: Under which the activity's history is kept.
    subject: str
    #: A training: what is confirmed is class time.
    is_class: bool = False


STATES = ("expected", "inside", "forgotten", "to_name", "left", "confirmed", "void")


def roster(*, actor: Actor, activity_code: str, at: datetime) -> Roster:
    """The list of an activity that the actor leads; three statements besides the rights. Refusal: NOT_FOUND."""
    return _roster(activity_led(actor=actor, activity_code=activity_code, at=at), actor)


def looked_at(*, actor: Actor, activity_code: str, at: datetime) -> Roster:
    """The same list for those who only look (auditors). Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = Activity.get_or_none(Activity.code == activity_code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    return _roster(activity, actor)


def _roster(activity: Activity, actor: Actor) -> Roster:
    shifts = list(
        Shift.select(Shift, Position.id, Position.name)
        .join(Position)
        .where(Shift.activity == activity.id)
        .order_by(Shift.starts_at)
    )
    by_id = {shift.id: shift for shift in shifts}
    records = {
        (record.shift_id, record.volunteer_id): record
        for record in ServiceRecord.select(ServiceRecord, Volunteer.id, Volunteer.name, Volunteer.public_no)
        .join(Volunteer, on=ServiceRecord.volunteer)
        .where(ServiceRecord.activity == activity.id, ServiceRecord.source.in_(("scan", "supplement")))
        .order_by(ServiceRecord.source)  # a made-up one stands for an annulled scan
    }
    signups = (
        Signup.select(Signup, Volunteer.id, Volunteer.name, Volunteer.public_no)
        .join(Volunteer)
        .where(Signup.activity == activity.id, Signup.state == "confirmed")
        .order_by(Signup.created_at)
    )
    entries = []
    for signup in signups:
        record = records.pop((signup.shift_id, signup.volunteer_id), None)
        entries.append(_entry(by_id[signup.shift_id], signup.volunteer, record, signup, actor))
    entries += [
        _entry(by_id[shift_id], record.volunteer, record, None, actor)
        for (shift_id, _), record in records.items()
    ]
    entries.sort(key=lambda each: (STATES.index(each.state), each.name))
    return Roster(
        activity_code=activity.code, title=activity.title, place=activity.place, team_name=activity.team.name,
        activity_state=activity.state, starts_at=activity.starts_at, ends_at=activity.ends_at,
        ended_at=activity.ended_at,
        shifts=[RosterShift(s.code, s.position.name, s.starts_at, s.ends_at, s.quota, s.taken) for s in shifts],
        entries=entries, counts={state: sum(e.state == state for e in entries) for state in STATES},
        subject=f"activity:{activity.id}", is_class=activity.purpose == "training",
    )  # fmt: skip


def _entry(
    shift: Shift, person: Volunteer, record: ServiceRecord | None, signup: Signup | None, actor: Actor
) -> RosterEntry:
    return RosterEntry(
        record_id=record.id if record else None,
        public_no=person.public_no,
        name=person.name,
        shift_code=shift.code,
        position=shift.position.name,
        state=_state(record),
        in_at=record.in_at if record else None,
        out_at=record.out_at if record else None,
        minutes=classes.shown(record) if record else 0,
        by_hand=bool(record and record.by_hand),
        walk_in=bool(signup and signup.walk_in),
        is_me=person.id == actor.volunteer_id,
        review=record.needs_review if record else "",
        outcome=(signup.outcome or "") if signup else "",
        signed=signup is not None,
        made_up=record is not None and record.source == "supplement",
        coming=signup is not None and signup.coming_at is not None,
    )


def _state(record: ServiceRecord | None) -> str:
    if record is None or (record.state == "void" and record.why == "undone"):
        return "expected"
    if record.state in ("confirmed", "void"):
        return str(record.state)
    if record.out_at is None:
        return "forgotten" if record.closed_by == "worker" else "inside"
    return "to_name" if record.needs_naming else "left"
