"""Centres that do not finish: reminded and shown to the one above; a centre's silence fails nobody (S45).

A card without a decision stays without one. The centre is told every few days how many wait, and so is the one above
it, by numbers; so are objections and proposals of exit that nobody answers in time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day
from models import AssessmentCard, AssessmentCycle, AssessmentExit, AssessmentObjection, Volunteer, store
from models.store import Write
from services import decisions
from services.assessment import cards, exits, objections, phases_of
from services.messaging import telling
from services.regions import lineage, name_of


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Remind the centres that are late, and tell the ones above; how many messages. Daily, the leader's job."""
    told = 0
    for cycle in list(
        AssessmentCycle.select().where(AssessmentCycle.state == "results").order_by(AssessmentCycle.id)
    ):
        every = timedelta(days=int(phases_of.params(cycle)["late_days"]))
        ended = date.fromisoformat(phases_of.of(cycle)[-1].closes_on)
        since = cycle.late_told_at
        waited = local_day(since) + every if since else ended + timedelta(days=1)
        if local_day(at) >= waited:
            told += write(lambda cycle=cycle, ended=ended: _cycle(cycle, ended, at))  # type: ignore[misc]
    return told + _overdue(at, write)


def _cycle(cycle: AssessmentCycle, ended: date, at: datetime) -> int:
    left = (
        AssessmentCard.select()
        .where(AssessmentCard.cycle == cycle.id, AssessmentCard.state == cards.OPEN)
        .count()
    )
    if not left:
        return 0
    AssessmentCycle.update(late_told_at=at).where(AssessmentCycle.id == cycle.id).execute()
    facts: dict[str, Any] = {
        "place": name_of(cycle.region_code),
        "count": left,
        "days": (local_day(at) - ended).days,
    }
    here = decisions.deciders(region_code=cycle.region_code, parties=(), at=at)
    above = lineage(cycle.region_code)[:-1]
    over = decisions.deciders(region_code=above[-1], parties=(), at=at) - here if above else set()
    key, url = f"{cycle.id}:{local_day(at)}", f"/console/assessment/{cycle.code}"
    told = telling.tell(kind="assessment_late", people=sorted(here), key=key, at=at, url=url, **facts)
    return told + telling.tell(
        kind="assessment_late_below", people=sorted(over), key=key, at=at, url=url, **facts
    )


def _overdue(at: datetime, write: Write) -> int:
    """Objections past their day and exits that wait: whoever decides is told again, every few days."""
    told = 0
    late = objections.waiting() & (AssessmentObjection.due_at <= at)
    for row in list(AssessmentObjection.select().join(AssessmentCard).where(late)):
        if _again(row, at):
            told += write(lambda row=row: _nag_objection(row, at))  # type: ignore[misc]
    for each in list(AssessmentExit.select().join(Volunteer, on=AssessmentExit.volunteer).where(exits.waiting())):
        if _again(each, at, since=each.created_at):
            told += write(lambda each=each: _nag_exit(each, at))  # type: ignore[misc]
    return told


def _again(row: AssessmentObjection | AssessmentExit, at: datetime, since: datetime | None = None) -> bool:
    every = int(phases_of.params(row.card.cycle)["late_days"])
    last = row.nagged_at or since
    return last is None or local_day(at) >= local_day(last) + timedelta(days=every)


def _nag_objection(row: AssessmentObjection, at: datetime) -> int:
    AssessmentObjection.update(nagged_at=at).where(AssessmentObjection.id == row.id).execute()
    own = decisions.deciders(region_code=row.region_code, parties=objections.parties(row.card), at=at)
    above = lineage(row.region_code)[:-1]
    over = decisions.deciders(region_code=above[-1], parties=(), at=at) if above else set()
    return telling.tell(
        kind="assessment_objection_late", people=sorted(own | over), key=f"{row.code}:{local_day(at)}", at=at,
        name=row.volunteer.name, place=name_of(row.region_code), url=f"/console/assessment/objections/{row.code}",
    )  # fmt: skip


def _nag_exit(row: AssessmentExit, at: datetime) -> int:
    AssessmentExit.update(nagged_at=at).where(AssessmentExit.id == row.id).execute()
    return telling.tell(
        kind="assessment_exit_waiting", key=f"{row.code}:{local_day(at)}", at=at, name=row.volunteer.name,
        people=sorted(decisions.deciders(region_code=row.region_code, parties=exits.parties(row), at=at)),
        place=name_of(row.region_code), url=f"/console/assessment/exits/{row.code}",
    )  # fmt: skip
