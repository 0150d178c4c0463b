"""Reminding those who have not done theirs: three days before, the day before, on the last morning, each once (S45).

Leaders hear the counts of their team at the same moments and at the end, the centre those of its review. A worker that
stood still reminds once, by the newest moment it missed. New days and a cycle given up are told from here, too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from clock import local_day, to_millis
from models import AssessmentCard, AssessmentCycle, AssessmentPhase, store
from models.store import Write
from queries import assessment as sql
from services import decisions
from services.assessment import cards
from services.assessment.letters import Letter, Spread, send
from services.messaging import telling
from services.operation import apart
from services.regions import name_of
from services.times import at_hour
from wording import say

#: (days before the last one, hour of the day) of each reminder.
STEPS = ((3, 9), (1, 9), (0, 8))
#: Whom a phase reminds, and whom news of it concerns.
LEFT = {"self": "self", "peer": "peer"}
CONCERNED = {"self": "all", "peer": "judges"}
PAGES = {"self": "/m/assessment", "peer": "/m/assessment/peers"}


def moments(closes_on: date) -> list[datetime]:
    """The moments of reminding of a phase that ends on this day."""
    return [at_hour(closes_on - timedelta(days=days), hour) for days, hour in STEPS]


def day(phase: AssessmentPhase) -> str:
    """A phase's last day in words."""
    return day_of(date.fromisoformat(phase.closes_on))


def day_of(of: date) -> str:
    """A day in words: 11月15日."""
    return say("assessment.day", month=of.month, day=of.day)


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Say what is due of the phases that are open, and of cycles given up; how many messages. The leader's job."""
    spread = Spread()
    open_ones = (
        AssessmentPhase.select(AssessmentPhase, AssessmentCycle)
        .join(AssessmentCycle)
        .where(
            AssessmentPhase.state == "open",
            AssessmentPhase.closes_at > at,
            AssessmentCycle.state == "running",
        )
        .order_by(AssessmentPhase.id)
    )
    given_up = AssessmentCycle.select().where(
        AssessmentCycle.state == "cancelled",
        AssessmentCycle.cancel_told == False,  # noqa: E712
    )

    def say_of(phase: AssessmentPhase) -> int:
        return _moved(phase, at, write, spread) + _remind(phase, at, write, spread)

    put = apart.each(list(open_ones), say_of)
    return put + apart.each(list(given_up), lambda cycle: _cancelled(cycle, at, write, spread))


def _remind(phase: AssessmentPhase, at: datetime, write: Write, spread: Spread) -> int:
    due = [moment for moment in moments(date.fromisoformat(phase.closes_on)) if moment <= at]
    if len(due) <= phase.reminded:
        return 0
    put = 0
    # What fell due before the phase was opened is nothing to be reminded of.
    if phase.opened_at is None or due[-1] > phase.opened_at:
        put = _say(phase, f"{phase.closes_on}:{len(due)}", at, write, spread)
    write(
        lambda: (
            AssessmentPhase.update(reminded=len(due))
            .where(AssessmentPhase.id == phase.id, AssessmentPhase.reminded < len(due))
            .execute()
        )
    )
    return put


def _say(phase: AssessmentPhase, occasion: str, at: datetime, write: Write, spread: Spread) -> int:
    cycle = phase.cycle
    if phase.kind == "review":
        return write(lambda: tell_centre(phase, occasion=occasion, at=at))
    put = 0
    if phase.kind in LEFT:
        put = send(
            kind=f"assessment_{phase.kind}_left", occasion=f"{phase.id}:{occasion}", region_code=cycle.region_code,
            letters=[Letter(each, PAGES[phase.kind]) for each in sql.concerned(LEFT[phase.kind], cycle.id)], at=at,
            write=write, spread=spread, year=cycle.year, until=day(phase),
        )  # fmt: skip
    return put + tell_leaders(phase, occasion=occasion, at=at, write=write, spread=spread)


def tell_leaders(phase: AssessmentPhase, *, occasion: str, at: datetime, write: Write, spread: Spread) -> int:
    """Tell the leaders how far their team is; while it runs, only where something is left. How many were told."""
    cycle = phase.cycle
    counts = sql.team_counts(phase.kind, cycle.id, phase.id)
    kind = "assessment_counts" if occasion == "close" or phase.kind != "extra" else "assessment_extra"
    found = []
    for team_id, person, team, code in sql.leaders(*cards.scope(cycle.region_code), to_millis(at)):
        whole, done = counts.get(team_id, (0, 0))
        if whole and (done < whole or occasion == "close"):
            facts = {"team": team, "all": whole, "done": done}
            found.append(Letter(person, f"/console/assessment/teams/{code}", facts, str(team_id)))
    return send(
        kind=kind, occasion=f"{phase.id}:{occasion}", letters=found, region_code=cycle.region_code, at=at, write=write,
        spread=spread, what=phase.name, until=day(phase),
    )  # fmt: skip


def tell_centre(phase: AssessmentPhase, *, occasion: str, at: datetime) -> int:
    """Tell those who decide how many cards wait for them, inside the caller's write; how many were told."""
    cycle = phase.cycle
    left = (
        AssessmentCard.select()
        .where(AssessmentCard.cycle == cycle.id, AssessmentCard.state == "open")
        .count()
    )
    if not left:
        return 0
    return telling.tell(
        kind="assessment_review", key=f"{phase.id}:{occasion}", at=at, place=name_of(cycle.region_code), count=left,
        people=sorted(decisions.deciders(region_code=cycle.region_code, parties=(), at=at)), until=day(phase),
        url=f"/console/assessment/{cycle.code}",
    )  # fmt: skip


def _moved(phase: AssessmentPhase, at: datetime, write: Write, spread: Spread) -> int:
    """The last day of a running phase is another than people know."""
    if phase.told_on in ("", phase.closes_on):
        return 0
    cycle, put = phase.cycle, 0
    if phase.kind in CONCERNED:
        put = send(
            kind="assessment_moved", occasion=f"{phase.id}:{phase.closes_on}:{local_day(at)}", at=at, write=write,
            region_code=cycle.region_code, spread=spread, what=phase.name, until=day(phase), year=cycle.year,
            letters=[Letter(each, PAGES[phase.kind]) for each in sql.concerned(CONCERNED[phase.kind], cycle.id)],
        )  # fmt: skip
    write(
        lambda: (
            AssessmentPhase.update(told_on=phase.closes_on)
            .where(AssessmentPhase.id == phase.id, AssessmentPhase.closes_on == phase.closes_on)
            .execute()
        )
    )
    return put


def _cancelled(cycle: AssessmentCycle, at: datetime, write: Write, spread: Spread) -> int:
    put = send(
        kind="assessment_cancelled", occasion=str(cycle.id), region_code=cycle.region_code, at=at, write=write,
        letters=[Letter(each, PAGES["self"]) for each in sql.concerned("asked", cycle.id)], spread=spread,
        year=cycle.year, reason=cycle.cancelled_why,
    )  # fmt: skip
    write(lambda: AssessmentCycle.update(cancel_told=True).where(AssessmentCycle.id == cycle.id).execute())
    return put
