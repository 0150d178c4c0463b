"""The figures of one card of an assessment, reckoned by models, one person at a time (A4, S45).

What `queries.assessment_scores` does for a thousand cards in one statement stands here as one would do it by hand: the
tests hold the two side by side, and the bench times the one against the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models import (
    Activity,
    Application,
    AssessmentCard,
    AssessmentMark,
    AssessmentPeer,
    AssessmentPhase,
    CasePerson,
    Evaluation,
    HoursCase,
    MinuteEntry,
    Signup,
    TrainingResult,
)
from queries.assessment_scores import Span
from services.assessment import phases_of, reckoning, scoring
from services.assessment.reckoning import Scores, half_up


def figures(card: AssessmentCard, *, class_hour: int) -> dict[str, Any]:
    """What reckoning puts down on a card, by column. `class_hour`: minutes of a class hour."""
    cycle = card.cycle
    params, days = phases_of.params(cycle), scoring.span(cycle)
    parts, score = _objective(card.volunteer_id, params, days, class_hour)
    votes, peer = _peers(card, params["min_votes"])
    done = reckoning.reckon(Scores(card.self_score, peer, score, card.review_score, _extras(card)), params)
    clear = done.total >= min(100, params["pass_mark"] + params["clear_margin"]) and not _doubted(card.volunteer_id)
    return {
        "peer_votes": votes, "peer_score": peer, "objective_score": score,
        "objective": {"first_day": days.first_day, "last_day": days.last_day, "parts": parts},
        "weights": done.weights, "total": done.total, "suggested": done.suggested, "clear": clear,
    }  # fmt: skip


def share(part: int, whole: int) -> int:
    """How much of `whole` is reached, in points: at least 0, at most 100."""
    return min(100, max(0, half_up(part * 100, whole)))


def _objective(
    person: int, params: Mapping[str, Any], days: Span, class_hour: int
) -> tuple[dict[str, dict[str, Any]], int]:
    """The parts with what they come from, and what they come to: those without a score leave their weight."""
    entries = list(MinuteEntry.select().where(MinuteEntry.volunteer == person, _in(MinuteEntry.local_day, days)))
    signups = list(
        Signup.select().join(Activity).where(
            Signup.volunteer == person, Signup.state == "confirmed", _in(Activity.local_day, days),
            Signup.outcome.in_(("present", "left_early", "absent")))
    )  # fmt: skip
    words = list(
        Evaluation.select().where(
            Evaluation.subject == person, Evaluation.kind == "organiser", Evaluation.at >= days.from_at,
            Evaluation.at < days.to_at)
    )  # fmt: skip
    classes = list(
        TrainingResult.select().where(
            TrainingResult.volunteer == person, _in(TrainingResult.local_day, days), TrainingResult.minutes > 0)
    )  # fmt: skip
    minutes, learnt = sum(each.amount for each in entries), sum(each.minutes for each in classes)
    absent = sorted(each.id for each in signups if each.outcome == "absent")
    came, stars = len(signups) - len(absent), sum(each.score for each in words)
    parts: dict[str, dict[str, Any]] = {
        "hours": {
            "weight": params["part_hours"], "score": share(minutes, params["hours_target"] * 60), "minutes": minutes,
            "entries": len(entries), "upto": _last(entries)},
        "attendance": {
            "weight": params["part_attendance"], "score": share(came, len(signups)) if signups else None,
            "present": came, "absent": len(absent), "upto": _last(signups), "absences": absent},
        "evaluation": {
            "weight": params["part_evaluation"], "score": share(stars, 5 * len(words)) if words else None,
            "judged": len(words), "stars": stars, "upto": _last(words)},
        "training": {
            "weight": params["part_training"],
            "score": share(learnt, params["training_target"] * class_hour) if classes else None, "minutes": learnt,
            "recorded": int(bool(classes))},
    }  # fmt: skip
    counted = [part for part in parts.values() if part["score"] is not None]
    whole = sum(part["weight"] for part in counted)
    points = sum(part["weight"] * part["score"] for part in counted)
    return parts, half_up(points, whole) if whole else parts["hours"]["score"]


def _peers(card: AssessmentCard, least: int) -> tuple[int, int | None]:
    """How many voted, and their mean; None of too few, or of nobody but who recommended him."""
    votes = list(
        AssessmentPeer.select().where(
            AssessmentPeer.card == card, AssessmentPeer.score.is_null(False), AssessmentPeer.void_why == "")
    )  # fmt: skip
    others = [vote for vote in votes if not _recommended(card, vote.reviewer_id)]
    if len(votes) < max(1, least) or not others:
        return len(votes), None
    return len(votes), half_up(sum(vote.score for vote in votes), len(votes))


def _recommended(card: AssessmentCard, reviewer: int) -> bool:
    return bool(
        Application.select().where(
            Application.volunteer == card.volunteer_id, Application.team == card.team_id,
            Application.state == "approved", Application.recommender == reviewer).exists()
    )  # fmt: skip


def _extras(card: AssessmentCard) -> list[tuple[int, int | None]]:
    marks = {mark.phase_id: mark.score for mark in AssessmentMark.select().where(AssessmentMark.card == card.id)}
    phases = AssessmentPhase.select().where(AssessmentPhase.cycle == card.cycle_id, AssessmentPhase.kind == "extra")
    return [(phase.weight, marks.get(phase.id)) for phase in phases.order_by(AssessmentPhase.number)]


def _doubted(person: int) -> bool:
    """Whether a case of forged hours is open about him."""
    open_cases = HoursCase.select(HoursCase.id).where(HoursCase.state.in_(("held", "hearing")))
    return bool(CasePerson.select().where(CasePerson.volunteer == person, CasePerson.case.in_(open_cases)).exists())


def _in(column: Any, days: Span) -> Any:
    return column.between(days.first_day, days.last_day)


def _last(found: Sequence[Any]) -> int:
    return max((each.id for each in found), default=0)
