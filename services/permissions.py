"""Who may do what (授权): grants at a division and everything below it, or at a team, from–to.

Rights are read from `RoleGrant` at each act, so a grant or its end works at once. Who has no business with an
object is told that it does not exist (reliability.md §6.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import AuditEntry, Region, RoleGrant, Team, TeamMember, Volunteer, store
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


#: Roles that lead a team they are granted at.
LEADING = frozenset({Role.TEAM_LEADER, Role.DEPUTY, Role.LIAISON})
#: Roles that manage a division they are granted at, and all below it.
MANAGING = frozenset({Role.STATION_OFFICER, Role.DIRECTOR, Role.LIAISON, Role.REGION_ADMIN})
#: Managing roles that may hand out roles in their division.
APPOINTING = frozenset({Role.DIRECTOR, Role.REGION_ADMIN})
CLOSED_TEAMS = ("dissolved", "merged")


@dataclass(frozen=True, slots=True)
class Grant:
    """A running right: a role at a division (and below) or at a team."""

    id: int
    role: Role
    region_code: str | None
    team_id: int | None
    from_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TeamBrief:
    """A team in a list."""

    code: str
    id: int
    name: str
    short_name: str
    region_code: str


def roles_of(*, volunteer_id: int | None, at: datetime) -> tuple[Grant, ...]:
    """The rights a person has at `at`, oldest first; none for somebody not registered."""
    if volunteer_id is None:
        return ()
    query = (
        RoleGrant.select()
        .where(
            RoleGrant.volunteer == volunteer_id,
            RoleGrant.from_at <= at,
            RoleGrant.until.is_null() | (RoleGrant.until > at),
        )
        .order_by(RoleGrant.id)
    )
    return tuple(Grant(g.id, Role(g.role), g.region_code, g.team_id, g.from_at, g.until) for g in query)


def _covers(grants: tuple[Grant, ...], region_code: str, roles: frozenset[Role]) -> bool:
    return any(
        g.role in roles and g.region_code is not None and region_code.startswith(g.region_code)
        for g in grants
    )


def manages(*, actor: Actor, region_code: str, at: datetime) -> bool:
    """Whether the actor manages this division (a managing role there or above); the house always does."""
    if actor.is_house:
        return True
    return _covers(roles_of(volunteer_id=actor.volunteer_id, at=at), region_code, MANAGING)


def leads(*, actor: Actor, team_id: int, at: datetime) -> bool:
    """Whether the actor leads this team, or manages the division it stands in; the house always does."""
    if actor.is_house:
        return True
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if not grants:
        return False
    if any(g.team_id == team_id and g.role in LEADING for g in grants):
        return True
    team = Team.get_or_none(Team.id == team_id)
    return team is not None and _covers(grants, team.region_code, MANAGING)


def require_manage(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on only for those who manage this division.

    Refusals: NOT_ALLOWED to one who may look there (viewer, auditor), NOT_FOUND to everybody else.
    """
    if actor.is_house:
        return
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if _covers(grants, region_code, MANAGING):
        return
    may_look = _covers(grants, region_code, frozenset(Role))
    raise Refusal(RefusalCode.NOT_ALLOWED if may_look else RefusalCode.NOT_FOUND)


def require_lead(*, actor: Actor, team_id: int, at: datetime) -> None:
    """Go on only for those who lead this team or manage its division.

    Refusals: NOT_ALLOWED to its own members and to those who may look there, NOT_FOUND to everybody else.
    """
    if leads(actor=actor, team_id=team_id, at=at):
        return
    member = TeamMember.select().where(
        TeamMember.team == team_id, TeamMember.volunteer == actor.volunteer_id, TeamMember.to_at.is_null()
    )
    team = Team.get_or_none(Team.id == team_id)
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    may_look = team is not None and _covers(grants, team.region_code, frozenset(Role))
    knows = may_look or (actor.volunteer_id is not None and member.exists())
    raise Refusal(RefusalCode.NOT_ALLOWED if knows else RefusalCode.NOT_FOUND)


