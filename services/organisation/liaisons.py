"""Who answers for somebody: the liaison of his team, else of the nearest station or centre above it (联络员, S81).

His own telephone is shown to members alone, one at a time, and each time the audit keeps it.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Centre, RoleGrant, Team, TeamMember, Volunteer
from services import audit, decisions, permissions, regions
from services.access import people_list
from services.actors import Actor
from services.organisation import centres
from services.parts import Parts
from services.permissions import Role


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody belongs: his home team's id and name, None and "" for none, and the division."""

    team_id: int | None
    team_name: str
    region_code: str


@dataclass(frozen=True, slots=True)
class Liaison:
    """Whom to turn to: the name and post, "" where only an office is known; `of` the team or office; a telephone."""

    name: str
    of: str
    phone: str


def home_of(volunteer_id: int) -> Home:
    """The team whose member he is (his own one first), and its division; without a team, where he lives."""
    running = TeamMember.to_at.is_null() & Team.state.not_in(permissions.CLOSED_TEAMS)
    mine = (
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == volunteer_id, running)
        .order_by(TeamMember.home.desc(), TeamMember.id)
        .first()
    )
    if mine is not None:
        return Home(mine.team_id, mine.team.short_name or mine.team.name, mine.team.region_code)
    person = Volunteer.get_by_id(volunteer_id)
    return Home(None, "", person.region_code)


def answering(*, volunteer_id: int, team_id: int | None, region_code: str, at: datetime) -> list[int]:
    """Who is asked: the liaisons of the team, else of the nearest division that has one, else whoever manages the
    nearest division. Never the person himself. Ids, oldest right first; nobody where no post is filled at all."""
    own = _liaisons(at, volunteer_id, RoleGrant.team_id == team_id) if team_id is not None else []
    if own:
        return [grant.volunteer_id for grant in own]
    above = _liaisons(at, volunteer_id, RoleGrant.region_code.in_(regions.lineage(region_code)))
    if above:
        nearest = max(len(str(grant.region_code)) for grant in above)
        return [grant.volunteer_id for grant in above if len(str(grant.region_code)) == nearest]
    return sorted(decisions.deciders(region_code=region_code, parties=[volunteer_id], at=at))


def _liaisons(at: datetime, volunteer_id: int, where: object) -> list[RoleGrant]:
    rows = (
        RoleGrant.select(RoleGrant, Volunteer)
        .join(Volunteer, on=RoleGrant.volunteer)
        .where(
            where, RoleGrant.role == Role.LIAISON.value, RoleGrant.from_at <= at,
            RoleGrant.until.is_null() | (RoleGrant.until > at), Volunteer.state == "active",
            RoleGrant.volunteer != volunteer_id,
        )
        .order_by(RoleGrant.id)
    )  # fmt: skip
    return list(rows)


def mine(*, parts: Parts, actor: Actor, at: datetime) -> Liaison | None:
    """Whom the actor turns to. A member sees his liaison's name and telephone, which the audit keeps; anybody else,
    and a member whose liaison left none, the telephone of the nearest office. None where there is nobody."""
    if actor.volunteer_id is None:
        return None
    home = home_of(actor.volunteer_id)
    office = _office(home.region_code)
    if home.team_id is None:
        return office
    grant = _first(actor.volunteer_id, home, at)
    if grant is None:
        return office
    number = people_list.opened(parts, grant.volunteer, "phone")
    of = home.team_name if grant.team_id is not None else centres.nearest(str(grant.region_code)).name
    if not number:
        return Liaison(grant.volunteer.name, of, office.phone if office else "")
    audit.note(
        actor=actor, verb="person.call", subject=f"volunteer:{grant.volunteer_id}", detail={"post": "liaison"}, at=at,
        region_code=home.region_code,
    )  # fmt: skip
    return Liaison(grant.volunteer.name, of, number)


def _first(volunteer_id: int, home: Home, at: datetime) -> RoleGrant | None:
    own = _liaisons(at, volunteer_id, RoleGrant.team_id == home.team_id)
    if own:
        return own[0]
    above = _liaisons(at, volunteer_id, RoleGrant.region_code.in_(regions.lineage(home.region_code)))
    with_office = {row.region_code for row in Centre.select(Centre.region_code).where(
        Centre.region_code.in_(regions.lineage(home.region_code))
    )}  # fmt: skip
    known = [grant for grant in above if grant.region_code in with_office]  # whose office has a name to tell
    return max(known, key=lambda grant: len(str(grant.region_code)), default=None)


def _office(region_code: str) -> Liaison | None:
    rows = Centre.select().where(Centre.region_code.in_(regions.lineage(region_code)), Centre.phone != "")
    found = max(rows, key=lambda row: len(row.region_code), default=None)
    return Liaison("", found.name, found.phone) if found is not None else None
