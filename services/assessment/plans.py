"""Dates that a division prescribes to the centres below it, and the cycles the worker makes from them (S45, S17)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day
from models import AssessmentCycle, AssessmentPhase, AssessmentPlan, Centre, Team, store
from models.dialect import IntegrityError
from models.store import Write
from services import audit, permissions, scopes
from services.actors import Actor
from services.assessment import dates
from services.assessment.cards import CODE, COUNTY, centre_of
from services.assessment.shapes import PhaseDates
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.policy import modules
from services.regions import lineage

C = RefusalCode


def prescribe(
    *, actor: Actor, region_code: str, year: str, phases: Sequence[PhaseDates], binding: bool, at: datetime
) -> int:
    """A division prescribes dates to itself and all centres below; the worker makes their cycles from it.

    The nearest plan holds (a binding one above stands over it). Centres that have a cycle of their own keep it, unless
    `binding` and nothing of it has opened: then it takes these dates. Refusals: NOT_FOUND / NOT_ALLOWED, MODULE_OFF,
    CENTRE_MISSING (below a county), ASSESSMENT_DATES, ASSESSMENT_PRESCRIBED (one above binds), ASSESSMENT_STATE (there
    is a plan for this year).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    modules.require(module="assessment", region_code=region_code, at=at)
    if len(region_code) > COUNTY:
        raise Refusal(C.CENTRE_MISSING)
    dates.check(phases, year, at)

    def act() -> int:
        if binding_above(region_code, year, strictly=True) is not None:
            raise Refusal(C.ASSESSMENT_PRESCRIBED)
        made = AssessmentPlan.create(
            region_code=region_code, year=year, phases=dates.packed(phases), binding=binding,
            made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="assessment.prescribe", subject=f"region:{region_code}", at=at,
            changes={"year": ["", year], "binding": [None, binding], "phases": [None, made.phases]},
        )  # fmt: skip
        if binding:
            _impose(made)
        return int(made.id)

    try:
        return store.write(act)
    except IntegrityError:  # one a year
        raise Refusal(C.ASSESSMENT_STATE) from None


def withdraw_plan(*, actor: Actor, plan_id: int, reason: str, at: datetime) -> None:
    """Take a plan back: no more cycles are made from it, those that are made stay and are free again.

    Refusals: NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED, ASSESSMENT_STATE (withdrawn already).
    """
    plan = AssessmentPlan.get_or_none(AssessmentPlan.id == plan_id)
    if plan is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=plan.region_code, at=at)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)

    def act() -> None:
        moved = AssessmentPlan.update(state="withdrawn").where(
            AssessmentPlan.id == plan_id, AssessmentPlan.state == "published"
        )
        if not moved.execute():
            raise Refusal(C.ASSESSMENT_STATE)
        audit.changed(
            actor=actor, verb="assessment.withdraw_plan", subject=f"region:{plan.region_code}", at=at,
            changes={"year": [plan.year, ""]}, reason=reason.strip(),
        )  # fmt: skip

    store.write(act)


def binding_above(region_code: str, year: str, *, strictly: bool = False) -> AssessmentPlan | None:
    """The highest plan that binds a division's dates; `strictly`: of a division above it."""
    codes = [code for code in lineage(region_code) if not (strictly and code == region_code)]
    found: AssessmentPlan | None = (
        AssessmentPlan.select()
        .where(
            AssessmentPlan.region_code.in_(codes), AssessmentPlan.year == year, AssessmentPlan.state == "published",
            AssessmentPlan.binding == True,  # noqa: E712
        )
        .order_by(AssessmentPlan.region_code)
        .first()
    )  # fmt: skip
    return found


