"""A need at the station's desk and at the leader's."""

from __future__ import annotations

from collections.abc import Callable

from models import Activity, Need
from tests.console.conftest import Desk
from tests.support.world import VILLAGE, World

FORM = {
    "region": VILLAGE, "kind": "veteran", "title": "上门理发", "domain": "D3.care", "content": "腿脚不便",
    "private_home": "1", "contact": "张大爷 13856400000",
}  # fmt: skip


def test_need_from_the_desk_to_an_activity(cast: World, desk: Callable[..., Desk]) -> None:
    officer, leader = desk(cast.officer), desk(cast.ali)
    assert "登记一份需求" in officer.get("/console/needs/new").text
    path = officer.post("/console/needs/new", FORM).location.partition("?")[0]
    assert "上门理发" in officer.get("/console/needs").text
    officer.post(path + "/accept", {"answer": "好"})
    page = leader.get(path).text
    assert ("接单" in page, "13856400000" in page) == (True, False)
    leader.post(path + "/claim", {"team": cast.team.code})
    assert "照这份需求发起活动" in leader.get(path).text
    need = Need.get()
    form = leader.get(f"/console/activities/new?need={need.code}").text
    assert ('value="上门理发"' in form, f'value="{need.code}" selected' in form) == (True, True)
    shown = leader.post(path + "/contact", {"reason": "约时间"}).text
    assert "13856400000" in shown
    leader.post(path + "/served")
    officer.post(path + "/close", {"answer": "满意"})
    assert Need.get().state == "closed"


def test_activity_made_from_a_need_carries_it(cast: World, desk: Callable[..., Desk]) -> None:
    officer, leader = desk(cast.officer), desk(cast.ali)
    path = officer.post("/console/needs/new", FORM).location.partition("?")[0]
    officer.post(path + "/offer", {"team": cast.team.code})
    leader.post(path + "/claim", {"team": cast.team.code})
    made = {
        "team": cast.team.code, "title": "理发", "kind": "D3.care", "content": "理发", "day": "2026-06-13",
        "start": "08:00", "end": "10:00", "place": "张大爷家", "risk_notice": "有狗", "conditions": "会理发",
        "safeguards": "两人同行", "openness": "everyone", "closes": "0", "code_life": "60", "p0_name": "理发员",
        "p0_quota": "2", "need": Need.get().code, "private_home": "1", "publish": "1",
    }  # fmt: skip
    leader.post("/console/activities/new", made)
    one = Activity.select().order_by(Activity.id.desc()).first()
    assert (one.need_id, one.state, one.openness, one.private_home) == (Need.get().id, "published", "team", True)
    assert "理发" in leader.get(path).text


def test_wrong_field_is_named_and_nothing_typed_is_lost(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).post("/console/needs/new", FORM | {"title": ""})
    assert (answer.status_code, "腿脚不便" in answer.text, 'aria-describedby="wrong-title"' in answer.text) == (
        400, True, True,
    )  # fmt: skip
