"""Who may do what (授权): grants at a division and everything below it, or at a team, from–to.

`MAY` says which role may do which verb; each verb has one function here (`decide`: `services.decisions`), and
`services.scopes` turns the same table into ranges for lists. Rights are read from `RoleGrant` at each act, so a
grant, its end or another tree works at once. Who has no business with an object is told that it does not exist
(reliability.md §6.1).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from clock import from_millis, to_millis
from frozen import dataclass
from models import Region, RoleGrant, Team, TeamMember, Volunteer, store
from queries import grants as sql
from services import audit
from services.actors import Actor
from services.errors import Refusal, RefusalCode


class Role(StrEnum):
    """What a person may be granted; `liaison` exists at teams (联络员) and at centres."""

    TEAM_LEADER = "team_leader"
    DEPUTY = "deputy"
    LIAISON = "liaison"
    STATION_OFFICER = "station_officer"
    DIRECTOR = "director"
    REGION_ADMIN = "region_admin"
    VIEWER = "viewer"
    AUDITOR = "auditor"
    PARTNER = "partner"


class Verb(StrEnum):
    """What can be done at a division and below; leading, at a team."""

    LOOK = "look"  # people and their matters, masked
    COUNT = "count"  # numbers without names (S76)
    MANAGE = "manage"  # change things, decide on other people's matters, open what is masked
    LEAD = "lead"  # a team's activities, hours, members
    GUIDE = "guide"  # read a team's record, advise it, return it for correction (S70, S78)
    AUDIT = "audit"  # read who looked at and changed what
    APPOINT = "appoint"  # give and take roles
    COMMAND = "command"  # call teams to a place (S44); below the county, by number `min_level`, nobody does


#: Roles that lead a team they are granted at.
LEADING = frozenset({Role.TEAM_LEADER, Role.DEPUTY, Role.LIAISON})
#: Roles that can be held at a division; a team has its leader and his deputy.
AT_DIVISIONS = tuple(role for role in Role if role not in (Role.TEAM_LEADER, Role.DEPUTY))
#: Roles that manage a division they are granted at, and all below it.
MANAGING = frozenset({Role.STATION_OFFICER, Role.DIRECTOR, Role.LIAISON, Role.REGION_ADMIN})
#: Managing roles that may hand out roles in their division.
APPOINTING = frozenset({Role.DIRECTOR, Role.REGION_ADMIN})
#: The whole of the rights at divisions. At a team, the roles of LEADING lead it.
MAY: dict[Verb, frozenset[Role]] = {
    Verb.LOOK: MANAGING | {Role.AUDITOR},
    Verb.COUNT: MANAGING | {Role.AUDITOR, Role.VIEWER, Role.PARTNER},
    Verb.MANAGE: MANAGING,
    Verb.LEAD: MANAGING,
    Verb.GUIDE: MANAGING | {Role.PARTNER},
    Verb.AUDIT: frozenset({Role.AUDITOR, Role.REGION_ADMIN, Role.DIRECTOR}),
    Verb.APPOINT: APPOINTING,
    Verb.COMMAND: MANAGING - {Role.STATION_OFFICER},
}
CLOSED_TEAMS = ("dissolved", "merged")


@dataclass(frozen=True, slots=True)
class Grant:
    """A running right: a role at a division (and below) or at a team.

    `speciality`: a partner's right reaches only teams of it; `acting_for`: held in somebody's stead.
    """

    id: int
    role: Role
    region_code: str | None
    team_id: int | None
    from_at: datetime
    until: datetime | None
    speciality: str = ""
    acting_for: int | None = None


def roles_of(*, volunteer_id: int | None, at: datetime) -> tuple[Grant, ...]:
    """The rights a person has at `at`, oldest first; none for somebody not registered, or no longer with us."""
    if volunteer_id is None:
        return ()
    return tuple(
        Grant(
            number, Role(role), region, team, from_millis(begun), until and from_millis(until), speciality, stead
        )
        for number, role, region, team, begun, until, speciality, stead in sql.running(volunteer_id, to_millis(at))
    )


def changes_of(*, volunteer_id: int) -> list[datetime]:
    """The moments at which the rights of a person began or ended: between two of them they stay the same."""
    query = RoleGrant.select(RoleGrant.from_at, RoleGrant.until).where(RoleGrant.volunteer == volunteer_id)
    return sorted({moment for g in query for moment in (g.from_at, g.until) if moment is not None})


def _covers(grants: Collection[Grant], region_code: str, roles: frozenset[Role]) -> bool:
    return any(
        g.role in roles and g.region_code is not None and region_code.startswith(g.region_code)
        for g in grants
    )


def holds(*, actor: Actor, verb: Verb, region_code: str, at: datetime) -> bool:
    """Whether the actor may do this in the division (by a role there or above); the house always may."""
    return actor.is_house or _covers(roles_of(volunteer_id=actor.volunteer_id, at=at), region_code, MAY[verb])


def _require(actor: Actor, verb: Verb, region_code: str, at: datetime) -> None:
    if actor.is_house:
        return
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if not _covers(grants, region_code, MAY[verb]):
        knows = _covers(grants, region_code, frozenset(Role))
        raise Refusal(RefusalCode.NOT_ALLOWED if knows else RefusalCode.NOT_FOUND)


def require_look(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on for those who may look at this division's people and matters. Refusals as `require_manage`."""
    _require(actor, Verb.LOOK, region_code, at)