def led_teams(*, actor: Actor, at: datetime) -> list[TeamBrief]:
    """The teams the actor leads or whose division he manages, by division and name; dissolved ones left out."""
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if not grants:
        return []
    wanted = Team.id.in_([g.team_id for g in grants if g.team_id is not None and g.role in LEADING])
    for g in grants:
        if g.region_code is not None and g.role in MANAGING:
            # A subtree is a range: ':' comes right after '9'.
            wanted |= (Team.region_code >= g.region_code) & (Team.region_code < g.region_code + ":")
    query = Team.select().where(wanted, Team.state.not_in(CLOSED_TEAMS)).order_by(Team.region_code, Team.name)
    return [TeamBrief(t.code, t.id, t.name, t.short_name, t.region_code) for t in query]


def _require_appoint(
    actor: Actor, volunteer_id: int, role: Role, region_code: str, team_id: int | None, at: datetime
) -> None:
    """Nobody appoints himself. A team's leader names his deputy and liaison; directors and division
    administrators name everybody below them; only an administrator names another one."""
    if actor.is_house:
        return
    grants = roles_of(volunteer_id=actor.volunteer_id, at=at)
    if team_id is None:
        needed = frozenset({Role.REGION_ADMIN}) if role is Role.REGION_ADMIN else APPOINTING
        allowed = _covers(grants, region_code, needed)
    else:
        own_leader = any(g.team_id == team_id and g.role is Role.TEAM_LEADER for g in grants)
        allowed = _covers(grants, region_code, APPOINTING) or (
            own_leader and role in (Role.DEPUTY, Role.LIAISON)
        )
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
    until: datetime | None = None,
) -> int:
    """Give a person a role at a division or at a team, from now on; answers the grant's id.

    The same running role is given only once. Refusals: REGION_UNKNOWN, NOT_FOUND (no such team or person, or none
    of the actor's business), NOT_ALLOWED, REASON_REQUIRED.
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
        elif not Region.select().where(Region.code == region_code).exists():
            raise Refusal(RefusalCode.REGION_UNKNOWN)
        _require_appoint(actor, volunteer_id, role, place, team_id, at)
        if not Volunteer.select().where(Volunteer.id == volunteer_id, Volunteer.state == "active").exists():
            raise Refusal(RefusalCode.NOT_FOUND)
        if not reason.strip():
            raise Refusal(RefusalCode.REASON_REQUIRED)
        for running in roles_of(volunteer_id=volunteer_id, at=at):
            if (running.role, running.region_code, running.team_id) == (role, region_code, team_id):
                return running.id
        made = RoleGrant.create(
            volunteer=volunteer_id, role=role.value, region_code=region_code, team_id=team_id,
            granted_by=actor.volunteer_id, reason=reason.strip(), from_at=at, until=until,
        )  # fmt: skip
        _show_on_team(team_id, role, volunteer_id)
        _audit(actor, "grant", volunteer_id, role, region_code, team_id, reason, at)
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
        if given.volunteer_id != actor.volunteer_id:
            place = given.region_code or Team.get_by_id(given.team_id).region_code
            _require_appoint(actor, given.volunteer_id, role, place, given.team_id, at)
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
        _audit(actor, "revoke", given.volunteer_id, role, given.region_code, given.team_id, reason, at)

    store.write(act)


def _show_on_team(team_id: int | None, role: Role, volunteer_id: int) -> None:
    """The team's page names its leader and liaison; the right itself is the grant alone."""
    if team_id is not None and role in (Role.TEAM_LEADER, Role.LIAISON):
        column = Team.leader if role is Role.TEAM_LEADER else Team.liaison
        Team.update({column: volunteer_id}).where(Team.id == team_id).execute()


def _audit(
    actor: Actor, verb: str, volunteer_id: int, role: Role, region_code: str | None, team_id: int | None,
    reason: str, at: datetime,
) -> None:  # fmt: skip
    detail = {
        "role": role.value,
        "region": region_code,
        "team": team_id,
        "reason": reason.strip(),
        "door": actor.door,
    }
    AuditEntry.create(
        actor=actor.volunteer_id,
        verb=f"role.{verb}",
        subject=f"volunteer:{volunteer_id}",
        detail=detail,
        at=at,
    )
