"""The organisation's pages: divisions, centres, teams, foundings, exceptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from models import Centre, Founding, RuleException, Team, TeamGuidance, store
from services.organisation import exceptions
from tests.console.conftest import Desk
from tests.services.organisation.places import EMPTY, STANDARD, Places, make
from tests.support import world
from tests.support.world import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, World

Desks = Callable[..., Desk]


@pytest.fixture
def places(cast: World, at: datetime) -> Places:
    return make(cast, at)


@pytest.fixture
def province(cast: World, at: datetime) -> World:
    store.write(lambda: world.grant(at, cast.chali, "region_admin", region=PROVINCE))
    return cast


def test_office_shows_the_organisation(cast: World, desk: Desks) -> None:
    text = desk(cast.officer).get("/console/manage").text
    for path in ("regions", "centres", "all-teams", "foundings", "exceptions"):
        assert f'href="/console/{path}"' in text


@pytest.mark.parametrize("path", ["regions", "centres", "all-teams", "foundings", "exceptions"])
def test_lists_are_none_of_a_leaders_business(cast: World, desk: Desks, path: str) -> None:
    assert desk(cast.ali).get(f"/console/{path}").status_code == 403
    answer = desk(cast.officer).get(f"/console/{path}?format=xlsx")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")


def test_divisions_go_down_level_by_level(cast: World, desk: Desks) -> None:
    browser = desk(cast.officer)
    assert "城关镇" in browser.get("/console/regions").text
    down = browser.get(f"/console/regions?region={TOWN}").text
    assert "东湖社区居委会" in down
    assert "河口镇" not in re.sub(r"<form.*?</form>", "", down, flags=re.S)
    assert "西湖社区居委会" in browser.get("/console/regions?q=西湖").text


def test_division_shows_its_centre_and_teams(cast: World, desk: Desks) -> None:
    browser = desk(cast.officer)
    assert cast.team.name in browser.get(f"/console/regions/{VILLAGE}").text
    assert "霍邱县退役军人服务中心" in browser.get(f"/console/regions/{COUNTY}").text
    assert browser.get(f"/console/regions/{CITY}").status_code == 404
    assert browser.get("/console/regions/999999").status_code == 404


def test_centre_is_entered_with_its_head(places: Places, desk: Desks) -> None:
    browser = desk(places.cast.officer)
    assert "城关镇退役军人服务站" in browser.get(f"/console/centres/{TOWN}").text
    answer = browser.post(
        f"/console/centres/{TOWN}",
        {"director": places.station.public_no, "liaison": "", "phone": "0564-6000001"},
    )
    assert (answer.status_code, answer.location) == (303, f"/console/centres/{TOWN}?done=saved")
    made = Centre.get(Centre.region_code == TOWN)
    assert (made.director_id, made.kind, made.phone) == (places.station.id, "station", "0564-6000001")
    page = browser.get(f"/console/centres/{TOWN}").text
    assert "还没有联络员" in page
    assert "钱站长" in browser.get("/console/centres?missing=liaison").text
    assert "钱站长" not in browser.get("/console/centres?missing=director").text


def test_wrong_field_of_a_centre_is_said_beside_it(cast: World, desk: Desks) -> None:
    answer = desk(cast.officer).post(f"/console/centres/{COUNTY}", {"phone": "请打<b>"})
    assert answer.status_code == 400
    assert 'id="wrong-phone"' in answer.text


def test_person_is_searched_without_losing_the_form(places: Places, desk: Desks) -> None:
    answer = desk(places.cast.officer).post(
        f"/console/centres/{TOWN}", {"search": "1", "q": "李大柱", "address": "淮河路 1 号"}
    )
    assert answer.status_code == 200
    assert "李大柱" in answer.text
    assert 'value="淮河路 1 号"' in answer.text


def test_all_teams_are_filtered_and_show_their_share(places: Places, desk: Desks) -> None:
    browser = desk(places.cast.officer)
    text = browser.get("/console/all-teams").text
    assert places.cast.team.name in text
    assert "100%" in text
    assert "没有符合条件" in browser.get("/console/all-teams?kind=professional").text


def test_team_page_shows_its_record(cast: World, desk: Desks) -> None:
    page = desk(cast.officer).get(f"/console/teams/{cast.team.code}").text
    for word in ("挂靠账号", "基层治理", "队员 2 人", "提意见或退回更正", "修改资料"):
        assert word in page
    own = desk(cast.ali).get(f"/console/teams/{cast.team.code}").text
    assert "入队代码" in own
    assert "修改资料" not in own
    assert desk(cast.ali).get(f"/console/teams/{cast.other_team.code}").status_code == 404


def test_partner_reads_a_team_without_its_people(cast: World, at: datetime, desk: Desks) -> None:
    store.write(lambda: world.grant(at, cast.chali, "partner", region=COUNTY))
    page = desk(cast.chali).get(f"/console/teams/{cast.team.code}")
    assert page.status_code == 200
    assert "王小博" not in page.text


def test_guidance_goes_down_and_its_answer_comes_up(cast: World, desk: Desks) -> None:
    path = f"/console/teams/{cast.team.code}/guidance"
    above, team = desk(cast.officer), desk(cast.ali)
    assert above.post(path, {"kind": "return", "text": " "}).status_code == 400
    assert above.post(path, {"kind": "return", "text": "简称写错了"}).status_code == 303
    assert team.post(path, {"kind": "guide", "text": "自己夸自己"}).status_code == 403
    number = TeamGuidance.get().id
    assert team.post(f"{path}/{number}", {"text": "已改"}).status_code == 303
    assert "回复：已改" in above.get(f"/console/teams/{cast.team.code}").text
    assert team.post(f"{path}/{number}", {"text": "再说"}).status_code == 409


def test_support_and_commendation_are_noted(cast: World, desk: Desks) -> None:
    browser = desk(cast.officer)
    path = f"/console/teams/{cast.team.code}"
    wrong = browser.post(
        f"{path}/support", {"department": "justice", "kind": "training", "content": "普法", "from_on": ""}
    )
    assert (wrong.status_code, 'id="wrong-from_on"' in wrong.text) == (400, True)
    given = {"department": "justice", "kind": "training", "content": "普法培训", "from_on": "2026-05-01"}
    assert browser.post(f"{path}/support", given).status_code == 303
    honour = {"title": "优秀服务队", "awarded_by": "县委", "awarded_on": "2026-06-01"}
    assert browser.post(f"{path}/commendation", honour).status_code == 303
    page = browser.get(path).text
    assert "普法培训" in page
    assert "受表彰 1 次" in page


def test_team_is_edited_and_keeps_a_name_of_its_own_only_with_a_number(cast: World, desk: Desks) -> None:
    browser = desk(cast.officer)
    path = f"/console/teams/{cast.team.code}/edit"
    assert browser.get(path).status_code == 200
    own = {"speciality": "governance", "keeps_name": "1", "name": "东湖老兵服务队"}
    refused = browser.post(path, own)
    assert (refused.status_code, 'id="wrong-national_no"' in refused.text) == (400, True)
    assert browser.post(path, {**own, "national_no": "3415220007"}).status_code == 303
    made = Team.get_by_id(cast.team.id)
    assert (made.name, made.standard_name, made.keeps_name) == (
        "东湖老兵服务队", "东湖社区居委会退役军人“红耀江淮”志愿服务队", True,
    )  # fmt: skip
    assert desk(cast.ali).get(path).status_code == 403


def test_team_is_paused_and_goes_on(cast: World, desk: Desks) -> None:
    browser = desk(cast.officer)
    path = f"/console/teams/{cast.team.code}/state"
    assert browser.get(path).status_code == 200
    assert browser.post(f"{path}/pause", {"reason": ""}).status_code == 400
    assert browser.post(f"{path}/pause", {"reason": "防汛"}).status_code == 303
    assert browser.post(f"{path}/resume", {"reason": "好了"}).status_code == 303
    assert browser.post(f"{path}/fly", {"reason": "r"}).status_code == 404
    assert desk(cast.ali).get(path).status_code == 403


def test_village_founds_a_team_and_the_county_reviews_it(places: Places, desk: Desks) -> None:
    station, county = desk(places.station), desk(places.cast.officer)
    assert "南河村" in station.get("/console/foundings/new").text
    path = f"/console/foundings/new?region={EMPTY}"
    form = station.get(path).text
    assert "李大柱" in form
    refused = station.post(path, {"speciality": "", "statement": "我们村"})
    assert (refused.status_code, "我们村" in refused.text, 'id="wrong-speciality"' in refused.text) == (
        400,
        True,
        True,
    )
    answer = station.post(
        path, {"speciality": "visits", "leader": places.li.public_no, "liaison": places.hong.public_no}
    )
    number = Founding.get().id
    assert answer.location == f"/console/foundings/{number}?done=saved"
    page = station.get(f"/console/foundings/{number}").text
    assert STANDARD in page
    assert "2 人，要求 5 人" in page
    assert station.get(f"/console/foundings/{number}/edit").status_code == 200
    assert station.post(f"/console/foundings/{number}/submit").status_code == 400
    assert station.post(f"/console/foundings/{number}/submit", {"reason": "先搭架子"}).status_code == 303
    assert "审核</h2>" not in station.get(f"/console/foundings/{number}").text
    assert "等您审核" in county.get("/console/foundings").text
    assert county.post(f"/console/foundings/{number}/refuse").status_code == 400
    assert county.post(f"/console/foundings/{number}/pilot", {"answer": "先试"}).status_code == 303
    team = Team.get(Team.region_code == EMPTY)
    assert (team.state, team.pilot_until) == ("pilot", "2026-12-10")
    assert "先搭架子" in county.get("/console/exceptions").text
    assert county.post(f"/console/foundings/{number}/fly").status_code == 404


def test_form_for_a_place_of_others_is_not_there(places: Places, desk: Desks) -> None:
    assert desk(places.station).get("/console/foundings/new?region=341522101").status_code == 404
    assert desk(places.station).get("/console/foundings/new?region=nowhere").status_code == 400
    assert desk(places.cast.ali).get("/console/foundings/new").status_code == 403


def test_unexplained_exception_is_explained_on_the_teams_page(cast: World, at: datetime, desk: Desks) -> None:
    def fill() -> None:
        for _ in range(4):
            world.join(at, cast.team, world.make_volunteer(at, identity="social"))

    store.write(fill)
    assert exceptions.refresh(at=at) == 1
    browser = desk(cast.ali)
    page = browser.get(f"/console/teams/{cast.team.code}").text
    assert "要超过 50%" in page
    row = RuleException.get(RuleException.subject == f"team:{cast.team.id}")
    path = f"/console/teams/{cast.team.code}/exceptions/{row.id}"
    assert browser.post(path, {"reason": ""}).status_code == 400
    assert browser.post(path, {"reason": "年轻人多"}).status_code == 303
    assert "年轻人多" in desk(cast.officer).get("/console/exceptions?rule=S29").text


def test_province_opens_and_retires_a_speciality(province: World, desk: Desks) -> None:
    browser = desk(province.chali)
    assert browser.get("/console/specialities").status_code == 200
    assert browser.post("/console/specialities", {"kind": "professional", "name": "<b>"}).status_code == 400
    made = browser.post(
        "/console/specialities", {"kind": "professional", "name": "心理疏导", "high_risk": ""}
    )
    assert made.status_code == 303
    again = browser.post("/console/specialities", {"kind": "professional", "name": "心理疏导"})
    assert again.status_code == 409
    code = re.search(r"/console/specialities/(x\w+)/retire", browser.get("/console/specialities").text)
    assert code is not None
    assert browser.post(f"/console/specialities/{code[1]}/retire").status_code == 303
    assert browser.post("/console/specialities/rescue/retire").status_code == 409
    assert desk(province.officer).get("/console/specialities").status_code == 403
