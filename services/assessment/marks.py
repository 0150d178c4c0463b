"""What an extra phase (群众评议, 民主测评 …) says of each: entered by the team's leader or the centre (S45, 等)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import MarkLine
from services.listing import Found, Wanted


def listed(*, actor: Actor, cycle_code: str, number: int, wanted: Wanted, at: datetime) -> Found[MarkLine]:
    """The people of an extra phase: of the teams the reader leads, or of the whole cycle where he manages it. Filters:
    state (missing). Refusals: NOT_FOUND, NOT_ALLOWED."""
    raise NotImplementedError


def put(*, actor: Actor, card_code: str, number: int, score: int, note: str = "", at: datetime) -> None:
    """Enter the score of one person, or change it while the phase is open; never one's own.

    Refusals: NOT_FOUND / NOT_ALLOWED (does not lead the team), OWN_RECORD, SCORE_RANGE, TEXT_TOO_LONG, PHASE_CLOSED,
    ASSESSMENT_STATE.
    """
    raise NotImplementedError
