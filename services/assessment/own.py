"""自评: a person's own card: what he says of his year, and what came out (S45)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import OwnCard


def newest(*, actor: Actor, at: datetime) -> OwnCard | None:
    """His card of the newest year; None if he never had one. Refusals: NOT_REGISTERED."""
    raise NotImplementedError


def listed(*, actor: Actor, at: datetime) -> list[OwnCard]:
    """His cards of all years, newest first. Refusals: NOT_REGISTERED."""
    raise NotImplementedError


def one(*, actor: Actor, code: str, at: datetime) -> OwnCard:
    """One of his cards. Refusals: NOT_REGISTERED, NOT_FOUND (not his)."""
    raise NotImplementedError


def submit(*, actor: Actor, code: str, score: int, text: str = "", at: datetime) -> None:
    """Hand in one's self-assessment, or change it while the phase is open; the last word counts.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his), SCORE_RANGE (no whole number 0–100), TEXT_TOO_LONG (over 500),
    PHASE_CLOSED (`phase`, `opens_on`, `closes_on`), ASSESSMENT_STATE (not assessed this year).
    """
    raise NotImplementedError