def make_due(*, at: datetime, write: Write = store.write) -> int:
    """Make the cycles that plans call for and nobody has made; how many. The nearest plan holds, one that binds above
    all. A centre without a team, or without the module, gets none."""
    years = {str(local_day(at).year + step) for step in (-1, 0, 1)}
    plans = [
        plan
        for plan in AssessmentPlan.select().where(
            AssessmentPlan.state == "published", AssessmentPlan.year.in_(years)
        )
        if dates.closes_at(dates.unpacked(plan.phases)[-1]) > at
    ]
    made = 0
    for year in sorted({plan.year for plan in plans}):
        of_year = [plan for plan in plans if plan.year == year]
        for region_code in _without_cycle(year, of_year):
            above = [plan for plan in of_year if region_code.startswith(plan.region_code)]
            binding = [plan for plan in above if plan.binding]
            plan = (
                min(binding, key=lambda each: len(each.region_code))
                if binding
                else max(above, key=lambda each: len(each.region_code))
            )
            if modules.is_on(module="assessment", region_code=region_code, at=at):
                made += write(lambda code=region_code, plan=plan: _make(code, plan, at))  # type: ignore[misc]
    return made


def _without_cycle(year: str, plans: Sequence[AssessmentPlan]) -> list[str]:
    """Divisions of centres under these plans that have teams and no cycle of this year."""
    under = scopes.within(Centre.region_code, [plan.region_code for plan in plans])
    centres = {row.region_code for row in Centre.select(Centre.region_code).where(under)}
    have = {row.region_code for row in AssessmentCycle.select().where(AssessmentCycle.year == year)}
    wanted = {code for code in centres if len(code) <= COUNTY} - have
    if not wanted:
        return []
    teams: Any = (
        Team.select(Team.region_code).where(Team.state.not_in(("dissolved", "merged"))).distinct().tuples()
    )
    return sorted(wanted & {centre_of(code) for (code,) in teams})


def _make(region_code: str, plan: AssessmentPlan, at: datetime) -> int:
    if AssessmentCycle.select().where(
        AssessmentCycle.region_code == region_code, AssessmentCycle.year == plan.year
    ).exists():  # fmt: skip
        return 0
    put(region_code, plan.year, dates.unpacked(plan.phases), plan=plan.id, made_by=plan.made_by_id, at=at)
    return 1


def put(
    region_code: str,
    year: str,
    phases: Sequence[PhaseDates],
    *,
    plan: int | None,
    made_by: int | None,
    at: datetime,
) -> AssessmentCycle:
    """A cycle with its phases, inside the caller's write."""
    cycle = AssessmentCycle.create(
        code=new_code(CODE), region_code=region_code, year=year, plan=plan, seed=secrets.token_hex(8), made_by=made_by,
        created_at=at,
    )  # fmt: skip
    put_phases(cycle.id, phases)
    return cycle


def put_phases(cycle_id: int, phases: Sequence[PhaseDates]) -> None:
    """The phases of a cycle, inside the caller's write."""
    for number, phase in enumerate(phases, 1):
        AssessmentPhase.create(
            cycle=cycle_id, number=number, kind=phase.kind, name=dates.name_of(phase.kind, phase.name),
            opens_on=phase.opens_on.isoformat(), closes_on=phase.closes_on.isoformat(), opens_at=dates.opens_at(phase),
            closes_at=dates.closes_at(phase), weight=phase.weight if phase.kind == "extra" else 0,
        )  # fmt: skip


def _impose(plan: AssessmentPlan) -> None:
    """Binding dates take the place of those of cycles that have not begun."""
    begun = AssessmentCycle.select().where(
        scopes.within(AssessmentCycle.region_code, [plan.region_code]), AssessmentCycle.year == plan.year,
        AssessmentCycle.state == "planned",
    )  # fmt: skip
    for cycle in list(begun):
        AssessmentCycle.update(plan=plan.id).where(AssessmentCycle.id == cycle.id).execute()
        AssessmentPhase.delete().where(AssessmentPhase.cycle == cycle.id).execute()
        put_phases(cycle.id, dates.unpacked(plan.phases))


def default_dates(year: str) -> tuple[PhaseDates, ...]:
    """Dates to begin a form with."""
    first = date(int(year), 11, 1)
    return (
        PhaseDates("self", first, first + timedelta(days=14)),
        PhaseDates("peer", first + timedelta(days=15), first + timedelta(days=29)),
        PhaseDates("review", date(int(year), 12, 1), date(int(year), 12, 20)),
    )
