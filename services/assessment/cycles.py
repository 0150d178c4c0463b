"""A year's cycle of a centre: its dates, set by itself or prescribed from above (S45, S17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from models import AssessmentCard, AssessmentCycle, AssessmentPhase, Centre, store
from models.dialect import IntegrityError
from services import audit, permissions
from services.actors import Actor
from services.assessment import dates, phases_of, plans, reminding
from services.assessment.cards import COUNTY, FINAL, OBJECTED, TOLD
from services.assessment.plans import default_dates as proposed_dates
from services.assessment.plans import prescribe, withdraw_plan
from services.assessment.shapes import PhaseDates
from services.errors import Refusal, RefusalCode
from services.policy import modules

__all__ = ["cancel", "create", "move", "prescribe", "proposed_dates", "replan", "withdraw_plan"]

C = RefusalCode


def create(*, actor: Actor, region_code: str, year: str, phases: Sequence[PhaseDates], at: datetime) -> str:
    """A centre (county, city, province) sets up its cycle; answers its code. People are told when a phase opens.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (does not manage the division), MODULE_OFF, CENTRE_MISSING (below a
    county, or no centre there), ASSESSMENT_DATES (`why`, a sentence), ASSESSMENT_PRESCRIBED (a division above binds the
    dates), ASSESSMENT_STATE (there is one for this year).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    modules.require(module="assessment", region_code=region_code, at=at)
    if len(region_code) > COUNTY or not Centre.select().where(Centre.region_code == region_code).exists():
        raise Refusal(C.CENTRE_MISSING)
    dates.check(phases, year, at)

    def act() -> str:
        if plans.binding_above(region_code, year) is not None:
            raise Refusal(C.ASSESSMENT_PRESCRIBED)
        cycle = plans.put(region_code, year, phases, plan=None, made_by=actor.volunteer_id, at=at)
        audit.changed(
            actor=actor, verb="assessment.create", subject=f"assessment:{cycle.id}", at=at,
            changes={"phases": [None, dates.packed(phases)]},
        )  # fmt: skip
        return str(cycle.code)

    try:
        return store.write(act)
    except IntegrityError:  # one a year
        raise Refusal(C.ASSESSMENT_STATE) from None


def replan(*, actor: Actor, code: str, phases: Sequence[PhaseDates], reason: str, at: datetime) -> None:
    """Set all phases anew while nothing has opened: other days, one more phase, one less.

    Refusals: NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED, ASSESSMENT_DATES, ASSESSMENT_PRESCRIBED, ASSESSMENT_STATE.
    """
    cycle = _managed(actor, code, reason, at)
    dates.check(phases, cycle.year, at)

    def act() -> None:
        _free(cycle)
        held = AssessmentCycle.update(version=AssessmentCycle.version + 1).where(
            AssessmentCycle.id == cycle.id, AssessmentCycle.state == "planned"
        )
        if not held.execute():
            raise Refusal(C.ASSESSMENT_STATE)
        before = dates.packed([phases_of.as_dates(phase) for phase in phases_of.of(cycle)])
        AssessmentPhase.delete().where(AssessmentPhase.cycle == cycle.id).execute()
        plans.put_phases(cycle.id, phases)
        audit.changed(
            actor=actor, verb="assessment.replan", subject=f"assessment:{cycle.id}", at=at, reason=reason.strip(),
            changes={"phases": [before, dates.packed(phases)]},
        )  # fmt: skip

    store.write(act)


