"""The centre's list of cards and everything about one person on one page (复评)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentObjection,
    AssessmentPeer,
    CasePerson,
    HoursCase,
    Team,
    Volunteer,
)
from services import permissions, scopes
from services.actors import Actor
from services.assessment import cards, deciding, exits, marks, objections, objective, peers, phases_of
from services.assessment.shapes import CardLine, ReviewPage
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut

C = RefusalCode


def listed(*, actor: Actor, cycle_code: str, wanted: Wanted, at: datetime) -> Found[CardLine]:
    """The cards of a cycle. Filters: state (open is undecided, decided, told, objected, final, aside), suggested
    (excellent, pass, look), clear (yes), grade, team (a team's code), missing (self, peer). Sorts: total, name, team,
    objective.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    cycle = AssessmentCycle.get_or_none(AssessmentCycle.code == cycle_code)
    readable = scopes.readable(actor=actor, at=at)
    if cycle is None:
        raise Refusal(C.NOT_FOUND)
    if not any(cycle.region_code.startswith(code) or code.startswith(cycle.region_code) for code in readable):
        permissions.require_look(actor=actor, region_code=cycle.region_code, at=at)
    query = (
        AssessmentCard.select(AssessmentCard, Volunteer, Team)
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .switch(AssessmentCard)
        .join(Team, on=(AssessmentCard.team == Team.id))
        .where(AssessmentCard.cycle == cycle.id, scopes.within(AssessmentCard.region_code, readable))
    )
    query = _filtered(query, wanted)
    return cut(
        query, wanted=wanted,
        sorts={
            "total": AssessmentCard.total, "name": Volunteer.name, "team": Team.short_name,
            "objective": AssessmentCard.objective_score,
        },
        default="-total", tie=AssessmentCard.id, row=lambda row: _line(row, actor),
    )  # fmt: skip


def _filtered(query: Any, wanted: Wanted) -> Any:
    for name in ("state", "suggested", "grade"):
        if value := wanted.chosen(name):
            query = query.where(getattr(AssessmentCard, name) == ("open" if value == "undecided" else value))
    if wanted.chosen("clear") == "yes":
        query = query.where(AssessmentCard.clear == True, AssessmentCard.state == cards.OPEN)  # noqa: E712
    if team := wanted.chosen("team"):
        query = query.where(Team.code == team)
    if (missing := wanted.chosen("missing")) in ("self", "peer"):
        column = AssessmentCard.self_score if missing == "self" else AssessmentCard.peer_score
        query = query.where(column.is_null(), AssessmentCard.state != cards.ASIDE)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Team.short_name.contains(wanted.text))
    return query


def _line(row: Any, actor: Actor) -> CardLine:
    return CardLine(
        row.code, row.version, row.volunteer.name, row.volunteer.public_no, row.team.short_name, row.team.code,
        row.state, row.aside_why, row.self_score, row.peer_score, row.peer_votes, row.objective_score,
        row.review_score, row.total, row.suggested, bool(row.clear), row.grade or "",
        row.volunteer_id == actor.volunteer_id,
    )  # fmt: skip


def one(*, actor: Actor, card_code: str, at: datetime) -> ReviewPage:
    """Everything about one person, votes without names. For those who may look at his team's people, and never for
    himself: he has his own page.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD.
    """
    card = (
        AssessmentCard.select(AssessmentCard, Volunteer, Team, AssessmentCycle)
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .switch(AssessmentCard)
        .join(Team, on=(AssessmentCard.team == Team.id))
        .switch(AssessmentCard)
        .join(AssessmentCycle, on=(AssessmentCard.cycle == AssessmentCycle.id))
        .where(AssessmentCard.code == card_code)
        .first()
    )
    if card is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_look(actor=actor, region_code=card.region_code, at=at)
    if card.volunteer_id == actor.volunteer_id:
        raise Refusal(C.OWN_RECORD)
    why_not = _why_not(card, actor, at)
    params = phases_of.params(card.cycle)
    return ReviewPage(
        _line(card, actor), card.cycle.code, card.year, card.joined_at, card.self_text, card.self_at,
        peers.votes(card.id), AssessmentPeer.select().where(AssessmentPeer.card == card.id).count(),
        marks.of_card(card), objective.shape(card), deciding.weights_of(card), card.reason,
        card.decided_by.name if card.decided_by else "", card.decided_at, card.told_at, card.object_until,
        card.final_at, objections.of_card(card.id), exits.of_card(card.id), _previous(card), _cases(card.volunteer_id),
        not why_not, why_not, deciding.grades_for(card.total, params) if card.total is not None else deciding.GRADES,
        card.id,
    )  # fmt: skip


def _why_not(card: AssessmentCard, actor: Actor, at: datetime) -> str:
    phase = phases_of.find(card.cycle_id, "review")
    if card.state not in (cards.OPEN, cards.DECIDED):
        return "state"
    if phase is None or phase.state in ("waiting", "opening"):
        return "phase"
    may = cards.may_decide(actor=actor, card=card, parties=cards.parties(card), at=at)
    return "" if may else "own"


def _previous(card: AssessmentCard) -> tuple[tuple[str, str], ...]:
    rows = AssessmentCard.select().where(
        AssessmentCard.volunteer == card.volunteer_id, AssessmentCard.year < card.year,
        AssessmentCard.state == cards.FINAL,
    )  # fmt: skip
    return tuple((row.year, row.grade or "") for row in rows.order_by(AssessmentCard.year.desc()).limit(5))


def _cases(volunteer_id: int) -> int:
    rows = (
        CasePerson.select()
        .join(HoursCase)
        .where(CasePerson.volunteer == volunteer_id, HoursCase.state.in_(("held", "hearing")))
    )
    return int(rows.count())


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many cards of the reader's own centre, and how many objections and exits there and below, wait for a word; 0
    without any right."""
    managed = scopes.managed(actor=actor, at=at)
    if not managed:
        return 0
    undecided = (
        AssessmentCard.select()
        .join(AssessmentCycle, JOIN.INNER, on=(AssessmentCard.cycle == AssessmentCycle.id))
        .where(
            AssessmentCycle.region_code.in_(managed), AssessmentCard.state == cards.OPEN,
            (AssessmentCycle.state == "results") | AssessmentCycle.id.in_(phases_of.reviewing()),
        )
        .count()
    )  # fmt: skip
    objected = (
        AssessmentObjection.select()
        .join(AssessmentCard)
        .where(scopes.within(AssessmentObjection.region_code, managed), objections.waiting())
    )
    leaving = (
        AssessmentExit.select()
        .join(Volunteer, on=(AssessmentExit.volunteer == Volunteer.id))
        .where(scopes.within(AssessmentExit.region_code, managed), exits.waiting())
    )
    return int(undecided) + int(objected.count()) + int(leaving.count())
