"""The teams near a division that somebody chose, for whoever has no account; no location is asked for or kept."""

from __future__ import annotations

from frozen import dataclass
from models import Centre, Region, Speciality, Team
from queries import publicity as sql
from services import regions
from services.errors import Refusal, RefusalCode
from services.permissions import CLOSED_TEAMS

MOST = 12
#: Divisions of one name that are looked at for a team.
LOOKED_AT = 100
#: From the county down teams are listed; above, one chooses on.
FROM_LEVEL = 3


@dataclass(frozen=True, slots=True)
class NearTeam:
    """A team somebody may join, without anybody's name."""

    code: str
    name: str
    place: str
    speciality: str


@dataclass(frozen=True, slots=True)
class Office:
    """The centre or station that answers there; its number is a public one."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """A division as the home page shows it: the way down, its teams, its office. `wider`: these lie further off."""

    code: str
    name: str
    up: tuple[tuple[str, str], ...]
    down: tuple[tuple[str, str], ...]
    teams: tuple[NearTeam, ...]
    wider: bool
    office: Office | None


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team for strangers: what it is for, where, whom to ask."""

    code: str
    name: str
    place: str
    region_code: str
    speciality: str
    founded_on: str
    office: Office | None


def place(region_code: str) -> Place:
    """A division; a wrong code, a closed one and the practice area are the whole province."""
    chosen = Region.get_or_none(Region.code == region_code, Region.closed_on.is_null()) if region_code else None
    if chosen is None or regions.in_practice(region_code):
        region_code = regions.widest()
    line = regions.lineage(region_code)
    names = {row.code: row.place_name for row in Region.select().where(Region.code.in_(line))}
    teams, wider = _teams(region_code) if len(line) >= FROM_LEVEL else ([], False)
    return Place(
        region_code, regions.path_name(region_code) if names else "",
        tuple((code, names[code]) for code in line[:-1] if code in names),
        tuple((each.code, each.name) for each in regions.children(region_code)), tuple(teams), wider,
        _office(region_code),
    )  # fmt: skip


def _teams(region_code: str) -> tuple[list[NearTeam], bool]:
    """The teams in the division, or where there is none those of the next one up; and whether it is the next one."""
    for step, code in enumerate(reversed(regions.lineage(region_code)[FROM_LEVEL - 1 :])):
        first, end = regions.below(code)
        found = sql.near(first=first, end=end, limit=MOST)
        if found:
            places = regions.path_names([str(row[2]) for row in found])
            kinds = {row.code: row.name for row in Speciality.select(Speciality.code, Speciality.name)}
            teams = [
                NearTeam(str(row[0]), str(row[1]), places[str(row[2])], kinds.get(str(row[3]), "")) for row in found
            ]
            return teams, step > 0
    return [], False


def _office(region_code: str) -> Office | None:
    """The nearest centre or station, from the division upwards, that has a telephone; else the nearest."""
    line = regions.lineage(region_code)
    found = list(Centre.select().where(Centre.region_code.in_(line)).order_by(Centre.region_code.desc()))
    chosen = next((each for each in found if each.phone), found[0] if found else None)
    return Office(chosen.name, chosen.phone, chosen.address) if chosen is not None else None


def team(code: str) -> TeamPage:
    """A team that takes people in. Refusals: NOT_FOUND (none, closed, still being founded, of the practice area)."""
    found = Team.get_or_none(Team.code == code, Team.state.not_in((*CLOSED_TEAMS, "founding")))
    if found is None or regions.in_practice(str(found.region_code)):
        raise Refusal(RefusalCode.NOT_FOUND)
    kind = Speciality.get_or_none(Speciality.code == found.speciality)
    return TeamPage(
        found.code, found.name, regions.path_name(str(found.region_code)), str(found.region_code),
        kind.name if kind else "", found.founded_on or "", _office(str(found.region_code)),
    )  # fmt: skip


def search(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Divisions whose name fits, as (code, full name), and whether there are more than MOST.

    Of villages of one name (there are fifteen 东湖) those with a team come first: one looks for a team to join.
    """
    found = regions.search(text.strip(), regions.widest(), LOOKED_AT) if text.strip() else []
    villages = [each.code for each in found if not each.has_children]
    joined = Team.select(Team.region_code).where(Team.region_code.in_(villages), Team.state.in_(("regular", "pilot")))
    with_team = {str(row.region_code) for row in joined}
    first = sorted(found, key=lambda each: not (each.has_children or each.code in with_team))
    return [(each.code, each.path or each.name) for each in first[:MOST]], len(found) > MOST
