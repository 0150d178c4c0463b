"""服务评价 and 投诉举报 on the phone, with and without an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Complaint, Evaluation, ServiceRecord, store
from services.evaluation import complaints, links
from tests.pages.conftest import Phone
from tests.support import world
from tests.support.world import World

Phones = Callable[..., Phone]


@pytest.fixture
def over(cast: World, at: datetime) -> Activity:
    """An activity of yesterday at which xiaobo served."""

    def act() -> Activity:
        activity, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code,
            local_day="2026-06-09", in_at=shift.starts_at, out_at=shift.ends_at, minutes=120, state="confirmed",
            rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        return activity

    return store.write(act)


def test_volunteer_judges_the_activity(cast: World, phone: Phones, over: Activity) -> None:
    mine, path = phone(cast.xiaobo), f"/m/activities/{over.code}/evaluation"
    assert path in mine.get(f"/m/activities/{over.code}").text
    assert "七天以内可以改" in mine.get(path).text
    wrong = mine.post(path, {"words": "好"})
    assert (wrong.status_code, "请点一颗到五颗星" in wrong.text) == (400, True)
    assert mine.post(path, {"score": "4", "words": "热水少"}).location == f"{path}?done=saved"
    assert ("热水少" in mine.get(path).text, Evaluation.get().score) == (True, 4)
    assert phone(cast.chali).get(path).status_code == 403


def test_who_was_served_votes_once_without_an_account(cast: World, phone: Phones, over: Activity, at: datetime) -> None:
    token = links.make(actor=cast.actor(cast.ali), activity_code=over.code, at=at)
    anybody = phone(wechat=False)
    assert "大堤巡护" in anybody.get(f"/e/{token}").text
    wrong = anybody.post(f"/e/{token}", {"words": "谢谢"})
    assert (wrong.status_code, "谢谢" in wrong.text) == (400, True)
    assert "谢谢您" in anybody.post(f"/e/{token}", {"score": "5", "words": "谢谢"}).text
    again = anybody.post(f"/e/{token}", {"score": "1"})
    assert (again.status_code, "您已经评过了" in again.text) == (409, True)
    another = phone(wechat=False).post(f"/e/{token}", {"score": "1"})
    assert (another.status_code, "用过" in another.text) == (410, True)
    assert anybody.get("/e/unknown").status_code == 410
    assert (Evaluation.get().verified, Evaluation.select().count()) == (True, 1)


def test_one_phone_votes_once_by_a_link_for_several(cast: World, phone: Phones, over: Activity, at: datetime) -> None:
    token, other = (
        links.make(actor=cast.actor(cast.ali), activity_code=over.code, uses=3, at=at) for _ in range(2)
    )
    hall = phone(wechat=False)
    hall.post(f"/e/{token}", {"score": "5"})
    assert hall.post(f"/e/{token}", {"score": "5"}).status_code == 409
    seen = hall.get(f"/e/{token}")
    assert (seen.status_code, "您已经评过了" in seen.text, "<form" in seen.text) == (200, True, False)
    assert "谢谢您" in phone(wechat=False).post(f"/e/{token}", {"score": "4"}).text
    assert "谢谢您" in hall.post(f"/e/{other}", {"score": "4"}).text
    assert [each.score for each in Evaluation.select().order_by(Evaluation.id)] == [5, 4, 4]


def test_vote_on_the_leaders_phone_is_marked(cast: World, phone: Phones, over: Activity, at: datetime) -> None:
    token = links.make(actor=cast.actor(cast.ali), activity_code=over.code, at=at)
    phone(cast.ali).post(f"/e/{token}", {"score": "5"})
    assert Evaluation.get().verified is False


def test_anybody_complains_and_follows_it(cast: World, phone: Phones, at: datetime) -> None:
    anybody = phone(wechat=False)
    page = anybody.get(f"/m/complaints?team={cast.team.code}").text
    assert ("收了钱或要了东西" in page, f'value="{cast.team.code}"' in page) == (True, True)
    wrong = anybody.post("/m/complaints", {"kind": "fee", "text": ""})
    assert wrong.status_code == 400
    filed = anybody.post("/m/complaints", {"kind": "fee", "text": "收了五十元", "team": cast.team.code})
    assert "请记下查询码" in filed.text
    (token,) = re.findall(r'<p class="num long">([^<]+)<', filed.text)
    assert anybody.post("/m/complaints", {"token": token}).location == f"/m/complaints/{token}"
    assert "收了五十元" in anybody.get(f"/m/complaints/{token}").text
    assert anybody.post(f"/m/complaints/{token}", {"text": "有收条"}).location.endswith("?done=saved")
    code = Complaint.get().code
    complaints.answer(actor=cast.actor(cast.officer), code=code, finding="upheld", text="已退还", at=at)
    seen = anybody.get(f"/m/complaints/{token}").text
    assert ("已退还" in seen, "<strong>属实</strong>" in seen) == (True, True)
    anybody.post(f"/m/complaints/{token}", {"further": "1", "text": "没收到"})
    assert (Complaint.get().state, Complaint.get().region_code) == ("received", cast.team.region_code[:9])
    assert anybody.get("/m/complaints/unknown").status_code == 404


def test_every_page_leads_to_complaints(cast: World, phone: Phones) -> None:
    assert 'href="/m/complaints"' in phone(cast.xiaobo).get("/m").text


def test_what_the_organiser_said_is_read_by_whom_it_is_about(cast: World, phone: Phones, over: Any, at: Any) -> None:
    from services.evaluation import evaluations

    evaluations.judge_volunteer(
        actor=cast.actor(cast.ali), activity_code=over.code, public_no=cast.xiaobo.public_no, score=5, words="肯吃苦",
        at=at,
    )  # fmt: skip
    assert "肯吃苦" in phone(cast.xiaobo).get("/m/evaluations").text
