"""Who is not assessed this year, and people who move, leave, merge or die between the phases (S45; 考核办法)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor


def set_aside(*, actor: Actor, card_code: str, why: str, reason: str, at: datetime) -> None:
    """Somebody is not assessed this year: on_leave (ill, abroad, at home with a child …) or other. No grade, no exit.

    He is told. Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, BAD_REQUEST (`why`), REASON_REQUIRED, TEXT_TOO_LONG,
    ASSESSMENT_STATE (the result was told, or he is set aside already).
    """
    raise NotImplementedError


def take_back(*, actor: Actor, card_code: str, reason: str, at: datetime) -> None:
    """Assess him after all: only what an officer set aside, while the cycle runs.

    Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, REASON_REQUIRED, ASSESSMENT_STATE.
    """
    raise NotImplementedError
