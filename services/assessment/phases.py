"""Opening and closing phases by the clock: late after a stop, but each exactly once (S45).

A phase moves waiting → opening → open → closing → closed by guarded updates. What an opening or closing does to many
people is done in parts that can be done again: a card, a pair of peers, a letter there already stays as it is. So a
worker that died goes on where it stood. Phases that passed while none worked are opened and closed one after the
other; nobody is asked for what is over, and the centre is told that it may set new days.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import AssessmentCycle, AssessmentPhase, store
from models.store import Write
from queries import assessment as sql
from services import audit, decisions, rules
from services.actors import WORKER
from services.assessment import assigning, cards, letters, phases_of, plans, reminding, scoring
from services.assessment.letters import Letter, Spread
from services.messaging import telling
from services.operation import apart
from services.policy import modules
from services.regions import name_of


def work(*, at: datetime, write: Write = store.write) -> int:
    """Bring every cycle as far as its days say; how many phases moved. A cycle with which something goes wrong keeps no
    other one waiting. The leader's job."""
    made, spread = plans.make_due(at=at, write=write), Spread()
    due = (
        AssessmentPhase.select(AssessmentPhase, AssessmentCycle)
        .join(AssessmentCycle)
        .where(AssessmentCycle.state.in_(("planned", "running")), _due(at))
        .order_by(AssessmentPhase.opens_at, AssessmentCycle.id, AssessmentPhase.number)
    )

    def carry(phase: AssessmentPhase) -> int:
        if not modules.is_on(module="assessment", region_code=phase.cycle.region_code, at=at):
            return 0
        return _carry(phase.id, at, write, spread)

    return made + apart.each(list(due), carry)


def _due(at: datetime) -> Any:
    waits = (AssessmentPhase.state == "waiting") & (AssessmentPhase.opens_at <= at)
    ends = (AssessmentPhase.state == "open") & (AssessmentPhase.closes_at <= at)
    return waits | ends | AssessmentPhase.state.in_(("opening", "closing"))


def _carry(phase_id: int, at: datetime, write: Write, spread: Spread) -> int:
    """One phase as far as it goes now; how many steps it took."""
    steps = 0
    phase = _read(phase_id)
    if phase.state == "waiting" and phase.opens_at <= at:
        steps += write(lambda: _begin(phase, at))
    phase = _read(phase_id)
    if phase.state == "opening":
        _open(phase, at, write, spread)
        steps += write(lambda: _move(phase, "opening", "open", opened_at=at, told_on=phase.closes_on))
    phase = _read(phase_id)
    if phase.state == "open" and phase.closes_at <= at:
        steps += write(lambda: _move(phase, "open", "closing"))
    phase = _read(phase_id)
    if phase.state == "closing":
        _close(phase, at, write, spread)
        steps += write(lambda: _end(phase, at))
    return steps


def _read(phase_id: int) -> AssessmentPhase:
    found = (
        AssessmentPhase.select(AssessmentPhase, AssessmentCycle)
        .join(AssessmentCycle)
        .where(AssessmentPhase.id == phase_id)
        .get()
    )
    assert isinstance(found, AssessmentPhase)
    return found


def _move(phase: AssessmentPhase, old: str, new: str, **more: Any) -> int:
    """The guarded step of a phase; 0 where another was quicker, or the cycle was given up."""
    alive = AssessmentCycle.select(AssessmentCycle.id).where(
        AssessmentCycle.id == phase.cycle_id, AssessmentCycle.state.in_(("planned", "running"))
    )
    return int(
        AssessmentPhase.update(state=new, **more)
        .where(AssessmentPhase.id == phase.id, AssessmentPhase.state == old, AssessmentPhase.cycle.in_(alive))
        .execute()
    )


def _begin(phase: AssessmentPhase, at: datetime) -> int:
    """Waiting → opening; with the first phase the cycle runs and its numbers are frozen."""
    missed = phase.closes_at <= at
    moved = _move(phase, "waiting", "opening", missed=missed)
    if not moved:
        return 0
    cycle = phase.cycle
    if cycle.state == "planned":
        rule = rules.rule("assessment", cycle.region_code, at)
        AssessmentCycle.update(state="running", rule_set=rule.id).where(
            AssessmentCycle.id == cycle.id, AssessmentCycle.state == "planned"
        ).execute()
    audit.changed(
        actor=WORKER, verb="assessment.open", subject=f"assessment:{cycle.id}", at=at,
        changes={phase.kind: ["", phase.name]},
    )  # fmt: skip
    return moved


def _open(phase: AssessmentPhase, at: datetime, write: Write, spread: Spread) -> None:
    cycle = phase.cycle
    if phase.number == 1:
        cards.make(cycle, at=at, write=write)
    if phase.kind == "peer":
        assigning.assign(phase, write=write)
    if phase.kind == "review":
        scoring.recompute(cycle, at=at, write=write, phase_id=phase.id)
    if phase.missed:
        write(lambda: _tell_missed(phase, at))
        return
    if phase.kind in reminding.CONCERNED:
        people = sql.concerned(reminding.CONCERNED[phase.kind], cycle.id)
        letters.send(
            kind=f"assessment_{phase.kind}", occasion=f"{phase.id}:open", region_code=cycle.region_code, at=at,
            letters=[Letter(each, reminding.PAGES[phase.kind]) for each in people], write=write, spread=spread,
            still=lambda: phases_of.still(phase.id, "opening"), year=cycle.year, until=reminding.day(phase),
        )  # fmt: skip
    if phase.kind == "extra":
        reminding.tell_leaders(phase, occasion="open", at=at, write=write, spread=spread)
    if phase.kind == "review":
        write(lambda: reminding.tell_centre(phase, occasion="open", at=at))


def _close(phase: AssessmentPhase, at: datetime, write: Write, spread: Spread) -> None:
    if phase.kind != "review" and not phase.missed:
        reminding.tell_leaders(phase, occasion="close", at=at, write=write, spread=spread)


def _end(phase: AssessmentPhase, at: datetime) -> int:
    """Closing → closed; behind the last phase the results go out."""
    moved = _move(phase, "closing", "closed", closed_at=at)
    if moved and phase.kind == "review":
        AssessmentCycle.update(state="results").where(
            AssessmentCycle.id == phase.cycle_id, AssessmentCycle.state == "running"
        ).execute()
    return moved


def _tell_missed(phase: AssessmentPhase, at: datetime) -> None:
    cycle = phase.cycle
    telling.tell(
        kind="assessment_missed", key=str(phase.id), at=at, what=phase.name, place=name_of(cycle.region_code),
        people=sorted(decisions.deciders(region_code=cycle.region_code, parties=(), at=at)),
        url=f"/console/assessment/{cycle.code}",
    )  # fmt: skip
