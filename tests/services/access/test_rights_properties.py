"""Whatever the tree and whoever holds what: own node and below, nobody his own matter, an end that works at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Region, RoleGrant, ServiceRecord, Team, Volunteer, store
from models.dialect import Database
from services import decisions, permissions, regions, scopes
from services.actors import Actor
from services.bookkeeping import books, records
from services.errors import Refusal, RefusalCode
from services.participation import activities
from services.permissions import LEADING, MANAGING, MAY, Role, Verb
from tests.support import world
from tests.support.world import World

#: A tree of five levels with brothers on each: every code is a path of ones and twos.


def _codes() -> list[str]:
    found, level = ["34"], ["34"]
    for step in (2, 2, 3, 3):
        level = [f"{code}{number:0{step}d}" for code in level for number in (1, 2)]
        found += level
    return found


CODES = _codes()
PEOPLE = 4
places = st.sampled_from(CODES)
roles = st.sampled_from(list(Role))
#: (who, role, at a team or a division, in whose stead)
grants = st.lists(
    st.tuples(
        st.integers(0, PEOPLE - 1), roles, st.booleans(), places,
        st.one_of(st.none(), st.integers(0, PEOPLE - 1)),
    ),
    max_size=8,
)  # fmt: skip
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def tree(cast: World, at: datetime) -> list[Any]:
    """The divisions, and one team in each, beside the small world."""

    def make() -> list[Any]:
        for code in CODES:
            if not Region.select().where(Region.code == code).exists():
                world.make_region(code, f"地区{code}")
        people = [world.make_volunteer(at, f"第{'一二三四'[n]}位") for n in range(PEOPLE)]
        for code in CODES:
            world.make_team(at, cast.centre, f"队{code}", code)
        return people

    return store.write(make)


def _team(code: str) -> Any:
    return Team.get(Team.region_code == code, Team.name == f"队{code}")


def _give(people: list[Any], given_to: list[Any], at: datetime) -> None:
    """Nothing but these grants."""

    def act() -> None:
        RoleGrant.delete().execute()
        for who, role, team, code, stead in given_to:
            RoleGrant.create(
                volunteer=people[who], role=role.value, from_at=at,
                team_id=_team(code).id if team and role in LEADING else None,
                region_code=None if team and role in LEADING else code,
                acting_for=None if stead is None or stead == who else people[stead].id,
            )  # fmt: skip

    store.write(act)


def _no(act: Any, **facts: Any) -> RefusalCode | None:
    try:
        act(**facts)
    except Refusal as refusal:
        return refusal.code
    return None


@often
@given(given_to=grants, who=st.integers(0, PEOPLE - 1), place=places)
def test_rights_reach_the_own_node_and_below_only(
    tree: list[Any], db: Database, at: datetime, given_to: list[Any], who: int, place: str
) -> None:
    _give(tree, given_to, at)
    actor = Actor("console", tree[who].id)
    mine = [each for each in given_to if each[0] == who]
    for verb in Verb:
        allowed = any(
            role in MAY[verb] and not (team and role in LEADING) and place.startswith(code)
            for _, role, team, code, _ in mine
        )
        assert permissions.holds(actor=actor, verb=verb, region_code=place, at=at) is allowed
        assert scopes.covers(scopes.granted(actor=actor, verb=verb, at=at), place) is allowed
    team = _team(place)
    leads = any(
        (role in LEADING and code == place) if team_role and role in LEADING
        else (role in MANAGING and place.startswith(code))
        for _, role, team_role, code, _ in mine
    )  # fmt: skip
    assert permissions.leads(actor=actor, team_id=team.id, at=at) is leads


@often
@given(given_to=grants, who=st.integers(0, PEOPLE - 1), place=places)
def test_what_lies_beside_answers_as_what_is_not_there(
    tree: list[Any], db: Database, at: datetime, given_to: list[Any], who: int, place: str
) -> None:
    _give(tree, given_to, at)
    actor = Actor("console", tree[who].id)
    reached = [each for each in given_to if each[0] == who and place.startswith(each[3])]
    asked: list[tuple[Any, dict[str, Any]]] = [
        (permissions.require_look, {"region_code": place}),
        (permissions.require_count, {"region_code": place}),
        (permissions.require_manage, {"region_code": place}),
        (permissions.require_audit, {"region_code": place}),
        (permissions.require_lead, {"team_id": _team(place).id}),
        (permissions.require_guide, {"team_id": _team(place).id}),
        (decisions.require_decider, {"region_code": place, "parties": []}),
    ]
    for act, facts in asked:
        code = _no(act, actor=actor, at=at, **facts)
        if not reached:
            assert code is RefusalCode.NOT_FOUND


@often
@given(given_to=grants, who=st.integers(0, PEOPLE - 1), place=places, team=st.booleans())
def test_nobody_decides_his_own_matter_by_any_combination(
    tree: list[Any], db: Database, at: datetime, given_to: list[Any], who: int, place: str, team: bool
) -> None:
    _give(tree, given_to, at)
    facts = {"region_code": place, "at": at, "team_id": _team(place).id if team else None}
    actor = Actor("console", tree[who].id)
    assert not decisions.may_decide(actor=actor, parties=[tree[who].id], **facts)
    assert _no(decisions.require_decider, actor=actor, parties=[tree[who].id], **facts) is not None
    # Who only stands in for him does not, either.
    for other, person in enumerate(tree):
        rights = [each for each in given_to if each[0] == other]
        if other != who and rights and all(each[4] == who for each in rights):
            stand_in = Actor("console", person.id)
            assert not decisions.may_decide(actor=stand_in, parties=[tree[who].id], **facts)


@often
@given(given_to=grants, party=st.integers(0, PEOPLE - 1), place=places)
def test_a_matter_goes_to_the_nearest_manager_who_is_no_party(
    tree: list[Any], db: Database, at: datetime, given_to: list[Any], party: int, place: str
) -> None:
    _give(tree, given_to, at)
    parties = [tree[party].id]
    code = decisions.deciding_region(region_code=place, parties=parties, at=at)
    told = decisions.deciders(region_code=place, parties=parties, at=at)
    may = {
        person.id
        for person in tree
        if decisions.may_decide(actor=Actor("console", person.id), region_code=place, parties=parties, at=at)
    }
    assert told <= may
    assert bool(told) is bool(code) is bool(may)
    assert code == "" or code in regions.lineage(place)


@often
@given(given_to=grants, who=st.integers(0, PEOPLE - 1), role=roles, place=places, team=st.booleans())
def test_nobody_gives_himself_a_role_or_one_above_his_own(
    tree: list[Any],
    db: Database,
    at: datetime,
    given_to: list[Any],
    who: int,
    role: Role,
    place: str,
    team: bool,
) -> None:
    _give(tree, given_to, at)
    actor = Actor("console", tree[who].id)
    at_team = team and role in LEADING
    target = {"team_id": _team(place).id} if at_team else {"region_code": place}
    facts = {"actor": actor, "role": role, "reason": "试", "at": at, **target}
    assert _no(permissions.grant, volunteer_id=tree[who].id, **facts) is not None
    before = permissions.roles_of(volunteer_id=tree[who].id, at=at)
    if _no(permissions.grant, volunteer_id=tree[who - 1].id, **facts) is None:
        over = [g for g in before if g.region_code and place.startswith(g.region_code)]
        own = [g for g in before if at_team and g.team_id == _team(place).id]
        assert any(g.role in permissions.APPOINTING for g in over) or any(
            g.role is Role.TEAM_LEADER and role is not Role.TEAM_LEADER for g in own
        )


@often
@given(given_to=grants.filter(bool), place=places)
def test_an_end_or_another_tree_works_at_once(
    tree: list[Any], db: Database, at: datetime, given_to: list[Any], place: str
) -> None:
    _give(tree, given_to, at)
    team = _team(place)
    before = {p.id: permissions.leads(actor=Actor("api", p.id), team_id=team.id, at=at) for p in tree}
    # The team moves to a division where only the province has a say.
    store.write(lambda: Team.update(region_code="34").where(Team.id == team.id).execute())
    for person in tree:
        rights = permissions.roles_of(volunteer_id=person.id, at=at)
        expected = any(
            (g.team_id == team.id and g.role in LEADING) or (g.region_code == "34" and g.role in MANAGING)
            for g in rights
        )
        assert permissions.leads(actor=Actor("api", person.id), team_id=team.id, at=at) is expected
    store.write(lambda: Team.update(region_code=place).where(Team.id == team.id).execute())
    assert before == {p.id: permissions.leads(actor=Actor("api", p.id), team_id=team.id, at=at) for p in tree}
    store.write(lambda: RoleGrant.update(until=at).execute())
    assert not any(permissions.roles_of(volunteer_id=p.id, at=at) for p in tree)
    assert not any(scopes.readable(actor=Actor("api", p.id), at=at) for p in tree)


@pytest.mark.case(28)
def test_who_is_no_longer_with_us_has_no_right(cast: World, at: datetime) -> None:
    store.write(lambda: Volunteer.update(state="deceased").where(Volunteer.id == cast.officer.id).execute())
    assert permissions.roles_of(volunteer_id=cast.officer.id, at=at) == ()
    assert decisions.deciders(region_code=world.COUNTY, parties=[], at=at) == set()


def test_partner_guides_the_teams_of_his_speciality(cast: World, at: datetime) -> None:
    for speciality in ("governance", "law"):
        store.write(
            lambda s=speciality: RoleGrant.create(  # type: ignore[misc]
                volunteer=cast.chali, role="partner", region_code=world.COUNTY, speciality=s, from_at=at
            )
        )
        chali = cast.actor(cast.chali)
        told = _no(permissions.require_guide, actor=chali, team_id=cast.team.id, at=at)
        assert told is (None if speciality == "governance" else RefusalCode.NOT_FOUND)
        condition = scopes.within_guided(Team.region_code, Team.speciality, scopes.guided(actor=chali, at=at))
        assert Team.select().where(condition).count() == (2 if speciality == "governance" else 0)
        assert _no(permissions.require_manage, actor=chali, region_code=world.VILLAGE, at=at) is (
            RefusalCode.NOT_ALLOWED
        )
        store.write(lambda: RoleGrant.delete().where(RoleGrant.volunteer == cast.chali).execute())


def _served(cast: World, at: datetime, person: Volunteer) -> ServiceRecord:
    start, end = cast.shift.starts_at, cast.shift.ends_at
    return store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=person, region_code=world.VILLAGE,
            local_day="2026-06-10", in_at=start, out_at=end + timedelta(hours=1), minutes=120,
            rule_set=cast.hours_rule, why="counted", created_at=at, updated_at=at,
        )
    )  # fmt: skip


def test_leader_who_moves_the_end_does_not_credit_himself(cast: World, at: datetime) -> None:
    end = cast.shift.ends_at
    record = _served(cast, at, cast.ali)
    later = end + timedelta(hours=2)
    records.confirm(actor=cast.actor(cast.officer), activity_code=cast.activity.code, at=later)

    activities.extend(
        actor=cast.actor(cast.ali), code=cast.activity.code, ends_at=end + timedelta(hours=1), reason="多干了",
        at=later,
    )  # fmt: skip
    again = ServiceRecord.get_by_id(record.id)
    assert (again.state, again.minutes) == ("pending", 180)
    done = records.confirm(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=later)
    assert (done.count, done.skipped) == (0, [(record.id, "own_record")])
    done = records.confirm(actor=cast.actor(cast.officer), activity_code=cast.activity.code, at=later)
    assert (done.count, done.minutes) == (1, 180)
    assert books.verify() == []


def test_stand_in_does_not_confirm_the_hours_of_the_one_he_stands_for(cast: World, at: datetime) -> None:
    record = _served(cast, at, cast.ali)
    other = _served(cast, at, cast.xiaobo)
    store.write(
        lambda: RoleGrant.create(
            volunteer=cast.chali, role="deputy", team_id=cast.team.id, acting_for=cast.ali.id, from_at=at
        )
    )
    done = records.confirm(
        actor=cast.actor(cast.chali), activity_code=cast.activity.code, at=cast.shift.ends_at
    )
    assert (done.count, done.skipped) == (1, [(record.id, "own_record")])
    assert ServiceRecord.get_by_id(other.id).state == "confirmed"
