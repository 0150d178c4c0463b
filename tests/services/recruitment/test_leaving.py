"""Leaving a team: at any time, with nothing lost; whoever led it leads it no more."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Activity, Balance, Delivery, History, Shift, Signup, Team, TeamMember, Volunteer, store
from services import permissions
from services.participation import signups
from services.recruitment import leaving
from tests.services.recruitment.conftest import Recruiting
from tests.support.world import World, make_activity


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


def full_shift(cast: World, at: datetime, openness: str) -> Shift:
    """One place tomorrow, taken by 小博; 阿丽, of the team too, waits for it."""

    def make() -> Shift:
        activity, shift = make_activity(at, cast.team, starts_in=timedelta(hours=26), quota=1)
        Activity.update(openness=openness).where(Activity.id == activity.id).execute()
        return shift

    shift = store.write(make)
    for person, wait in ((cast.xiaobo, False), (cast.ali, True)):
        signups.sign_up(
            actor=cast.actor(person), shift_code=shift.code, risk_accepted=True, queue=wait, channel="api", at=at
        )
    return shift


def states(shift: Shift) -> dict[int, str]:
    return {row.volunteer_id: row.state for row in Signup.select().where(Signup.shift == shift.id)}


def test_place_among_members_goes_to_the_next_in_the_queue(cast: World, at: datetime) -> None:
    shift = full_shift(cast, at, "team")
    leaving.leave_team(actor=cast.actor(cast.xiaobo), team_code=cast.team.code, at=at)
    assert states(shift) == {cast.xiaobo.id: "cancelled", cast.ali.id: "offered"}
    assert Shift.get_by_id(shift.id).taken == 1
    offered = Delivery.select().where(Delivery.kind == "place_offered")
    assert [row.volunteer_id for row in offered] == [cast.ali.id]


def test_place_in_what_is_open_to_everyone_stays(cast: World, at: datetime) -> None:
    shift = full_shift(cast, at, "everyone")
    leaving.leave_team(actor=cast.actor(cast.xiaobo), team_code=cast.team.code, at=at)
    assert states(shift) == {cast.xiaobo.id: "confirmed", cast.ali.id: "waitlisted"}


def leads(cast: World, person: Volunteer, at: datetime) -> bool:
    return permissions.leads(actor=cast.actor(person), team_id=cast.team.id, at=at)
