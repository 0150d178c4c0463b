"""Projects, plans, tags and partners at the desk."""

from __future__ import annotations

from collections.abc import Callable

from models import Activity, Campaign, Partner, Plan, PlanItem, Project
from tests.console.conftest import Desk
from tests.support.world import COUNTY, World

PROJECT = {
    "title": "护河行动", "kind": "D3.ecology", "from_on": "2026-01-01", "to_on": "2026-12-31", "funding": "donation",
    "funding_note": "", "summary": "清河",
}  # fmt: skip


def test_project_is_made_changed_marked_and_closed(cast: World, desk: Callable[..., Desk]) -> None:
    leader, officer = desk(cast.ali), desk(cast.officer)
    assert "新项目" in leader.get("/console/projects/new").text
    answer = leader.post("/console/projects/new", PROJECT | {"team": cast.team.code, "title": ""})
    assert (answer.status_code, 'aria-describedby="wrong-title"' in answer.text) == (400, True)
    path = leader.post("/console/projects/new", PROJECT | {"team": cast.team.code}).location.partition("?")[0]
    leader.post(path + "/edit", PROJECT | {"title": "护河护堤"})
    assert "护河护堤" in officer.get("/console/projects?funding=donation").text
    officer.post(path + "/mark", {"reason": "带动全村"})
    assert "示范项目" in leader.get(path).text
    assert "护河护堤" in leader.get(f"/console/activities/new?project={Project.get().code}").text
    leader.post(path + "/close", {"closing": "河清了"})
    assert "河清了" in officer.get(path).text


def test_plan_with_an_item_leads_to_an_activity(cast: World, desk: Callable[..., Desk]) -> None:
    leader = desk(cast.ali)
    form = {"team": cast.team.code, "period": "2026", "activities": "12", "participants": "60", "hours": "100"}
    path = leader.post("/console/plans/new", form).location.partition("?")[0]
    assert Plan.get().minutes == 6000
    leader.post(path + "/items/new", {"title": "夜间巡查", "kind": "D3.patrol", "month": "2026-07", "place": "大堤"})
    assert "照计划发起活动" in leader.get(path).text
    assert 'value="夜间巡查"' in leader.get(f"/console/activities/new?item={PlanItem.get().id}").text
    leader.post(f"{path}/items/{PlanItem.get().id}/drop", {"reason": "改期"})
    assert "不办了：改期" in leader.get(path).text
    assert "0 / 12" in desk(cast.officer).get("/console/plans?period=2026").text


def test_tag_is_set_and_ended(cast: World, desk: Callable[..., Desk]) -> None:
    officer = desk(cast.officer)
    assert "设一个专题" in officer.get("/console/campaigns").text
    officer.post("/console/campaigns/new", {"region": COUNTY, "name": "清洁月", "from_on": "2026-06-01"})
    assert "清洁月" in desk(cast.ali).get("/console/activities/new").text
    officer.post(f"/console/campaigns/{Campaign.get().code}/end", {"reason": "月底了"})
    assert "清洁月" not in desk(cast.ali).get("/console/activities/new").text


def test_partner_gives_something_to_an_activity(cast: World, desk: Callable[..., Desk]) -> None:
    leader, path = desk(cast.ali), f"/console/activities/{cast.activity.code}/partners"
    assert "去登记" in leader.get(path).text
    leader.post("/console/partners/new", {"owner": cast.team.code, "name": "惠民超市", "kind": "goods"})
    leader.post(path, {"partner": Partner.get().code, "gave": "饮水十箱"})
    assert "饮水十箱" in leader.get(path).text
    leader.post(f"/console/partners/{Partner.get().code}/end", {"reason": "搬走"})
    assert "已结束" in leader.get("/console/partners").text


def test_activity_is_marked_as_a_model(cast: World, desk: Callable[..., Desk]) -> None:
    path = f"/console/activities/{cast.activity.code}"
    desk(cast.officer).post(path + "/mark", {"reason": "带动全村"})
    assert Activity.get_by_id(cast.activity.id).model_mark is True
    page = desk(cast.ali).get(path).text
    assert ("示范活动" in page, "取消示范" in page) == (True, False)


def test_activity_has_a_page_for_the_folder(cast: World, desk: Callable[..., Desk]) -> None:
    path = f"/console/activities/{cast.activity.code}"
    leader = desk(cast.ali)
    assert f"{path}/file.pdf" in leader.get(path).text
    answer = leader.get(path + "/file.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert desk(cast.chali).get(path + "/file.pdf").status_code in (403, 404)


def test_kinds_are_counted_and_taken_away(cast: World, desk: Callable[..., Desk]) -> None:
    officer = desk(cast.officer)
    page = officer.get("/console/kinds?from=2026-01-01").text
    assert "/console/all-activities?venue=school&amp;mark=held&amp;from=2026-01-01" in page
    assert "乡村振兴" in officer.get("/console/kinds?by=domain").text
    assert officer.get("/console/kinds?format=xlsx").data[:2] == b"PK"
    assert desk(cast.ali).get("/console/kinds").status_code == 403
