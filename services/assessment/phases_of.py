"""The phases of a cycle as they stand, and whether something may be done in one now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from models import AssessmentCycle, AssessmentPhase
from services import rules
from services.assessment import dates
from services.assessment.shapes import PhaseDates, PhaseLine
from services.errors import Refusal, RefusalCode

RUNNING = ("planned", "running", "results")


def of(cycle: AssessmentCycle | int) -> list[AssessmentPhase]:
    """All of a cycle, in order."""
    number = cycle if isinstance(cycle, int) else cycle.id
    return list(
        AssessmentPhase.select().where(AssessmentPhase.cycle == number).order_by(AssessmentPhase.number)
    )


def params(cycle: AssessmentCycle, at: datetime | None = None) -> Mapping[str, Any]:
    """The numbers a cycle goes by: frozen when its first phase opens, those of the day before."""
    if cycle.rule_set_id is not None:
        return rules.rule_by_id(cycle.rule_set_id).params
    return rules.rule("assessment", cycle.region_code, at or cycle.created_at).params


def find(cycle_id: int, kind: str) -> AssessmentPhase | None:
    """The phase of a kind there is one of at most (self, peer, review)."""
    found: AssessmentPhase | None = (
        AssessmentPhase.select()
        .where(AssessmentPhase.cycle == cycle_id, AssessmentPhase.kind == kind)
        .first()
    )
    return found


def is_open(phase: AssessmentPhase, at: datetime) -> bool:
    """Whether people may act in it: the worker has opened it, and its last day is not over."""
    return phase.state in ("opening", "open") and phase.opens_at <= at < phase.closes_at


def require_open(phase: AssessmentPhase | None, at: datetime) -> AssessmentPhase:
    """Go on while the phase is open. Refusals: PHASE_CLOSED with its name and days, NOT_FOUND without such a phase."""
    if phase is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if not is_open(phase, at):
        raise Refusal(
            RefusalCode.PHASE_CLOSED, phase=phase.name, opens_on=phase.opens_on, closes_on=phase.closes_on
        )
    return phase


def as_dates(phase: AssessmentPhase) -> PhaseDates:
    """A phase's days."""
    return PhaseDates(
        phase.kind,
        date.fromisoformat(phase.opens_on),
        date.fromisoformat(phase.closes_on),
        phase.name,
        phase.weight,
    )


def line(phase: AssessmentPhase, at: datetime, done: int = 0, whole: int = 0) -> PhaseLine:
    """A phase as people see it: what the worker is busy with is open, or over."""
    if phase.state in ("opening", "open"):
        state = "open" if at < phase.closes_at else "closed"
    else:
        state = "closed" if phase.state == "closing" else phase.state
    return PhaseLine(
        phase.number, phase.kind, dates.name_of(phase.kind, phase.name), date.fromisoformat(phase.opens_on),
        date.fromisoformat(phase.closes_on), phase.weight, state, phase.missed, done, whole,
    )  # fmt: skip


def running(lines: tuple[PhaseLine, ...]) -> PhaseLine | None:
    """The phase that is open."""
    return next((each for each in lines if each.state == "open"), None)


def still(phase_id: int, state: str) -> bool:
    """Whether a phase stands where it stood, of a cycle that nobody gave up; asked inside a write."""
    return bool(
        AssessmentPhase.select()
        .join(AssessmentCycle)
        .where(
            AssessmentPhase.id == phase_id,
            AssessmentPhase.state == state,
            AssessmentCycle.state != "cancelled",
        )
        .exists()
    )


def reached(phase_id: int) -> int:
    """The last row that the worker has done of opening a phase."""
    return int(AssessmentPhase.select(AssessmentPhase.reached).where(AssessmentPhase.id == phase_id).scalar() or 0)


def reach(phase_id: int, row: int) -> None:
    """It has done this one, too; inside the write that did it."""
    AssessmentPhase.update(reached=row).where(AssessmentPhase.id == phase_id, AssessmentPhase.reached < row).execute()


def reviewing() -> Any:
    """The cycles whose review is open, as a subquery of their ids."""
    return AssessmentPhase.select(AssessmentPhase.cycle).where(
        AssessmentPhase.kind == "review", AssessmentPhase.state.in_(("open", "closing"))
    )
