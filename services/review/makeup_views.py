"""Make-ups as people read them: one's own, those that wait, a paper list with its photo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from frozen import dataclass
from models import (
    Activity,
    Makeup,
    MakeupBatch,
    Position,
    ServiceRecord,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
)
from services import audit, decisions, rules
from services.actors import Actor
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import files
from services.parts import Parts
from services.review.makeups import parties
from services.review.reach import reaches, registered, within_reach

C = RefusalCode
#: How far back a form offers shifts, whatever the division allows.
FURTHEST = timedelta(days=60)
MOST = 40


@dataclass(frozen=True, slots=True)
class Chance:
    """A shift for which a make-up can be asked for."""

    shift_code: str
    activity_code: str
    title: str
    position: str
    starts_at: datetime
    ends_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A make-up; `mine`: the reader may decide on it now; `list_code` where it stands on a paper list."""

    code: str
    state: str
    name: str
    team: str
    title: str
    from_at: datetime
    to_at: datetime
    minutes: int
    reason: str
    asked_by: str
    answer: str
    proof: bool
    list_code: str
    at: datetime
    number: int
    mine: bool = False
    asked_here: bool = False


@dataclass(frozen=True, slots=True)
class PaperList:
    """A paper list with its names."""

    code: str
    state: str
    title: str
    activity_code: str
    reason: str
    asked_by: str
    answer: str
    at: datetime
    lines: list[Line]
    mine: bool
    number: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be ticked on the form of a paper list."""

    shift_code: str
    position: str
    public_no: str
    name: str
    signed_up: bool


def chance(*, actor: Actor, shift_code: str, at: datetime) -> Chance:
    """What the form says of a shift that is over. Refusals: NOT_REGISTERED, NOT_FOUND, MAKEUP_EARLY."""
    registered(actor)
    row = _shifts().where(Shift.code == shift_code, Activity.state.in_(("published", "ended"))).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    if at < row.ends_at:
        raise Refusal(C.MAKEUP_EARLY)
    return _chance(row)


def chances(*, volunteer_id: int, at: datetime) -> list[Chance]:
    """Shifts he was signed up for, that are over and of which no record of his stands and nothing waits."""
    recorded = ServiceRecord.select(ServiceRecord.shift).where(
        ServiceRecord.volunteer == volunteer_id,
        ServiceRecord.state != "void",
        ServiceRecord.shift.is_null(False),
    )
    asked = Makeup.select(Makeup.shift).where(
        Makeup.volunteer == volunteer_id, Makeup.state.in_(("requested", "approved"))
    )
    rows = (
        _shifts()
        .join(Signup, on=(Signup.shift == Shift.id))
        .where(
            Signup.volunteer == volunteer_id, Signup.state == "confirmed", Activity.state.in_(("published", "ended")),
            Shift.ends_at <= at, Shift.ends_at > at - FURTHEST, Shift.id.not_in(recorded), Shift.id.not_in(asked),
        )
        .order_by(Shift.ends_at.desc())
        .limit(MOST)
    )  # fmt: skip
    return [each for each in map(_chance, rows) if at <= each.until]


def _shifts() -> Any:
    return (
        Shift.select(Shift, Activity, Position)
        .join(Activity, on=(Shift.activity == Activity.id))
        .switch(Shift)
        .join(Position, on=(Shift.position == Position.id))
        .switch(Shift)
    )


def _chance(row: Shift) -> Chance:
    days = int(rules.rule_by_id(row.activity.hours_rule_id).params["makeup_days"])
    return Chance(
        row.code, row.activity.code, row.activity.title, row.position.name, row.starts_at, row.ends_at,
        row.ends_at + timedelta(days=days),
    )  # fmt: skip


def mine(*, actor: Actor) -> list[Line]:
    """What he asked for, and what was asked for him, newest first."""
    who = registered(actor)
    rows = _joined().where((Makeup.volunteer == who) | (Makeup.asked_by == who)).order_by(Makeup.id.desc())
    return [_line(row, who) for row in rows.limit(MOST)]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Requests of the reader's teams and divisions. Filters: state. Refusals: NOT_ALLOWED."""
    reach = within_reach(actor=actor, team=Makeup.team, region=Makeup.region_code, at=at)
    query = _joined().where(reach)
    if state := wanted.chosen("state"):
        query = query.where(Makeup.state == state)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Activity.title.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": Makeup.created_at, "name": Volunteer.name, "minutes": Makeup.minutes},
        default="-at", tie=Makeup.id.desc(), row=lambda row: _line(row, actor.volunteer_id),
    )  # fmt: skip


def one(*, actor: Actor, code: str, at: datetime) -> Line:
    """One request, for those it is about, its team's leaders and its divisions. Refusals: NOT_FOUND."""
    row = _joined().where(Makeup.code == code).first()
    if row is None or not _may_see(actor, row, at):
        raise Refusal(C.NOT_FOUND)
    may = decisions.may_decide(
        actor=actor, region_code=row.region_code, parties=parties(row), at=at, team_id=row.team_id
    )
    return _line(row, actor.volunteer_id, mine=may and row.state == "requested" and row.batch_id is None)


