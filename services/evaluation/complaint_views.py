"""Complaints as those read them who handle them; none that concerns the reader or a team he leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Activity, Complaint, RoleGrant, Team, Volunteer
from services import decisions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation.complaints import OPEN, parties
from services.listing import Found, Wanted, cut
from services.permissions import LEADING

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint in a list."""

    code: str
    kind: str
    state: str
    about: str
    place: str
    at: datetime
    due_at: datetime
    late: bool
    region_code: str
    finding: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A complaint for the one who handles it; `mine`: the reader may answer and pass it on."""

    row: Row
    text: str
    person: str
    activity: str
    contact: bool
    answer: str
    answered_by: str
    answered_at: datetime | None
    forwarded_to: str
    mine: bool
    number: int


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """Complaints of the divisions the reader looks after, without those that concern him or his teams.

    Filters: state, kind, finding. Refusals: NOT_ALLOWED.
    """
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(C.NOT_ALLOWED)
    query = _joined().where(scopes.within(Complaint.region_code, reach), _not_mine(actor, at))
    for name, column in (("state", Complaint.state), ("kind", Complaint.kind), ("finding", Complaint.finding)):
        if value := wanted.chosen(name):
            query = query.where(column == value)
    if wanted.text:
        query = query.where(Complaint.text.contains(wanted.text) | Team.name.contains(wanted.text))
    places: dict[str, str] = {}

    def row(each: Complaint) -> Row:
        if each.region_code not in places:
            places.update(regions.path_names([each.region_code]))
        return _row(each, places[each.region_code], at)

    return cut(
        query, wanted=wanted, sorts={"at": Complaint.created_at, "due": Complaint.due_at}, default="-at",
        tie=Complaint.id.desc(), row=row,
    )  # fmt: skip


def one(*, actor: Actor, code: str, at: datetime) -> Whole:
    """One complaint, for the divisions that handle it. Refusals: NOT_FOUND (also: it concerns the reader)."""
    each = _joined().where(Complaint.code == code, _not_mine(actor, at)).first()
    if each is None or not scopes.covers(scopes.readable(actor=actor, at=at), each.region_code):
        raise Refusal(C.NOT_FOUND)
    may = decisions.may_decide(actor=actor, region_code=each.region_code, parties=parties(each, at), at=at)
    place = regions.path_names([each.region_code])[each.region_code]
    return Whole(
        _row(each, place, at), each.text, each.about.name if each.about else "",
        each.activity.title if each.activity else "", each.contact_sealed is not None, each.answer,
        each.answered_by.name if each.answered_by else "", each.answered_at, each.forwarded_to,
        may and each.state in OPEN, each.id,
    )  # fmt: skip


def places(*, code: str) -> list[tuple[str, str]]:
    """Where a complaint of this division can be passed on to: (code, name) above it, beside it, and right below."""
    line = regions.lineage(code)
    beside = regions.children(line[-2] if len(line) > 1 else "")
    near = [each for each in [*beside, *regions.children(code)] if each.code != code]
    return [(each, regions.path_name(each)) for each in reversed(line[:-1])] + [(each.code, each.name) for each in near]


def _not_mine(actor: Actor, at: datetime) -> Any:
    """The condition that a complaint concerns neither the reader nor a team he leads."""
    led = RoleGrant.select(RoleGrant.team_id).where(
        RoleGrant.volunteer == actor.volunteer_id, RoleGrant.team_id.is_null(False),
        RoleGrant.role.in_([role.value for role in LEADING]), RoleGrant.from_at <= at,
        RoleGrant.until.is_null() | (RoleGrant.until > at),
    )  # fmt: skip
    other = Complaint.about.is_null() | (Complaint.about != actor.volunteer_id)
    return other & (Complaint.team.is_null() | Complaint.team.not_in(led))


def _joined() -> Any:
    return (
        Complaint.select(Complaint, Team, Activity, Volunteer)
        .join(Team, JOIN.LEFT_OUTER, on=(Complaint.team == Team.id))
        .switch(Complaint)
        .join(Activity, JOIN.LEFT_OUTER, on=(Complaint.activity == Activity.id))
        .switch(Complaint)
        .join(Volunteer, JOIN.LEFT_OUTER, on=(Complaint.about == Volunteer.id))
        .switch(Complaint)
    )


def _row(each: Complaint, place: str, at: datetime) -> Row:
    return Row(
        each.code, each.kind, each.state, each.team.name if each.team else "", place, each.created_at, each.due_at,
        each.state in OPEN and each.due_at <= at, each.region_code,
        each.finding,
    )  # fmt: skip
