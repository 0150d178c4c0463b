"""Joining a team on the phone: the leader's code, the promises, the waiting, the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Application, TeamMember
from services.accounts import registration
from services.recruitment import applications
from wording import entry

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_code_of_a_team_leads_to_its_door(cast: Any, phone: Any) -> None:
    mine = phone(cast.chali)
    wrong = mine.post("/m/me/team", {"team": "nosuch12"})
    assert (wrong.status_code, 'id="team-error"' in wrong.text) == (404, True)
    door = mine.post("/m/me/team", {"team": cast.team.code.upper()})
    assert door.location == f"/m/join/{cast.team.code}"
    text = mine.get(door.location).text
    assert ("志愿者誓言" in text, "志愿服务协议" in text, cast.team.name in text) == (True, True, True)


def test_application_is_made_after_the_promises_and_waits(cast: Any, phone: Any) -> None:
    mine = phone(cast.chali)
    path = f"/m/join/{cast.team.code}"
    lacking = mine.post(path, {"statement": "会开船"})
    assert (lacking.status_code, "会开船" in lacking.text, "请先看完誓言和协议" in lacking.text) == (
        409,
        True,
        True,
    )
    done = mine.post(path, {"statement": "会开船", "promised": "yes"})
    made = Application.get()
    assert done.location == f"/m/applications/{made.code}?done=applied"
    assert "等服务站决定" in mine.get(done.location).text
    assert "等服务站决定" in mine.get("/m/applications").text


def test_application_is_taken_back(cast: Any, phone: Any, at: datetime) -> None:
    made = applications.apply(actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at)
    mine = phone(cast.chali)
    assert mine.post(f"/m/applications/{made.code}", {"withdraw": "1"}).status_code == 303
    assert "您撤回了申请" in mine.get(f"/m/applications/{made.code}").text


@pytest.mark.parametrize(("word", "state"), [("accept", "submitted"), ("decline", "declined")])
def test_recommended_person_answers(cast: Any, phone: Any, at: datetime, word: str, state: str) -> None:
    made = applications.recommend(
        actor=cast.actor(cast.ali),
        team_code=cast.team.code,
        public_no=cast.chali.public_no,
        statement="老班长",
        at=at,
    )
    mine = phone(cast.chali)
    page = mine.get(f"/m/applications/{made.code}").text
    assert ("推荐您加入" in page, "老班长" in page) == (True, True)
    assert mine.post(f"/m/applications/{made.code}", {word: "1", "promised": "yes"}).status_code == 303
    assert Application.get().state == state
    assert not TeamMember.select().where(TeamMember.volunteer == cast.chali).exists()


def test_refused_person_reads_why_and_replies_once(cast: Any, phone: Any, at: datetime) -> None:
    made = applications.apply(actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at)
    applications.refuse(actor=cast.actor(cast.officer), code=made.code, reason="离得太远", at=at)
    mine = phone(cast.chali)
    path = f"/m/applications/{made.code}"
    assert "离得太远" in mine.get(path).text
    assert mine.post(path, {"text": ""}).status_code == 400
    assert mine.post(path, {"text": "我下月搬家"}).status_code == 303
    page = mine.get(path).text
    assert ("我下月搬家" in page, "<textarea" in page) == (True, False)
    assert mine.post(path, {"text": "再说一次"}).status_code == 409


def test_application_of_another_is_not_there(cast: Any, phone: Any, at: datetime) -> None:
    made = applications.apply(actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at)
    other = phone(cast.xiaobo)
    assert other.get(f"/m/applications/{made.code}").status_code == 404
    assert other.post(f"/m/applications/{made.code}", {"withdraw": "1"}).status_code == 404


def test_team_is_found_by_its_village_and_the_near_ones_without_words(cast: Any, phone: Any) -> None:
    mine = phone(cast.chali)
    near = mine.get("/m/join").text
    assert near.index(cast.team.name) < near.index(cast.other_team.name)
    hits = mine.get("/m/join?q=西湖村").text
    assert (f"/m/join/{cast.other_team.code}" in hits, cast.team.name in hits) == (True, False)
    assert "没有找到“长江头”" in mine.get("/m/join?q=长江头").text
    assert "您已在队里" in phone(cast.xiaobo).get("/m/join?q=东湖").text
    for page in ("/m/me", "/m/applications"):
        assert 'href="/m/join"' in mine.get(page).text


def test_form_asks_for_the_consent_that_was_taken_back_beside_the_promises(
    cast: Any, phone: Any, at: datetime
) -> None:
    mine, path = phone(cast.chali), f"/m/join/{cast.team.code}"
    assert 'name="consent"' not in mine.get(path).text
    registration.decide_consent(actor=cast.actor(cast.chali), purpose="service", given=False, at=at)
    page = mine.get(path).text
    assert ('name="consent" value="service"' in page, entry("consents.service.text") in page) == (True, True)
    lacking = mine.post(path, {"promised": "yes", "statement": "会开船"})
    assert (lacking.status_code, "请勾选同意后再提交" in lacking.text, "会开船" in lacking.text) == (400, True, True)
    assert mine.post(path, {"promised": "yes", "consent": "service"}).status_code == 303
    assert Application.get().state == "submitted"


def test_recommended_person_is_asked_for_the_consent_he_took_back(cast: Any, phone: Any, at: datetime) -> None:
    made = applications.recommend(
        actor=cast.actor(cast.ali), team_code=cast.team.code, public_no=cast.chali.public_no, statement="", at=at
    )
    registration.decide_consent(actor=cast.actor(cast.chali), purpose="service", given=False, at=at)
    mine, path = phone(cast.chali), f"/m/applications/{made.code}"
    assert 'name="consent" value="service"' in mine.get(path).text
    assert "请勾选同意后再提交" in mine.post(path, {"accept": "1", "promised": "yes"}).text
    mine.post(path, {"accept": "1", "promised": "yes", "consent": "service"})
    assert Application.get().state == "submitted"
