"""The rows behind each figure of somebody's record (S106): what, when, and where to look further."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import (
    Activity,
    AssessmentCard,
    CasePerson,
    Complaint,
    Dispatch,
    Evaluation,
    Honour,
    HoursCase,
    PersonCall,
    ServiceRecord,
    Shift,
    Signup,
    StarAward,
    Team,
    Volunteer,
)
from queries.assessment_standing import entries_of
from services import rules
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.evaluation import complaints
from services.honours import evidence
from services.listing import Found, Wanted, cut
from services.permissions import Verb
from wording import entry

C = RefusalCode
#: Which rows each figure of `evidence` opens to.
OPENS = {
    "hours_all": "hours", "hours": "hours", "made_up": "hours", "activities": "hours", "came": "attendance",
    "missed": "attendance", "star": "stars", "judged": "judged", "mean": "judged", "honours": "honours",
    "dispatches": "dispatches", "upheld": "complaints", "cases": "cases", "assessments": "assessments",
}  # fmt: skip
#: What only those see who may look at the division's people, not the leader of a team.
LOOKERS = frozenset({"complaints", "cases"})


@dataclass(frozen=True, slots=True)
class Row:
    """One of them: a local day, what it is, its value in words, the console's page about it ("" for none)."""

    day: str
    what: str
    value: str
    path: str


def whose(*, actor: Actor, public_no: str, what: str, at: datetime) -> Volunteer:
    """The person, for a reader who may see such rows of his. Refusals: NOT_FOUND, NOT_ALLOWED (a leader, of complaints
    and cases)."""
    if what not in set(OPENS.values()):
        raise Refusal(C.NOT_FOUND)
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    if what in LOOKERS and not belonging.may(actor=actor, person=person, verb=Verb.LOOK, at=at):
        raise Refusal(C.NOT_ALLOWED)
    return person


def open_to(*, actor: Actor, person: Volunteer, at: datetime) -> list[str]:
    """Which rows of a person `whose` would let the actor see."""
    looks = belonging.may(actor=actor, person=person, verb=Verb.LOOK, at=at)
    return [what for what in SOURCES if looks or what not in LOOKERS]


def listed(*, actor: Actor, public_no: str, what: str, wanted: Wanted, at: datetime) -> Found[Row]:
    """The rows, newest first; filter span (record: only the months of the rule of a good record). Refusals as
    `whose`."""
    person = whose(actor=actor, public_no=public_no, what=what, at=at)
    begins = None
    if wanted.chosen("span") == "record":
        begins = evidence.since(region_code=belonging.divisions_of(person)[0], at=at)
    query, moment, row = SOURCES[what](entries_of(person.id))
    if begins is not None:
        query = query.where(moment >= (local_day(begins).isoformat() if what == "hours" else begins))
    return cut(query, wanted=wanted, sorts={"day": moment}, default="-day", tie=query.model.id, row=row)


def months(person: Volunteer, at: datetime) -> int:
    """How many months the rule of a good record looks back where he belongs."""
    return int(rules.rule("good_record", belonging.divisions_of(person)[0], at).params["months"])


Source = tuple[Any, Any, Callable[[Any], Row]]


def _day(moment: datetime | None) -> str:
    return local_day(moment).isoformat() if moment else ""


def _hours(ids: list[int]) -> Source:
    sources = entry("honours.sources")
    query = (
        ServiceRecord.select(ServiceRecord, Activity.id, Activity.code, Activity.title, Team.id, Team.short_name)
        .join(Team)
        .switch(ServiceRecord)
        .join(Activity, JOIN.LEFT_OUTER)
        .where(ServiceRecord.volunteer.in_(ids), ServiceRecord.state == "confirmed")
    )
    return query, ServiceRecord.local_day, lambda row: Row(
        row.local_day, row.activity.title if row.activity_id else row.team.short_name,
        entry("honours.words")["minutes"].format(minutes=row.minutes, source=sources.get(row.source, row.source)),
        f"/console/activities/{row.activity.code}" if row.activity_id else "",
    )  # fmt: skip


