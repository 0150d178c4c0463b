"""互评: judging members of one's team. The judged never learns who it was (S45, A4)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import PeerTask, PeerVote


def tasks(*, actor: Actor, at: datetime) -> list[PeerTask]:
    """The people he is to judge in the cycles that run, those not done first. Refusals: NOT_REGISTERED."""
    raise NotImplementedError


def judge(*, actor: Actor, task_id: int, score: int, words: str = "", at: datetime) -> None:
    """Judge one of them, or change it while the phase is open; the last word counts.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his task), SCORE_RANGE, TEXT_TOO_LONG (over 200), PHASE_CLOSED,
    ASSESSMENT_STATE (he is no longer assessed), OWN_RECORD (himself by another account).
    """
    raise NotImplementedError


def who_judged(*, actor: Actor, card_code: str, reason: str, at: datetime) -> list[PeerVote]:
    """Who said what, with names: for those who may read the audit, and it is written down there.

    Refusals: NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED.
    """
    raise NotImplementedError
