"""Teams whose standard name no longer follows their division: it was renamed or merged meanwhile (S66, S67).

Nothing changes by itself: a name stands on flags and seals. An officer takes the new standard name, for one team or for
all that wait; a team registered under a number keeps its name, only the standard name beside it follows.
"""

from __future__ import annotations

import string
from datetime import datetime
from typing import Any

from peewee import JOIN, Case

from frozen import dataclass
from models import Region, Speciality, Team, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import names, teams
from services.permissions import CLOSED_TEAMS
from wording import entry

#: Teams renamed in one short write, and by one press of the button.
BATCH, MOST = 100, 500


@dataclass(frozen=True, slots=True)
class Behind:
    """A team whose standard name is behind. `keeps`: it is registered and keeps its name; `taken`: another team of the
    division has the new name already, so the two are merged or told apart first."""

    code: str
    name: str
    standard: str
    follows: str
    place: str
    keeps: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of it: how many teams took the new standard name, how many wait because it is taken."""

    done: int
    taken: int


def listed(*, actor: Actor, wanted: Wanted, brand: str, at: datetime) -> Found[Behind]:
    """Teams of the divisions the actor manages that are behind; filter: region."""
    query = _behind(brand).where(scopes.within(Team.region_code, scopes.managed(actor=actor, at=at)))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Team.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text) | Team.standard_name.contains(wanted.text))
    sorts = {"name": Team.name, "region": Team.region_code}
    page = cut(query, wanted=wanted, sorts=sorts, default="region", tie=Team.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    lines = [_line(row, places[row.region_code], brand) for row in page.rows]
    return Found(lines, page.total, page.page, page.size)


def behind(*, code: str, brand: str) -> Behind | None:
    """One team, if its standard name is behind; the caller has looked at the reader's right."""
    row = _behind(brand).where(Team.code == code).first()
    return _line(row, regions.path_names([row.region_code])[row.region_code], brand) if row else None


def _line(team: Team, place: str, brand: str) -> Behind:
    new = _new_name(team, brand)
    return Behind(team.code, team.name, team.standard_name, new, place, _keeps(team), _taken(team, new))


def _behind(brand: str) -> Any:
    """Teams with another standard name than their division makes today; one that never had any is not behind."""
    return (
        Team.select(Team)
        .join(Region, on=(Team.region_code == Region.code))
        .switch(Team)
        .join(Speciality, JOIN.LEFT_OUTER, on=(Team.speciality == Speciality.code))
        .where(
            Team.state.not_in(CLOSED_TEAMS), Team.standard_name != "", Team.standard_name != made_by_division(brand)
        )
    )


def made_by_division(brand: str) -> Any:
    """`names.standard_name` as the database reckons it, for Team joined with Region and Speciality."""
    facts = {
        "place": Region.place_name.concat(Team.site_name), "brand": brand, "speciality": Speciality.name,
    }  # fmt: skip

    def form(key: str) -> Any:
        made: Any = None
        for literal, name, _, _ in string.Formatter().parse(entry(f"organisation.names.{key}")):
            for piece in (literal, facts[name] if name else ""):
                if not isinstance(piece, str) or piece:
                    made = piece if made is None else made.concat(piece)
        return made

    return Case(
        None,
        [(Team.kind != "professional", form("general")), (Region.level <= names.COUNTY_LEVEL, form("professional"))],
        form("attribute"),
    )


def _new_name(team: Team, brand: str) -> str:
    kind = Speciality.get_or_none(Speciality.code == team.speciality)
    return names.standard_name(
        region=Region.get_by_id(team.region_code), kind=team.kind, speciality=kind.name if kind else "", brand=brand,
        site_name=team.site_name,
    )  # fmt: skip


def _keeps(team: Team) -> bool:
    """Registered under a number, or kept before: the name stands (S67)."""
    return bool(team.keeps_name or team.national_no)


def _taken(team: Team, name: str) -> bool:
    other = Team.select().where(
        Team.region_code == team.region_code, Team.standard_name == name, Team.id != team.id,
        Team.state.not_in(CLOSED_TEAMS),
    )  # fmt: skip
    return bool(other.exists())


def follow(*, actor: Actor, code: str, brand: str, at: datetime) -> None:
    """Take the standard name that the division makes today; a team that has it stays as it is.

    Refusals in order: NOT_FOUND, NOT_ALLOWED (who does not manage the division), TEAM_STATE (closed), TEAM_NAME_TAKEN.
    """

    def act() -> None:
        team = teams.by_code(code)
        teams.require_manager(actor=actor, team=team, at=at)
        if team.state in CLOSED_TEAMS:
            raise Refusal(RefusalCode.TEAM_STATE)
        if not _behind(brand).where(Team.id == team.id).exists():
            return
        new = _new_name(team, brand)
        if _taken(team, new):
            raise Refusal(RefusalCode.TEAM_NAME_TAKEN, name=new)
        _take(actor, team, new, at)

    store.write(act)


def follow_all(*, actor: Actor, region_code: str = "", brand: str, at: datetime) -> Followed:
    """The same for all that wait in the actor's divisions (below `region_code` if one is named), at most `MOST`; where
    the new name is taken, it stays. Refusal: NOT_ALLOWED (manages nothing)."""
    mine = scopes.managed(actor=actor, at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    query = _behind(brand).where(scopes.within(Team.region_code, mine))
    if region_code:
        query = query.where(scopes.within(Team.region_code, [region_code]))
    ids = [row.id for row in query.order_by(Team.region_code, Team.id).limit(MOST)]
    done = 0
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        done += store.write(lambda part=part: _follow_some(actor, part, brand, at))  # type: ignore[misc]
    return Followed(done, len(ids) - done)


def _follow_some(actor: Actor, ids: list[int], brand: str, at: datetime) -> int:
    done = 0
    for team in list(_behind(brand).where(Team.id.in_(ids)).order_by(Team.region_code, Team.id)):
        new = _new_name(team, brand)
        if permissions.manages(actor=actor, region_code=team.region_code, at=at) and not _taken(team, new):
            _take(actor, team, new, at)
            done += 1
    return done


def _take(actor: Actor, team: Team, new: str, at: datetime) -> None:
    keeps = _keeps(team)
    columns: dict[str, Any] = {"standard_name": new, "keeps_name": keeps and team.name != new}
    if not keeps:
        columns |= {"name": new, "short_name": _short(team)}
    changes = {key: [getattr(team, key), value] for key, value in columns.items() if value != getattr(team, key)}
    Team.update(columns).where(Team.id == team.id).execute()
    audit.changed(actor=actor, verb="team_renamed", subject=f"team:{team.id}", changes=changes, at=at)
    if "name" in changes:
        telling.tell(
            kind="team_renamed", people=[*leaders(team_id=team.id, at=at), team.leader_id],
            key=f"{team.id}:{at.timestamp():.0f}", at=at, url=f"/console/teams/{team.code}", old=team.name, team=new,
        )  # fmt: skip


def _short(team: Team) -> str:
    """The short name: one that was made of the old place is made of the new one, one of its own stays."""
    kind = Speciality.get_or_none(Speciality.code == team.speciality)
    region = Region.get_by_id(team.region_code)
    mark = entry("organisation.names.general").partition("{place}")[2].partition("{")[0]
    before = team.standard_name.partition(mark)[0].removesuffix(team.site_name)
    facts = {"kind": team.kind, "speciality": kind.name if kind else "", "site_name": team.site_name}
    old = names.short_name(region=Region(place_name=before, level=region.level), **facts)
    return names.short_name(region=region, **facts) if team.short_name == old else str(team.short_name)
