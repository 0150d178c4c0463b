"""异议 to a result: within some days, answered by somebody who did not decide it; the answer is final (S46)."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import ObjectionLine
from services.listing import Found, Wanted


def object_to(*, actor: Actor, card_code: str, text: str, at: datetime) -> str:
    """Object to one's own result; answers the objection's code.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his), TEXT_EMPTY, TEXT_TOO_LONG, OBJECTION_LATE (`days`), OBJECTION_STATE
    (not told yet, or one runs or ran).
    """
    raise NotImplementedError


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Take it back while nobody has answered; the result stands. Refusals: NOT_REGISTERED, NOT_FOUND,
    OBJECTION_STATE."""
    raise NotImplementedError


def answer(
    *, actor: Actor, code: str, text: str, grade: str | None = None, score: int | None = None, at: datetime
) -> None:
    """Answer it: the result stands (`grade` None), or another takes its place. Final.

    Where nobody else of the centre can, the centre above answers. Refusals: NOT_FOUND / NOT_ALLOWED / OWN_RECORD (the
    person, his leader, who decided), TEXT_EMPTY, TEXT_TOO_LONG, OBJECTION_STATE, BAD_REQUEST (`grade`), SCORE_RANGE,
    GRADE_MARK, EXCELLENT_FULL.
    """
    raise NotImplementedError


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ObjectionLine]:
    """Those of the divisions the reader may look at. Filters: state, cycle (code). Refusals: NOT_ALLOWED."""
    raise NotImplementedError


def one(*, actor: Actor, code: str, at: datetime) -> ObjectionLine:
    """One of them. Refusals: NOT_FOUND."""
    raise NotImplementedError
