"""What everybody may read of a project's money: sums by source and by what it went for, and nobody's name (S90).

A project of visits, mediation or counselling is shown by its kind and its county alone, without title and team: a
title like 看望张大爷 tells of somebody (S61).
"""

from __future__ import annotations

from peewee import fn

from frozen import dataclass
from models import MoneyLine, Project, Team
from queries.regions import PRACTICE
from services import regions
from services.errors import Refusal, RefusalCode
from services.money import sources
from services.participation import domains
from services.planning.all_activities import rows
from wording import entry


@dataclass(frozen=True, slots=True)
class ProjectMoney:
    """A project with its sums in fen: (source, in, out), (what for, out); `team` and `team_code` are "" where it is
    confidential."""

    code: str
    title: str
    team: str
    team_code: str
    place: str
    domain: str
    from_on: str
    to_on: str
    closed: bool
    income: int
    spending: int
    by_source: list[tuple[str, int, int]]
    by_purpose: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class ProjectBrief:
    """A project in the public list; `cursor` continues it."""

    code: str
    title: str
    team: str
    place: str
    income: int
    spending: int
    cursor: int


def of(*, code: str) -> ProjectMoney:
    """The public page of a project. Refusals: NOT_FOUND (none, or of the practice area)."""
    made = Project.select(Project, Team).join(Team).where(Project.code == code).first()
    if made is None or regions.in_practice(str(made.region_code)):
        raise Refusal(RefusalCode.NOT_FOUND)
    known, purposes = sources.names(), entry("money.purposes")
    by_source: dict[str, list[int]] = {}
    by_purpose: dict[str, int] = {}
    query = (
        MoneyLine.select(MoneyLine.direction, MoneyLine.source, MoneyLine.purpose, fn.SUM(MoneyLine.fen))
        .where(MoneyLine.project == made.id)
        .group_by(MoneyLine.direction, MoneyLine.source, MoneyLine.purpose)
        .tuples()
    )
    for direction, source, purpose, total in rows(query):
        by_source.setdefault(source, [0, 0])[direction == "out"] += int(total)
        if direction == "out":
            by_purpose[purpose] = by_purpose.get(purpose, 0) + int(total)
    title, team, place = _shown(made)
    return ProjectMoney(
        made.code, title, team, made.team.code if team else "", regions.path_name(place),
        domains.domain_name(made.domain), made.from_on, made.to_on, made.state != "running",
        sum(each[0] for each in by_source.values()), sum(each[1] for each in by_source.values()),
        [(name, *_pair(by_source.get(key, [0, 0]))) for key, name in known.items() if any(by_source.get(key, ()))],
        [(purposes[key], by_purpose[key]) for key in purposes if by_purpose.get(key)],
    )  # fmt: skip


def _pair(sums: list[int]) -> tuple[int, int]:
    return sums[0], sums[1]


def latest(*, before: int | None = None, limit: int = 20) -> list[ProjectBrief]:
    """Projects of which money is written down, newest first: the page is found before its lines are summed."""
    there = MoneyLine.select(MoneyLine.id).where(MoneyLine.project == Project.id)
    query = (
        Project.select(Project, Team)
        .join(Team)
        .where(Project.region_code < PRACTICE, fn.EXISTS(there))
        .order_by(Project.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Project.id < before)
    found = [(row, *_shown(row)) for row in query]
    sums, places = sums_of([row.id for row, *_ in found]), regions.path_names([place for *_, place in found])
    return [
        ProjectBrief(row.code, title, team, places[place], *sums.get(row.id, (0, 0)), row.id)
        for row, title, team, place in found
    ]


def sums_of(project_ids: list[int]) -> dict[int, tuple[int, int]]:
    """What came in and went out by project, in fen; one without a line is not among them."""
    income = fn.COALESCE(fn.SUM(MoneyLine.fen).filter(MoneyLine.direction == "in"), 0)
    spending = fn.COALESCE(fn.SUM(MoneyLine.fen).filter(MoneyLine.direction == "out"), 0)
    query = (
        MoneyLine.select(MoneyLine.project, income, spending)
        .where(MoneyLine.project.in_(project_ids))
        .group_by(MoneyLine.project)
    )
    return {int(number): (int(came), int(went)) for number, came, went in rows(query)}


def _shown(made: Project) -> tuple[str, str, str]:
    """Title, team and division as strangers read them."""
    if not domains.is_confidential(str(made.domain), str(made.sub_domain)):
        return str(made.title), str(made.team.name), str(made.region_code)
    kind = domains.sub_domain(str(made.domain), str(made.sub_domain))
    return kind.name if kind else domains.domain_name(str(made.domain)), "", str(made.region_code)[:6]
