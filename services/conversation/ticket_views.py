"""Questions as people read them: one's own, those of one's teams and divisions, one whole (找联络员)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import Team, Ticket, TicketLine, Volunteer
from services import decisions, regions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.review.reach import registered, within_reach

C = RefusalCode
MOST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a list; `text` is what was asked first, `late` that nobody answered in time, `closes_at` when an
    answered one is taken as settled."""

    code: str
    state: str
    name: str
    team: str
    place: str
    text: str
    at: datetime
    due_at: datetime
    late: bool
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What one side wrote; `who` is the name of whoever answers, "" for the person himself."""

    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """A question with everything that was written. `may_answer`: the reader can, now."""

    line: Line
    said: tuple[Said, ...]
    number: int
    may_answer: bool = False


def mine(*, actor: Actor, at: datetime, limit: int = MOST) -> list[Line]:
    """One's own, newest first. Refusals: NOT_REGISTERED."""
    rows = _joined().where(Ticket.volunteer == registered(actor)).order_by(Ticket.id.desc()).limit(limit)
    return [_line(row, "", at) for row in rows]


def my_question(*, actor: Actor, code: str, at: datetime) -> Whole:
    """One of one's own. Refusals: NOT_REGISTERED, NOT_FOUND."""
    row = _joined().where(Ticket.code == code, Ticket.volunteer == registered(actor)).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    return _whole(row, "", at)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Those of the reader's teams and divisions. Filters: state (late: open, past its day). Refusals: NOT_ALLOWED."""
    query = _joined().where(within_reach(actor=actor, team=Ticket.team, region=Ticket.region_code, at=at))
    state = wanted.chosen("state")
    if state == "late":
        query = query.where(Ticket.state == "open", Ticket.due_at <= at)
    elif state:
        query = query.where(Ticket.state == state)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | TicketLine.text.contains(wanted.text))
    places: dict[str, str] = {}

    def row(each: Ticket) -> Line:
        if each.region_code not in places:
            places.update(regions.path_names([each.region_code]))
        return _line(each, places[each.region_code], at)

    return cut(
        query, wanted=wanted, sorts={"at": Ticket.created_at, "due": Ticket.due_at, "name": Volunteer.name},
        default="-at", tie=Ticket.id.desc(), row=row,
    )  # fmt: skip


def one(*, actor: Actor, code: str, at: datetime) -> Whole:
    """One, for those whom `listed` shows it. Refusals: NOT_ALLOWED (nobody's officer), NOT_FOUND."""
    reach = within_reach(actor=actor, team=Ticket.team, region=Ticket.region_code, at=at)
    row = _joined().where(Ticket.code == code, reach).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    may = row.state != "closed" and decisions.may_decide(
        actor=actor, region_code=row.region_code, parties=[row.volunteer_id], at=at, team_id=row.team_id
    )
    return _whole(row, regions.path_name(row.region_code), at, may)


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many open questions of others the actor could answer; 0 for somebody without any right."""
    try:
        reach = within_reach(actor=actor, team=Ticket.team, region=Ticket.region_code, at=at)
    except Refusal:
        return 0
    return int(Ticket.select().where(reach, Ticket.state == "open", Ticket.volunteer != actor.volunteer_id).count())


def _joined() -> Any:
    """Questions with the person, the team and what was asked first."""
    first = TicketLine.select(fn.MIN(TicketLine.id)).where(TicketLine.ticket == Ticket.id)
    return (
        Ticket.select(Ticket, Volunteer.id, Volunteer.name, Team.id, Team.name, TicketLine.id, TicketLine.text)
        .join(Volunteer, on=Ticket.volunteer)
        .switch(Ticket)
        .join(Team, JOIN.LEFT_OUTER, on=Ticket.team)
        .switch(Ticket)
        .join(TicketLine, on=((TicketLine.ticket == Ticket.id) & (TicketLine.id == first)), attr="first")
    )


def _line(row: Any, place: str, at: datetime) -> Line:
    return Line(
        row.code, row.state, row.volunteer.name, row.team.name if row.team_id else "", place, row.first.text,
        row.created_at, row.due_at, row.state == "open" and row.due_at <= at, row.closes_at,
    )  # fmt: skip


def _whole(row: Any, place: str, at: datetime, may_answer: bool = False) -> Whole:
    lines = (
        TicketLine.select(TicketLine, Volunteer.id, Volunteer.name)
        .join(Volunteer, on=TicketLine.author)
        .where(TicketLine.ticket == row.id)
        .order_by(TicketLine.id)
    )
    said = tuple(Said(each.text, each.author.name if each.answers else "", each.at) for each in lines)
    return Whole(_line(row, place, at), said, row.id, may_answer)
