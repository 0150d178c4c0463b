"""Where nothing is yet: divisions without a team, the day by which there should be one, the steps after (S14, S36).

Four steps: no team → a team → an active one → a commended one. Target days are numbers of policy
(`coverage.targets`, by level); the centre above is reminded when a target comes near and when it has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from peewee import JOIN

from clock import local_day
from models import Centre, Region, Team, TeamRegion
from services import regions, rules, scopes
from services.actors import Actor
from services.listing import Found, Wanted, cut

LIVING = ("regular", "pilot", "paused")


@dataclass(frozen=True, slots=True)
class Gap:
    """A division without a team; `target` is the day it should have one by, `founding` a team on its way there."""

    code: str
    name: str
    level: int
    above: str
    target: date | None
    late: bool
    founding: str


def gaps(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Gap]:
    """Divisions without a team that the actor may look at; filters: level, region (a code), founding (yes / no)."""
    within = scopes.within(Region.code, scopes.countable(actor=actor, at=at))
    living = Team.select(Team.region_code).where(Team.state.in_(LIVING))
    joint = (
        TeamRegion.select(TeamRegion.region_code)
        .join(Team, on=(TeamRegion.team == Team.id))
        .where(Team.state.in_(LIVING))
    )
    query = Region.select().where(
        within, Region.has_team, Region.closed_on.is_null(), Region.code.not_in(living), Region.code.not_in(joint)
    )
    if wanted.chosen("level"):
        query = query.where(Region.level == int(wanted.chosen("level")))
    if wanted.chosen("region"):
        first, end = regions.below(wanted.chosen("region"))
        query = query.where(Region.code >= first, Region.code < end)
    begun = Team.select(Team.region_code).where(Team.state == "founding")
    if wanted.chosen("founding"):
        inside = Region.code.in_(begun)
        query = query.where(inside if wanted.chosen("founding") == "yes" else ~inside)
    if wanted.text:
        query = query.where(Region.name.contains(wanted.text) | Region.place_name.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"code": Region.code, "level": Region.level}, default="code", tie=Region.code,
        row=lambda row: row,
    )  # fmt: skip
    return Found(_told(page.rows, at), page.total, page.page, page.size)


def _told(places: list[Region], at: datetime) -> list[Gap]:
    codes = [place.code for place in places]
    begun = {
        team.region_code: team.name
        for team in Team.select().where(Team.state == "founding", Team.region_code.in_(codes))
    }
    paths = regions.path_names(codes)
    targets: dict[str, Mapping[str, str]] = {}
    today = local_day(at)
    told = []
    for place in places:
        county = place.code[:6]
        if county not in targets:
            targets[county] = rules.rule("coverage", county, at).params["targets"]
        text = targets[county].get(str(place.level), "")
        target = date.fromisoformat(text) if text else None
        told.append(
            Gap(
                place.code, place.place_name, place.level, paths[place.code].removesuffix(place.place_name), target,
                target is not None and target < today, begun.get(place.code, ""),
            )
        )  # fmt: skip
    return told


@dataclass(frozen=True, slots=True)
class Responsible:
    """The centre that answers for divisions without a team, with whom to ask."""

    region_code: str
    name: str
    people: tuple[int, ...]


def responsible(region_code: str) -> Responsible | None:
    """The nearest centre above a division, and its director and liaison; None if there is none."""
    line = regions.lineage(region_code)[:-1]
    found = (
        Centre.select(Centre, Region)
        .join(Region, JOIN.LEFT_OUTER, on=(Centre.region_code == Region.code))
        .where(Centre.region_code.in_(line))
    )
    nearest = max(found, key=lambda each: len(each.region_code), default=None)
    if nearest is None:
        return None
    people = tuple(dict.fromkeys(p for p in (nearest.liaison_id, nearest.director_id) if p is not None))
    return Responsible(nearest.region_code, nearest.name, people)
