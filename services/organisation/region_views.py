"""Divisions as the console shows them: going down level by level, and one with its centre, teams and history (S17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from frozen import dataclass
from models import Centre, Region, RegionSuccession, Team
from services import permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.organisation import teams
from services.permissions import CLOSED_TEAMS, Verb
from services.regions import lineage


@dataclass(frozen=True, slots=True)
class RegionLine:
    """A division in the list; `teams` counts its own, not those below."""

    code: str
    name: str
    official: str
    level: int
    above: str
    teams: int
    centre: bool
    expects_team: bool
    closed_on: str


@dataclass(frozen=True, slots=True)
class RegionPage:
    """One division; `above` and `below` lead up and down."""

    code: str
    name: str
    official: str
    level: int
    path: str
    expects_team: bool
    closed_on: str
    renamed_on: str
    above: list[tuple[str, str]]
    below: int
    centre: tuple[str, str] | None
    teams: list[tuple[str, str, str]]
    went_to: list[tuple[str, str, str]]
    came_from: list[tuple[str, str, str]]
    may_manage: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[RegionLine]:
    """Divisions the actor may look at; filters: region (right below it), level, state (closed; else the living).

    A search goes through everything below the chosen division.
    """
    mine = scopes.countable(actor=actor, at=at)
    query = Region.select().where(scopes.within(Region.code, mine))
    closed = wanted.chosen("state") == "closed"
    query = query.where(Region.closed_on.is_null(not closed))
    chosen = wanted.chosen("region")
    if wanted.chosen("level"):
        query = query.where(Region.level == int(wanted.chosen("level")))
    deep = bool(wanted.text or wanted.chosen("level") or closed)
    if chosen:
        inside = scopes.within(Region.code, [chosen]) if deep else Region.parent == chosen
        query = query.where(inside)
    elif not deep:
        tops = list(mine) if mine != scopes.EVERYWHERE else [each.code for each in regions.children("")]
        query = query.where(Region.parent.in_(tops) | Region.code.in_(tops))
    if wanted.text:
        query = query.where(
            Region.name.contains(wanted.text)
            | Region.place_name.contains(wanted.text)
            | (Region.code == wanted.text)
        )
    sorts = {"code": Region.code, "name": Region.place_name, "level": Region.level}
    page = cut(query, wanted=wanted, sorts=sorts, default="code", tie=Region.code, row=lambda row: row)
    return Found(_lines(page.rows), page.total, page.page, page.size)


def _lines(rows: list[Region]) -> list[RegionLine]:
    codes = [row.code for row in rows]
    paths = regions.path_names(codes)
    counts: dict[str, int] = {}
    served: set[str] = set()
    for start in range(0, len(codes), 5000):
        part = codes[start : start + 5000]
        counted: Any = Team.select(Team.region_code, fn.COUNT(Team.id)).where(
            Team.region_code.in_(part), Team.state.not_in(CLOSED_TEAMS)
        )
        counts |= {code: int(number) for code, number in counted.group_by(Team.region_code).tuples()}
        served |= {row.region_code for row in Centre.select().where(Centre.region_code.in_(part))}
    return [
        RegionLine(
            row.code, row.place_name, row.name, row.level, paths[row.code].removesuffix(row.place_name),
            counts.get(row.code, 0), row.code in served, row.has_team, row.closed_on or "",
        )
        for row in rows
    ]  # fmt: skip


def areas(*, actor: Actor, chosen: str, at: datetime) -> list[tuple[str, str]]:
    """Divisions to filter a list by: the way down to the chosen one, and what lies right below it."""
    mine = scopes.countable(actor=actor, at=at)
    tops = [code or regions.widest() for code in mine]
    here = chosen if chosen and scopes.covers(mine, chosen) else ""
    way = [code for code in lineage(here) if scopes.covers(mine, code)] if here else tops
    below = regions.children(here or tops[0]) if here or len(tops) == 1 else []
    names = regions.path_names(way)
    return [(code, names[code]) for code in way if names[code]] + [(each.code, each.name) for each in below]


def page(*, actor: Actor, code: str, at: datetime) -> RegionPage:
    """One division, a closed one too. Refusals: NOT_FOUND, NOT_ALLOWED."""
    region = Region.get_or_none(Region.code == code)
    if region is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_count(actor=actor, region_code=code, at=at)
    reach = scopes.countable(actor=actor, at=at)
    looks = permissions.holds(actor=actor, verb=Verb.LOOK, region_code=code, at=at)
    found = Centre.get_or_none(Centre.region_code == code) if looks else None
    above = [each for each in lineage(code)[:-1] if scopes.covers(reach, each)]
    names = {row.code: row.place_name for row in Region.select().where(Region.code.in_(above))}
    return RegionPage(
        code=code, name=region.place_name, official=region.name, level=region.level, path=regions.path_name(code),
        expects_team=region.has_team, closed_on=region.closed_on or "", renamed_on=region.renamed_on or "",
        above=[(each, names[each]) for each in above if each in names],
        below=Region.select().where(Region.parent == code, Region.closed_on.is_null()).count(),
        centre=(found.name, found.phone) if found else None,
        teams=teams.of_region(code) if looks else [],
        went_to=_successions(RegionSuccession.old_code == code, "new_code"),
        came_from=_successions(RegionSuccession.new_code == code, "old_code"),
        may_manage=permissions.manages(actor=actor, region_code=code, at=at),
    )  # fmt: skip


def _successions(condition: object, other: str) -> list[tuple[str, str, str]]:
    rows = list(RegionSuccession.select().where(condition).order_by(RegionSuccession.effective_on))
    paths = regions.path_names([getattr(row, other) for row in rows])
    return [(getattr(row, other), paths[getattr(row, other)], row.effective_on) for row in rows]
