"""What people see of activeness: by team, by division, and one team's page. Numbers and teams' names, nobody's own."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import RevivalPlan, Team, TeamIdle, TeamMonth, TeamYear
from queries import activeness as sql
from services import permissions, regions, rules, scopes
from services.activeness import revival
from services.actors import Actor
from services.dates import month_after, month_of
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.permissions import Verb
from services.statistics.overview import NEXT_CUT


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team's month; `idle` is the step it stands on (0 = none), `since` its last day with anything, `plan` the day
    until which it is to come alive again ("" = none runs)."""

    code: str
    name: str
    place: str
    kind: str
    state: str
    members: int
    activities: int
    participants: int
    minutes: int
    active_months: int
    activeness: int
    idle: int
    since: str
    plan: str


@dataclass(frozen=True, slots=True)
class DivisionLine:
    """A division's month and year: `activeness` is the mean of its teams, `idle` teams by step."""

    code: str
    name: str
    teams: int = 0
    activeness: int = 0
    active: int = 0
    lively: int = 0
    idle: tuple[int, int, int] = (0, 0, 0)
    at_start: int = 0
    joined: int = 0
    gone: int = 0
    retained: int = 0
    at_end: int = 0
    assessed: int = 0
    excellent: int = 0

    @property
    def retention(self) -> int | None:
        """Of those at the start of the year still there, in per cent, rounded down; None where there was nobody."""
        return self.retained * 100 // self.at_start if self.at_start else None

    @property
    def excellent_share(self) -> int | None:
        """Excellent ones among those with a result, in per cent, rounded down; None where nobody has one."""
        return self.excellent * 100 // self.assessed if self.assessed else None


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team: its months (newest first), its years, its idle marks, its plans (for those who look, since words may
    name people); what the reader may do."""

    code: str
    name: str
    place: str
    months: list[TeamMonth]
    years: list[TeamYear]
    marks: list[TeamIdle]
    plans: list[tuple[RevivalPlan, str, str]]
    lively_from: int
    may_act: bool
    due_on: str
    looks: bool


def usual_month(at: datetime) -> str:
    """The month that lists show unless another is asked for: the last whole one."""
    return month_after(month_of(local_day(at)), -1)


def teams(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[TeamLine]:
    """Teams where the actor may count; filters: month, region, own (without what lies below), kind, idle (1–3, `any`),
    plan (running, none).

    Refusals: NOT_ALLOWED.
    """
    mine = scopes.countable(actor=actor, at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    month = wanted.chosen("month") or usual_month(at)
    query = (
        TeamMonth.select(TeamMonth, Team.code, Team.name, Team.state)
        .join(Team, on=(Team.id == TeamMonth.team_id), attr="team")
        .where(TeamMonth.month == month, scopes.within(TeamMonth.region_code, mine))
    )
    for name, column in (("region", None), ("kind", TeamMonth.kind)):
        value = wanted.chosen(name)
        if value:
            query = query.where(scopes.within(TeamMonth.region_code, [value]) if column is None else column == value)
    if wanted.chosen("own"):
        query = query.where(TeamMonth.region_code == (wanted.chosen("region") or mine[0]))
    if wanted.chosen("idle"):
        step = 1 if wanted.chosen("idle") == "any" else int(wanted.chosen("idle"))
        running = TeamIdle.select(TeamIdle.team).where(TeamIdle.ended_at.is_null(), TeamIdle.step == step)
        query = query.where(TeamMonth.team_id.in_(running))
    if wanted.chosen("plan"):
        planned = RevivalPlan.select(RevivalPlan.team).where(RevivalPlan.state == "running")
        inside = TeamMonth.team_id.in_(planned)
        query = query.where(inside if wanted.chosen("plan") == "running" else ~inside)
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    sorts = {
        name: getattr(TeamMonth, name)
        for name in ("activeness", "members", "activities", "participants", "minutes", "active_months")
    } | {"place": TeamMonth.region_code}
    page = cut(query, wanted=wanted, sorts=sorts, default="activeness", tie=TeamMonth.team_id, row=lambda row: row)
    return Found(_team_lines(page.rows), page.total, page.page, page.size)


def _team_lines(rows: list[Any]) -> list[TeamLine]:
    ids = [row.team_id for row in rows]
    idle, plans = _idle(ids), _plans(ids)
    places = regions.path_names([row.region_code for row in rows])
    return [
        TeamLine(
            row.team.code, row.team.name, places[row.region_code], row.kind, row.team.state, row.members,
            row.activities, row.participants, row.minutes, row.active_months, row.activeness,
            *idle.get(row.team_id, (0, "")), plans.get(row.team_id, ""),
        )
        for row in rows
    ]  # fmt: skip


def _idle(ids: list[int]) -> dict[int, tuple[int, str]]:
    found: dict[int, tuple[int, str]] = {}
    for start in range(0, len(ids), 5000):
        query: Any = (
            TeamIdle.select(TeamIdle.team, fn.MAX(TeamIdle.step), fn.MAX(TeamIdle.since_day))
            .where(TeamIdle.team.in_(ids[start : start + 5000]), TeamIdle.ended_at.is_null())
            .group_by(TeamIdle.team)
        )
        found |= {row[0]: (int(row[1]), str(row[2])) for row in query.tuples()}
    return found


def _plans(ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), 5000):
        query: Any = RevivalPlan.select(RevivalPlan.team, RevivalPlan.due_on).where(
            RevivalPlan.team.in_(ids[start : start + 5000]), RevivalPlan.state == "running"
        )
        found |= {row[0]: str(row[1]) for row in query.tuples()}
    return found


def divisions(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[DivisionLine]:
    """The sum (code "") and the divisions right below the chosen one; filters: month, region. The year is the month's.

    Refusals: NOT_ALLOWED, NOT_FOUND (a division that is none of the actor's business).
    """
    mine = scopes.countable(actor=actor, at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    code = wanted.chosen("region") or mine[0]
    if not scopes.covers(mine, code):
        raise Refusal(RefusalCode.NOT_FOUND)
    month = wanted.chosen("month") or usual_month(at)
    lively = int(rules.rule("activeness", code, at).params["lively_from"])
    first, end = regions.below(code)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    cut_at = NEXT_CUT[len(code)]
    for key, *numbers in sql.divisions(cut=cut_at, lively=lively, month=month, first=first, end=end):
        counts[key].update(zip(("teams", "sum", "active", "lively"), map(int, numbers), strict=True))
    for key, step, number in sql.idle(cut=cut_at, first=first, end=end):
        counts[key][f"idle{step}"] += int(number)
    for key, *numbers in sql.division_years(cut=cut_at, year=month[:4], first=first, end=end):
        counts[key].update(zip(_YEAR, map(int, numbers), strict=True))
    total: dict[str, int] = defaultdict(int)
    for one in counts.values():
        for name, number in one.items():
            total[name] += number
    names = regions.path_names(list(counts))
    short = {code: regions.name_of(code) for code in counts if names[code]}
    lines = [_division(key, short.get(key, key), counts[key]) for key in sorted(counts)]
    return Found([_division("", "", total), *lines], len(lines), 1, max(len(lines), 1))


_YEAR = ("at_start", "joined", "gone", "retained", "at_end", "assessed", "excellent")


def _division(code: str, name: str, found: dict[str, int]) -> DivisionLine:
    teams = found["teams"]
    return DivisionLine(
        code, name, teams, (found["sum"] * 2 + teams) // (2 * teams) if teams else 0, found["active"], found["lively"],
        (found["idle1"], found["idle2"], found["idle3"]), *(found[each] for each in _YEAR),
    )  # fmt: skip


def page(*, actor: Actor, team_code: str, at: datetime) -> TeamPage:
    """One team's page, for its leaders and those who count its division. Refusals: NOT_FOUND."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    may = permissions.leads(actor=actor, team_id=team.id, at=at)
    if not may and not permissions.holds(actor=actor, verb=Verb.COUNT, region_code=team.region_code, at=at):
        raise Refusal(RefusalCode.NOT_FOUND)
    months = TeamMonth.select().where(TeamMonth.team_id == team.id).order_by(TeamMonth.month.desc()).limit(13)
    years = TeamYear.select().where(TeamYear.team_id == team.id).order_by(TeamYear.year.desc()).limit(5)
    marks = TeamIdle.select().where(TeamIdle.team == team.id).order_by(TeamIdle.id.desc()).limit(12)
    numbers = rules.rule("activeness", team.region_code, at).params
    looks = may or permissions.holds(actor=actor, verb=Verb.LOOK, region_code=team.region_code, at=at)
    plans = revival.of_team(team.id)
    return TeamPage(
        team.code, team.name, regions.path_name(team.region_code), list(months), list(years), list(marks),
        plans if looks else [], int(numbers["lively_from"]),
        may and team.state not in permissions.CLOSED_TEAMS, (local_day(at) + timedelta(days=60)).isoformat(), looks,
    )  # fmt: skip
