"""互评: judging members of one's team. The judged never learns who it was (S45, A4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from peewee import fn

from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentPeer,
    AssessmentPhase,
    PeriodMinutes,
    Team,
    TeamMember,
    Volunteer,
    store,
)
from queries import assessment as sql
from services import audit, permissions
from services.actors import Actor
from services.assessment import cards, phases_of
from services.assessment.shapes import PeerTask, PeerVote
from services.errors import Refusal, RefusalCode

C = RefusalCode
#: What asks for judgements; settled when the last one is given.
ASKING = ("assessment_peer", "assessment_peer_left")
#: What a judge says of one he does not know: no vote.
UNKNOWN = "unknown"


def tasks(*, actor: Actor, at: datetime) -> list[PeerTask]:
    """The people he is to judge in the cycles that run, those not done first. Refusals: NOT_REGISTERED."""
    who = cards.person(actor)
    rows = list(
        AssessmentPeer.select(AssessmentPeer, AssessmentCard, Volunteer, Team, AssessmentCycle)
        .join(AssessmentCard, on=(AssessmentPeer.card == AssessmentCard.id))
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .switch(AssessmentCard)
        .join(Team, on=(AssessmentCard.team == Team.id))
        .switch(AssessmentPeer)
        .join(AssessmentCycle, on=(AssessmentPeer.cycle == AssessmentCycle.id))
        .where(
            AssessmentPeer.reviewer == who, AssessmentPeer.void_why.in_(("", UNKNOWN)),
            AssessmentCycle.state == "running", AssessmentCard.state == cards.OPEN, Volunteer.state == "active",
        )
        .order_by(AssessmentPeer.at.is_null(False), AssessmentPeer.id)
    )  # fmt: skip
    phases = {
        phase.cycle_id: phase
        for phase in AssessmentPhase.select().where(
            AssessmentPhase.cycle.in_([row.cycle_id for row in rows]), AssessmentPhase.kind == "peer"
        )
    }
    served = _served([row.card.volunteer_id for row in rows], rows[0].card.year) if rows else {}
    return [_task(row, phases[row.cycle_id], served.get(row.card.volunteer_id, (0, 0)), at) for row in rows]


def _served(people: Collection[int], year: str) -> dict[int, tuple[int, int]]:
    rows = PeriodMinutes.select().where(
        PeriodMinutes.volunteer.in_(list(people)), PeriodMinutes.period == year
    )
    return {row.volunteer_id: (row.minutes, row.records) for row in rows}


def _task(row: AssessmentPeer, phase: AssessmentPhase, served: tuple[int, int], at: datetime) -> PeerTask:
    card: AssessmentCard = row.card
    return PeerTask(
        row.id, card.volunteer.name, card.team.short_name, *served, row.score, row.words, row.at,
        date.fromisoformat(phase.closes_on), phases_of.is_open(phase, at), row.void_why == UNKNOWN,
    )  # fmt: skip


def judge(*, actor: Actor, task_id: int, score: int, words: str = "", at: datetime) -> None:
    """Judge one of them, or change it while the phase is open; the last word counts.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his task), SCORE_RANGE, TEXT_TOO_LONG (over 200), OWN_RECORD (himself by
    another account), PHASE_CLOSED, ASSESSMENT_STATE (he is no longer assessed).
    """
    mine = _own(actor, task_id)
    points, said = cards.check_score(score), cards.words_of(words, longest=cards.LONGEST_WORD)
    if cards.same_person(mine.reviewer_id, mine.card.volunteer_id):
        raise Refusal(C.OWN_RECORD)
    _put(mine, at, score=points, words=said, door=actor.door, void_why="")


def pass_by(*, actor: Actor, task_id: int, at: datetime) -> None:
    """Say that one does not know him (不熟悉): done, and no vote; he may still judge him while the phase is open.

    Refusals: NOT_REGISTERED, NOT_FOUND (not his task), PHASE_CLOSED, ASSESSMENT_STATE (he is no longer assessed).
    """
    _put(_own(actor, task_id), at, score=None, words="", door=actor.door, void_why=UNKNOWN)


def may_write(*, helper: Actor, task_id: int, at: datetime) -> bool:
    """Whether somebody may write down on paper, or read there, what a judge says: not whom it is about, nor anybody
    who is in the team or leads it. They are judged by the same people."""
    found = (
        AssessmentPeer.select(AssessmentPeer, AssessmentCard)
        .join(AssessmentCard)
        .where(AssessmentPeer.id == task_id)
        .first()
    )
    if found is None or helper.volunteer_id is None or cards.same_person(helper.volunteer_id, found.card.volunteer_id):
        return False
    inside = TeamMember.select().where(
        TeamMember.team == found.card.team_id, TeamMember.volunteer == helper.volunteer_id, TeamMember.to_at.is_null()
    )
    leads = any(
        grant.team_id == found.card.team_id
        for grant in permissions.roles_of(volunteer_id=helper.volunteer_id, at=at)
    )
    return not inside.exists() and not leads


def _own(actor: Actor, task_id: int) -> AssessmentPeer:
    """A task of the actor's. Refusals: NOT_REGISTERED, NOT_FOUND."""
    mine = (
        AssessmentPeer.select(AssessmentPeer, AssessmentCard)
        .join(AssessmentCard)
        .where(
            AssessmentPeer.id == task_id, AssessmentPeer.reviewer == cards.person(actor),
            AssessmentPeer.void_why.in_(("", UNKNOWN)),
        )
        .first()
    )  # fmt: skip
    if mine is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(mine, AssessmentPeer)
    return mine


