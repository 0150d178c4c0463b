"""What ends when somebody is with us no longer: rights, memberships, places, requests, messages on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import to_millis
from models import Application, BindInvite, Delivery, HomeTransfer, RoleGrant, Team, TeamMember, Volunteer
from services.access import posts
from services.organisation import exceptions
from services.participation import waitlist


def end_all(person: Volunteer, *, why: str, at: datetime) -> dict[str, Any]:
    """End what runs, and say what it was; `why` is what the memberships ended with. Inside the write."""
    before: dict[str, Any] = {"state": person.state}
    before["deliveries"] = _silence(person.id)
    before["signups"] = waitlist.end_all(volunteer_id=person.id, at=at, reason="")
    grants = RoleGrant.select().where(
        RoleGrant.volunteer == person.id, RoleGrant.until.is_null() | (RoleGrant.until > at)
    )
    before["grants"] = [[g.id, to_millis(g.until) if g.until else None] for g in grants]
    before["leads"] = [t.id for t in Team.select(Team.id).where(Team.leader == person.id)]
    before["liaises"] = [t.id for t in Team.select(Team.id).where(Team.liaison == person.id)]
    posts.end_team_rights(volunteer_id=person.id, team_ids=[*before["leads"], *before["liaises"]], at=at)
    RoleGrant.update(until=at).where(RoleGrant.id.in_([each[0] for each in before["grants"]])).execute()
    members = list(TeamMember.select().where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null()))
    before["members"] = [row.id for row in members]
    TeamMember.update(to_at=at, ended_why=why).where(TeamMember.id.in_(before["members"])).execute()
    for row in members:
        exceptions.settle(team_id=row.team_id, at=at)
    waiting = list(
        Application.select().where(
            Application.volunteer == person.id, Application.state.in_(("offered", "submitted"))
        )
    )
    before["applications"] = [[row.id, row.state] for row in waiting]
    Application.update(state="withdrawn").where(Application.id.in_([row.id for row in waiting])).execute()
    moving = list(
        HomeTransfer.select().where(HomeTransfer.volunteer == person.id, HomeTransfer.state == "requested")
    )
    before["transfers"] = [row.id for row in moving]
    HomeTransfer.update(state="withdrawn", ended_at=at).where(
        HomeTransfer.id.in_(before["transfers"])
    ).execute()
    asked = list(
        BindInvite.select().where(
            BindInvite.volunteer == person.id, BindInvite.used_at.is_null(), BindInvite.expires_at > at
        )
    )
    before["invites"] = [[row.token, to_millis(row.expires_at)] for row in asked]
    BindInvite.update(expires_at=at).where(BindInvite.token.in_([row.token for row in asked])).execute()
    return before


def _silence(volunteer_id: int) -> list[int]:
    """Take back whatever waits; what was not begun can be sent again after an undo."""
    waiting = list(
        Delivery.select(Delivery.id, Delivery.channel).where(
            Delivery.volunteer == volunteer_id, Delivery.state.in_(("queued", "inflight"))
        )
    )
    Delivery.update(state="withdrawn", lease_until=None, lease_owner="").where(
        Delivery.id.in_([row.id for row in waiting])
    ).execute()
    return [row.id for row in waiting if not row.channel]
