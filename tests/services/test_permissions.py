"""Rights: a grant reaches its team, or its division and everything below, and nothing beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import AuditEntry, RoleGrant, Team, TeamMember, store
from services.actors import OPERATOR, WORKER, Actor
from services.errors import Refusal, RefusalCode
from services.leading import led_teams
from services.permissions import (
    Role,
    grant,
    leads,
    manages,
    require_lead,
    require_manage,
    revoke,
    roles_of,
)
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, PROVINCE, TOWN, VILLAGE, VILLAGE2, World


def refused(act: object, **facts: object) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(**facts)  # type: ignore[operator]
    return no.value.code


@pytest.mark.parametrize("role", ["team_leader", "deputy", "liaison"])
def test_a_team_role_leads_its_team_only(cast: World, at: datetime, role: str) -> None:
    store.write(lambda: world.grant(at, cast.chali, role, team=cast.team))
    chali = cast.actor(cast.chali)
    assert leads(actor=chali, team_id=cast.team.id, at=at)
    assert not leads(actor=chali, team_id=cast.other_team.id, at=at)
    assert not manages(actor=chali, region_code=VILLAGE, at=at)


@pytest.mark.parametrize(
    ("granted_at", "reaches"),
    [
        (PROVINCE, True),
        (CITY, True),
        (COUNTY, True),
        (TOWN, True),
        (VILLAGE, True),
        (VILLAGE2, False),
        (OTHER_TOWN, False),
    ],
)
def test_a_division_role_reaches_down_and_nowhere_else(
    cast: World, at: datetime, granted_at: str, reaches: bool
) -> None:
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=granted_at))
    chali = cast.actor(cast.chali)
    assert manages(actor=chali, region_code=VILLAGE, at=at) is reaches
    assert leads(actor=chali, team_id=cast.team.id, at=at) is reaches


def test_a_division_role_does_not_reach_up(cast: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "region_admin", region=TOWN))
    assert not manages(actor=cast.actor(cast.chali), region_code=COUNTY, at=at)


@pytest.mark.parametrize("role", ["viewer", "auditor", "partner"])
def test_a_looking_role_manages_nothing(cast: World, at: datetime, role: str) -> None:
    store.write(lambda: world.grant(at, cast.chali, role, region=COUNTY))
    chali = cast.actor(cast.chali)
    assert not manages(actor=chali, region_code=COUNTY, at=at)
    assert refused(require_manage, actor=chali, region_code=COUNTY, at=at) is RefusalCode.NOT_ALLOWED
    assert refused(require_lead, actor=chali, team_id=cast.team.id, at=at) is RefusalCode.NOT_ALLOWED


def test_a_stranger_is_told_there_is_no_such_team(cast: World, at: datetime) -> None:
    chali = cast.actor(cast.chali)
    foreign = refused(require_lead, actor=chali, team_id=cast.team.id, at=at)
    missing = refused(require_lead, actor=chali, team_id=999_999, at=at)
    nobody = refused(require_lead, actor=Actor("api"), team_id=cast.team.id, at=at)
    assert foreign is missing is nobody is RefusalCode.NOT_FOUND


def test_a_member_is_told_that_he_may_not(cast: World, at: datetime) -> None:
    xiaobo = cast.actor(cast.xiaobo)
    assert refused(require_lead, actor=xiaobo, team_id=cast.team.id, at=at) is RefusalCode.NOT_ALLOWED
    store.write(lambda: TeamMember.update(to_at=at).where(TeamMember.volunteer == cast.xiaobo).execute())
    assert refused(require_lead, actor=xiaobo, team_id=cast.team.id, at=at) is RefusalCode.NOT_FOUND


def test_the_leader_and_the_officer_pass(cast: World, at: datetime) -> None:
    require_lead(actor=cast.actor(cast.ali), team_id=cast.team.id, at=at)
    require_lead(actor=cast.actor(cast.officer), team_id=cast.team.id, at=at)
    require_manage(actor=cast.actor(cast.officer), region_code=VILLAGE, at=at)
    require_manage(actor=WORKER, region_code=VILLAGE, at=at)
    assert (
        refused(require_manage, actor=cast.actor(cast.ali), region_code=VILLAGE, at=at)
        is RefusalCode.NOT_FOUND
    )


def test_a_grant_counts_from_its_beginning_to_its_end(cast: World, at: datetime) -> None:
    until = at + timedelta(days=1)
    grant(
        actor=OPERATOR, volunteer_id=cast.chali.id, role=Role.DEPUTY, team_id=cast.team.id, reason="代班", at=at,
        until=until,
    )  # fmt: skip
    chali = cast.actor(cast.chali)
    assert not leads(actor=chali, team_id=cast.team.id, at=at - timedelta(seconds=1))
    assert leads(actor=chali, team_id=cast.team.id, at=until - timedelta(seconds=1))
    assert not leads(actor=chali, team_id=cast.team.id, at=until)


def test_led_teams_are_those_of_the_role_and_of_the_division(cast: World, at: datetime) -> None:
    assert [t.id for t in led_teams(actor=cast.actor(cast.ali), at=at)] == [cast.team.id]
    assert [t.id for t in led_teams(actor=cast.actor(cast.officer), at=at)] == [
        cast.team.id,
        cast.other_team.id,
    ]
    assert led_teams(actor=cast.actor(cast.xiaobo), at=at) == []
    store.write(lambda: Team.update(state="dissolved").where(Team.id == cast.other_team.id).execute())
    assert [t.code for t in led_teams(actor=cast.actor(cast.officer), at=at)] == [cast.team.code]


def test_an_administrator_appoints_a_leader(cast: World, at: datetime) -> None:
    made = grant(
        actor=cast.actor(cast.officer), volunteer_id=cast.chali.id, role=Role.TEAM_LEADER,
        team_id=cast.other_team.id, reason="选举产生", at=at,
    )  # fmt: skip
    assert [(g.id, g.role, g.team_id) for g in roles_of(volunteer_id=cast.chali.id, at=at)] == [
        (made, Role.TEAM_LEADER, cast.other_team.id)
    ]
    assert Team.get_by_id(cast.other_team.id).leader_id == cast.chali.id
    entry = AuditEntry.get()
    assert (entry.verb, entry.actor_id, entry.subject) == (
        "role.grant",
        cast.officer.id,
        f"volunteer:{cast.chali.id}",
    )


def test_the_same_role_is_given_once(cast: World, at: datetime) -> None:
    facts = {
        "actor": OPERATOR,
        "volunteer_id": cast.chali.id,
        "role": Role.VIEWER,
        "region_code": TOWN,
        "at": at,
    }
    first = grant(**facts, reason="检查")
    assert grant(**facts, reason="又一次") == first
    assert RoleGrant.select().where(RoleGrant.volunteer == cast.chali).count() == 1


def test_a_leader_names_his_deputy_but_no_leader(cast: World, at: datetime) -> None:
    ali = cast.actor(cast.ali)
    facts = {
        "actor": ali,
        "volunteer_id": cast.xiaobo.id,
        "team_id": cast.team.id,
        "reason": "骨干",
        "at": at,
    }
    grant(**facts, role=Role.DEPUTY)
    assert leads(actor=cast.actor(cast.xiaobo), team_id=cast.team.id, at=at)
    assert refused(grant, **facts, role=Role.TEAM_LEADER) is RefusalCode.NOT_ALLOWED


def test_nobody_appoints_himself_or_above_himself(cast: World, at: datetime) -> None:
    officer = cast.actor(cast.officer)
    own = {"actor": officer, "volunteer_id": cast.officer.id, "reason": "兼任", "at": at}
    assert refused(grant, **own, role=Role.DIRECTOR, region_code=COUNTY) is RefusalCode.NOT_ALLOWED
    up = {**own, "volunteer_id": cast.chali.id}
    assert refused(grant, **up, role=Role.DIRECTOR, region_code=CITY) is RefusalCode.NOT_FOUND


def test_a_director_makes_no_administrator(cast: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "director", region=COUNTY))
    chali = cast.actor(cast.chali)
    facts = {"actor": chali, "volunteer_id": cast.xiaobo.id, "region_code": TOWN, "reason": "任命", "at": at}
    assert refused(grant, **facts, role=Role.REGION_ADMIN) is RefusalCode.NOT_ALLOWED
    grant(**facts, role=Role.STATION_OFFICER)
    assert manages(actor=cast.actor(cast.xiaobo), region_code=VILLAGE, at=at)


def test_a_stranger_learns_nothing_about_people_or_teams(cast: World, at: datetime) -> None:
    facts = {
        "actor": cast.actor(cast.chali),
        "team_id": cast.team.id,
        "role": Role.DEPUTY,
        "reason": "想当",
        "at": at,
    }
    assert refused(grant, **facts, volunteer_id=cast.xiaobo.id) is RefusalCode.NOT_FOUND
    assert refused(grant, **facts, volunteer_id=999_999) is RefusalCode.NOT_FOUND


def test_a_grant_needs_a_reason_and_a_known_division(cast: World, at: datetime) -> None:
    facts = {"actor": OPERATOR, "volunteer_id": cast.chali.id, "role": Role.VIEWER, "at": at}
    assert refused(grant, **facts, region_code=TOWN, reason=" ") is RefusalCode.REASON_REQUIRED
    assert refused(grant, **facts, region_code="999999", reason="检查") is RefusalCode.REGION_UNKNOWN


@pytest.mark.case(28)
def test_a_revoked_role_ends_at_once(cast: World, at: datetime) -> None:
    given = RoleGrant.get(RoleGrant.volunteer == cast.ali)
    facts = {"grant_id": given.id, "reason": "换届", "at": at}
    assert refused(revoke, actor=cast.actor(cast.chali), **facts) is RefusalCode.NOT_FOUND
    revoke(actor=cast.actor(cast.officer), **facts)
    assert not leads(actor=cast.actor(cast.ali), team_id=cast.team.id, at=at)
    revoke(actor=OPERATOR, grant_id=given.id, reason="又一次", at=at + timedelta(days=1))
    assert RoleGrant.get_by_id(given.id).until == at


def test_a_person_lays_down_his_own_role(cast: World, at: datetime) -> None:
    given = RoleGrant.get(RoleGrant.volunteer == cast.ali)
    revoke(actor=cast.actor(cast.ali), grant_id=given.id, reason="年纪大了", at=at)
    assert roles_of(volunteer_id=cast.ali.id, at=at) == ()
