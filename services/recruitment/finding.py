"""Finding a team to join: by a name as people say it, the nearest ones first."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from peewee import Case

from frozen import dataclass
from models import Application, Region, Team, TeamMember, TeamRegion, Volunteer
from queries.regions import PRACTICE
from services import regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.recruitment.applications import CLOSED_TEAMS, OPEN
from services.regions import in_practice, lineage
from wording import entry

#: Rows looked at before the words about the place are compared.
SEEN = 200
LONGEST = 40
COUNTY_LENGTH = 6
_SIGNS = re.compile(r"[%_\\\"'“”‘’「」『』（）()，。,.!！?？]")
_PLACE_END = re.compile(r"(?:社区|村|镇|乡|街道|居委会|村委会)$")


@dataclass(frozen=True, slots=True)
class FoundTeam:
    """A team that takes people in; `mine`: he is in it, `asked`: his application or an offer to him stands."""

    code: str
    name: str
    short_name: str
    place: str
    founding: bool
    mine: bool
    asked: bool


def words_of(text: str) -> list[str]:
    """What tells teams apart in what a person typed: 霍邱 东湖社区志愿服务队 → 霍邱, 东湖社区."""
    plain = _SIGNS.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST]))
    noise = [str(each) for each in entry("joining.noise")]
    found = []
    for word in plain.split():
        for each in noise:
            word = word.replace(each, "")
        if word:
            found.append(word)
    return found[:4]


def find(*, actor: Actor, text: str = "", limit: int = 8) -> list[FoundTeam]:
    """Teams that take people in, by name, short name, feature or code, the nearest first; without words those of
    his county. Refusals: NOT_REGISTERED.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    home = str(Volunteer.get_by_id(actor.volunteer_id).region_code)
    by_code = Team.get_or_none(Team.code == text.strip().lower(), Team.state.not_in(CLOSED_TEAMS))
    if by_code is not None:
        return _told(actor.volunteer_id, [by_code])
    words = words_of(text)
    if not words:
        near = list(_query(home).where(scopes.within(Team.region_code, [home[:COUNTY_LENGTH]])).limit(limit))
        return _told(actor.volunteer_id, near)
    for named in _ways(words[-1]):
        rows = list(_query(home).where(named).limit(SEEN))
        paths = regions.path_names([row.region_code for row in rows])
        hits = [row for row in rows if all(word in paths[row.region_code] for word in words[:-1])]
        if hits:
            return _told(actor.volunteer_id, hits[:limit])
    return []


def by_code(*, actor: Actor, code: str) -> FoundTeam | None:
    """The team of a code that was scanned, if it takes people in; a stranger may know its name, too."""
    team = Team.get_or_none(Team.code == code.strip().lower(), Team.state.not_in(CLOSED_TEAMS))
    if team is None:
        return None
    return _told(actor.volunteer_id or 0, [team])[0]


def _query(home: str) -> Any:
    """Teams that take people in, of the programme or of the practice area, the nearest to `home` first."""
    practice = Team.region_code >= PRACTICE if in_practice(home) else Team.region_code < PRACTICE
    joint = Team.id.in_(TeamRegion.select(TeamRegion.team).where(TeamRegion.region_code == home))
    steps = [
        (scopes.within(Team.region_code, [code]), place)
        for place, code in enumerate(reversed(lineage(home)), 1)
    ]
    nearness = Case(None, [(Team.region_code == home, 0), (joint, 0), *steps], 99)
    return (
        Team.select()
        .where(practice, Team.state.not_in(CLOSED_TEAMS))
        .order_by(nearness, Team.region_code, Team.id)
    )


def _ways(word: str) -> list[Any]:
    """The conditions to try one after the other: the word, the place without 村 or 社区, its signs in this order."""
    bare = _PLACE_END.sub("", word)
    tried = [word] if len(bare) < 2 or bare == word else [word, bare]
    found = [
        Team.name.contains(each) | Team.standard_name.contains(each) | Team.short_name.contains(each)
        | Team.feature.contains(each)
        for each in tried
    ]  # fmt: skip
    return [*found, Team.standard_name ** f"%{'%'.join(bare)}%"] if len(bare) > 2 else found


def _told(volunteer_id: int, teams: list[Team]) -> list[FoundTeam]:
    ids = [team.id for team in teams]
    mine = {
        row.team_id
        for row in TeamMember.select().where(
            TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null(), TeamMember.team.in_(ids)
        )
    }
    asked = {
        row.team_id
        for row in Application.select().where(
            Application.volunteer == volunteer_id, Application.state.in_(OPEN), Application.team.in_(ids)
        )
    }
    places = regions.path_names([team.region_code for team in teams])
    return [
        FoundTeam(
            team.code, team.name, team.short_name, places[team.region_code], team.state == "founding",
            team.id in mine, team.id in asked,
        )
        for team in teams
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AtHome:
    """The place where somebody lives: does it have a team, the code of one being founded (`mine`: he has joined it),
    is one expected there?"""

    place: str
    team: bool
    founding: str
    mine: bool
    expected: bool


def at_home(*, volunteer_id: int) -> AtHome:
    """How it stands with teams where he lives; a joint team of other villages counts."""
    home = str(Volunteer.get_by_id(volunteer_id).region_code)
    region = Region.get_or_none(Region.code == home)
    joint = Team.id.in_(TeamRegion.select(TeamRegion.team).where(TeamRegion.region_code == home))
    there = list(
        Team.select()
        .where((Team.region_code == home) | joint, Team.state.not_in(("dissolved", "merged")))
        .order_by(Team.id)
    )
    young = next((team for team in there if team.state == "founding"), None)
    told = _told(volunteer_id, [young]) if young is not None else []
    stands = any(team.state != "founding" for team in there)
    return AtHome(
        region.place_name if region else "", stands, young.code if young is not None and not stands else "",
        any(each.mine for each in told),
        bool(region and region.has_team and region.closed_on is None),
    )  # fmt: skip