def _attendance(ids: list[int]) -> Source:
    outcomes = entry("honours.outcomes")
    query = (
        Signup.select(Signup, Shift, Activity.id, Activity.code, Activity.title)
        .join(Shift)
        .switch(Signup)
        .join(Activity, on=(Signup.activity == Activity.id))
        .where(Signup.volunteer.in_(ids), Signup.state == "confirmed", Signup.outcome.is_null(False))
    )
    return query, Shift.starts_at, lambda row: Row(
        _day(row.shift.starts_at), row.activity.title, outcomes.get(row.outcome, row.outcome),
        f"/console/activities/{row.activity.code}",
    )  # fmt: skip


def _assessments(ids: list[int]) -> Source:
    grades = entry("honours.grades")
    query = AssessmentCard.select().where(
        AssessmentCard.volunteer.in_(ids), AssessmentCard.state == "final", AssessmentCard.grade.is_null(False)
    )
    return query, AssessmentCard.final_at, lambda row: Row(_day(row.final_at), row.year, grades[row.grade], "")


def _judged(ids: list[int]) -> Source:
    query = (
        Evaluation.select(Evaluation, Activity.id, Activity.code, Activity.title)
        .join(Activity, JOIN.LEFT_OUTER)
        .where(Evaluation.subject.in_(ids), Evaluation.kind == "organiser")
    )
    return query, Evaluation.at, lambda row: Row(
        _day(row.at), row.activity.title if row.activity_id else "",
        entry("honours.words")["score"].format(score=row.score),
        f"/console/activities/{row.activity.code}" if row.activity_id else "",
    )  # fmt: skip


def _honours(ids: list[int]) -> Source:
    words = entry("honours.words")
    query = Honour.select().where(Honour.volunteer.in_(ids))
    return query, Honour.at, lambda row: Row(
        row.awarded_on or _day(row.at), row.name,
        row.awarded_by if row.revoked_at is None else words["revoked"].format(why=row.revoked_why), "",
    )  # fmt: skip


def _dispatches(ids: list[int]) -> Source:
    query = (
        PersonCall.select(PersonCall, Dispatch)
        .join(Dispatch)
        .where(PersonCall.volunteer.in_(ids), PersonCall.state == "accepted", ~Dispatch.drill)
    )
    return query, PersonCall.asked_at, lambda row: Row(
        _day(row.asked_at), row.dispatch.title, row.dispatch.place, f"/console/dispatch/{row.dispatch.code}"
    )  # fmt: skip


def _complaints(ids: list[int]) -> Source:
    kinds, words, findings = complaints.kinds(), entry("honours.complaint_states"), entry("complaints.findings")
    query = Complaint.select().where(Complaint.about.in_(ids))
    return query, Complaint.created_at, lambda row: Row(
        _day(row.created_at), kinds[row.kind], findings.get(row.finding, words[row.state]),
        f"/console/complaints/{row.code}",
    )  # fmt: skip


def _cases(ids: list[int]) -> Source:
    words = entry("honours.case_states")
    query = (
        HoursCase.select()
        .join(CasePerson)
        .where(CasePerson.volunteer.in_(ids))
    )  # fmt: skip
    return query, HoursCase.opened_at, lambda row: Row(
        _day(row.opened_at), row.suspicion, words[row.state], f"/console/cases/{row.code}"
    )  # fmt: skip


def _stars(ids: list[int]) -> Source:
    words = entry("stars.states")
    query = StarAward.select().where(StarAward.volunteer.in_(ids), StarAward.state != "lapsed")
    return query, StarAward.created_at, lambda row: Row(
        row.awarded_on or _day(row.created_at), entry("honours.words")["star"].format(star=row.star), words[row.state],
        f"/console/stars/{row.code}",
    )  # fmt: skip


SOURCES: dict[str, Callable[[list[int]], Source]] = {
    "hours": _hours, "attendance": _attendance, "assessments": _assessments, "judged": _judged, "honours": _honours,
    "dispatches": _dispatches, "complaints": _complaints, "cases": _cases, "stars": _stars,
}  # fmt: skip
