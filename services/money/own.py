"""What a leader sees on his phone of his projects' money: the running ones, each with its sums and its applications."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import MoneyGrant, Project, Team
from services import leading, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.money import grants, sources
from services.money.grants import GrantLine
from services.money.summary import sums_of

#: Nobody scrolls through more on a phone; the console has them all.
MOST = 50


@dataclass(frozen=True, slots=True)
class OwnProject:
    """A project with what came in and went out, in fen."""

    code: str
    title: str
    team: str
    running: bool
    income: int
    spending: int


@dataclass(frozen=True, slots=True)
class OwnMoney:
    """One project with its applications for support, newest first."""

    project: OwnProject
    grants: list[GrantLine]


def projects(*, actor: Actor, at: datetime) -> list[OwnProject]:
    """The running projects of the teams the actor leads, those of his own posts first, newest first."""
    posts = leading.own_teams(actor=actor, at=at)
    query = (
        Project.select(Project, Team)
        .join(Team)
        .where(leading.led(actor=actor, at=at), Project.state == "running")
        .order_by(Project.team.in_(posts).desc(), Project.id.desc())
        .limit(MOST)
    )
    return _shown(list(query))


def _shown(found: list[Project]) -> list[OwnProject]:
    sums = sums_of([row.id for row in found])
    return [
        OwnProject(row.code, row.title, row.team.name, row.state == "running", *sums.get(row.id, (0, 0)))
        for row in found
    ]


def project(*, actor: Actor, code: str, at: datetime) -> OwnMoney:
    """One project of a team the actor leads. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = Project.select(Project, Team).join(Team).where(Project.code == code).first()
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    asked = (
        MoneyGrant.select(MoneyGrant, Project, Team)
        .join(Project)
        .switch(MoneyGrant)
        .join(Team)
        .where(MoneyGrant.project == found.id)
        .order_by(MoneyGrant.id.desc())
        .limit(MOST)
    )
    known = sources.names()
    return OwnMoney(_shown([found])[0], [grants.line_of(row, "", known[row.source]) for row in asked])
