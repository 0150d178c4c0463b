"""Cycles as those who run them read them; the centres that are late; a team's progress for its leader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentObjection,
    AssessmentPhase,
    AssessmentPlan,
    Centre,
    Team,
    Volunteer,
)
from queries import assessment as sql
from services import leading, permissions, scopes
from services.actors import Actor
from services.assessment import cards, dates, deciding, exits, objections, phases_of
from services.assessment import plans as planning
from services.assessment import progress as counting
from services.assessment.shapes import CycleLine, CyclePage, PhaseLine, PlanLine, TeamProgress
from services.errors import Refusal, RefusalCode
from services.leading import TeamBrief
from services.listing import Found, Wanted, cut
from services.regions import lineage, name_of

C = RefusalCode
#: Names shown of those who have not done theirs.
MOST_NAMES = 200


def cycles(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CycleLine]:
    """Cycles of the divisions the reader may look at. Filters: year, state (late: undecided after the end). Refusals:
    NOT_ALLOWED to somebody without any right."""
    readable = scopes.countable(actor=actor, at=at)
    if not readable:
        raise Refusal(C.NOT_ALLOWED)
    query = AssessmentCycle.select().where(
        scopes.within(AssessmentCycle.region_code, readable)
        | AssessmentCycle.region_code.in_(_above(readable))
    )
    if year := wanted.chosen("year"):
        query = query.where(AssessmentCycle.year == year)
    if state := wanted.chosen("state"):
        query = query.where(_late() if state == "late" else AssessmentCycle.state == state)
    found = cut(
        query, wanted=wanted, sorts={"year": AssessmentCycle.year, "place": AssessmentCycle.region_code},
        default="-year", tie=AssessmentCycle.region_code, row=lambda row: row,
    )  # fmt: skip
    return Found(_lines(found.rows, at), found.total, found.page, found.size)


def _above(readable: Sequence[str]) -> list[str]:
    """The county in whose cycle the teams of a township are assessed."""
    return [cards.centre_of(code) for code in readable if len(code) > cards.COUNTY]


def _late() -> Any:
    undecided = AssessmentCard.select(AssessmentCard.id).where(
        AssessmentCard.cycle == AssessmentCycle.id, AssessmentCard.state == cards.OPEN
    )
    return (AssessmentCycle.state == "results") & fn.EXISTS(undecided)


def _lines(rows: Sequence[AssessmentCycle], at: datetime) -> list[CycleLine]:
    counts = counting.cards_of([row.id for row in rows])
    phases: dict[int, list[AssessmentPhase]] = {row.id: [] for row in rows}
    for phase in (
        AssessmentPhase.select()
        .where(AssessmentPhase.cycle.in_(list(phases)))
        .order_by(AssessmentPhase.cycle, AssessmentPhase.number)
    ):
        phases[phase.cycle_id].append(phase)
    return [_line(row, phases[row.id], counts.get(row.id, {}), at) for row in rows]


def _line(
    row: AssessmentCycle, phases: Sequence[AssessmentPhase], counts: dict[str, int], at: datetime
) -> CycleLine:
    lines = tuple(phases_of.line(phase, at) for phase in phases)
    assessed = sum(counts.values())
    undecided = counts.get(cards.OPEN, 0)
    late = undecided if row.state == "results" else 0
    ended = date.fromisoformat(phases[-1].closes_on) if phases else local_day(at)
    return CycleLine(
        row.code, row.region_code, name_of(row.region_code), row.year, row.state, phases_of.running(lines), assessed,
        assessed - undecided, late, max(0, (local_day(at) - ended).days) if late else 0,
    )  # fmt: skip


def centres(*, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """(division, its name) of the centres for which the actor may set up a cycle: his own ones and those below, down to
    the counties; in the order of their codes."""
    managed = scopes.managed(actor=actor, at=at)
    rows = Centre.select(Centre.region_code).where(
        scopes.within(Centre.region_code, managed), fn.LENGTH(Centre.region_code) <= cards.COUNTY
    )
    codes = {code for code in managed if 0 < len(code) <= cards.COUNTY} | {row.region_code for row in rows}
    return [(code, name_of(code)) for code in sorted(codes)]


def cycle(*, actor: Actor, code: str, at: datetime) -> CyclePage:
    """One whole, for those who may see its division's numbers. Refusals: NOT_FOUND, NOT_ALLOWED."""
    row = AssessmentCycle.get_or_none(AssessmentCycle.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    readable = scopes.countable(actor=actor, at=at)
    if row.region_code not in _above(readable):
        permissions.require_count(actor=actor, region_code=row.region_code, at=at)
    phases = phases_of.of(row)
    counts = counting.cards_of([row.id]).get(row.id, {})
    most, left = deciding.excellent_left(row)
    plan = planning.binding_above(row.region_code, row.year)
    clear = AssessmentCard.select().where(
        AssessmentCard.cycle == row.id, AssessmentCard.state == cards.OPEN, AssessmentCard.clear == True  # noqa: E712
    )  # fmt: skip
    return CyclePage(
        _line(row, phases, counts, at), tuple(_with_counts(phase, at) for phase in phases),
        counting.by(AssessmentCard.grade, row.id), counting.by(AssessmentCard.aside_why, row.id), most, left,
        clear.count(), _waiting(AssessmentObjection, objections.waiting(), row.id),
        _waiting(AssessmentExit, exits.waiting(), row.id),
        {name: int(value) for name, value in phases_of.params(row, at).items()},
        name_of(plan.region_code) if plan else "",
        permissions.manages(actor=actor, region_code=row.region_code, at=at),
    )  # fmt: skip


def _with_counts(phase: AssessmentPhase, at: datetime) -> PhaseLine:
    whole, done = counting.of_phase(phase)
    return phases_of.line(phase, at, done, whole)


def _waiting(table: Any, condition: Any, cycle_id: int) -> int:
    query = table.select().join(AssessmentCard, on=(table.card == AssessmentCard.id)).switch(table)
    query = query.join(Volunteer, on=(table.volunteer == Volunteer.id))
    return int(query.where(AssessmentCard.cycle == cycle_id, condition).count())


def plans(*, actor: Actor, region_code: str, year: str, at: datetime) -> list[PlanLine]:
    """The plans that concern a division: its own and those above it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    permissions.require_look(actor=actor, region_code=region_code, at=at)
    rows = AssessmentPlan.select().where(
        AssessmentPlan.region_code.in_(lineage(region_code)), AssessmentPlan.year == year,
        AssessmentPlan.state == "published",
    )  # fmt: skip
    return [
        PlanLine(
            row.id, row.region_code, name_of(row.region_code), row.year, dates.unpacked(row.phases), bool(row.binding),
            row.made_by.name if row.made_by else "", row.created_at,
        )
        for row in rows.order_by(AssessmentPlan.region_code)
    ]  # fmt: skip


def late(*, actor: Actor, region_code: str, year: str, at: datetime) -> list[CycleLine]:
    """The cycles of a division and below whose centre has not finished its review in time, the longest first.

    Numbers only, so whoever may count there sees them. Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    permissions.require_count(actor=actor, region_code=region_code, at=at)
    rows = AssessmentCycle.select().where(
        scopes.within(AssessmentCycle.region_code, (region_code,)), AssessmentCycle.year == year, _late()
    )
    return sorted(_lines(list(rows), at), key=lambda each: (-each.late_days, -each.late, each.region_code))


def team_progress(*, actor: Actor, team_code: str, at: datetime) -> TeamProgress | None:
    """How far a team is in the running cycle; None while none runs. For who leads the team or may look at its people.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=team.id, at=at)
    return _progress([leading.brief(team)], at).get(team_code)


def led_progress(*, actor: Actor, at: datetime, most: int) -> dict[str, TeamProgress]:
    """code → how far it is, of the teams the actor leads or whose division he manages (`leading.led_teams`, `most` of
    them at most) and whose centre's cycle runs."""
    return _progress(leading.led_teams(actor=actor, at=at, most=most), at)


def _progress(teams: Sequence[TeamBrief], at: datetime) -> dict[str, TeamProgress]:
    """By code; as many statements for each running cycle, however many of its teams."""
    of_centre: dict[str, list[TeamBrief]] = {}
    for each in teams:
        of_centre.setdefault(cards.centre_of(each.region_code), []).append(each)
    rows = AssessmentCycle.select().where(
        AssessmentCycle.region_code.in_(list(of_centre)), AssessmentCycle.state.in_(("running", "results"))
    )
    running = {str(row.region_code): row for row in rows.order_by(AssessmentCycle.year)}  # the newest year's
    found: dict[str, TeamProgress] = {}
    for centre, row in running.items():
        lines = tuple(phases_of.line(phase, at) for phase in phases_of.of(row))
        own, judged = sql.team_counts("self", row.id, 0), sql.team_counts("peer", row.id, 0)
        ids = [each.id for each in of_centre[centre]]
        silent, owing = counting.without_self(row.id, ids, MOST_NAMES), counting.without_peer(row.id, ids, MOST_NAMES)
        for each in of_centre[centre]:
            found[each.code] = TeamProgress(
                each.short_name, row.year, phases_of.running(lines), *own.get(each.id, (0, 0)),
                *judged.get(each.id, (0, 0)), silent.get(each.id, ()), owing.get(each.id, ()), row.code, lines,
            )  # fmt: skip
    return {each.code: found[each.code] for each in teams if each.code in found}