def require_count(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on for those who may see this division's numbers. Refusals as `require_manage`."""
    _require(actor, Verb.COUNT, region_code, at)


def require_audit(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on for those who may see who looked at and changed what here. Refusals as `require_manage`."""
    _require(actor, Verb.AUDIT, region_code, at)


def require_command(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on for those who may call teams to a place in this division (S44). Refusals as `require_manage`."""
    _require(actor, Verb.COMMAND, region_code, at)


def require_manage(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on only for those who manage this division.

    Refusals: NOT_ALLOWED to one who may look there (viewer, auditor), NOT_FOUND to everybody else.
    """
    _require(actor, Verb.MANAGE, region_code, at)


def manages(*, actor: Actor, region_code: str, at: datetime) -> bool:
    """Whether the actor manages this division (a managing role there or above); the house always does."""
    return holds(actor=actor, verb=Verb.MANAGE, region_code=region_code, at=at)


def leads(*, actor: Actor, team_id: int, at: datetime, parties: Collection[int | None] = ()) -> bool:
    """Whether the actor leads this team, or manages the division it stands in; the house always does.

    Rights held in the stead of one of `parties` are left out (`services.decisions`).
    """
    if actor.is_house:
        return True
    grants = [g for g in roles_of(volunteer_id=actor.volunteer_id, at=at) if not stands_for(g, parties)]
    if not grants:
        return False
    if any(g.team_id == team_id and g.role in LEADING for g in grants):
        return True
    team = Team.get_or_none(Team.id == team_id)
    return team is not None and _covers(grants, team.region_code, MAY[Verb.LEAD])


def stands_for(grant: Grant, parties: Collection[int | None]) -> bool:
    """Whether this right is held in the stead of one of these people."""
    return grant.acting_for is not None and grant.acting_for in parties


def require_lead(*, actor: Actor, team_id: int, at: datetime) -> None:
    """Go on only for those who lead this team or manage its division.

    Refusals: NOT_ALLOWED to its own members and to those who may look there, NOT_FOUND to everybody else.
    """
    if leads(actor=actor, team_id=team_id, at=at):
        return
    raise Refusal(RefusalCode.NOT_ALLOWED if _knows_team(actor, team_id, at) else RefusalCode.NOT_FOUND)


def require_see(*, actor: Actor, team_id: int, at: datetime) -> None:
    """Go on for those who lead this team or may look at its division's people. Refusals as `require_lead`."""
    team = Team.get_or_none(Team.id == team_id)
    if team is None or not holds(actor=actor, verb=Verb.LOOK, region_code=team.region_code, at=at):
        require_lead(actor=actor, team_id=team_id, at=at)


def require_guide(*, actor: Actor, team_id: int, at: datetime) -> None:
    """Go on for those who manage the team's division and for partners of its speciality there (S70, S78).

    Refusals: NOT_ALLOWED to its own members and to those who may look there, NOT_FOUND to everybody else.
    """
    if actor.is_house:
        return
    team = Team.get_or_none(Team.id == team_id)
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if team is not None and any(_reaches(g, team) for g in grants if g.role in MAY[Verb.GUIDE]):
        return
    raise Refusal(RefusalCode.NOT_ALLOWED if _knows_team(actor, team_id, at) else RefusalCode.NOT_FOUND)


def _reaches(grant: Grant, team: Team) -> bool:
    """Whether a right reaches a team; a partner's, only teams of his speciality."""
    if grant.team_id is not None:
        return grant.team_id == team.id
    fits = grant.role is not Role.PARTNER or grant.speciality in ("", team.speciality)
    return fits and team.region_code.startswith(grant.region_code or "-")


def _knows_team(actor: Actor, team_id: int, at: datetime) -> bool:
    """Whether he may know that there is such a team: a member, or one with any right that reaches it."""
    team = Team.get_or_none(Team.id == team_id)
    if team is None or actor.volunteer_id is None:
        return False
    if any(_reaches(g, team) for g in roles_of(volunteer_id=actor.volunteer_id, at=at)):
        return True
    member = TeamMember.select().where(
        TeamMember.team == team_id, TeamMember.volunteer == actor.volunteer_id, TeamMember.to_at.is_null()
    )
    return bool(member.exists())


def appoints(*, grants: Collection[Grant], role: Role, region_code: str, team_id: int | None = None) -> bool:
    """Whether these rights are enough to give somebody else this role, or take it, there (`require_appoint`)."""
    if team_id is None:
        needed = frozenset({Role.REGION_ADMIN}) if role is Role.REGION_ADMIN else MAY[Verb.APPOINT]
        return _covers(grants, region_code, needed)
    own_leader = any(g.team_id == team_id and g.role is Role.TEAM_LEADER for g in grants)
    return _covers(grants, region_code, MAY[Verb.APPOINT]) or (own_leader and role in (Role.DEPUTY, Role.LIAISON))


def require_appoint(
    *, actor: Actor, volunteer_id: int, role: Role, region_code: str, team_id: int | None = None, at: datetime
) -> None:
    """Go on for one who may give this role, or take it, there.

    Nobody appoints himself. A team's leader names his deputy and liaison; directors and division administrators
    name everybody below them; only an administrator names another one. Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    if actor.is_house:
        return
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    allowed = appoints(grants=grants, role=role, region_code=region_code, team_id=team_id)
    if allowed and actor.volunteer_id != volunteer_id:
        return
    seen = _covers(grants, region_code, frozenset(Role)) or any(
        g.team_id == team_id is not None for g in grants
    )
    raise Refusal(RefusalCode.NOT_ALLOWED if seen else RefusalCode.NOT_FOUND)


def grant(
    *,
    actor: Actor,
    volunteer_id: int,
    role: Role,
    region_code: str | None = None,
    team_id: int | None = None,
    reason: str,
    at: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    speciality: str = "",
    acting_for: int | None = None,
) -> int:
    """Give a person a role at a division or at a team, from now (or from `since`) on; answers the grant's id.

    `speciality` limits a partner; `acting_for` is whose post a deputy with dates fills. The same role that runs then
    is given only once. Refusals: NOT_FOUND (no such team or person, or none of the actor's business), NOT_ALLOWED,
    REGION_UNKNOWN, REASON_REQUIRED.
    """
    role = Role(role)
    if (region_code is None) == (team_id is None) or (team_id is not None and role not in LEADING):
        raise ValueError("a role is granted at a division or at a team")

    def act() -> int:
        place = region_code or ""
        if team_id is not None:
            team = Team.get_or_none(Team.id == team_id)
            if team is None:
                raise Refusal(RefusalCode.NOT_FOUND)
            place = team.region_code
        require_appoint(
            actor=actor, volunteer_id=volunteer_id, role=role, region_code=place, team_id=team_id, at=at
        )
        if team_id is None and not Region.select().where(Region.code == region_code).exists():
            raise Refusal(RefusalCode.REGION_UNKNOWN)
        if not Volunteer.select().where(Volunteer.id == volunteer_id, Volunteer.state == "active").exists():
            raise Refusal(RefusalCode.NOT_FOUND)
        if not reason.strip():
            raise Refusal(RefusalCode.REASON_REQUIRED)
        for running in roles_of(volunteer_id=volunteer_id, at=since or at):
            held = (running.role, running.region_code, running.team_id, running.speciality)
            if (*held, running.acting_for) == (role, region_code, team_id, speciality, acting_for):
                return running.id
        made = RoleGrant.create(
            volunteer=volunteer_id, role=role.value, region_code=region_code, team_id=team_id,
            granted_by=actor.volunteer_id, reason=reason.strip(), from_at=since or at, until=until,
            speciality=speciality, acting_for=acting_for,
        )  # fmt: skip
        if acting_for is None:
            _show_on_team(team_id, role, volunteer_id)
        _audit(actor, "grant", made, place, reason, at)
        return int(made.id)

    return store.write(act)


def revoke(*, actor: Actor, grant_id: int, reason: str, at: datetime) -> None:
    """End a grant now; ending it twice changes nothing. One may lay down his own role.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED.
    """

    def act() -> None:
        given = RoleGrant.get_or_none(RoleGrant.id == grant_id)
        if given is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        role = Role(given.role)
        place = given.region_code or Team.get_by_id(given.team_id).region_code
        if given.volunteer_id != actor.volunteer_id:
            require_appoint(
                actor=actor, volunteer_id=given.volunteer_id, role=role, region_code=place, team_id=given.team_id,
                at=at,
            )  # fmt: skip
        if not reason.strip():
            raise Refusal(RefusalCode.REASON_REQUIRED)
        if given.until is not None and given.until <= at:
            return
        RoleGrant.update(until=at).where(RoleGrant.id == grant_id).execute()
        if given.team_id is not None and role in (Role.TEAM_LEADER, Role.LIAISON):
            column = Team.leader if role is Role.TEAM_LEADER else Team.liaison
            Team.update({column: None}).where(
                Team.id == given.team_id, column == given.volunteer_id
            ).execute()
        _audit(actor, "revoke", given, place, reason, at)

    store.write(act)


def _show_on_team(team_id: int | None, role: Role, volunteer_id: int) -> None:
    """The team's page names its leader and liaison; the right itself is the grant alone."""
    if team_id is not None and role in (Role.TEAM_LEADER, Role.LIAISON):
        column = Team.leader if role is Role.TEAM_LEADER else Team.liaison
        Team.update({column: volunteer_id}).where(Team.id == team_id).execute()


def _audit(actor: Actor, verb: str, given: RoleGrant, place: str, reason: str, at: datetime) -> None:
    detail = {
        "role": given.role,
        "region": given.region_code,
        "team": given.team_id,
        "reason": reason.strip(),
    }
    audit.note(
        actor=actor, verb=f"role.{verb}", subject=f"volunteer:{given.volunteer_id}", detail=detail, at=at,
        region_code=place,
    )  # fmt: skip
