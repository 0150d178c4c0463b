"""What the house knows of somebody proposed for an honour, or compared with others: the evidence of a good record.

Every figure comes from rows that can be opened (`services.honours.rows`); what the data do not hold is said beside it.
No sum, no score, no order: people weigh it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import (
    AssessmentCard,
    Balance,
    Bar,
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
    TeamMember,
    Volunteer,
)
from queries.assessment_standing import entries_of
from services import regions, rules
from services.dates import month_after
from services.evaluation import complaints
from services.honours.shapes import Evidence
from services.times import day_starts
from wording import entry, say

#: Keys of wording/honours.toml [figures], in the order in which they are read; each opens to its rows.
FIGURES = (
    "hours_all", "hours", "made_up", "activities", "came", "missed", "star", "judged", "mean", "honours", "dispatches",
    "upheld", "cases",
)  # fmt: skip


def since(*, region_code: str, at: datetime) -> datetime:
    """From when on a record is looked at: so many whole months of the division's rule, and this one."""
    months = int(rules.rule("good_record", region_code, at).params["months"])
    return day_starts(date.fromisoformat(f"{month_after(local_day(at).isoformat()[:7], -months)}-01"))


def of_people(people: Sequence[Volunteer], *, region_code: str, at: datetime) -> dict[int, Evidence]:
    """{person: evidence} by the rule of `region_code`, as it stands now; also what entries merged into his hold."""
    params = rules.rule("good_record", region_code, at).params
    begins = since(region_code=region_code, at=at)
    return {person.id: _of(person, params, begins, at) for person in people}


def _of(person: Volunteer, params: Mapping[str, Any], begins: datetime, at: datetime) -> Evidence:
    ids, first = entries_of(person.id), local_day(begins).isoformat()
    hours = _hours(ids, first)
    judged, total = _judged(ids, begins)
    grades = _grades(ids)
    faults = _faults(ids, begins)
    came, missed = _attendance(ids, begins)
    star = StarAward.select(fn.MAX(StarAward.star)).where(
        StarAward.volunteer.in_(ids), StarAward.state == "awarded"
    ).scalar()  # fmt: skip
    honours = [row.name for row in Honour.select().where(Honour.volunteer.in_(ids), Honour.revoked_at.is_null())]
    dispatches = PersonCall.select().join(Dispatch).where(
        PersonCall.volunteer.in_(ids), PersonCall.state == "accepted", ~Dispatch.drill, PersonCall.asked_at >= begins
    )  # fmt: skip
    book = Balance.get_or_none(Balance.volunteer == person.id)
    mean = (total * 20 + judged) // (2 * judged) if judged else None
    figures = {
        "hours_all": (book.minutes if book else 0) // 60, "hours": hours["all"] // 60,
        "made_up": hours["supplement"] // 60, "activities": hours["activities"], "came": came, "missed": missed,
        "star": int(star or 0), "judged": judged, "mean": mean, "honours": len(honours),
        "dispatches": dispatches.count(), "upheld": faults["upheld"], "cases": faults["cases"],
    }  # fmt: skip
    failed = any(grade == "fail" and final >= begins for _, grade, final in grades)
    record = {
        "hours": hours["all"] >= int(params["hours"]) * 60,
        "evaluation": None if not judged else total >= int(params["evaluation"]) * judged,
        "no_fail": not failed if grades and params["no_fail"] else None,
        "clean": not (faults["upheld"] or faults["cases"] or faults["bars"]),
    }  # fmt: skip
    missing = tuple(
        name for name, lacks in (
            ("short", person.created_at > begins), ("assessment", not grades), ("evaluation", not judged),
            ("attendance", came + missed == 0), ("open_complaint", faults["open"] > 0),
            ("complaint", faults["unsaid"] > 0), ("held", faults["held"] > 0),
            ("brought", hours["transferred"] > 0),
        ) if lacks
    )  # fmt: skip
    words = entry("honours.grades")
    texts = {
        "assessments": say("honours.and").join(f"{year}{words[grade]}" for year, grade, _ in grades),
        "honours": say("honours.and").join(honours),
    }
    team = _home(person.id)
    return Evidence(
        person.public_no, person.name, regions.path_name(str(person.region_code)), team,
        local_day(person.created_at).isoformat(), figures, texts, missing, record,
    )  # fmt: skip


