"""Cases and bars as people read them: those above, and the people whom a case is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Activity, Bar, CasePerson, CaseRecord, HoursCase, ServiceRecord, Team, Volunteer
from services import decisions, scopes
from services.actors import Actor
from services.bookkeeping.saying import Words, words
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.review import cases
from services.review.reach import registered
from wording import known, say

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list."""

    code: str
    state: str
    title: str
    team: str
    source: str
    opened_by: str
    at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a case."""

    id: int
    name: str
    public_no: str
    local_day: str
    minutes: int
    in_at: datetime | None
    out_at: datetime | None
    by_hand: bool
    source: str
    confirmed_by: str
    words: Words


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody whom a case is about, or could be; `told_at` is None for one who was not asked."""

    public_no: str
    name: str
    told_at: datetime | None
    statement: str
    stated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """A case whole; `may_lead`: the reader may hear people and decide."""

    row: Row
    suspicion: str
    records: list[Held]
    heard: list[Heard]
    connected: list[Heard]
    verdict: str
    decided_by: str
    decided_at: datetime | None
    may_lead: bool
    ready: bool
    number: int


@dataclass(frozen=True, slots=True)
class MyCase:
    """What a person whom a case is about reads; `open_until` while he may speak."""

    code: str
    state: str
    title: str
    suspicion: str
    statement: str
    open_until: datetime | None
    verdict: str
    bar_until: datetime | None
    bar_reason: str


@dataclass(frozen=True, slots=True)
class BarRow:
    """A bar in a list; `mine`: the reader may lift it now."""

    id: int
    name: str
    public_no: str
    reason: str
    case_code: str
    from_at: datetime
    until: datetime
    state: str
    mine: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Row]:
    """Cases of the divisions the reader looks after. Filters: state. Refusals: NOT_ALLOWED."""
    query = _joined().where(scopes.within(HoursCase.region_code, _reach(actor, at)))
    if state := wanted.chosen("state"):
        query = query.where(HoursCase.state == state)
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text) | Activity.title.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": HoursCase.opened_at, "due": HoursCase.hearing_due_at}, default="-at",
        tie=HoursCase.id.desc(), row=_row,
    )  # fmt: skip


def _reach(actor: Actor, at: datetime) -> tuple[str, ...]:
    reach = scopes.readable(actor=actor, at=at)
    if not reach:
        raise Refusal(C.NOT_ALLOWED)
    return reach


def one(*, actor: Actor, code: str, at: datetime) -> Case:
    """A case, for the divisions above its team. Refusals: NOT_FOUND."""
    case = _joined().where(HoursCase.code == code).first()
    if case is None or not scopes.covers(scopes.readable(actor=actor, at=at), case.region_code):
        raise Refusal(C.NOT_FOUND)
    heard = [
        Heard(row.volunteer.public_no, row.volunteer.name, row.told_at, row.statement, row.stated_at)
        for row in CasePerson.select(CasePerson, Volunteer)
        .join(Volunteer)
        .where(CasePerson.case == case.id)
        .order_by(Volunteer.name)
    ]
    may = decisions.may_decide(actor=actor, region_code=case.region_code, parties=cases.parties(case), at=at)
    spoken = all(each.stated_at for each in heard) or (
        case.hearing_due_at is not None and at >= case.hearing_due_at
    )
    others = [Heard(each.public_no, each.name, None, "", None) for each in cases.connected(case, at)]
    return Case(
        _row(case), case.suspicion, _records(case), heard, others if case.state == "held" else [], case.verdict,
        case.decided_by.name if case.decided_by else "", case.decided_at, may and case.state in cases.RUNNING,
        case.state == "hearing" and spoken, case.id,
    )  # fmt: skip


def _records(case: HoursCase) -> list[Held]:
    rows = (
        CaseRecord.select(CaseRecord, ServiceRecord, Volunteer)
        .join(ServiceRecord)
        .join(Volunteer, on=(ServiceRecord.volunteer == Volunteer.id))
        .where(CaseRecord.case == case.id)
        .order_by(Volunteer.name)
    )
    return [
        Held(
            row.record.id, row.record.volunteer.name, row.record.volunteer.public_no, row.record.local_day,
            row.record.minutes, row.record.in_at, row.record.out_at, row.record.by_hand, row.record.source,
            row.record.confirmed_by.name if row.record.confirmed_by else "", words(row.record),
        )
        for row in rows
    ]  # fmt: skip


def mine(*, actor: Actor, code: str, at: datetime) -> MyCase:
    """A case that the actor is asked about. Refusals: NOT_REGISTERED, NOT_FOUND."""
    who = registered(actor)
    row = (
        CasePerson.select(CasePerson, HoursCase)
        .join(HoursCase)
        .where(HoursCase.code == code, CasePerson.volunteer == who)
        .first()
    )
    if row is None:
        raise Refusal(C.NOT_FOUND)
    case = row.case
    bar = Bar.get_or_none(Bar.case == case.id, Bar.volunteer == who)
    may_speak = case.state == "hearing" and case.hearing_due_at is not None and at < case.hearing_due_at
    shown = bar if bar is not None and bar.lifted_at is None else None
    return MyCase(
        case.code, case.state, case.activity.title if case.activity else "", case.suspicion, row.statement,
        case.hearing_due_at if may_speak else None, case.verdict, shown.until if shown else None,
        shown.reason if shown else "",
    )  # fmt: skip


def barred(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[BarRow]:
    """Bars set by the cases of the reader's divisions. Filters: state (running, over). Refusals: NOT_ALLOWED."""
    reach = _reach(actor, at)
    query = (
        Bar.select(Bar, Volunteer, HoursCase)
        .join(Volunteer, on=(Bar.volunteer == Volunteer.id))
        .switch(Bar)
        .join(HoursCase, on=(Bar.case == HoursCase.id))
        .where(scopes.within(HoursCase.region_code, reach))
    )
    runs = Bar.lifted_at.is_null() & (Bar.until > at)
    if state := wanted.chosen("state"):
        query = query.where(runs if state == "running" else ~runs)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))

    def line(row: Bar) -> BarRow:
        running = row.lifted_at is None and row.until > at
        state = "running" if running else "lifted" if row.lifted_at else "over"
        case: HoursCase = row.case  # type: ignore[assignment]
        may = running and decisions.may_decide(
            actor=actor, region_code=case.region_code, parties=[row.volunteer_id], at=at
        )
        return BarRow(
            row.id, row.volunteer.name, row.volunteer.public_no, row.reason, case.code, row.from_at, row.until, state,
            may,
        )  # fmt: skip

    return cut(
        query, wanted=wanted, sorts={"until": Bar.until, "name": Volunteer.name}, default="-until", tie=Bar.id.desc(),
        row=line,
    )  # fmt: skip


def _joined() -> Any:
    return (
        HoursCase.select(HoursCase, Team, Activity)
        .join(Team, on=(HoursCase.team == Team.id))
        .switch(HoursCase)
        .join(Activity, JOIN.LEFT_OUTER, on=(HoursCase.activity == Activity.id))
        .switch(HoursCase)
    )


def _row(case: HoursCase) -> Row:
    key = f"review.sources.{case.source}"
    return Row(
        case.code, case.state, case.activity.title if case.activity else "", case.team.name,
        say(key) if known(key) else case.source, case.opened_by.name if case.opened_by else "", case.opened_at,
        case.hearing_due_at,
    )  # fmt: skip
