"""自评: a person's own card: what he says of his year, and what came out (S45)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from peewee import fn

from models import AssessmentCard, AssessmentCycle, AssessmentPeer, Centre, Team, Volunteer, store
from queries import assessment as sql
from services.actors import Actor
from services.assessment import cards, exits, objections, objective, phases_of, results
from services.assessment.peers import UNKNOWN
from services.assessment.shapes import OwnCard, PhaseLine, Result
from services.errors import Refusal, RefusalCode
from services.regions import name_of

C = RefusalCode
#: What asks for a self-assessment and is settled by one.
ASKING = ("assessment_self", "assessment_self_left")
MOST = 10


def newest(*, actor: Actor, at: datetime) -> OwnCard | None:
    """His card of the newest year; None if he never had one. Refusals: NOT_REGISTERED."""
    found = _of(cards.person(actor)).first()
    return _card(found, at) if found else None


def listed(*, actor: Actor, at: datetime) -> list[OwnCard]:
    """His cards of all years, newest first. Refusals: NOT_REGISTERED."""
    return [_card(row, at) for row in _of(cards.person(actor)).limit(MOST)]


def one(*, actor: Actor, code: str, at: datetime) -> OwnCard:
    """One of his cards. Refusals: NOT_REGISTERED, NOT_FOUND (not his)."""
    found = _of(cards.person(actor)).where(AssessmentCard.code == code).first()
    if found is None:
        raise Refusal(C.NOT_FOUND)
    return _card(found, at)


def submit(*, actor: Actor, code: str, score: int, text: str = "", at: datetime) -> None:
    """Hand in one's self-assessment, or change it while the phase is open; the last word counts.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his), SCORE_RANGE (no whole number 0–100), TEXT_TOO_LONG (over 500),
    PHASE_CLOSED (`phase`, `opens_on`, `closes_on`), ASSESSMENT_STATE (not assessed this year).
    """
    mine = cards.own(actor, code)
    points, words = cards.check_score(score), cards.words_of(text)

    def act() -> None:
        phases_of.require_open(phases_of.find(mine.cycle_id, "self"), at)
        changed = (
            AssessmentCard.update(
                self_score=points,
                self_text=words,
                self_at=at,
                self_door=actor.door,
                version=AssessmentCard.version + 1,
            )
            .where(AssessmentCard.id == mine.id, AssessmentCard.state == cards.OPEN)
            .execute()
        )
        if not changed:
            raise Refusal(C.ASSESSMENT_STATE)
        sql.settle_letters(mine.volunteer_id, ASKING)

    store.write(act)


def _of(volunteer_id: int) -> Any:
    return (
        AssessmentCard.select(AssessmentCard, AssessmentCycle, Team)
        .join(AssessmentCycle, on=(AssessmentCard.cycle == AssessmentCycle.id))
        .switch(AssessmentCard)
        .join(Team, on=(AssessmentCard.team == Team.id))
        .where(AssessmentCard.volunteer == volunteer_id, AssessmentCard.state != "void")
        .order_by(AssessmentCard.year.desc(), AssessmentCard.id.desc())
    )


def _card(row: AssessmentCard, at: datetime) -> OwnCard:
    cycle: AssessmentCycle = row.cycle
    phases = phases_of.of(cycle)
    lines = tuple(phases_of.line(phase, at) for phase in phases)
    own = next((phase for phase in phases if phase.kind == "self"), None)
    tasks, done = _tasks(row)
    return OwnCard(
        row.code, row.year, _centre(cycle.region_code), row.team.name, row.state, row.aside_why, lines,
        _now(row, lines), row.self_score, row.self_text, row.self_at,
        own is not None and row.state == cards.OPEN and phases_of.is_open(own, at),
        objective.shape(row), tasks, done, _result(row, at),
    )  # fmt: skip


def _now(row: AssessmentCard, lines: tuple[PhaseLine, ...]) -> PhaseLine | None:
    return phases_of.running(lines) if row.state != cards.ASIDE else None


def _centre(region_code: str) -> str:
    name = Centre.select(Centre.name).where(Centre.region_code == region_code).scalar()
    return str(name or name_of(region_code))


def _tasks(row: AssessmentCard) -> tuple[int, int]:
    """(the people he is to judge in this cycle, those done)."""
    found = (
        AssessmentPeer.select(fn.COUNT(AssessmentPeer.id), fn.COUNT(AssessmentPeer.at))
        .join(AssessmentCard, on=(AssessmentPeer.card == AssessmentCard.id))
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .where(
            AssessmentPeer.reviewer == row.volunteer_id, AssessmentPeer.cycle == row.cycle_id,
            AssessmentPeer.void_why.in_(("", UNKNOWN)), AssessmentCard.state != cards.ASIDE,
            Volunteer.state == "active",
        )
        .scalar(as_tuple=True)
    )  # fmt: skip
    return int(found[0]), int(found[1])


def _result(row: AssessmentCard, at: datetime) -> Result | None:
    """What came out, once it was told."""
    if row.told_at is None or row.grade is None or row.object_until is None:
        return None
    exit_ = exits.of_card(row.id)
    objection = objections.of_card(row.id)
    review = row.review_score if row.review_score is not None else row.objective_score
    return Result(
        row.grade, row.total or 0, results.why(row.grade, row.reason), row.weights or {}, row.self_score,
        row.peer_score,        row.objective_score, review or 0, row.told_at, row.object_until,
        row.state == cards.TOLD and at < row.object_until and objection is None, objection, row.final_at,
        exit_.state if exit_ else "", exit_.rejoin_from if exit_ else None,
    )  # fmt: skip


def joined_on(row: AssessmentCard) -> date:
    """Since which day he is a member without a break."""
    return date.fromisoformat(cards.today(row.joined_at))
