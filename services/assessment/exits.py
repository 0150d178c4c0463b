"""淘汰出局: a final 不合格 is proposed as an exit, somebody else approves it, the memberships end (S46, A5)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import ExitLine
from services.listing import Found, Wanted


def decide(*, actor: Actor, code: str, approve: bool, reason: str = "", at: datetime) -> None:
    """Approve a proposal (all his running memberships end, he stays a volunteer with all hours, and may join again
    after the months of the policy) or refuse it (he stays a member; the reason is needed).

    Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD (the person, his leader, who gave the grade), EXIT_STATE,
    REASON_REQUIRED (refusing), TEXT_TOO_LONG.
    """
    raise NotImplementedError


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ExitLine]:
    """Proposals of the divisions the reader may look at. Filters: state, cycle (code). Refusals: NOT_ALLOWED."""
    raise NotImplementedError


def one(*, actor: Actor, code: str, at: datetime) -> ExitLine:
    """One of them. Refusals: NOT_FOUND."""
    raise NotImplementedError


def check_rejoin(*, volunteer_id: int, at: datetime) -> None:
    """Go on for one who may join a team (again). Refusals: REJOIN_LATER (`day`)."""
    raise NotImplementedError
