"""A leader sends an activity to its centre; an officer reads it, says yes or no, stops one, trusts a team."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models import Activity, ApprovalDelegation, store
from tests.console.conftest import Desk
from tests.support.world import World, sign_up

FORM = {
    "title": "广场义诊", "kind": "D3.clinic", "content": "给老人量血压", "day": "2026-06-13", "start": "08:00",
    "end": "10:30", "place": "社区广场", "risk_notice": "人多，排队", "conditions": "有行医资格",
    "safeguards": "备茶水", "openness": "everyone", "closes": "0", "code_life": "60", "p0_name": "医生",
    "p0_quota": "5", "publish": "1",
}  # fmt: skip


@pytest.fixture
def clinic(cast: World, desk: Callable[..., Desk]) -> str:
    """The clinic, sent to the centre by 李阿丽."""
    answer = desk(cast.ali).post("/console/activities/new", FORM | {"team": cast.team.code})
    code = Activity.select().order_by(Activity.id.desc()).first().code
    assert answer.location == f"/console/activities/{code}?done=asked_centre"
    return str(code)


def test_leader_sees_that_it_waits_and_may_take_it_back(
    cast: World, desk: Callable[..., Desk], clinic: str
) -> None:
    leader = desk(cast.ali)
    page = leader.get(f"/console/activities/{clinic}").text
    assert ("正在等审核" in page, "撤回来修改" in page, "同意，马上发布" in page) == (True, True, False)
    assert "等审核" in leader.get("/console").text
    leader.post(f"/console/activities/{clinic}/approval/withdraw")
    assert "送中心审核" in leader.get(f"/console/activities/{clinic}").text


def test_officer_reads_everything_and_allows_it(cast: World, desk: Callable[..., Desk], clinic: str) -> None:
    officer = desk(cast.officer)
    assert "去审核" in officer.get("/console").text
    assert "广场义诊" in officer.get("/console/approvals").text
    page = officer.get(f"/console/activities/{clinic}").text
    assert [word in page for word in ("请您审核", "给老人量血压", "有行医资格", "备茶水", "医生 5 人")] == [True] * 5
    answer = officer.post(f"/console/activities/{clinic}/approval/approve")
    assert answer.location == f"/console/activities/{clinic}?done=approved"
    assert Activity.get(Activity.code == clinic).state == "published"


def test_no_without_words_is_said_on_the_page(cast: World, desk: Callable[..., Desk], clinic: str) -> None:
    officer = desk(cast.officer)
    answer = officer.post(f"/console/activities/{clinic}/approval/return")
    assert (answer.status_code, "原因" in answer.text) == (400, True)
    officer.post(f"/console/activities/{clinic}/approval/return", {"answer": "写清人数"})
    assert "写清人数" in desk(cast.ali).get(f"/console/activities/{clinic}").text


def test_officer_stops_an_activity_with_a_reason(cast: World, desk: Callable[..., Desk]) -> None:
    officer, path = desk(cast.officer), f"/console/activities/{cast.activity.code}/stop"
    assert "叫停" in officer.get(path).text
    assert officer.post(path, {"reason": " "}).status_code == 400
    officer.post(path, {"reason": "暴雨预警"})
    assert Activity.get_by_id(cast.activity.id).state == "cancelled"
    assert desk(cast.ali).get(path).status_code == 403


def test_officer_trusts_a_team_until_a_day(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    officer, path = desk(cast.officer), f"/console/teams/{cast.team.code}"
    officer.post(path + "/trust", {"reason": "可靠", "until": "2026-12-31"})
    assert "发布活动不用等审核" in officer.get(path).text
    assert officer.post(path + "/trust", {"end": "1"}).status_code == 400
    officer.post(path + "/trust", {"end": "1", "reason": "换队长"})
    assert ApprovalDelegation.select().where(ApprovalDelegation.until == at).count() == 1


def test_every_activity_of_the_division_is_listed(cast: World, desk: Callable[..., Desk], clinic: str) -> None:
    officer = desk(cast.officer)
    page = officer.get("/console/all-activities").text
    assert (cast.activity.title in page, "广场义诊" in page) == (True, True)
    assert "广场义诊" not in officer.get("/console/all-activities?state=published&domain=D3").text
    assert "广场义诊" in officer.get("/console/all-activities?mark=waiting").text
    assert officer.get("/console/all-activities?format=xlsx").status_code == 200


def test_leader_sees_who_has_not_read_the_move(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    leader, path = desk(cast.ali), f"/console/activities/{cast.activity.code}"
    form = FORM | {"kind": "D3.ecology", "place": "五号闸"}
    leader.post(path + "/edit", form)
    page = leader.get(path).text
    assert ("0 / 1 人说知道了" in page, "王小博" in page, "五号闸" in page) == (True, True, True)
