"""The grade of one card: what it may be, and the cap on 优秀, counted behind one door (S46, S47)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import AssessmentCard, AssessmentCycle, AssessmentMark, AssessmentPhase, Volunteer
from queries import assessment as people_sql
from services import audit
from services.actors import Actor
from services.assessment import cards, phases_of, reckoning
from services.assessment.reckoning import EXCELLENT, FAIL, PASS, Reckoned, Scores
from services.errors import Refusal, RefusalCode

C = RefusalCode
#: The best first.
GRADES = (EXCELLENT, PASS, FAIL)


def check_grade(grade: str, *, of: tuple[str, ...] = GRADES) -> None:
    """Refusals: BAD_REQUEST for a grade that is none."""
    if grade not in of:
        raise Refusal(C.BAD_REQUEST, why="grade")


def hold(cycle_id: int) -> AssessmentCycle:
    """Stand in line at the cycle, inside a write: who decides after us sees what we decided. Refusals:
    ASSESSMENT_STATE (it does not run)."""
    held = AssessmentCycle.update(version=AssessmentCycle.version + 1).where(
        AssessmentCycle.id == cycle_id, AssessmentCycle.state.in_(("running", "results"))
    )
    if not held.execute():
        raise Refusal(C.ASSESSMENT_STATE)
    found = AssessmentCycle.get_by_id(cycle_id)
    assert isinstance(found, AssessmentCycle)
    return found


def excellent_left(cycle: AssessmentCycle, *, without: int = 0) -> tuple[int, int]:
    """(the cap on 优秀, how many more may be); `without` leaves one card out of the count."""
    most = reckoning.cap(people_sql.count_cards(cycle.id), phases_of.params(cycle))
    used = AssessmentCard.select().where(
        AssessmentCard.cycle == cycle.id, AssessmentCard.grade == EXCELLENT, AssessmentCard.id != without,
        AssessmentCard.state != cards.ASIDE,
    )  # fmt: skip
    return most, max(0, most - int(used.count()))


def reckoned(card: AssessmentCard, params: Mapping[str, Any], score: int | None) -> Reckoned:
    """The total of a card with this score of the centre's (None: the objective one)."""
    phases = AssessmentPhase.select().where(
        AssessmentPhase.cycle == card.cycle_id, AssessmentPhase.kind == "extra"
    )
    marks = {row.phase_id: row.score for row in AssessmentMark.select().where(AssessmentMark.card == card.id)}
    extras = [(phase.weight, marks.get(phase.id)) for phase in phases.order_by(AssessmentPhase.number)]
    said = Scores(card.self_score, card.peer_score, card.objective_score or 0, score, extras)
    return reckoning.reckon(said, params)


def grades_for(total: int, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The grades a total allows."""
    if reckoning.suggestion(total, params) == EXCELLENT:
        return (EXCELLENT, PASS)
    return (PASS,) if total >= params["pass_mark"] else (PASS, FAIL)


def check_fit(grade: str, total: int, params: Mapping[str, Any]) -> None:
    """Whether a grade fits a total. Refusals: GRADE_MARK (`total`, `mark`)."""
    if grade not in grades_for(total, params):
        mark = params["excellent_mark"] if grade == EXCELLENT else params["pass_mark"]
        raise Refusal(C.GRADE_MARK, total=total, mark=mark)


def settle(
    card: AssessmentCard, *, grade: str, score: int | None, reason: str, actor: Actor, at: datetime, needs_reason: bool,
    **more: Any,
) -> None:  # fmt: skip
    """Write a grade down, inside the caller's write and behind `hold`.

    Refusals: GRADE_MARK, REASON_REQUIRED, EXCELLENT_FULL (`cap`).
    """
    cycle: AssessmentCycle = card.cycle
    params = phases_of.params(cycle)
    done = reckoned(card, params, score)
    check_fit(grade, done.total, params)
    as_suggested = grade == done.suggested and score is None
    if needs_reason and not reason and not as_suggested:
        raise Refusal(C.REASON_REQUIRED)
    if grade == EXCELLENT:
        most, left = excellent_left(cycle, without=card.id)
        if not left:
            raise Refusal(C.EXCELLENT_FULL, cap=most)
    AssessmentCard.update(
        grade=grade, review_score=score, total=done.total, weights=done.weights, suggested=done.suggested,
        reason=reason, version=AssessmentCard.version + 1, **more,
    ).where(AssessmentCard.id == card.id).execute()  # fmt: skip
    audit.changed(
        actor=actor, verb="assessment.decide", subject=f"card:{card.id}", at=at, reason=reason,
        changes={"grade": [card.grade, grade], "total": [card.total, done.total], "score": [card.review_score, score]},
    )  # fmt: skip


def name_of(volunteer_id: int | None) -> str:
    """Who it was."""
    if volunteer_id is None:
        return ""
    return str(Volunteer.select(Volunteer.name).where(Volunteer.id == volunteer_id).scalar() or "")


def weights_of(card: AssessmentCard) -> dict[str, int]:
    """What each score counts, in percent."""
    kept = card.weights
    return dict(json.loads(kept) if isinstance(kept, str) else kept or {})