def move(
    *, actor: Actor, code: str, number: int, opens_on: date, closes_on: date, reason: str, at: datetime
) -> None:
    """Move a phase that is not over: one that waits, both days; one that is open, only its last. One that was over
    before the worker came to it gets new days, too, while the next has not begun. Those it concerns and who have been
    asked are told the new day by the worker.

    Refusals: NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED, NOT_FOUND (no such phase), ASSESSMENT_PRESCRIBED,
    ASSESSMENT_STATE (over, or the first day of an open one), ASSESSMENT_DATES.
    """
    cycle = _managed(actor, code, reason, at)

    def act() -> None:
        _free(cycle)
        phases = phases_of.of(cycle)
        phase = next((each for each in phases if each.number == number), None)
        if phase is None:
            raise Refusal(C.NOT_FOUND)
        new = replace(phases_of.as_dates(phase), opens_on=opens_on, closes_on=closes_on)
        state = _movable(cycle, phases, phase, new)
        dates.check_days(new, cycle.year, at, running=state == "open")
        for other in phases:
            if other.number == number - 1:
                dates.check_order(phases_of.as_dates(other), new)
            elif other.number == number + 1:
                dates.check_order(new, phases_of.as_dates(other))
        moved = AssessmentPhase.update(
            state=state, opens_on=opens_on.isoformat(), closes_on=closes_on.isoformat(), missed=False,
            opens_at=dates.opens_at(new), closes_at=dates.closes_at(new),
            reminded=sum(moment <= at for moment in reminding.moments(closes_on)),
        ).where(AssessmentPhase.id == phase.id, AssessmentPhase.state == phase.state)  # fmt: skip
        if not moved.execute():  # the worker was quicker
            raise Refusal(C.ASSESSMENT_STATE)
        audit.changed(
            actor=actor, verb="assessment.move", subject=f"assessment:{cycle.id}", at=at, reason=reason.strip(),
            changes={phase.name: [f"{phase.opens_on}–{phase.closes_on}", f"{opens_on}–{closes_on}"]},
        )  # fmt: skip

    store.write(act)


def _movable(
    cycle: AssessmentCycle, phases: Sequence[AssessmentPhase], phase: AssessmentPhase, new: PhaseDates
) -> str:
    """The state of a phase with its new days. Refusals: ASSESSMENT_STATE."""
    later = [each for each in phases if each.number > phase.number]
    if cycle.state not in ("planned", "running"):
        raise Refusal(C.ASSESSMENT_STATE)
    if phase.state == "waiting":
        return "waiting"
    if phase.state == "open" and new.opens_on.isoformat() == phase.opens_on:
        return "open"
    if phase.state == "closed" and phase.missed and all(each.state == "waiting" for each in later):
        return "waiting"
    raise Refusal(C.ASSESSMENT_STATE)


def cancel(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Give a cycle up while no result was told; the worker tells those who were in it.

    Refusals: NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED, TEXT_TOO_LONG, ASSESSMENT_STATE.
    """
    cycle = _managed(actor, code, reason, at)

    def act() -> None:
        told = AssessmentCard.select().where(
            AssessmentCard.cycle == cycle.id, AssessmentCard.state.in_((TOLD, OBJECTED, FINAL))
        )
        if told.exists():
            raise Refusal(C.ASSESSMENT_STATE)
        moved = AssessmentCycle.update(
            state="cancelled", cancelled_why=reason.strip(), closed_at=at, version=AssessmentCycle.version + 1
        ).where(AssessmentCycle.id == cycle.id, AssessmentCycle.state.in_(phases_of.RUNNING))
        if not moved.execute():
            raise Refusal(C.ASSESSMENT_STATE)
        AssessmentCard.update(state="void").where(AssessmentCard.cycle == cycle.id).execute()
        audit.changed(
            actor=actor, verb="assessment.cancel", subject=f"assessment:{cycle.id}", at=at, reason=reason.strip(),
            changes={"state": [cycle.state, "cancelled"]},
        )  # fmt: skip

    store.write(act)


def _managed(actor: Actor, code: str, reason: str, at: datetime) -> AssessmentCycle:
    cycle = AssessmentCycle.get_or_none(AssessmentCycle.code == code)
    if cycle is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=cycle.region_code, at=at)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    if len(reason.strip()) > 500:
        raise Refusal(C.TEXT_TOO_LONG)
    assert isinstance(cycle, AssessmentCycle)
    return cycle


def _free(cycle: AssessmentCycle) -> None:
    """Whether a centre may set its own days. Refusals: ASSESSMENT_PRESCRIBED."""
    if plans.binding_above(cycle.region_code, cycle.year) is not None:
        raise Refusal(C.ASSESSMENT_PRESCRIBED)
