"""A team's life: paused, tried out, ended, taken into another one; nothing is lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, History, RoleGrant, Signup, Team, TeamMember, TeamRegion, store
from services.errors import Refusal, RefusalCode
from services.organisation import pilots, states
from tests.services.organisation.places import EMPTY, Places
from tests.support import world

C = RefusalCode


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_paused_team_goes_on_as_what_it_was(places: Places, at: datetime) -> None:
    team = places.founded(pilot=True)
    station = places.cast.actor(places.station, "console")
    assert (
        refused(lambda: states.pause(actor=station, code=team.code, reason=" ", at=at)) == C.REASON_REQUIRED
    )
    states.pause(actor=station, code=team.code, reason="防汛", at=at)
    assert Team.get_by_id(team.id).state == "paused"
    assert refused(lambda: states.pause(actor=station, code=team.code, reason="r", at=at)) == C.TEAM_STATE
    states.resume(actor=station, code=team.code, reason="汛期过了", at=at)
    assert Team.get_by_id(team.id).state == "pilot"
    states.pause(actor=station, code=team.code, reason="r", at=at)
    states.resume(actor=station, code=team.code, reason="r", at=at + timedelta(days=300))
    assert Team.get_by_id(team.id).state == "regular"


def test_trial_becomes_regular_with_its_summary(places: Places, at: datetime) -> None:
    team = places.founded(pilot=True)
    officer, station, leader = (
        places.cast.actor(p, "console") for p in (places.cast.officer, places.station, places.li)
    )
    for actor in (station, leader):
        assert refused(
            lambda actor=actor: states.promote(actor=actor, code=team.code, summary="好", at=at)
        ) == C.NOT_ALLOWED  # fmt: skip
    states.extend(actor=officer, code=team.code, until=date(2027, 3, 1), summary="再看三个月", at=at)
    assert Team.get_by_id(team.id).pilot_until == "2027-03-01"
    assert refused(
        lambda: states.extend(actor=officer, code=team.code, until=date(2027, 1, 1), summary="x", at=at)
    ) == C.FIELD_WRONG  # fmt: skip
    states.promote(actor=officer, code=team.code, summary="办了八次活动", at=at)
    made = Team.get_by_id(team.id)
    assert (made.state, made.pilot_until) == ("regular", None)
    line = History.select().where(History.verb == "team_regular").get()
    assert (line.changes["state"], line.reason) == (["pilot", "regular"], "办了八次活动")


def test_end_of_a_trial_is_asked_about_once_a_step(places: Places, at: datetime) -> None:
    team = places.founded(pilot=True)
    near = datetime.fromisoformat("2026-12-03T01:00:00+00:00")
    assert pilots.remind_due(at=at) == 0
    assert pilots.remind_due(at=near) == 2
    assert pilots.remind_due(at=near) == 0
    kinds = Delivery.select().where(Delivery.kind == "pilot_ends")
    assert {row.volunteer_id for row in kinds} == {team.leader_id, places.head.id}


def test_leader_does_not_end_his_own_team(places: Places, at: datetime) -> None:
    team = places.founded()
    store.write(lambda: Team.update(leader=places.cast.officer).where(Team.id == team.id).execute())
    officer = places.cast.actor(places.cast.officer, "console")
    assert refused(
        lambda: states.dissolve(actor=officer, code=team.code, reason="r", at=at)
    ) == C.OWN_RECORD  # fmt: skip


def test_dissolved_team_calls_off_what_it_planned_and_lets_everybody_go(places: Places, at: datetime) -> None:
    team = places.founded()
    cast = places.cast

    def plan() -> tuple[Any, Any]:
        coming, shift = world.make_activity(at, team)
        world.sign_up(at, shift, cast.xiaobo)
        running, _ = world.make_activity(at, team, starts_in=timedelta(hours=-1))
        world.join(at, team, cast.xiaobo, home=False)
        TeamMember.update(home=False).where(TeamMember.volunteer == cast.xiaobo).execute()
        TeamMember.update(home=True).where(
            TeamMember.volunteer == cast.xiaobo, TeamMember.team == team.id
        ).execute()
        return coming, running

    coming, running = store.write(plan)
    states.dissolve(actor=cast.actor(cast.officer, "console"), code=team.code, reason="村并走了", at=at)
    made = Team.get_by_id(team.id)
    assert (made.state, made.leader_id, made.liaison_id) == ("dissolved", None, None)
    assert (Activity.get_by_id(coming.id).state, Activity.get_by_id(running.id).state) == (
        "cancelled",
        "published",
    )
    assert Signup.select().where(Signup.activity == coming.id).count() == 1
    gone = TeamMember.select().where(TeamMember.team == team.id)
    assert {(row.to_at, row.ended_why, row.home) for row in gone} == {(at, "dissolved", False)}
    homes = TeamMember.select().where(TeamMember.volunteer == cast.xiaobo, TeamMember.home)
    assert [row.team_id for row in homes] == [cast.team.id]
    assert RoleGrant.select().where(RoleGrant.team_id == team.id, RoleGrant.until.is_null()).count() == 0
    kinds = Delivery.select().where(Delivery.volunteer == cast.xiaobo).order_by(Delivery.id)
    assert [row.kind for row in kinds] == ["activity_cancelled", "team_dissolved"]
    assert refused(
        lambda: states.dissolve(actor=cast.actor(cast.officer, "console"), code=team.code, reason="r", at=at)
    ) == C.TEAM_STATE  # fmt: skip


def test_merged_team_goes_on_in_the_other_one(places: Places, at: datetime) -> None:
    team = places.founded()
    cast = places.cast
    coming, shift = store.write(lambda: world.make_activity(at, team))
    store.write(lambda: world.sign_up(at, shift, places.li))
    officer = cast.actor(cast.officer, "console")
    assert refused(
        lambda: states.merge(actor=officer, code=team.code, into=team.code, reason="r", at=at)
    ) == C.FIELD_WRONG  # fmt: skip
    states.merge(actor=officer, code=team.code, into=cast.team.code, reason="人少", at=at)
    made = Team.get_by_id(team.id)
    assert (made.state, made.merged_into) == ("merged", cast.team.id)
    assert Activity.get_by_id(coming.id).team_id == cast.team.id
    homes = TeamMember.select().where(TeamMember.volunteer == places.li, TeamMember.to_at.is_null())
    assert [(row.team_id, row.home) for row in homes] == [(cast.team.id, True)]
    assert [row.region_code for row in TeamRegion.select().where(TeamRegion.team == cast.team)] == [EMPTY]
    assert [
        row.kind
        for row in Delivery.select().where(Delivery.volunteer == places.li, Delivery.kind == "team_merged")
    ]
    subjects = {row.subject for row in History.select().where(History.verb == "team_merged")}
    assert subjects == {f"team:{team.id}", f"team:{cast.team.id}"}


def test_steps_are_those_that_would_be_let_through(places: Places, at: datetime) -> None:
    team = places.founded(pilot=True)

    def for_(person: Any) -> states.Steps:
        return states.steps(actor=places.cast.actor(person, "console"), team_id=team.id, at=at)

    assert for_(places.cast.officer) == states.Steps(pause=True, promote=True, close=True)
    assert for_(places.station) == states.Steps(pause=True)
    assert for_(places.li) == states.Steps()
    assert (places.cast.team.code, places.cast.team.name) in states.mergeable(team_id=team.id)
