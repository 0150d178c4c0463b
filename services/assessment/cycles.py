"""A year's cycle of a centre: its dates, set by itself or prescribed from above (S45, S17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.actors import Actor
from services.assessment.shapes import PhaseDates


def proposed_dates(year: str) -> tuple[PhaseDates, ...]:
    """Dates to begin a form with: self 1–15 November, peer 16–30 November, review 1–20 December."""
    raise NotImplementedError


def create(*, actor: Actor, region_code: str, year: str, phases: Sequence[PhaseDates], at: datetime) -> str:
    """A centre (county, city, province) sets up its cycle; answers its code. People are told when a phase opens.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (does not manage the division), MODULE_OFF, CENTRE_MISSING (below a
    county, or no centre there), ASSESSMENT_DATES (`why`: none, order, overlap, past, long, name, weight, kinds, year),
    ASSESSMENT_PRESCRIBED (a division above binds the dates), ASSESSMENT_STATE (there is one for this year).
    """
    raise NotImplementedError


def move(
    *, actor: Actor, code: str, number: int, opens_on: date, closes_on: date, reason: str, at: datetime
) -> None:
    """Move a phase that is not over: one that waits, both days; one that is open, only its last. Those it concerns and
    have been told are told the new day.

    Refusals: NOT_FOUND / NOT_ALLOWED, ASSESSMENT_PRESCRIBED, ASSESSMENT_STATE (closed, or the first day of an open
    one), ASSESSMENT_DATES, REASON_REQUIRED.
    """
    raise NotImplementedError


def cancel(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Give a cycle up while no result was told; those who had been asked are told.

    Refusals: NOT_FOUND / NOT_ALLOWED, ASSESSMENT_STATE, REASON_REQUIRED.
    """
    raise NotImplementedError


def prescribe(
    *, actor: Actor, region_code: str, year: str, phases: Sequence[PhaseDates], binding: bool, at: datetime
) -> int:
    """A division prescribes dates to itself and all centres below; the worker makes their cycles from it.

    The nearest plan holds (a binding one above stands over it). Centres that have a cycle of their own keep it, unless
    `binding` and nothing of it has opened: then it takes these dates. Refusals: NOT_FOUND / NOT_ALLOWED, MODULE_OFF,
    ASSESSMENT_DATES, ASSESSMENT_PRESCRIBED (one above binds), ASSESSMENT_STATE (there is a plan for this year).
    """
    raise NotImplementedError


def withdraw_plan(*, actor: Actor, plan_id: int, reason: str, at: datetime) -> None:
    """Take a plan back: no more cycles are made from it, those that are made stay and are free again.

    Refusals: NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED, ASSESSMENT_STATE (withdrawn already).
    """
    raise NotImplementedError
