"""Leaving a team: at any time, with nothing lost; whoever led it leads it no more."""

from __future__ import annotations

from datetime import datetime

from models import Balance, Delivery, History, Team, TeamMember, Volunteer, store
from services import permissions
from services.recruitment import leaving
from tests.services.recruitment.conftest import Recruiting
from tests.support.world import World


def test_one_who_left_keeps_his_hours_and_may_come_back(
    cast: World, at: datetime, recruiting: Recruiting
) -> None:
    code = recruiting.vetted()
    recruiting.approve(code)
    store.write(lambda: Balance.update(minutes=90).where(Balance.volunteer == cast.chali.id).execute())
    leaving.leave_team(actor=cast.actor(cast.chali), team_code=cast.team.code, at=at)
    assert Balance.get_by_id(cast.chali.id).minutes == 90
    assert recruiting.apply().state == "submitted"


def test_leader_who_leaves_gives_up_his_seat_and_those_concerned_are_told(cast: World, at: datetime) -> None:
    store.write(lambda: Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute())
    leaving.leave_team(actor=cast.actor(cast.ali), team_code=cast.team.code, at=at)
    assert (leads(cast, cast.ali, at), Team.get_by_id(cast.team.id).leader_id) == (False, None)
    member = TeamMember.get(TeamMember.volunteer == cast.ali)
    assert (member.to_at, member.ended_why) == (at, "left")
    assert [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "seat_left")] == [cast.officer.id]


def test_leaders_learn_that_a_member_left(cast: World, at: datetime) -> None:
    leaving.leave_team(actor=cast.actor(cast.xiaobo), team_code=cast.team.code, at=at)
    assert [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "member_left")] == [cast.ali.id]
    kept = History.get(History.verb == "left_team")
    assert (kept.subject, kept.changes) == (f"volunteer:{cast.xiaobo.id}", {"team": [cast.team.name, ""]})


def leads(cast: World, person: Volunteer, at: datetime) -> bool:
    return permissions.leads(actor=cast.actor(person), team_id=cast.team.id, at=at)
