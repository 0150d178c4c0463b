"""Cycles as those who run them read them; the centres that are late; a team's progress for its leader."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import CycleLine, CyclePage, PlanLine, TeamProgress
from services.listing import Found, Wanted


def cycles(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CycleLine]:
    """Cycles of the divisions the reader may look at. Filters: year, state (late: undecided after the end). Refusals:
    NOT_ALLOWED to somebody without any right."""
    raise NotImplementedError


def cycle(*, actor: Actor, code: str, at: datetime) -> CyclePage:
    """One whole. Refusals: NOT_FOUND."""
    raise NotImplementedError


def plans(*, actor: Actor, region_code: str, year: str, at: datetime) -> list[PlanLine]:
    """The plans that concern a division: its own and those above it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    raise NotImplementedError


def late(*, actor: Actor, region_code: str, year: str, at: datetime) -> list[CycleLine]:
    """The cycles below a division whose centre has not finished its review in time, the longest first.

    Numbers only, so whoever may count there sees them. Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    raise NotImplementedError


def team_progress(*, actor: Actor, team_code: str, at: datetime) -> TeamProgress | None:
    """How far a team is in the running cycle; None while none runs. For who leads the team or may look at its people.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    raise NotImplementedError
