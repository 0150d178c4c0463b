"""The training rate of teams: of the members, how many have the class hours that a year asks for (S42)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Team, TeamMember, Volunteer
from services import leading, regions, rules, scopes
from services.actors import Actor
from services.bookkeeping import classes
from services.listing import MOST, Found, Wanted, cut
from services.training import facts

#: A list is put in the order of its figures as long as it has at most so many teams: a city's; else by place.
SORTED_MOST = 2000
#: From so many members on, the minutes of everybody are read at once.
MANY = 2000
CHUNK = 500


@dataclass(frozen=True, slots=True)
class RateLine:
    """A team: running members, those of them with `aim` class hours in the year, the rate in per cent rounded down
    (None without members), the class hours of all of them."""

    code: str
    name: str
    place: str
    members: int
    trained: int
    rate: int | None
    aim: int
    hours: str


#: What one may sort by besides name and place; a team without members is below 0 per cent.
FIGURES: Mapping[str, Callable[[RateLine], int]] = {
    "members": lambda line: line.members, "trained": lambda line: line.trained,
    "rate": lambda line: -1 if line.rate is None else line.rate,
}  # fmt: skip


def rate(*, minutes: Sequence[int], members: int, year_hours: int, class_hour: int) -> tuple[int, int | None]:
    """(people with enough class minutes, their share of the members in per cent, rounded down). Pure."""
    trained = sum(each >= year_hours * class_hour for each in minutes)
    return trained, trained * 100 // members if members else None


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[RateLine]:
    """Teams the actor leads or whose numbers he may see (no names: S76), with their rate of a year; filters: region,
    kind, year (this one unless said)."""
    today = local_day(at)
    year = wanted.chosen("year") or str(today.year)
    seen = leading.led(actor=actor, at=at) | scopes.within(Team.region_code, scopes.countable(actor=actor, at=at))
    query = Team.select().where(seen, Team.state.in_(("regular", "pilot", "paused")))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Team.region_code, [wanted.chosen("region")]))
    if wanted.chosen("kind"):
        query = query.where(Team.kind == wanted.chosen("kind"))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    by_figure = FIGURES.get(wanted.sort.removeprefix("-"))
    if by_figure is not None:
        teams = list(query.order_by(Team.region_code, Team.id).limit(SORTED_MOST + 1))
        if len(teams) <= SORTED_MOST:
            return _by_figure(of_teams(teams, year=year, at=at), by_figure, wanted)
    page = cut(
        query, wanted=wanted, sorts={"team": Team.name, "place": Team.region_code}, default="place", tie=Team.id,
        row=lambda row: row,
    )  # fmt: skip
    lines = of_teams(page.rows, year=year, at=at)
    return Found(lines, page.total, page.page, page.size)


def _by_figure(lines: list[RateLine], figure: Callable[[RateLine], int], wanted: Wanted) -> Found[RateLine]:
    """A page of all lines by a figure; teams that are alike stay by place."""
    lines.sort(key=figure, reverse=wanted.sort.startswith("-"))
    size = min(max(wanted.size, 1), MOST)
    page = min(max(wanted.page, 1), max(1, -(-len(lines) // size)))
    return Found(lines[(page - 1) * size : page * size], len(lines), page, size)


def of_teams(teams: Sequence[Team], *, year: str, at: datetime) -> list[RateLine]:
    """The rate of each of these teams in a year, in their order. Members are those of today; one who is in two teams
    counts in both."""
    members = _members([team.id for team in teams])
    everybody = {person for people in members.values() for person in people}
    minutes = facts.class_minutes_by_person(
        first_day=f"{year}-01-01", last_day=f"{year}-12-31", volunteer_ids=None if len(everybody) > MANY else everybody
    )
    places = regions.path_names([str(team.region_code) for team in teams])
    numbers = rules.Everywhere("training", at)
    lines = []
    for team in teams:
        params = numbers.of(str(team.region_code)).params
        had = [minutes.get(person, 0) for person in members[team.id]]
        trained, share = rate(
            minutes=had, members=len(had), year_hours=params["year_hours"], class_hour=params["class_hour"]
        )
        lines.append(
            RateLine(
                team.code, team.name, places[str(team.region_code)], len(had), trained, share, params["year_hours"],
                classes.class_hours(sum(had), params["class_hour"]),
            )
        )  # fmt: skip
    return lines


def _members(ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        query = (
            TeamMember.select(TeamMember.team, TeamMember.volunteer)
            .join(Volunteer)
            .where(
                TeamMember.team.in_(ids[start : start + CHUNK]), TeamMember.to_at.is_null(),
                Volunteer.state == "active",
            )
        )  # fmt: skip
        for team, person in list[Any](query.tuples()):
            found[team].append(person)
    return found
