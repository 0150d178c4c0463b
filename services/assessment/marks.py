"""What an extra phase (群众评议, 民主测评 …) says of each: entered by the team's leader or the centre (S45, 等)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from models import AssessmentCard, AssessmentCycle, AssessmentMark, AssessmentPhase, Team, Volunteer, store
from services import audit, permissions, scopes
from services.actors import Actor
from services.assessment import cards, phases_of
from services.assessment.shapes import MarkLine
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.permissions import LEADING

C = RefusalCode


def listed(*, actor: Actor, cycle_code: str, number: int, wanted: Wanted, at: datetime) -> Found[MarkLine]:
    """The people of an extra phase: of the teams the reader leads, or of the whole cycle where he manages it. Filters:
    state (missing). Refusals: NOT_FOUND (also to those who have nothing to do with it)."""
    cycle = AssessmentCycle.get_or_none(AssessmentCycle.code == cycle_code)
    phase = _phase(cycle.id, number) if cycle else None
    if cycle is None or phase is None:
        raise Refusal(C.NOT_FOUND)
    teams = [
        grant.team_id
        for grant in permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
        if grant.team_id is not None and grant.role in LEADING
    ]
    managed = scopes.managed(actor=actor, at=at)
    his = AssessmentCard.team.in_(teams) | scopes.within(AssessmentCard.region_code, managed)
    near = scopes.covers(managed, cycle.region_code)
    if not near and not AssessmentCard.select().where(AssessmentCard.cycle == cycle.id, his).exists():
        raise Refusal(C.NOT_FOUND)
    query = (
        AssessmentCard.select(AssessmentCard, Volunteer, Team, AssessmentMark)
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .switch(AssessmentCard)
        .join(Team, on=(AssessmentCard.team == Team.id))
        .switch(AssessmentCard)
        .join(
            AssessmentMark, JOIN.LEFT_OUTER, attr="mark",
            on=((AssessmentMark.card == AssessmentCard.id) & (AssessmentMark.phase == phase.id)),
        )
        .where(
            AssessmentCard.cycle == cycle.id, AssessmentCard.state.in_((cards.OPEN, cards.DECIDED)),
            his,
        )
    )  # fmt: skip
    if wanted.chosen("state") == "missing":
        query = query.where(AssessmentMark.score.is_null())
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    is_open = phases_of.is_open(phase, at)
    return cut(
        query, wanted=wanted, sorts={"name": Volunteer.name, "team": Team.short_name}, default="team",
        tie=AssessmentCard.id, row=lambda row: _line(row, actor, is_open),
    )  # fmt: skip


def _line(row: Any, actor: Actor, is_open: bool) -> MarkLine:
    mark: Any = getattr(row, "mark", None)
    has = mark is not None and mark.score is not None
    return MarkLine(
        row.code, row.volunteer.name, row.team.short_name, mark.score if has else None, mark.note if has else "",
        mark.actor.name if has and mark.actor else "",
        is_open and row.state == cards.OPEN and row.volunteer_id != actor.volunteer_id,
    )  # fmt: skip


def of_card(card: AssessmentCard) -> tuple[MarkLine, ...]:
    """What the extra phases say of one person, in their order; no score where nobody entered any."""
    said = {row.phase_id: row for row in AssessmentMark.select().where(AssessmentMark.card == card.id)}
    phases = [phase for phase in phases_of.of(card.cycle_id) if phase.kind == "extra"]
    return tuple(_said(card.code, phase.name, said.get(phase.id)) for phase in phases)


def _said(code: str, name: str, row: AssessmentMark | None) -> MarkLine:
    if row is None:
        return MarkLine(code, name, "", None, "", "", False)
    return MarkLine(code, name, "", row.score, row.note, row.actor.name if row.actor else "", False)


def put(*, actor: Actor, card_code: str, number: int, score: int, note: str = "", at: datetime) -> None:
    """Enter the score of one person, or change it while the phase is open; never one's own.

    Refusals: NOT_FOUND / NOT_ALLOWED (does not lead the team), OWN_RECORD, SCORE_RANGE, TEXT_TOO_LONG, NOT_FOUND (no
    such phase), PHASE_CLOSED, ASSESSMENT_STATE.
    """
    card = cards.by_code(card_code)
    permissions.require_lead(actor=actor, team_id=card.team_id, at=at)
    if cards.same_person(cards.person(actor), card.volunteer_id):
        raise Refusal(C.OWN_RECORD)
    points, words = cards.check_score(score), cards.words_of(note)

    def act() -> None:
        phase = phases_of.require_open(_phase(card.cycle_id, number), at)
        if AssessmentCard.get_by_id(card.id).state != cards.OPEN:
            raise Refusal(C.ASSESSMENT_STATE)
        cards.require_here(card)
        before = AssessmentMark.get_or_none(AssessmentMark.card == card.id, AssessmentMark.phase == phase.id)
        AssessmentMark.insert(
            card=card.id, phase=phase.id, score=points, note=words, actor=actor.volunteer_id, at=at
        ).on_conflict(
            conflict_target=[AssessmentMark.card, AssessmentMark.phase],
            update={"score": points, "note": words, "actor": actor.volunteer_id, "at": at},
        ).execute()
        audit.changed(
            actor=actor, verb="assessment.mark", subject=f"card:{card.id}", at=at, reason=words,
            changes={phase.name: [before.score if before else None, points]},
        )  # fmt: skip

    store.write(act)


def _phase(cycle_id: int, number: int) -> AssessmentPhase | None:
    found: AssessmentPhase | None = AssessmentPhase.get_or_none(
        AssessmentPhase.cycle == cycle_id, AssessmentPhase.number == number, AssessmentPhase.kind == "extra"
    )
    return found