def _hours(ids: Sequence[int], first: str) -> dict[str, int]:
    """Confirmed minutes from the local day `first` on, by where they came from; activities attended."""
    rows: Any = ServiceRecord.select(
        ServiceRecord.source, fn.SUM(ServiceRecord.minutes), fn.COUNT(ServiceRecord.activity.distinct())
    ).where(
        ServiceRecord.volunteer.in_(ids), ServiceRecord.state == "confirmed", ServiceRecord.local_day >= first
    ).group_by(ServiceRecord.source).tuples()  # fmt: skip
    found = {"all": 0, "supplement": 0, "transferred": 0, "activities": 0}
    for source, minutes, activities in rows:
        found["all"] += int(minutes)
        found["activities"] += int(activities)
        if source in found:
            found[source] += int(minutes)
    return found


def _judged(ids: Sequence[int], begins: datetime) -> tuple[int, int]:
    """How many judgements of organisers, and their sum."""
    row = Evaluation.select(fn.COUNT(Evaluation.id), fn.COALESCE(fn.SUM(Evaluation.score), 0)).where(
        Evaluation.subject.in_(ids), Evaluation.kind == "organiser", Evaluation.at >= begins
    ).tuples().first()  # fmt: skip
    return int(row[0]), int(row[1])


def _grades(ids: Sequence[int]) -> list[tuple[str, str, datetime]]:
    """(year, grade, when it became final), newest first; three years at most."""
    rows = AssessmentCard.select().where(
        AssessmentCard.volunteer.in_(ids), AssessmentCard.state == "final", AssessmentCard.grade.is_null(False)
    )
    return [(row.year, str(row.grade), row.final_at) for row in rows.order_by(AssessmentCard.year.desc()).limit(3)]


def _attendance(ids: Sequence[int], begins: datetime) -> tuple[int, int]:
    """How often he signed up and came, and how often he did not; who was excused counts for neither."""
    rows: Any = Signup.select(Signup.outcome, fn.COUNT(Signup.id)).join(Shift).where(
        Signup.volunteer.in_(ids), Signup.state == "confirmed", Signup.outcome.is_null(False), Shift.starts_at >= begins
    ).group_by(Signup.outcome).tuples()  # fmt: skip
    counts = {outcome: int(count) for outcome, count in rows}
    return counts.get("present", 0) + counts.get("left_early", 0), counts.get("absent", 0)


def _faults(ids: Sequence[int], begins: datetime) -> dict[str, int]:
    """Complaints about him that were right, those still open, those answered without a word on it; cases of forged
    hours that were right, those not decided; bars. What was found wrong, or unclear, is held against nobody.
    """
    about = Complaint.select().where(Complaint.about.in_(ids), Complaint.created_at >= begins)
    cases = CasePerson.select().join(HoursCase).where(CasePerson.volunteer.in_(ids))
    return {
        "upheld": about.where(Complaint.finding == "upheld").count(),
        "open": about.where(Complaint.state.in_(complaints.OPEN)).count(),
        "unsaid": about.where(Complaint.state.not_in(complaints.OPEN), Complaint.finding == "").count(),
        "cases": cases.where(HoursCase.state == "upheld", HoursCase.decided_at >= begins).count(),
        "held": cases.where(HoursCase.state.in_(("held", "hearing"))).count(),
        "bars": Bar.select().where(Bar.volunteer.in_(ids), Bar.until >= begins, Bar.lifted_at.is_null()).count(),
    }  # fmt: skip


def _home(person_id: int) -> str:
    row = (
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == person_id, TeamMember.to_at.is_null())
        .order_by(TeamMember.home.desc(), TeamMember.id)
        .first()
    )
    return str(row.team.name) if row else ""


def frozen(found: Evidence, begins: datetime, at: datetime) -> dict[str, Any]:
    """As it is kept with a nomination."""
    return {
        **found.figures, "texts": dict(found.texts), "missing": list(found.missing), "record": dict(found.record),
        "first": local_day(begins).isoformat(), "last": local_day(at).isoformat(),
    }  # fmt: skip