def _put(mine: AssessmentPeer, at: datetime, **said: Any) -> None:
    """Write down what was said of one, if it may be said now. Refusals: PHASE_CLOSED, ASSESSMENT_STATE."""

    def act() -> None:
        phases_of.require_open(phases_of.find(mine.cycle_id, "peer"), at)
        assessed = AssessmentCard.select().join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id)).where(
            AssessmentCard.id == mine.card_id, AssessmentCard.state == cards.OPEN, Volunteer.state == "active"
        )  # fmt: skip
        if not assessed.exists():
            raise Refusal(C.ASSESSMENT_STATE)
        AssessmentPeer.update(at=at, **said).where(AssessmentPeer.id == mine.id).execute()
        if not _left(mine.reviewer_id, mine.cycle_id):
            sql.settle_letters(mine.reviewer_id, ASKING)

    store.write(act)


def _left(who: int, cycle_id: int) -> int:
    rows = AssessmentPeer.select(fn.COUNT(AssessmentPeer.id)).where(
        AssessmentPeer.reviewer == who, AssessmentPeer.cycle == cycle_id, AssessmentPeer.score.is_null(),
        AssessmentPeer.void_why == "",
    )  # fmt: skip
    return int(rows.scalar())


def votes(card_id: int, *, named: bool = False) -> tuple[PeerVote, ...]:
    """What was said of a card, the highest first, so that the order tells nobody's name; `named` for the auditor."""
    rows = (
        AssessmentPeer.select(AssessmentPeer, Volunteer)
        .join(Volunteer, on=(AssessmentPeer.reviewer == Volunteer.id))
        .where(
            AssessmentPeer.card == card_id,
            AssessmentPeer.score.is_null(False) | (AssessmentPeer.void_why != ""),
        )
        .order_by(AssessmentPeer.score.desc(), AssessmentPeer.words)
    )
    return tuple(
        PeerVote(
            row.score, row.words, row.at if named else None, row.void_why, row.reviewer.name if named else ""
        )
        for row in rows
    )


def who_judged(*, actor: Actor, card_code: str, reason: str, at: datetime) -> list[PeerVote]:
    """Who said what, with names: for those who may read the audit, and it is written down there.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (his own card), REASON_REQUIRED.
    """
    card = cards.by_code(card_code)
    region_code: str = card.cycle.region_code
    permissions.require_audit(actor=actor, region_code=region_code, at=at)
    if card.volunteer_id == actor.volunteer_id:
        raise Refusal(C.OWN_RECORD)
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    audit.note(
        actor=actor, verb="assessment.who_judged", subject=f"volunteer:{card.volunteer_id}", region_code=region_code,
        detail={"year": card.year, "reason": reason.strip()}, at=at,
    )  # fmt: skip
    return list(votes(card.id, named=True))
