"""Founding a team on the phone: a village without one gets one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from models import Founding, Region, Team, TeamRegion, store
from services.organisation import founding
from tests.services.organisation.places import EMPTY, EMPTY2, STANDARD, Places, make
from tests.support import world
from tests.support.world import TOWN

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def places(cast: Any, at: datetime) -> Places:
    return make(cast, at)


def draft(**more: Any) -> dict[str, Any]:
    return {"region": EMPTY, "speciality": "governance", "statement": "村里有老兵三十人", **more}


def begun(mine: Any, **more: Any) -> int:
    answer = mine.post("/m/found/new", draft(**more))
    assert answer.status_code == 303, answer.text
    return int(re.fullmatch(r"/m/found/(\d+)\?done=saved", answer.location)[1])  # type: ignore[index]


def test_village_without_a_team_is_told_of_at_home_and_at_the_search(places: Places, phone: Any) -> None:
    mine = phone(places.li)
    assert ("南河村还没有服务队" in mine.get("/m").text, 'href="/m/found"' in mine.get("/m").text) == (True, True)
    assert 'href="/m/found"' in mine.get("/m/join?q=长江头").text
    assert "来建一支" not in phone(places.cast.chali).get("/m").text


def test_place_where_no_team_is_expected_is_left_in_peace(places: Places, phone: Any) -> None:
    store.write(lambda: Region.update(has_team=False).where(Region.code == EMPTY).execute())
    assert "来建一支" not in phone(places.li).get("/m").text


def test_places_are_those_where_he_lives(places: Places, phone: Any) -> None:
    text = phone(places.li).get("/m/found").text
    assert re.findall(r"/m/found/new\?region=(\d+)", text) == [EMPTY, TOWN]
    assert phone(places.li).get(f"/m/found/new?region={EMPTY2}").status_code == 404
    assert phone(places.li).post("/m/found/new", draft(region=EMPTY2)).status_code == 404


def test_form_shows_the_name_that_the_policy_makes(places: Places, phone: Any) -> None:
    text = phone(places.li).get(f"/m/found/new?region={EMPTY}").text
    assert STANDARD in text
    village, other = text.split("<details", 1)[0], text.split("<details", 1)[1]
    assert ('value="governance"' in village, 'value="law"' in village, 'value="law"' in other) == (True, False, True)


def test_draft_shows_its_conditions_and_the_code_to_join_by(places: Places, phone: Any) -> None:
    mine = phone(places.li)
    number = begun(mine)
    made = Founding.get_by_id(number)
    assert (made.state, made.applicant_id, made.team.leader_id, made.team.name) == (
        "draft", places.li.id, places.li.id, STANDARD,
    )  # fmt: skip
    text = mine.get(f"/m/found/{number}").text
    for words in (STANDARD, "现在 1 人，要 5 人", "队长不是中心（站）负责人", "已经加入 0 人", f"/m/join/{made.team.code}"):
        assert words in text
    assert "data:image/png;base64," in text
    assert "草稿" in mine.get("/m/found").text


def test_neighbour_joins_the_young_team_and_becomes_its_liaison(places: Places, phone: Any) -> None:
    mine, other = phone(places.li), phone(places.hong)
    number = begun(mine)
    code = Founding.get_by_id(number).team.code
    assert "正在建服务队" in other.get("/m").text
    assert other.post(f"/m/join/{code}", {"promised": "yes"}).location == "/m/me?done=joined"
    assert "正在建服务队" not in other.get("/m").text
    assert "已经加入 1 人" in mine.get(f"/m/found/{number}").text
    form = mine.get(f"/m/found/{number}/edit").text
    assert f'<option value="{places.hong.public_no}">洪梅</option>' in form
    assert mine.post(f"/m/found/{number}/edit", draft(liaison=places.hong.public_no)).status_code == 303
    team = Team.get(Team.code == code)
    assert (team.leader_id, team.liaison_id) == (places.li.id, places.hong.id)


def test_soft_rules_take_a_reason_and_do_not_block(places: Places, phone: Any) -> None:
    mine = phone(places.li)
    number = begun(mine)
    lacking = mine.post(f"/m/found/{number}/submit", {"reason": " "})
    assert (lacking.status_code, 'id="wrong-reason"' in lacking.text) == (400, True)
    done = mine.post(f"/m/found/{number}/submit", {"reason": "村里推选"})
    assert done.location == f"/m/found/{number}?done=applied"
    text = mine.get(done.location).text
    assert ("已经交给" in text, "霍邱县" in text, "撤回，不建了" in text) == (True, True, True)
    made = Founding.get_by_id(number)
    assert (made.state, made.checklist["reason"]) == ("submitted", "村里推选")


def test_returned_draft_is_put_right_and_handed_up_again(places: Places, phone: Any, at: datetime) -> None:
    mine = phone(places.li)
    number = begun(mine)
    mine.post(f"/m/found/{number}/submit", {"reason": "村里推选"})
    officer = places.cast.actor(places.cast.officer, "console")
    founding.send_back(actor=officer, founding_id=number, answer="先定联络员", at=at)
    text = mine.get(f"/m/found/{number}").text
    assert ("退回来了" in text, "先定联络员" in text, "村里推选" in text) == (True, True, True)
    mine.post(f"/m/found/{number}/edit", draft(speciality="visits", statement="走访老兵"))
    made = Founding.get_by_id(number)
    assert (made.statement, made.team.speciality, made.checklist["reason"]) == ("走访老兵", "visits", "村里推选")
    assert mine.post(f"/m/found/{number}/submit", {"reason": ""}).status_code == 303
    assert Founding.get_by_id(number).state == "submitted"
    assert mine.post(f"/m/found/{number}/edit", draft()).status_code == 409
    founding.approve(actor=officer, founding_id=number, pilot=False, at=at)
    assert "服务队成立了" in mine.get(f"/m/found/{number}").text


def test_site_and_joint_villages_are_kept(places: Places, phone: Any) -> None:
    number = begun(phone(places.li), site_kind="estate", site_name="阳光小区", covers=[EMPTY2])
    team = Founding.get_by_id(number).team
    assert team.name == "南河村阳光小区退役军人“红耀江淮”志愿服务队"
    assert [row.region_code for row in TeamRegion.select().where(TeamRegion.team == team)] == [EMPTY2]


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"speciality": ""}, "speciality"), ({"speciality": "feature"}, "feature"),
        ({"site_kind": "estate"}, "site_name"), ({"keeps_name": "1", "name": "老兵之家"}, "national_no"),
        ({"name": "老兵之家"}, "name"), ({"liaison": "n0000001"}, "problem"), ({"covers": [TOWN]}, "covers"),
    ],
)  # fmt: skip
def test_what_was_typed_stays_with_the_sentence_beside_it(
    places: Places, phone: Any, wrong: dict[str, Any], beside: str
) -> None:
    answer = phone(places.li).post("/m/found/new", draft(**wrong))
    assert answer.status_code == 400
    assert "村里有老兵三十人" in answer.text
    assert 'role="alert"' in answer.text if beside == "problem" else f'id="wrong-{beside}"' in answer.text
    assert Founding.select().count() == 0


def test_village_that_has_the_team_leads_to_it(places: Places, phone: Any, at: datetime) -> None:
    store.write(lambda: world.make_team(at, places.cast.centre, STANDARD, EMPTY, standard_name=STANDARD))
    answer = phone(places.li).post("/m/found/new", draft())
    assert (answer.status_code, "看看那支队，加入它" in answer.text) == (409, True)


def test_draft_is_given_up(places: Places, phone: Any) -> None:
    mine = phone(places.li)
    number = begun(mine)
    assert mine.post(f"/m/found/{number}/withdraw").location == "/m/found?done=withdrawn"
    assert (Founding.get_by_id(number).state, Team.get(Team.name == STANDARD).state) == ("withdrawn", "dissolved")
    assert "您撤回了" in mine.get(f"/m/found/{number}").text
    assert mine.post(f"/m/found/{number}/submit", {"reason": "r"}).status_code == 409


def test_draft_of_another_is_not_there(places: Places, phone: Any) -> None:
    number = begun(phone(places.li))
    other = phone(places.hong)
    for path in (f"/m/found/{number}", f"/m/found/{number}/edit"):
        assert other.get(path).status_code == 404
    assert other.post(f"/m/found/{number}/submit", {"reason": "r"}).status_code == 404
    assert other.post(f"/m/found/{number}/nonsense").status_code == 404
