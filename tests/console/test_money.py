"""Money on the console and in public: applied, reviewed, granted, spent, reversed, read."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook

from models import MoneyGrant, MoneyLine, Partner, Project, store
from services.planning import projects
from services.planning.projects import ProjectDraft
from tests.support.world import PROVINCE, grant, make_identity, make_volunteer


def test_project_is_supported_and_its_account_is_open(cast: Any, desk: Any, at: Any) -> None:
    def province() -> Any:
        person = make_volunteer(at, "省厅同志", region_code=PROVINCE)
        make_identity(at, person, "oa")
        grant(at, person, "region_admin", region=PROVINCE)
        return person

    leader, office, above = desk(cast.ali), desk(cast.officer), desk(store.write(province))
    draft = ProjectDraft("护河", "D3", "ecology", "2026-01-01", "2026-12-31", "practice")
    code = projects.create(actor=cast.actor(cast.ali), team_code=cast.team.code, draft=draft, at=at)
    assert (leader.get("/console/money").status_code, leader.get("/console/grants").status_code) == (200, 200)
    assert above.post("/console/money/sources/new", {"name": "彩票公益金"}).location == "/console/money?done=saved"
    there = f"/console/projects/{code}/grants/new"
    assert "彩票公益金" in leader.get(there).text
    asked = {"amount": "1000", "source": "foundation", "purpose": "买夹子"}
    assert leader.post(there, asked | {"amount": "很多"}).status_code == 400
    number = leader.post(there, asked).location.split("/")[-1].split("?")[0]
    path = f"/console/grants/{number}"
    assert "份经费申请等办" in office.get("/console").text
    assert office.post(f"{path}/review", {"opinion": "值得"}).location == f"{path}?done=noted"
    assert office.post(f"{path}/decide", {"grant": "1", "amount": "800"}).status_code == 403
    assert above.post(f"{path}/decide", {"grant": "1", "amount": "800"}).location == f"{path}?done=noted"
    line = {"direction": "out", "amount": "88.80", "day": "2026-06-01", "purpose": "materials", "grant": number}
    assert leader.post(f"/console/projects/{code}/money/new", line).location == f"/console/projects/{code}?done=noted"
    assert leader.post(f"/console/projects/{code}/money/new", line | {"amount": "800"}).status_code == 409
    assert "711.20" in leader.get(path).text
    assert "支出 88.80 元" in leader.get(f"/console/projects/{code}").text
    sheet = load_workbook(io.BytesIO(office.get("/console/money?format=xlsx").data)).active
    assert {(row[6].value, row[7].value) for row in sheet.iter_rows(min_row=2)} == {("物资器材", 88.8), (None, 800)}
    spent = MoneyLine.get(MoneyLine.direction == "out").code
    assert leader.post(f"/console/money/{spent}/reverse", {"reason": "记错了"}).location == "/console/money?done=noted"
    assert "已冲销" in office.get("/console/money").text
    assert leader.post(f"{path}/close", {"closing": "清了三公里"}).location == f"{path}?done=noted"
    assert (MoneyGrant.get().state, Project.get().funding) == ("closed", "practice")
    public = desk().get(f"/projects/{code}").text
    assert ("护河" in public, "李阿丽" in public, "买夹子" in public) == (True, False, False)
    assert code in desk().get("/projects").text
    assert desk(cast.chali).get(path).status_code in (403, 404)


def test_partner_has_an_agreement_and_gives(cast: Any, desk: Any) -> None:
    leader = desk(cast.ali)
    new = {
        "owner": cast.team.code, "name": "县慈善基金会", "kind": "goods", "nature": "foundation",
        "agreement": "协 2026-1", "due_on": "2026-06-01",
    }  # fmt: skip
    assert leader.post("/console/partners/new", new).location == "/console/partners?done=created"
    page = leader.get("/console/partners?nature=foundation").text
    assert [word in page for word in ("县慈善基金会", "协 2026-1", "协议到期")] == [True] * 3
    renew = f"/console/partners/{Partner.get().code}/renew"
    assert (renew in page, "协 2026-1" in leader.get(renew).text) == (True, True)
    assert leader.post(renew, {"agreement": "协 2", "due_on": "2027-06-01"}).location == "/console/partners?done=saved"
    assert "协议到期</span>" not in leader.get("/console/partners").text
    path = f"/console/partners/{Partner.get().code}/gifts/new"
    assert leader.post(path, {"what": "矿泉水", "day": "2026-06-01"}).location == "/console/gifts?done=noted"
    assert "矿泉水" in leader.get("/console/gifts").text
