"""A village without a team founds one; the county reviews it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import (
    Centre,
    Delivery,
    Founding,
    History,
    Qualification,
    RoleGrant,
    RuleException,
    Team,
    TeamMember,
    TeamRegion,
    Volunteer,
    store,
)
from services.errors import Refusal, RefusalCode
from services.organisation import founding, founding_views, soft_rules
from services.organisation.teams import TeamDraft
from tests.services.organisation.places import BRAND, EMPTY, EMPTY2, STANDARD, Places
from tests.support import world
from tests.support.world import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, VILLAGE2, World

C = RefusalCode


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def told(person: Any) -> list[str]:
    return [row.kind for row in Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)]


def test_draft_is_a_team_in_founding_with_the_policys_name(places: Places) -> None:
    number = places.start()
    team = places.team_of(number)
    assert (team.name, team.standard_name, team.state, team.region_code) == (
        STANDARD,
        STANDARD,
        "founding",
        EMPTY,
    )
    assert (team.leader_id, team.liaison_id) == (places.li.id, places.hong.id)
    assert team.centre.region_code == COUNTY
    assert RoleGrant.select().where(RoleGrant.team_id == team.id).count() == 0


@pytest.mark.parametrize(
    ("code", "above"),
    [(VILLAGE, COUNTY), (TOWN, COUNTY), (COUNTY, CITY), (CITY, PROVINCE), (PROVINCE, PROVINCE)],
)
def test_centre_above_reviews(cast: World, code: str, above: str) -> None:
    assert founding.reviewing_region(code) == above


def test_volunteer_founds_in_his_own_village_and_leads(places: Places, at: datetime) -> None:
    actor = places.cast.actor(places.li, "pages")
    wishes = places.draft(leader=places.hong.public_no, liaison="")
    number = founding.start(actor=actor, region_code=EMPTY, draft=wishes, brand=BRAND, at=at)
    assert places.team_of(number).leader_id == places.li.id
    for elsewhere in (EMPTY2, COUNTY):
        assert refused(
            lambda code=elsewhere: founding.start(
                actor=actor, region_code=code, draft=wishes, brand=BRAND, at=at
            )
        ) == C.NOT_FOUND  # fmt: skip


def test_volunteer_founds_in_his_township_too(places: Places, at: datetime) -> None:
    actor = places.cast.actor(places.li, "pages")
    wishes = places.draft(team=TeamDraft("rescue"), liaison="")
    number = founding.start(actor=actor, region_code=TOWN, draft=wishes, brand=BRAND, at=at)
    assert places.team_of(number).leader_id == places.li.id


def test_volunteer_known_at_his_township_founds_in_a_village_of_it(places: Places, at: datetime) -> None:
    store.write(lambda: Volunteer.update(region_code=TOWN).where(Volunteer.id == places.li.id).execute())
    actor = places.cast.actor(places.li, "pages")
    number = founding.start(actor=actor, region_code=EMPTY2, draft=places.draft(liaison=""), brand=BRAND, at=at)
    assert places.team_of(number).region_code == EMPTY2
    assert [(each.code, each.teams) for each in founding_views.places(volunteer_id=places.li.id)] == [
        (VILLAGE, 1), (VILLAGE2, 1), (EMPTY, 0), (EMPTY2, 0), (TOWN, 0),
    ]  # fmt: skip
    store.write(lambda: Volunteer.update(region_code=COUNTY).where(Volunteer.id == places.li.id).execute())
    assert founding_views.places(volunteer_id=places.li.id) == []


def test_would_be_leader_names_only_somebody_who_joined(places: Places, at: datetime) -> None:
    actor = places.cast.actor(places.li, "pages")

    def edit(number: int) -> None:
        founding.edit(actor=actor, founding_id=number, draft=places.draft(), brand=BRAND, at=at)

    def start() -> int:
        return founding.start(actor=actor, region_code=EMPTY, draft=places.draft(), brand=BRAND, at=at)

    with pytest.raises(Refusal) as caught:
        start()
    assert (caught.value.code, caught.value.facts["field"]) == (C.FIELD_WRONG, "liaison")
    number = founding.start(actor=actor, region_code=EMPTY, draft=places.draft(liaison=""), brand=BRAND, at=at)
    assert refused(lambda: edit(number)) == C.FIELD_WRONG
    store.write(lambda: world.join(at, places.team_of(number), places.hong))
    edit(number)
    assert places.team_of(number).liaison_id == places.hong.id
    assert founding_views.joined(actor=actor, founding_id=number, at=at) == [(places.hong.public_no, "洪梅")]


def test_would_be_leader_is_told_where_he_can_read_it(places: Places, at: datetime) -> None:
    actor = places.cast.actor(places.li, "pages")
    number = founding.start(actor=actor, region_code=EMPTY, draft=places.draft(liaison=""), brand=BRAND, at=at)
    founding.submit(actor=actor, founding_id=number, reason="r", at=at)
    officer = places.cast.actor(places.cast.officer, "console")
    founding.send_back(actor=officer, founding_id=number, answer="缺联络员", at=at)
    urls = [row.url for row in Delivery.select().where(Delivery.volunteer == places.li)]
    assert urls == [f"/m/found/{number}"]


def test_kinds_that_fit_the_level_stand_first(places: Places, at: datetime) -> None:
    village = founding_views.kinds_here(region_code=EMPTY, brand=BRAND, at=at)
    assert {each.kind for each in village if each.usual} == {"grassroots"}
    assert (village[0].usual, village[0].team) == (True, STANDARD)
    town = founding_views.kinds_here(region_code=TOWN, brand=BRAND, at=at)
    assert {each.kind for each in town if each.usual} == {"professional"}


def test_second_team_of_the_same_name_is_refused(places: Places, at: datetime) -> None:
    places.start()
    assert refused(places.start) == C.TEAM_NAME_TAKEN
    site = TeamDraft("governance", site_kind="estate", site_name="阳光小区")
    number = places.start(draft=places.draft(team=site))
    assert places.team_of(number).name == "南河村阳光小区退役军人“红耀江淮”志愿服务队"


def test_without_any_centre_nothing_is_founded(places: Places) -> None:
    store.write(lambda: Centre.update(region_code="34152").where(Centre.region_code == COUNTY).execute())
    assert refused(places.start) == C.CENTRE_MISSING


@pytest.mark.parametrize(
    ("team", "field"),
    [
        (TeamDraft("unknown"), "speciality"),
        (TeamDraft("feature"), "feature"),
        (TeamDraft("governance", site_kind="estate"), "site_name"),
        (TeamDraft("governance", site_kind="moon", site_name="x"), "site_kind"),
        (TeamDraft("governance", covers=("341523100201",)), "covers"),
        (TeamDraft("governance", covers=(EMPTY,)), "covers"),
        (TeamDraft("governance", short_name="<b>"), "short_name"),
        (TeamDraft("governance", short_name="很长很长很长很长很长的名字"), "short_name"),
    ],
)
def test_field_that_is_wrong_is_named(places: Places, team: TeamDraft, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        places.start(draft=places.draft(team=team))
    assert (caught.value.code, caught.value.facts["field"]) == (C.FIELD_WRONG, field)
    assert Founding.select().count() == 0


def test_joint_team_counts_once_and_covers_the_others(places: Places) -> None:
    number = places.start(draft=places.draft(team=TeamDraft("governance", covers=(EMPTY2,))))
    team = places.team_of(number)
    assert team.region_code == EMPTY
    assert [row.region_code for row in TeamRegion.select().where(TeamRegion.team == team)] == [EMPTY2]


def test_checklist_counts_what_is_there(places: Places, at: datetime) -> None:
    team = places.team_of(places.start(draft=places.draft(team=TeamDraft("rescue"))))
    store.write(lambda: world.join(at, team, world.make_volunteer(at)))
    made = {each.key: (each.have, each.need) for each in soft_rules.checklist(team=team, at=at)}
    assert made == {"leader": (1, 1), "liaison": (1, 1), "members": (3, 5), "qualified": (0, 1)}
    store.write(
        lambda: Qualification.create(
            volunteer=places.li,
            kind="rescue",
            name="救护员证",
            state="verified",
            expires_on="2027-01-01",
            created_at=at,
        )
    )
    assert soft_rules.checklist(team=team, at=at)[-1].met
    store.write(lambda: Qualification.update(expires_on="2026-06-09").execute())
    assert not soft_rules.checklist(team=team, at=at)[-1].met


def test_what_is_missing_takes_a_reason_and_does_not_block(places: Places, at: datetime) -> None:
    number = places.start()
    station = places.cast.actor(places.station, "console")
    assert refused(lambda: founding.submit(actor=station, founding_id=number, at=at)) == C.REASON_REQUIRED
    founding.submit(actor=station, founding_id=number, reason="人还在招", at=at)
    founding.submit(actor=station, founding_id=number, reason="人还在招", at=at)
    made = Founding.get_by_id(number)
    assert (made.state, made.checklist["items"]["members"]) == ("submitted", [2, 5])
    assert told(places.cast.officer) == ["founding_submitted"]
    assert told(places.head) == ["founding_submitted"]


def test_approved_team_stands_with_its_leader_and_exceptions(places: Places, at: datetime) -> None:
    number = places.submitted()
    founding.approve(
        actor=places.cast.actor(places.cast.officer, "console"),
        founding_id=number,
        pilot=False,
        answer="同意",
        at=at,
    )
    team = places.team_of(number)
    assert (team.state, team.founded_on, team.pilot_until) == ("regular", "2026-06-10", None)
    grants = RoleGrant.select().where(RoleGrant.team_id == team.id).order_by(RoleGrant.id)
    assert [(g.volunteer_id, g.role) for g in grants] == [
        (places.li.id, "team_leader"), (places.hong.id, "liaison"),
    ]  # fmt: skip
    assert TeamMember.select().where(TeamMember.team == team).count() == 2
    open_ones = RuleException.select().where(RuleException.subject == f"team:{team.id}")
    assert {row.rule: row.reason for row in open_ones} == dict.fromkeys(
        ("S31", "S79"), "先把架子搭起来; 同意"
    )
    assert told(places.li) == ["founding_approved"]
    verbs = [
        row.verb for row in History.select().where(History.subject == f"team:{team.id}").order_by(History.id)
    ]
    assert verbs == ["founding_started", "founding_submitted", "founding_approved", "team_founded"]


def test_pilot_ends_after_the_months_of_the_rule(places: Places) -> None:
    team = places.founded(pilot=True)
    assert (team.state, team.pilot_until) == ("pilot", "2026-12-10")


def test_nobody_decides_on_his_own_application(places: Places, at: datetime) -> None:
    officer = places.cast.actor(places.cast.officer, "console")
    number = founding.start(actor=officer, region_code=EMPTY, draft=places.draft(), brand=BRAND, at=at)
    founding.submit(actor=officer, founding_id=number, reason="r", at=at)
    assert told(places.cast.officer) == []
    assert told(places.head) == ["founding_submitted"]
    assert refused(
        lambda: founding.approve(actor=officer, founding_id=number, pilot=False, at=at)
    ) == C.OWN_RECORD  # fmt: skip


def test_leader_to_be_does_not_decide_either(places: Places, at: datetime) -> None:
    number = places.submitted(draft=places.draft(leader=places.head.public_no))
    head = places.cast.actor(places.head, "console")
    assert refused(lambda: founding.refuse(actor=head, founding_id=number, answer="r", at=at)) == C.OWN_RECORD


def test_station_sees_and_does_not_review(places: Places, at: datetime) -> None:
    number = places.submitted()
    station = places.cast.actor(places.station, "console")
    assert refused(
        lambda: founding.approve(actor=station, founding_id=number, pilot=False, at=at)
    ) == C.NOT_ALLOWED  # fmt: skip


def test_returned_application_is_put_right_and_handed_up_again(places: Places, at: datetime) -> None:
    number = places.submitted()
    officer, station = (places.cast.actor(p, "console") for p in (places.cast.officer, places.station))
    assert refused(
        lambda: founding.send_back(actor=officer, founding_id=number, answer=" ", at=at)
    ) == C.REASON_REQUIRED  # fmt: skip
    founding.send_back(actor=officer, founding_id=number, answer="缺联络员", at=at)
    assert told(places.station) == ["founding_returned"]
    founding.edit(
        actor=station, founding_id=number, draft=places.draft(statement="已补正"), brand=BRAND, at=at
    )
    founding.submit(actor=station, founding_id=number, reason="r", at=at)
    made = Founding.get_by_id(number)
    assert (made.state, made.statement, made.answer) == ("submitted", "已补正", "")
    assert refused(
        lambda: founding.edit(actor=station, founding_id=number, draft=places.draft(), brand=BRAND, at=at)
    ) == C.FOUNDING_STATE  # fmt: skip


def test_refused_application_ends_the_team_that_never_was(places: Places, at: datetime) -> None:
    number = places.submitted()
    officer = places.cast.actor(places.cast.officer, "console")
    founding.refuse(actor=officer, founding_id=number, answer="并入邻村", at=at)
    assert places.team_of(number).state == "dissolved"
    assert refused(
        lambda: founding.approve(actor=officer, founding_id=number, pilot=False, at=at)
    ) == C.FOUNDING_STATE  # fmt: skip
    assert places.team_of(places.start()).state == "founding"


def test_withdrawn_application_is_over(places: Places, at: datetime) -> None:
    number = places.submitted()
    officer = places.cast.actor(places.cast.officer, "console")
    assert refused(lambda: founding.withdraw(actor=officer, founding_id=number, at=at)) == C.FOUNDING_STATE
    founding.withdraw(actor=places.cast.actor(places.station, "console"), founding_id=number, at=at)
    assert (Founding.get_by_id(number).state, places.team_of(number).state) == ("withdrawn", "dissolved")
    assert refused(
        lambda: founding.submit(
            actor=places.cast.actor(places.station, "console"), founding_id=number, reason="r", at=at
        )
    ) == C.FOUNDING_STATE  # fmt: skip


def test_stranger_sees_no_application(places: Places, at: datetime) -> None:
    number = places.start()
    actor = places.cast.actor(places.cast.chali, "console")
    assert refused(lambda: founding.own(actor=actor, founding_id=number, at=at)) == C.NOT_FOUND
    assert refused(lambda: founding.own(actor=actor, founding_id=number + 1, at=at)) == C.NOT_FOUND


def test_profession_in_a_village_is_warned_of(places: Places, at: datetime) -> None:
    team = places.team_of(places.start(draft=places.draft(team=TeamDraft("law"))))
    assert team.name == "南河村退役军人“红耀江淮”志愿服务队（法律服务）"
    assert {"S23", "S31", "S79"} == set(soft_rules.broken(team=team, at=at))


def test_team_without_people_named_has_no_leader(places: Places) -> None:
    number = places.start(draft=places.draft(leader="", liaison=""))
    assert (places.team_of(number).leader_id, Team.select().where(Team.state == "founding").count()) == (
        None,
        1,
    )
    with pytest.raises(Refusal) as caught:
        places.start(EMPTY2, places.draft(leader="nobody"))
    assert caught.value.facts["field"] == "leader"