def paper_list(*, actor: Actor, code: str, at: datetime) -> PaperList:
    """A paper list, for the team's leaders and its divisions. Refusals: NOT_FOUND."""
    batch = MakeupBatch.select(MakeupBatch, Activity).join(Activity).where(MakeupBatch.code == code).first()
    if batch is None or not reaches(
        actor=actor, team_id=batch.activity.team_id, region_code=batch.region_code, at=at
    ):
        raise Refusal(C.NOT_FOUND)
    rows = list(_joined().where(Makeup.batch == batch.id).order_by(Volunteer.name))
    involved = {batch.asked_by_id, *(row.volunteer_id for row in rows)}
    may = decisions.may_decide(actor=actor, region_code=batch.region_code, parties=involved, at=at)
    return PaperList(
        batch.code, batch.state, batch.activity.title, batch.activity.code, batch.reason, batch.asked_by.name,
        batch.answer, batch.created_at, [_line(row, actor.volunteer_id) for row in rows],
        may and batch.state == "requested", batch.id,
    )  # fmt: skip


def photo(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """The photo of a request or of a paper list; a look by anybody but who asked is noted. Refusals: NOT_FOUND."""
    row = Makeup.get_or_none(Makeup.code == code)
    batch = row.batch if row else MakeupBatch.get_or_none(MakeupBatch.code == code)
    proof = row.proof_id if row and row.batch_id is None else batch.photo_id if batch else None
    allowed = (row is not None and _may_see(actor, row, at)) or (
        batch is not None
        and reaches(actor=actor, team_id=batch.activity.team_id, region_code=batch.region_code, at=at)
    )
    if proof is None or not allowed:
        raise Refusal(C.NOT_FOUND)
    asked_by = row.asked_by_id if row is not None else batch.asked_by_id if batch is not None else None
    if actor.volunteer_id != asked_by:
        audit.note(
            actor=actor, verb="makeup.photo", subject=f"volunteer:{asked_by}", detail={"makeup": code}, at=at
        )
    return files.opened(parts=parts, file_id=proof)


def candidates(*, actor: Actor, activity_code: str, at: datetime) -> tuple[Activity, list[Candidate]]:
    """Whom a paper list of this activity may name: signed up or of the team, without a record or a request.

    Refusals: NOT_FOUND / NOT_ALLOWED.
    """
    activity = records.activity_led(actor=actor, activity_code=activity_code, at=at)
    gone = {
        int(row.volunteer_id)
        for row in ServiceRecord.select(ServiceRecord.volunteer).where(
            ServiceRecord.activity == activity.id, ServiceRecord.state != "void"
        )
    } | {
        int(row.volunteer_id)
        for row in Makeup.select(Makeup.volunteer).where(
            Makeup.activity == activity.id, Makeup.state == "requested"
        )
    }
    shifts = list(_shifts().where(Shift.activity == activity.id).order_by(Shift.starts_at, Shift.id))
    found: dict[int, Candidate] = {}
    signups = (
        Signup.select(Signup, Volunteer)
        .join(Volunteer, on=(Signup.volunteer == Volunteer.id))
        .where(Signup.activity == activity.id, Signup.state == "confirmed")
    )
    by_id = {shift.id: shift for shift in shifts}
    for row in signups:
        shift, person = by_id[row.shift_id], row.volunteer
        found[person.id] = Candidate(shift.code, shift.position.name, person.public_no, person.name, True)
    members = (
        TeamMember.select(TeamMember, Volunteer)
        .join(Volunteer, on=(TeamMember.volunteer == Volunteer.id))
        .where(TeamMember.team == activity.team_id, TeamMember.to_at.is_null(), Volunteer.state == "active")
    )
    for member in members if shifts else ():
        person, shift = member.volunteer, shifts[0]
        if person.id not in found:
            found[person.id] = Candidate(
                shift.code, shift.position.name, person.public_no, person.name, False
            )
    left = [each for who, each in found.items() if who not in gone and who != actor.volunteer_id]
    return activity, sorted(left, key=lambda each: (not each.signed_up, each.name))


def _may_see(actor: Actor, row: Makeup, at: datetime) -> bool:
    return actor.volunteer_id in parties(row) or reaches(
        actor=actor, team_id=row.team_id, region_code=row.region_code, at=at
    )


def _joined() -> Any:
    return (
        Makeup.select(Makeup, Activity, Volunteer, Team)
        .join(Activity, on=(Makeup.activity == Activity.id))
        .switch(Makeup)
        .join(Volunteer, on=(Makeup.volunteer == Volunteer.id))
        .switch(Makeup)
        .join(Team, on=(Makeup.team == Team.id))
        .switch(Makeup)
    )


def _line(row: Makeup, reader: int | None, *, mine: bool = False) -> Line:
    return Line(
        row.code, row.state, row.volunteer.name, row.team.short_name, row.activity.title, row.from_at, row.to_at,
        row.minutes, row.reason, row.asked_by.name, row.answer,
        row.proof_id is not None, row.batch.code if row.batch else "", row.created_at, row.id, mine,
        row.asked_by_id == reader,
    )  # fmt: skip


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many requests of the reader's teams and divisions wait; 0 for somebody without any right."""
    try:
        reach = within_reach(actor=actor, team=Makeup.team, region=Makeup.region_code, at=at)
    except Refusal:
        return 0
    query = Makeup.select(fn.COUNT(Makeup.id)).where(reach, Makeup.state == "requested")
    return int(query.scalar() or 0)
