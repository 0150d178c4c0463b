"""Leaving a team, at any time and without giving a reason: nothing of what was earned is lost (条例: 自愿)."""

from __future__ import annotations

from datetime import datetime

from models import Team, TeamMember, Volunteer, store
from services import audit, decisions
from services.access import posts
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.messaging.notices import leaders
from services.organisation import exceptions
from services.participation import waitlist


def leave_team(*, actor: Actor, team_code: str, at: datetime) -> None:
    """Leave a team; if it was the home team, the oldest other one takes its place.

    What he led there he leads no more: his rights in the team end, its leaders are told, and where he was its leader
    or liaison also the centre that has to fill the seat. His places to come in what only its members may join are
    freed and offered to the next; where he has been, and what is open to others, stays.
    Refusals: NOT_REGISTERED, NOT_MEMBER.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    volunteer_id = actor.volunteer_id

    def act() -> None:
        running = (TeamMember.volunteer == volunteer_id) & TeamMember.to_at.is_null()
        mine = list(TeamMember.select(TeamMember, Team).join(Team).where(running).order_by(TeamMember.id))
        leaving = next((m for m in mine if m.team.code == team_code), None)
        if leaving is None:
            raise Refusal(RefusalCode.NOT_MEMBER)
        TeamMember.update(to_at=at, ended_why="left").where(TeamMember.id == leaving.id).execute()
        rest = [m.id for m in mine if m.id != leaving.id]
        if leaving.home and rest:
            TeamMember.update(home=True).where(TeamMember.id == rest[0]).execute()
        seat = volunteer_id in (leaving.team.leader_id, leaving.team.liaison_id)
        posts.end_team_rights(volunteer_id=volunteer_id, team_ids=[leaving.team_id], at=at)
        waitlist.end_all(volunteer_id=volunteer_id, team_id=leaving.team_id, at=at, reason="")
        exceptions.settle(team_id=leaving.team_id, at=at)
        audit.changed(
            actor=actor, verb="left_team", subject=f"volunteer:{volunteer_id}",
            changes={"team": [leaving.team.name, ""]}, at=at,
        )  # fmt: skip
        _tell(leaving, seat, at)

    store.write(act)


def _tell(leaving: TeamMember, seat: bool, at: datetime) -> None:
    team = leaving.team
    told = set(leaders(team_id=team.id, at=at))
    if seat:
        told |= decisions.deciders(region_code=team.region_code, parties=(leaving.volunteer_id,), at=at)
    telling.tell(
        kind="seat_left" if seat else "member_left", people=sorted(told - {leaving.volunteer_id}),
        key=str(leaving.id), at=at, name=Volunteer.get_by_id(leaving.volunteer_id).name, team=team.name,
        url=f"/console/teams/{team.code}",
    )  # fmt: skip
