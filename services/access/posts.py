"""Posts and who is to hold them: taking one up by personal invitation, who has not come (S79, S81).

The rights themselves are `RoleGrant`; the names on a team's and a centre's page follow them in the same write.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import BindInvite, Centre, Region, RoleGrant, Team, Volunteer, store
from services import audit, permissions, scopes
from services.actors import Actor
from services.codes import new_token
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.permissions import Role

#: As long as WeChat's own codes may live.
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody who was invited to a post and has not come; `over` when the invitation has run out."""

    token: str
    name: str
    public_no: str
    role: str
    place: str
    invited_at: datetime
    expires_at: datetime
    over: bool


def take_up(*, invite: BindInvite, at: datetime) -> bool:
    """Give the post an invitation was for to the person who just said 是我; inside the caller's write.

    Whoever invited must still be allowed to appoint; if not, the person is a volunteer all the same, the post stays
    empty, and the audit says so. Answers whether he holds it now.
    """
    inviter = Actor("console", invite.created_by_id)
    try:
        permissions.grant(
            actor=inviter, volunteer_id=invite.volunteer_id, role=Role(invite.role), at=at,
            reason=f"invite:{invite.batch_id or ''}",
            region_code=None if invite.team_id else invite.region_code, team_id=invite.team_id,
        )  # fmt: skip
    except Refusal as no:
        audit.note(
            actor=inviter, verb="role.not_taken_up", subject=f"volunteer:{invite.volunteer_id}",
            detail={"role": invite.role, "why": no.code.value}, at=at,
        )  # fmt: skip
        return False
    show_at_centre(Role(invite.role), invite.region_code, invite.volunteer_id)
    return True


def holds(*, invite: BindInvite, at: datetime) -> bool:
    """Whether the person of an invitation holds its post now."""
    place = (None, invite.team_id) if invite.team_id else (invite.region_code, None)
    return any(
        (g.role.value, g.region_code, g.team_id) == (invite.role, *place)
        for g in permissions.roles_of(volunteer_id=invite.volunteer_id, at=at)
    )


def show_at_centre(role: Role, region_code: str | None, volunteer_id: int) -> None:
    """A centre's page names its director and liaison."""
    columns = {Role.DIRECTOR: Centre.director_id, Role.LIAISON: Centre.liaison_id}
    if region_code is not None and role in columns:
        Centre.update({columns[role]: volunteer_id}).where(Centre.region_code == region_code).execute()


def awaited(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Awaited]:
    """Those invited to a post in the divisions he may look at who have not come; filter over (yes, no).

    Who registered by himself meanwhile is still waited for: his post waits until he scans.
    """
    query = _waiting(scopes.readable(actor=actor, at=at), at)
    if wanted.chosen("over"):
        gone = BindInvite.expires_at <= at
        query = query.where(gone if wanted.chosen("over") == "yes" else ~gone)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    sorts = {"name": Volunteer.name, "role": BindInvite.role, "at": BindInvite.created_at}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=BindInvite.token, row=lambda row: row)
    return Found(_awaited(page.rows, at), page.total, page.page, page.size)


def _waiting(reach: Collection[str], at: datetime) -> Any:
    held = RoleGrant.select(RoleGrant.id).where(
        RoleGrant.volunteer == BindInvite.volunteer, RoleGrant.role == BindInvite.role,
        RoleGrant.until.is_null() | (RoleGrant.until > at),
        (RoleGrant.team_id == BindInvite.team_id)
        | (BindInvite.team_id.is_null() & (RoleGrant.region_code == BindInvite.region_code)),
    )  # fmt: skip
    return (
        BindInvite.select(BindInvite, Volunteer, Team.region_code.alias("at_team"), Team.name.alias("team_name"))
        .join(Volunteer, on=(BindInvite.volunteer == Volunteer.id))
        .switch(BindInvite)
        .join(Team, JOIN.LEFT_OUTER, on=(BindInvite.team_id == Team.id), attr="team")
        .where(
            BindInvite.role != "", BindInvite.used_at.is_null(), Volunteer.state.in_(("invited", "active")),
            scopes.within(BindInvite.region_code, reach) | scopes.within(Team.region_code, reach), ~fn.EXISTS(held),
        )
    )  # fmt: skip


def _awaited(rows: list[Any], at: datetime) -> list[Awaited]:
    names = _places([row.region_code for row in rows if row.region_code])
    return [
        Awaited(
            row.token, row.volunteer.name, row.volunteer.public_no, row.role,
            row.team.team_name if row.team_id else names.get(row.region_code, ""), row.created_at, row.expires_at,
            row.expires_at <= at,
        )
        for row in rows
    ]  # fmt: skip


def _places(codes: list[str]) -> dict[str, str]:
    found = Region.select(Region.code, Region.place_name).where(Region.code.in_(codes))
    return {row.code: row.place_name for row in found}


def invitation(*, actor: Actor, token: str, at: datetime) -> Awaited:
    """One invitation to a post, to show its code to those who manage the division. Refusals: NOT_FOUND."""
    mine = _waiting(scopes.managed(actor=actor, at=at), at)
    shown = _awaited(list(mine.where(BindInvite.token == token)), at)
    if not shown:
        raise Refusal(RefusalCode.NOT_FOUND)
    return shown[0]


def invite_again(*, actor: Actor, token: str, at: datetime) -> str:
    """End an invitation to a post and make a new one of thirty days; its token. Refusals: NOT_FOUND."""
    invitation(actor=actor, token=token, at=at)
    old = BindInvite.get_by_id(token)

    def act() -> str:
        fresh = new_token()
        BindInvite.update(used_at=at).where(BindInvite.token == token, BindInvite.used_at.is_null()).execute()
        BindInvite.create(
            token=fresh, volunteer=old.volunteer_id, team_id=old.team_id, role=old.role, region_code=old.region_code,
            batch_id=old.batch_id, created_by=actor.volunteer_id, created_at=at, expires_at=at + LIFE,
        )  # fmt: skip
        return fresh

    return store.write(act)


def end_team_rights(*, volunteer_id: int, team_ids: list[int], at: datetime) -> None:
    """What somebody led in these teams, he leads no more: rights end, seats are free. Inside the caller's write."""
    RoleGrant.update(until=at).where(
        RoleGrant.volunteer == volunteer_id, RoleGrant.team_id.in_(team_ids),
        RoleGrant.until.is_null() | (RoleGrant.until > at),
    ).execute()  # fmt: skip
    for seat in (Team.leader, Team.liaison):
        Team.update({seat: None}).where(Team.id.in_(team_ids), seat == volunteer_id).execute()
