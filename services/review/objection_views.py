"""Objections as people read them: one's own, those of one's teams and divisions, one whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Activity, Objection, ServiceRecord, Team, Volunteer
from services import decisions, scopes
from services.actors import Actor
from services.bookkeeping.saying import Words, words
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.review.objectable import check_open
from services.review.objections import further_until, involved, parties
from services.review.reach import reaches, registered, within_reach

C = RefusalCode
MOST = 40


@dataclass(frozen=True, slots=True)
class About:
    """The record that an objection is about, as it counts now; `closed`: why none can be raised any more."""

    id: int
    title: str
    local_day: str
    in_at: datetime | None
    out_at: datetime | None
    minutes: int
    words: Words
    closed: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An objection. `may_answer`, `may_decide`: the reader can, now; `own`: it is his; answered, he may go
    to the county until `further_until`."""

    code: str
    state: str
    name: str
    team: str
    title: str
    text: str
    wanted_minutes: int | None
    due_at: datetime
    at: datetime
    answer: str
    answered_by: str
    raised_why: str
    final: str
    final_by: str
    minutes_before: int | None
    minutes_after: int | None
    about: About
    number: int
    may_answer: bool = False
    may_decide: bool = False
    own: bool = False
    further_until: datetime | None = None


def about(*, actor: Actor, record_id: int, at: datetime) -> About:
    """A record of one's own, to object to. Refusals: NOT_REGISTERED, NOT_FOUND."""
    row = (
        ServiceRecord.select(ServiceRecord, Activity)
        .join(Activity, JOIN.LEFT_OUTER)
        .where(ServiceRecord.id == record_id, ServiceRecord.volunteer == registered(actor))
        .first()
    )
    if row is None:
        raise Refusal(C.NOT_FOUND)
    try:
        check_open(row, at)
    except Refusal as refusal:
        return replace(_about(row), closed=refusal)
    return _about(row)


def mine(*, actor: Actor) -> list[Line]:
    """All of one's own, newest first."""
    rows = _joined().where(Objection.volunteer == registered(actor)).order_by(Objection.id.desc())
    return [_line(row, own=True) for row in rows.limit(MOST)]


def my_objection(*, actor: Actor, code: str) -> Line:
    """One of one's own. Refusals: NOT_REGISTERED, NOT_FOUND."""
    row = _joined().where(Objection.code == code, Objection.volunteer == registered(actor)).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    return _line(row, own=True)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Those of the reader's teams and divisions. Filters: state (waiting: open or raised). Refusals: NOT_ALLOWED."""
    query = _joined().where(
        within_reach(actor=actor, team=Objection.team, region=Objection.region_code, at=at)
    )
    if state := wanted.chosen("state"):
        query = query.where(Objection.state.in_(("open", "raised") if state == "waiting" else (state,)))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Activity.title.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": Objection.created_at, "due": Objection.due_at, "name": Volunteer.name},
        default="-at", tie=Objection.id.desc(), row=_line,
    )  # fmt: skip


def one(*, actor: Actor, code: str, at: datetime) -> Line:
    """One, for those who lead the team or look after its divisions. Refusals: NOT_FOUND."""
    row = _joined().where(Objection.code == code).first()
    if row is None or not reaches(actor=actor, team_id=row.team_id, region_code=row.region_code, at=at):
        raise Refusal(C.NOT_FOUND)
    answers = decisions.may_decide(
        actor=actor, region_code=row.region_code, parties=parties(row), at=at, team_id=row.team_id
    )
    decides = row.raised_region is not None and decisions.may_decide(
        actor=actor, region_code=row.raised_region, parties=involved(row), at=at
    )
    return _line(
        row, may_answer=answers and row.state == "open", may_decide=decides and row.state == "raised",
        own=row.volunteer_id == actor.volunteer_id,
    )  # fmt: skip


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many wait for a word of the reader's kind: open ones of his teams and divisions, raised ones of those he
    manages; 0 for somebody without any right."""
    try:
        reach = within_reach(actor=actor, team=Objection.team, region=Objection.region_code, at=at)
    except Refusal:
        return 0
    raised = (Objection.state == "raised") & scopes.within(
        Objection.raised_region, scopes.managed(actor=actor, at=at)
    )
    return int(Objection.select().where((reach & (Objection.state == "open")) | raised).count())


def _joined() -> Any:
    return (
        Objection.select(Objection, Volunteer, Team, Activity, ServiceRecord)
        .join(Volunteer, on=(Objection.volunteer == Volunteer.id))
        .switch(Objection)
        .join(Team, on=(Objection.team == Team.id))
        .switch(Objection)
        .join(Activity, JOIN.LEFT_OUTER, on=(Objection.activity == Activity.id))
        .switch(Objection)
        .join(ServiceRecord, on=(Objection.record == ServiceRecord.id))
        .switch(Objection)
    )


def _about(record: ServiceRecord) -> About:
    title = record.activity.title if record.activity else ""
    return About(
        record.id, title, record.local_day, record.in_at, record.out_at, record.minutes, words(record)
    )


def _line(row: Objection, *, may_answer: bool = False, may_decide: bool = False, own: bool = False) -> Line:
    record: ServiceRecord = row.record  # type: ignore[assignment]
    return Line(
        row.code, row.state, row.volunteer.name, row.team.short_name, row.activity.title if row.activity else "",
        row.text, row.wanted_minutes, row.due_at, row.created_at, row.answer,
        row.answered_by.name if row.answered_by else "", row.raised_why, row.final,
        row.final_by.name if row.final_by else "", row.minutes_before, row.minutes_after, _about(record), row.id,
        may_answer, may_decide, own, further_until(row) if row.state == "answered" else None,
    )  # fmt: skip
