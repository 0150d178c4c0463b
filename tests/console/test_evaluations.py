"""服务评价 and 投诉举报 at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Activity, Complaint, Evaluation, ServiceRecord, store
from services.evaluation import complaints, links
from tests.console.conftest import Desk, read_qr
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import World

Desks = Callable[..., Desk]


def served(cast: World, at: datetime) -> Activity:
    def act() -> Activity:
        activity, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code,
            local_day="2026-06-09", in_at=shift.starts_at, out_at=shift.ends_at, minutes=120, state="confirmed",
            rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        return activity

    return store.write(act)


def test_leader_judges_and_hands_out_a_link(cast: World, desk: Desks, at: datetime) -> None:
    activity = served(cast, at)
    leader, path = desk(cast.ali), f"/console/activities/{activity.code}/evaluations"
    assert path in leader.get(f"/console/activities/{activity.code}").text
    assert "王小博" in leader.get(path).text
    assert leader.post(path, {"person": cast.xiaobo.public_no, "score": "9"}).status_code == 400
    done = leader.post(path, {"person": cast.xiaobo.public_no, "score": "5", "words": "肯吃苦"})
    assert (done.location, Evaluation.get().words) == (f"{path}?done=noted", "肯吃苦")
    page = leader.post(f"/console/activities/{activity.code}/evaluation-link", {"uses": "2"}).text
    picture = page.split('<img class="qr" src="')[1].split('"')[0]
    token = read_qr(picture).rsplit("/e/", 1)[1]
    links.vote(token=token, score=4, words="谢谢", at=at)
    assert ("4.0" in leader.get(path).text, "谢谢" in leader.get(path).text) == (True, True)
    assert "4.0" in desk(cast.officer).get(path).text


def complain(cast: World, at: datetime, **more: Any) -> str:
    return complaints.file(
        parts=make_parts(), actor=None, address="1.2.3.4", kind="fee", text="收了五十元", contact="13856400000",
        team_code=cast.team.code, at=at, **more,
    ).code  # fmt: skip


def test_complaint_is_read_answered_and_passed_on(cast: World, desk: Desks, at: datetime) -> None:
    code = complain(cast, at)
    county, path = desk(cast.officer), f"/console/complaints/{code}"
    assert path in county.get("/console/complaints?state=received").text
    page = county.get(path).text
    assert ("收了五十元" in page, "13856400000" in page) == (True, False)
    assert "13856400000" in county.post(f"{path}/contact").text
    assert 'id="wrong-answer"' in county.post(path, {"finding": "upheld", "text": ""}).text
    assert 'id="wrong-forward"' in county.post(path, {"forward": "1"}).text
    assert county.post(path, {"forward": "1", "office": "市场监管局"}).location == "/console/complaints?done=noted"
    assert 'id="wrong-finding"' in county.post(path, {"text": "已退还"}).text
    assert county.post(path, {"finding": "upheld", "text": "已退还"}).location == f"{path}?done=noted"
    seen = county.get(path).text
    assert (Complaint.get().state, "已退还" in seen, "办理经过" in seen) == ("answered", True, True)
    assert path in county.get("/console/complaints?finding=upheld").text


def test_complaint_is_passed_on_to_a_place_by_name(cast: World, desk: Desks, at: datetime) -> None:
    county, path = desk(cast.officer), f"/console/complaints/{complain(cast, at)}"
    assert f'<option value="{world.CITY}">六安市</option>' in county.get(path).text
    assert county.post(path, {"forward": "1", "region": world.CITY}).status_code == 303
    assert (Complaint.get().region_code, Complaint.get().forwarded_to) == (world.CITY, "六安市")


def test_history_of_a_complaint_does_not_name_who_complained(cast: World, desk: Desks, at: datetime) -> None:
    made = complaints.file(
        parts=make_parts(), actor=cast.actor(cast.chali), address="1.2.3.4", kind="fee", text="收了五十元",
        team_code=cast.team.code, at=at,
    )  # fmt: skip
    complaints.add(token=made.token, text="还有收据", at=at)
    seen = desk(cast.officer).get(f"/console/complaints/{made.code}").text
    assert ("投诉人　收到" in seen, "投诉人　补充情况" in seen, cast.chali.name in seen) == (True, True, False)


def test_complaint_about_ones_own_team_is_not_there(cast: World, desk: Desks, at: datetime) -> None:
    code = complain(cast, at)
    assert desk(cast.ali).get(f"/console/complaints/{code}").status_code == 404
