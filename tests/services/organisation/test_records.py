"""Centres, specialities, teams' records, exceptions, guidance, support: what is kept and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Centre,
    Commendation,
    Delivery,
    History,
    RoleGrant,
    RuleException,
    Speciality,
    Team,
    TeamRegion,
    store,
)
from services.actors import OPERATOR
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.organisation import (
    centres,
    composition,
    exceptions,
    founding_views,
    guidance,
    region_views,
    specialities,
    states,
    support,
    teams,
)
from services.organisation.teams import TeamDraft
from services.participation import activities
from tests.services.organisation.places import BRAND, EMPTY, EMPTY2, Places
from tests.support import world
from tests.support.world import COUNTY, PROVINCE, TOWN, VILLAGE, World

C = RefusalCode


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def wanted(**filters: str) -> Wanted:
    return Wanted(filters=filters)


# centres


def test_head_and_liaison_get_the_right_and_lose_it_with_the_post(places: Places, at: datetime) -> None:
    officer = places.cast.actor(places.cast.officer, "console")

    def save(head: str, liaison: str = "") -> None:
        centres.save(actor=officer, region_code=TOWN, fields={}, director=head, liaison=liaison, at=at)

    save(places.li.public_no, places.hong.public_no)
    centre = Centre.get(Centre.region_code == TOWN)
    assert (centre.name, centre.kind, centre.director_id, centre.liaison_id) == (
        "城关镇退役军人服务站", "station", places.li.id, places.hong.id,
    )  # fmt: skip
    save(places.station.public_no, places.hong.public_no)

    def living(person: Any) -> list[str]:
        rows = RoleGrant.select().where(
            RoleGrant.volunteer == person, RoleGrant.region_code == TOWN, RoleGrant.until.is_null()
        )
        return [row.role for row in rows.order_by(RoleGrant.id)]

    assert (living(places.li), living(places.hong)) == ([], ["liaison"])
    assert living(places.station) == ["station_officer", "director"]
    lines = [
        row.changes
        for row in History.select().where(History.subject == f"centre:{centre.id}").order_by(History.id)
    ]
    assert lines[-1] == {"director": ["李大柱", "钱站长"]}


def test_nobody_names_himself(places: Places, at: datetime) -> None:
    officer = places.cast.actor(places.cast.officer, "console")
    assert refused(
        lambda: centres.save(
            actor=officer, region_code=TOWN, fields={}, director=places.cast.officer.public_no, at=at
        )
    ) == C.NOT_ALLOWED  # fmt: skip
    assert Centre.select().where(Centre.region_code == TOWN).count() == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"phone": "call <b>"}, "phone"), ({"address": "x" * 81}, "address"),
        ({"national_account": "a\x07"}, "national_account"),
        ({"national_opened_on": "gestern"}, "national_opened_on"),
        ({"national_opened_on": "2099-01-01"}, "national_opened_on"),
    ],
)  # fmt: skip
def test_field_of_a_centre_that_is_wrong_is_named(
    cast: World, at: datetime, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(Refusal) as caught:
        centres.save(actor=cast.actor(cast.officer, "console"), region_code=COUNTY, fields=fields, at=at)
    assert (caught.value.code, caught.value.facts["field"]) == (C.FIELD_WRONG, field)


def test_teams_hang_on_the_countys_account(cast: World, at: datetime) -> None:
    assert centres.attached_account(VILLAGE).account == ""
    centres.save(
        actor=cast.actor(cast.officer, "console"),
        region_code=COUNTY,
        fields={"national_account": "霍邱红耀"},
        at=at,
    )
    made = centres.attached_account(VILLAGE)
    assert (made.region_code, made.account) == (COUNTY, "霍邱红耀")


def test_missing_posts_are_listed(places: Places, at: datetime) -> None:
    officer = places.cast.actor(places.cast.officer, "console")

    def codes(**filters: str) -> list[str]:
        found = centres.listed(actor=officer, wanted=wanted(**filters), at=at)
        return [line.region_code for line in found.rows]

    assert codes() == [COUNTY]
    assert codes(missing="liaison") == [COUNTY]
    assert codes(missing="director") == []
    assert TOWN in codes(missing="centre")
    assert codes(missing="centre", level="5", region=EMPTY) == [EMPTY]


# specialities


def test_speciality_is_opened_retired_and_comes_back(cast: World, at: datetime) -> None:
    def add(name: str = "心理疏导", kind: str = "professional") -> str:
        return specialities.add(actor=OPERATOR, kind=kind, name=name, high_risk=False, at=at)

    code = add()
    assert refused(add) == C.SPECIALITY_TAKEN
    assert refused(lambda: add(kind="x")) == refused(lambda: add(name="a b!")) == C.FIELD_WRONG
    specialities.retire(actor=OPERATOR, code=code, at=at)
    assert code not in [each.code for each in specialities.listed()]
    assert refused(lambda: specialities.living(code)) == C.FIELD_WRONG
    assert add() == code
    assert refused(lambda: specialities.retire(actor=OPERATOR, code="rescue", at=at)) == C.SPECIALITY_SEEDED
    assert refused(lambda: specialities.retire(actor=OPERATOR, code="none", at=at)) == C.NOT_FOUND
    officer = cast.actor(cast.officer, "console")
    assert refused(
        lambda: specialities.add(actor=officer, kind="professional", name="新的", high_risk=False, at=at)
    ) == C.NOT_ALLOWED  # fmt: skip
    assert Speciality.get_by_id("rescue").high_risk


# teams


def test_list_holds_what_one_may_look_at(places: Places, at: datetime) -> None:
    team = places.founded()
    cast = places.cast

    def names(person: Any, **filters: str) -> list[str]:
        found = teams.listed(actor=cast.actor(person, "console"), wanted=wanted(**filters), at=at)
        return [line.code for line in found.rows]

    assert set(names(cast.officer)) == {team.code, cast.team.code, cast.other_team.code}
    assert names(cast.chali) == []
    assert names(cast.officer, region=EMPTY) == [team.code]
    assert names(cast.officer, state="founding") == []
    assert names(cast.officer, level="3") == []
    assert set(names(cast.officer, flag="leaderless")) == {cast.team.code, cast.other_team.code}
    store.write(lambda: world.grant(at, cast.chali, "partner", region=PROVINCE))
    assert len(names(cast.chali)) == 3


def test_list_costs_the_same_however_long_it_is(places: Places, at: datetime, count_statements: Any) -> None:
    officer = places.cast.actor(places.cast.officer, "console")

    def cost() -> int:
        with count_statements() as seen:
            teams.listed(actor=officer, wanted=wanted(), at=at)
        return len(seen)

    cost()  # the numbers of policy are read once
    few = cost()
    for number in range(5):
        store.write(lambda number=number: world.make_team(at, places.cast.centre, f"队{number}", EMPTY))
    assert cost() == few


def test_edit_keeps_history_and_takes_reasons(places: Places, at: datetime) -> None:
    team = places.founded()
    officer = places.cast.actor(places.cast.officer, "console")

    def edit(draft: TeamDraft, reason: str = "") -> None:
        teams.edit(actor=officer, code=team.code, draft=draft, brand=BRAND, reason=reason, at=at)

    assert refused(lambda: edit(TeamDraft("law"))) == C.REASON_REQUIRED
    edit(TeamDraft("law", covers=(EMPTY2,)), "村里有三个律师")
    made = Team.get_by_id(team.id)
    assert (made.kind, made.name) == ("professional", "南河村退役军人“红耀江淮”志愿服务队（法律服务）")
    assert [row.region_code for row in TeamRegion.select().where(TeamRegion.team == team)] == [EMPTY2]
    rules = {row.rule for row in RuleException.select().where(RuleException.ended_at.is_null())}
    assert rules == {"S79", "S23", "S31"}
    edit(TeamDraft("governance"))
    rules = {row.rule for row in RuleException.select().where(RuleException.ended_at.is_null())}
    assert rules == {"S79"}
    states.dissolve(actor=officer, code=team.code, reason="r", at=at)
    assert refused(lambda: edit(TeamDraft("governance"))) == C.TEAM_STATE
    assert refused(lambda: teams.by_code("nothing")) == C.NOT_FOUND


def test_team_that_is_not_founded_or_rests_publishes_nothing(places: Places, at: datetime) -> None:
    team = places.founded()
    activity, _ = store.write(lambda: world.make_activity(at, team, state="draft", safeguards="有人看护"))
    officer = places.cast.actor(places.cast.officer, "console")
    states.pause(actor=officer, code=team.code, reason="r", at=at)
    assert refused(lambda: activities.publish(actor=officer, code=activity.code, at=at)) == C.TEAM_NOT_FOUNDED
    states.resume(actor=officer, code=team.code, reason="r", at=at)
    activities.publish(actor=officer, code=activity.code, at=at)
    assert Activity.get_by_id(activity.id).state == "published"


def test_joint_team_shows_at_all_its_villages(places: Places) -> None:
    number = places.start(draft=places.draft(team=TeamDraft("governance", covers=(EMPTY2,))))
    code = places.team_of(number).code
    assert [row[0] for row in teams.of_region(EMPTY)] == [row[0] for row in teams.of_region(EMPTY2)] == [code]


# composition and exceptions


@pytest.mark.parametrize(
    ("members", "veterans", "majority", "holds"),
    [
        (0, 0, 50, True),
        (2, 1, 50, False),
        (3, 2, 50, True),
        (10, 6, 60, False),
        (10, 7, 60, True),
        (3, 2, 100, False),
    ],
)
def test_majority_is_more_than_half(members: int, veterans: int, majority: int, holds: bool) -> None:
    assert composition.Composition(members, veterans, majority).holds is holds


def test_worker_reports_a_lost_majority_and_takes_it_back(cast: World, at: datetime) -> None:
    def crowd(count: int, identity: str) -> None:
        for _ in range(count):
            world.join(at, cast.team, world.make_volunteer(at, identity=identity))

    store.write(lambda: crowd(2, "social"))
    assert (exceptions.refresh(at=at), exceptions.refresh(at=at)) == (1, 0)
    row = RuleException.get()
    assert (row.rule, row.facts, row.reason, row.actor_id) == ("S29", {"members": 4, "veterans": 2}, "", None)
    leader = cast.actor(cast.ali, "console")
    assert (
        refused(lambda: exceptions.explain(actor=leader, exception_id=row.id, reason=" ", at=at))
        == C.REASON_REQUIRED
    )
    stranger = cast.actor(cast.chali, "console")
    assert (
        refused(lambda: exceptions.explain(actor=stranger, exception_id=row.id, reason="x", at=at))
        == C.NOT_FOUND
    )
    exceptions.explain(actor=leader, exception_id=row.id, reason="青年多", at=at)
    officer = cast.actor(cast.officer, "console")
    found = exceptions.report(actor=officer, wanted=Wanted(text="青年"), at=at)
    assert [(line.team_code, line.reason, line.who) for line in found.rows] == [
        (cast.team.code, "青年多", "李阿丽")
    ]
    assert exceptions.report(actor=officer, wanted=wanted(state="unexplained"), at=at).total == 0
    store.write(lambda: crowd(1, "veteran"))
    later = at + timedelta(days=1)
    assert exceptions.refresh(at=later) == 1
    assert RuleException.get().ended_at == later
    assert exceptions.report(actor=officer, wanted=wanted(state="ended", rule="S29"), at=later).total == 1
    assert exceptions.report(actor=stranger, wanted=Wanted(), at=later).total == 0


# guidance, support


def test_guidance_is_told_and_answered_once(cast: World, at: datetime) -> None:
    store.write(lambda: Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute())
    officer, leader = cast.actor(cast.officer, "console"), cast.actor(cast.ali, "console")

    def give(actor: Any, kind: str = "guide", text: str = "多走访") -> int:
        return guidance.give(actor=actor, code=cast.team.code, kind=kind, text=text, at=at)

    number = give(officer)
    assert refused(lambda: give(officer, kind="shout")) == C.BAD_REQUEST
    assert refused(lambda: give(officer, text="x" * 301)) == C.TEXT_TOO_LONG
    assert refused(lambda: give(leader)) == C.NOT_ALLOWED
    guidance.answer(actor=leader, guidance_id=number, text="好的", at=at)
    assert (
        refused(lambda: guidance.answer(actor=leader, guidance_id=number, text="又", at=at)) == C.TEAM_STATE
    )
    assert [(word.kind, word.answer, word.who) for word in guidance.listed(cast.team.id)] == [
        ("guide", "好的", "孙主任")
    ]
    kinds = {(row.kind, row.volunteer_id) for row in Delivery.select()}
    assert kinds == {("team_guide", cast.ali.id), ("guidance_answered", cast.officer.id)}


def test_partner_guides_only_his_speciality(cast: World, at: datetime) -> None:
    def grant(speciality: str) -> None:
        RoleGrant.delete().where(RoleGrant.volunteer == cast.chali).execute()
        RoleGrant.create(
            volunteer=cast.chali, role="partner", region_code=COUNTY, speciality=speciality, from_at=at
        )

    partner = cast.actor(cast.chali, "console")
    store.write(lambda: grant("law"))
    assert refused(
        lambda: guidance.give(actor=partner, code=cast.team.code, kind="guide", text="好", at=at)
    ) == C.NOT_FOUND  # fmt: skip
    store.write(lambda: grant("governance"))
    assert teams.record(actor=partner, code=cast.team.code, at=at).may_guide
    guidance.give(actor=partner, code=cast.team.code, kind="guide", text="好", at=at)


def test_leader_does_not_commend_his_own_team(cast: World, at: datetime) -> None:
    def commend(person: Any, day: str = "2026-06-01") -> None:
        support.commend(
            actor=cast.actor(person, "console"),
            code=cast.team.code,
            title="先进",
            awarded_by="市局",
            awarded_on=day,
            at=at,
        )

    assert refused(lambda: commend(cast.ali)) == C.NOT_ALLOWED
    assert refused(lambda: commend(cast.officer, "2026-07-01")) == C.FIELD_WRONG
    commend(cast.officer)
    store.write(lambda: Team.update(leader=cast.officer).where(Team.id == cast.team.id).execute())
    assert refused(lambda: commend(cast.officer)) == C.OWN_RECORD
    assert Commendation.select().count() == 1
    assert [each.title for each in support.capability(cast.team.id).honours] == ["先进"]


# views


def test_region_page_and_list_are_cut_to_what_one_may_see(places: Places, at: datetime) -> None:
    station = places.cast.actor(places.station, "console")
    found = region_views.listed(actor=station, wanted=Wanted(), at=at)
    assert {line.code for line in found.rows} >= {TOWN, EMPTY, VILLAGE}
    assert all(line.code.startswith(TOWN) for line in found.rows)
    assert region_views.page(actor=station, code=EMPTY, at=at).may_manage
    assert refused(lambda: region_views.page(actor=station, code=COUNTY, at=at)) == C.NOT_FOUND


def test_heads_of_the_centres_above_are_offered_first(places: Places) -> None:
    found = founding_views.candidates(region_code=EMPTY)
    assert found[0][0] == places.head.public_no
    assert {number for number, _ in found} == {p.public_no for p in (places.head, places.li, places.hong)}
    assert [number for number, _ in founding_views.candidates(region_code=EMPTY, text="钱站长")][1:] == [
        places.station.public_no
    ]
