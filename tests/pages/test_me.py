"""A volunteer's own affairs: the teams he is in and how to leave, what he agreed to and how to take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Consent, History, TeamMember, Volunteer, store
from services.accounts import enrolment, home
from services.errors import Refusal, RefusalCode
from tests.support.world import TOWN, VILLAGE, join, make_identity, make_volunteer

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def running(cast: Any, person: Any) -> list[int]:
    rows = TeamMember.select().where(TeamMember.volunteer == person, TeamMember.to_at.is_null())
    return sorted(row.team_id for row in rows)


def said(cast: Any) -> list[tuple[str, bool, str]]:
    rows = Consent.select().where(Consent.volunteer == cast.xiaobo).order_by(Consent.id)
    return [(row.purpose, row.given, row.channel) for row in rows]


@pytest.fixture
def agreed(cast: Any, at: datetime) -> None:
    enrolment.keep_consents(
        volunteer_id=cast.xiaobo.id, purposes=["service", "id_number"], channel="h5", at=at
    )


def test_team_can_be_left_after_a_page_that_says_what_follows(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    assert f'href="/m/me/teams/{cast.team.code}"' in mine.get("/m/me").text
    page = mine.get(f"/m/me/teams/{cast.team.code}")
    assert (page.status_code, "您的时长、积分、记录都保留" in page.text) == (200, True)
    assert running(cast, cast.xiaobo) == [cast.team.id]
    gone = mine.post(f"/m/me/teams/{cast.team.code}/leave")
    assert (gone.status_code, gone.location) == (303, "/m/me?done=left")
    assert running(cast, cast.xiaobo) == []
    after = mine.get(gone.location).text
    assert ("已经退出服务队" in after, "还没有加入服务队" in after) == (True, True)


def test_wrong_village_is_put_right_before_the_first_team_and_never_after(
    cast: Any, phone: Any, at: datetime
) -> None:
    def made() -> Any:
        person = make_volunteer(at, "陈新来", region_code=TOWN)
        make_identity(at, person, "oa")
        return person

    person = store.write(made)
    mine = phone(person)
    assert "/m/me/place?region=" in mine.get("/m/me/place?q=霍邱东湖").text
    assert "霍邱县城关镇东湖社区" in mine.get(f"/m/me/place?region={VILLAGE}").text
    done = mine.post("/m/me/place", {"region": VILLAGE})
    assert (done.location, Volunteer.get_by_id(person.id).region_code) == ("/m/me?done=moved", VILLAGE)
    assert History.get(History.verb == "home.corrected").changes == {"region_code": [TOWN, VILLAGE]}
    join(at, cast.team, person)
    assert "/m/me/place" not in mine.get("/m/me").text
    assert (mine.get("/m/me/place").status_code, mine.post("/m/me/place", {"region": TOWN}).status_code) == (409, 409)
    with pytest.raises(Refusal) as refused:
        home.correct(actor=cast.actor(person), region_code=TOWN, at=at)
    assert refused.value.code is RefusalCode.HOME_FIXED
    assert Volunteer.get_by_id(person.id).region_code == VILLAGE


def test_leaving_one_of_two_teams_keeps_the_other(cast: Any, phone: Any, at: datetime) -> None:
    join(at, cast.other_team, cast.xiaobo)
    mine = phone(cast.xiaobo)
    assert "就不在任何服务队里了" not in mine.get(f"/m/me/teams/{cast.team.code}").text
    mine.post(f"/m/me/teams/{cast.team.code}/leave")
    assert running(cast, cast.xiaobo) == [cast.other_team.id]


@pytest.mark.parametrize("code", ["nosuch12", "..", "%00"])
def test_foreign_team_can_neither_be_seen_nor_left(cast: Any, phone: Any, code: str) -> None:
    mine = phone(cast.xiaobo)
    assert 400 <= mine.get(f"/m/me/teams/{code}").status_code < 500
    assert 400 <= mine.post(f"/m/me/teams/{code}/leave").status_code < 500
    assert mine.post(f"/m/me/teams/{cast.other_team.code}/leave").status_code == 409
    assert running(cast, cast.xiaobo) == [cast.team.id]


def test_consents_are_listed_with_what_was_decided(cast: Any, phone: Any, agreed: None) -> None:
    page = phone(cast.xiaobo).get("/m/me/consents").text
    assert (page.count("已同意"), page.count("没有同意")) == (2, 2)


def test_consent_is_withdrawn_and_given_again_and_both_are_kept(cast: Any, phone: Any, agreed: None) -> None:
    mine = phone(cast.xiaobo)
    page = mine.get("/m/me/consents/id_number")
    assert (page.status_code, "我不再同意" in page.text, "身份证号码属于敏感个人信息" in page.text) == (
        200,
        True,
        True,
    )
    back = mine.post("/m/me/consents/id_number", {"given": "no"})
    assert (back.status_code, back.location) == (303, "/m/me/consents?done=withdrawn")
    assert "已撤回" in mine.get(back.location).text
    assert "您已经撤回" in mine.get("/m/me/consents/id_number").text
    mine.post("/m/me/consents/id_number", {"given": "yes"})
    decided = [each for each in said(cast) if each[0] == "id_number"]
    assert [given for _, given, _ in decided] == [True, False, True]


def test_unknown_purpose_is_not_found(cast: Any, phone: Any, agreed: None) -> None:
    mine = phone(cast.xiaobo)
    assert mine.get("/m/me/consents/x").status_code == 404
    assert mine.post("/m/me/consents/x", {"given": "no"}).status_code == 404
    assert len(said(cast)) == 2


@pytest.mark.parametrize("path", ["/m/me/teams/{}/leave", "/m/me/consents/service"])
def test_nothing_is_given_up_for_a_foreign_page(cast: Any, phone: Any, agreed: None, path: str) -> None:
    mine = phone(cast.xiaobo)
    assert mine.post(path.format(cast.team.code), {"given": "no"}, csrf=False).status_code == 403
    assert (running(cast, cast.xiaobo), len(said(cast))) == ([cast.team.id], 2)


@pytest.mark.parametrize("path", ["/m/me/teams/x", "/m/me/consents", "/m/me/consents/service"])
def test_somebody_unregistered_is_led_to_registration(cast: Any, phone: Any, at: datetime, path: str) -> None:
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    assert mine.get(path).status_code == 403
