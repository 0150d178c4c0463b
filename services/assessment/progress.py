"""Counting: how many cards of a cycle stand where, how far a phase is, who has not done his."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import fn

from models import AssessmentCard, AssessmentPeer, AssessmentPhase, Volunteer
from queries import assessment as sql
from services.assessment import cards


def cards_of(cycle_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """cycle → {state: how many}, those not assessed left out."""
    rows: Any = (
        AssessmentCard.select(AssessmentCard.cycle, AssessmentCard.state, fn.COUNT(AssessmentCard.id))
        .where(AssessmentCard.cycle.in_(list(cycle_ids)), AssessmentCard.state.not_in((cards.ASIDE, "void")))
        .group_by(AssessmentCard.cycle, AssessmentCard.state)
        .tuples()
    )
    found: dict[int, dict[str, int]] = {}
    for cycle_id, state, count in rows:
        found.setdefault(cycle_id, {})[state] = count
    return found


def by(column: Any, cycle_id: int) -> dict[str, int]:
    """How many cards of a cycle have which grade, or are set aside for which reason."""
    rows: Any = (
        AssessmentCard.select(column, fn.COUNT(AssessmentCard.id))
        .where(AssessmentCard.cycle == cycle_id, AssessmentCard.state != "void")
        .group_by(column)
        .tuples()
    )
    return {value: count for value, count in rows if value}


def of_phase(phase: AssessmentPhase) -> tuple[int, int]:
    """(how many there are to do, how many are done) of a phase; nothing before it opens."""
    if phase.state == "waiting":
        return 0, 0
    if phase.kind == "review":
        counts = cards_of([phase.cycle_id]).get(phase.cycle_id, {})
        whole = sum(counts.values())
        return whole, whole - counts.get(cards.OPEN, 0)
    counted = sql.team_counts(phase.kind, phase.cycle_id, phase.id).values()
    return sum(whole for whole, _ in counted), sum(done for _, done in counted)


def without_self(cycle_id: int, team_ids: Sequence[int], most: int) -> dict[int, tuple[str, ...]]:
    """team → names of those who have not handed in their self-assessment, `most` of them at most."""
    rows: Any = (
        AssessmentCard.select(AssessmentCard.team, Volunteer.name)
        .join(Volunteer, on=(AssessmentCard.volunteer == Volunteer.id))
        .where(
            AssessmentCard.cycle == cycle_id, AssessmentCard.team.in_(list(team_ids)),
            AssessmentCard.state == cards.OPEN, AssessmentCard.self_at.is_null(),
        )
        .order_by(Volunteer.name)
        .tuples()
    )  # fmt: skip
    return _by_team(rows, most)


def without_peer(cycle_id: int, team_ids: Sequence[int], most: int) -> dict[int, tuple[str, ...]]:
    """team → names of those who still have somebody to judge, `most` of them at most; never whom."""
    rows: Any = (
        AssessmentPeer.select(AssessmentCard.team, Volunteer.name)
        .join(AssessmentCard, on=(AssessmentPeer.card == AssessmentCard.id))
        .switch(AssessmentPeer)
        .join(Volunteer, on=(AssessmentPeer.reviewer == Volunteer.id))
        .where(
            AssessmentPeer.cycle == cycle_id, AssessmentCard.team.in_(list(team_ids)),
            AssessmentCard.state == cards.OPEN, AssessmentPeer.score.is_null(), AssessmentPeer.void_why == "",
            Volunteer.state == "active",
        )
        .order_by(Volunteer.name)
        .distinct()
        .tuples()
    )  # fmt: skip
    return _by_team(rows, most)


def _by_team(rows: Iterable[tuple[int, str]], most: int) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for team_id, name in rows:
        names = found.setdefault(team_id, [])
        if len(names) < most:
            names.append(name)
    return {team_id: tuple(names) for team_id, names in found.items()}
