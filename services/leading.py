"""The teams somebody leads, or whose divisions he manages: as a condition, as a list, to choose from in a form."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from frozen import dataclass
from models import Team
from services.actors import Actor
from services.permissions import CLOSED_TEAMS, LEADING, MANAGING, Grant, roles_of

#: What a box to choose a team from holds: nobody scrolls through more.
OFFERED = 50


@dataclass(frozen=True, slots=True)
class TeamBrief:
    """A team in a list."""

    code: str
    id: int
    name: str
    short_name: str
    region_code: str


def led(*, actor: Actor, at: datetime) -> Any:
    """The condition on `Team` that the actor leads it or manages its division; dissolved ones left out."""
    return _led(roles_of(volunteer_id=actor.volunteer_id, at=at))


def _led(grants: Collection[Grant], *, closed: bool = False) -> Any:
    # A subtree is a range: ':' comes right after '9'. Nothing is or-ed to a range that need not be: it would be lost.
    ways = [
        (Team.region_code >= g.region_code) & (Team.region_code < g.region_code + ":")
        for g in grants
        if g.region_code is not None and g.role in MANAGING
    ]
    own = [g.team_id for g in grants if g.team_id is not None and g.role in LEADING]
    if own or not ways:
        ways.append(Team.id.in_(own))
    mine = reduce(or_, ways)
    return mine if closed else mine & Team.state.not_in(CLOSED_TEAMS)


def led_teams(*, actor: Actor, at: datetime, most: int | None = None) -> list[TeamBrief]:
    """The teams the actor leads or whose division he manages, by division and name, `most` of them at most;
    dissolved ones left out."""
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if not grants:
        return []
    query = Team.select().where(_led(grants)).order_by(Team.region_code, Team.name)
    if most is not None:
        query = query.limit(most)
    return [brief(team) for team in query]


def brief(t: Team) -> TeamBrief:
    """A team as lists name it."""
    return TeamBrief(t.code, t.id, t.name, t.short_name, t.region_code)


def own_teams(*, actor: Actor, at: datetime) -> list[int]:
    """The ids of the teams where the actor holds a post."""
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    return [g.team_id for g in grants if g.team_id is not None and g.role in LEADING]


def leads_any(*, actor: Actor, at: datetime) -> bool:
    """Whether there is any team that the actor leads or whose division he manages."""
    return bool(led_teams(actor=actor, at=at, most=1))


def offered_teams(*, actor: Actor, chosen: str = "", closed: bool = False, at: datetime) -> list[TeamBrief]:
    """The teams to choose from in a form: at most OFFERED of those he leads, and the chosen one (a team's code), be it
    one that was merged or dissolved where `closed` ones may be chosen."""
    offered = led_teams(actor=actor, at=at, most=OFFERED)
    if chosen and chosen not in {each.code for each in offered}:
        his = _led(roles_of(volunteer_id=actor.volunteer_id, at=at), closed=closed)
        found = Team.get_or_none(Team.code == chosen, his)
        return offered if found is None else [brief(found), *offered]
    return offered
