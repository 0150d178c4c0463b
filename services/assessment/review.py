"""复评: the centre decides each card; nobody decides on himself, and two at once give one decision (S45–S47)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.actors import Actor
from services.assessment.shapes import Bulk


def decide(
    *, actor: Actor, card_code: str, version: int, grade: str, score: int | None = None, reason: str = "",
    at: datetime,
) -> None:  # fmt: skip
    """Give one person his grade: excellent, pass or fail.

    `score` is the centre's own, None takes the objective one as it is. `version` is that of the page he read. The
    reason is what the person reads: needed for fail, for a score of one's own, and for another grade than the total
    suggests (excellent at 90 and above, pass at 60 and above). Fail never stands at 60 and above, excellent never below
    90. Deciding again before it was told is possible.
    Refusals in order: NOT_FOUND / NOT_ALLOWED / OWN_RECORD (`decisions.require_decider`; parties: the person, who
    recommended him, and the leader of his team), BAD_REQUEST (`grade`), SCORE_RANGE, TEXT_TOO_LONG, PHASE_CLOSED (the
    review has not begun), ASSESSMENT_STATE (told already, not assessed), DECIDED_MEANWHILE (`by`: somebody changed it
    since), GRADE_MARK (`total`, `mark`), REASON_REQUIRED, EXCELLENT_FULL (`cap`).
    """
    raise NotImplementedError


def decide_clear(
    *, actor: Actor, cycle_code: str, grade: str, cards: Mapping[str, int] | None = None, at: datetime
) -> Bulk:
    """Decide many at once: the clear cases of a cycle, or those of `cards` (code → version) as far as they are clear.

    `grade`: pass or excellent (highest totals first, up to the cap); never fail. What cannot be decided is left out and
    named. Refusals: NOT_FOUND / NOT_ALLOWED, BAD_REQUEST (`grade`), PHASE_CLOSED, ASSESSMENT_STATE.
    """
    raise NotImplementedError
