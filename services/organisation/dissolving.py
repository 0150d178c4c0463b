"""What becomes of people, rights and activities when a team is closed or taken into another one (S32).

Memberships end and the home moves to another of the person's teams, hours stay where they were earned. What the team
had planned is called off and everybody told; what is running or over stays, the division's managers confirm it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import (
    Activity,
    Application,
    RoleGrant,
    RuleException,
    Team,
    TeamMember,
    TeamRegion,
)
from services import audit
from services.actors import Actor
from services.messaging import telling
from services.organisation import teams
from services.participation import activities

#: People told in one go.
AT_ONCE = 400


def close(
    *, team: Team, state: str, actor: Actor, reason: str, at: datetime, into: Team | None = None
) -> None:
    """Close a team, into another one where there is one; inside the caller's write."""
    people = teams.members(team.id)
    if into is None:
        _call_off(team, actor, reason, at)
        _end_memberships(team, state, at)
    else:
        _move_activities(team, into, actor, at)
        _move_members(team, into, at)
        _cover(team, into)
    RoleGrant.update(until=at).where(
        RoleGrant.team_id == team.id, RoleGrant.until.is_null() | (RoleGrant.until > at)
    ).execute()
    audit.note(
        actor=actor, verb="role.end", subject=f"team:{team.id}", detail={"reason": reason}, at=at,
        region_code=team.region_code,
    )  # fmt: skip
    Application.update(state="refused", reason=reason, decided_by=actor.volunteer_id, decided_at=at).where(
        Application.team == team.id, Application.state.in_(("offered", "submitted"))
    ).execute()
    RuleException.update(ended_at=at).where(
        RuleException.subject == f"team:{team.id}", RuleException.ended_at.is_null()
    ).execute()
    was = team.state
    Team.update(state=state, merged_into=into.id if into else None, leader=None, liaison=None).where(
        Team.id == team.id
    ).execute()
    if was == "founding":
        return
    for start in range(0, len(people), AT_ONCE):
        telling.tell(
            kind="team_merged" if into else "team_dissolved", people=people[start : start + AT_ONCE],
            key=f"{team.id}:{start}", at=at, team=team.name, into=into.name if into else "", reason=reason,
        )  # fmt: skip


def _coming(team: Team, at: datetime) -> Any:
    return Activity.select().where(
        Activity.team == team.id,
        (Activity.state == "draft") | ((Activity.state == "published") & (Activity.starts_at > at)),
    )


def _call_off(team: Team, actor: Actor, reason: str, at: datetime) -> None:
    """Activities that have not begun are cancelled, and who signed up is told."""
    for activity in list(_coming(team, at)):
        activities.cancel(actor=Actor("worker"), code=activity.code, reason=reason or team.name, at=at)


def _end_memberships(team: Team, state: str, at: datetime) -> None:
    """Everybody leaves; whose home it was is at home in the team he has been in longest."""
    running = TeamMember.team == team.id, TeamMember.to_at.is_null()
    homeless = [row.volunteer_id for row in TeamMember.select().where(*running, TeamMember.home)]
    TeamMember.update(to_at=at, home=False, ended_why=state).where(*running).execute()
    for start in range(0, len(homeless), AT_ONCE):
        others = TeamMember.select().where(
            TeamMember.volunteer.in_(homeless[start : start + AT_ONCE]), TeamMember.to_at.is_null()
        )
        oldest: dict[int, int] = {}
        for row in others.order_by(TeamMember.from_at, TeamMember.id):
            oldest.setdefault(row.volunteer_id, row.id)
        TeamMember.update(home=True).where(TeamMember.id.in_(list(oldest.values()))).execute()


def _move_activities(team: Team, into: Team, actor: Actor, at: datetime) -> None:
    """What had not begun goes on under the other team; sign-ups stay."""
    for activity in list(_coming(team, at)):
        Activity.update(team=into.id).where(Activity.id == activity.id).execute()
        audit.changed(
            actor=actor, verb="moved", subject=f"activity:{activity.id}", at=at,
            changes={"team": [team.name, into.name]},
        )  # fmt: skip


def _move_members(team: Team, into: Team, at: datetime) -> None:
    """Everybody belongs to the other team from now on; who was at home here is at home there."""
    there = set(teams.members(into.id))
    running: list[Any] = list(
        TeamMember.select().where(TeamMember.team == team.id, TeamMember.to_at.is_null())
    )
    TeamMember.update(to_at=at, home=False, ended_why="merged").where(
        TeamMember.team == team.id, TeamMember.to_at.is_null()
    ).execute()
    fresh = [
        {"team": into.id, "volunteer": row.volunteer_id, "home": row.home, "from_at": at}
        for row in running
        if row.volunteer_id not in there
    ]
    for start in range(0, len(fresh), AT_ONCE):
        TeamMember.insert_many(fresh[start : start + AT_ONCE]).execute()
    moved = [row.volunteer_id for row in running if row.home and row.volunteer_id in there]
    for start in range(0, len(moved), AT_ONCE):
        TeamMember.update(home=True).where(
            TeamMember.team == into.id, TeamMember.to_at.is_null(),
            TeamMember.volunteer.in_(moved[start : start + AT_ONCE]),
        ).execute()  # fmt: skip


def _cover(team: Team, into: Team) -> None:
    """The other team now serves these villages, too: it becomes a joint one (S28)."""
    wanted = {team.region_code, *teams.covers(team.id)} - {into.region_code, *teams.covers(into.id)}
    for code in sorted(wanted):
        if len(code) == len(into.region_code):
            TeamRegion.create(team=into.id, region_code=code)
