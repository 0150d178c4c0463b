"""Honours through the pages: proposed, agreed to, read by everybody, given, on the wall, taken back; compared."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from models import Centre, Honour, HonourKind, Nomination, Volunteer, store
from tests.support import world
from tests.support.world import CITY, COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def city(cast: World, at: datetime) -> Volunteer:
    """A director of the city; the county has its centre."""

    def act() -> Volunteer:
        Centre.update(region_code=COUNTY).where(Centre.id == cast.centre.id).execute()
        person = world.make_volunteer(at, "钱局长", region_code=CITY)
        world.grant(at, person, "director", region=CITY)
        world.make_identity(at, person)
        return person

    return store.write(act)


def test_honour_from_the_leaders_desk_to_the_wall_and_off_it(
    desk: Any, cast: World, city: Volunteer, at: datetime, frozen: Any
) -> None:
    officer, leader, above = desk(cast.officer), desk(cast.ali), desk(city)
    made = officer.post("/console/honours/kinds/new", {
        "region": COUNTY, "name": "霍邱好人", "for_whom": "both", "level": "3", "every_years": "1",
        "source": "霍退〔2026〕1号",
    })  # fmt: skip
    assert made.status_code == 303, made.text
    kind = HonourKind.get(HonourKind.name == "霍邱好人").code
    assert "霍邱好人" in officer.get("/console/honours/kinds").text
    number = cast.xiaobo.public_no
    assert "推荐谁受表彰" in leader.get("/console/nominations/new").text
    assert "霍邱好人" in leader.get(f"/console/nominations/new?person={number}").text
    typed = {"person": number, "kind": kind, "merits": "守堤三十天", "year": "2026"}
    assert leader.post("/console/nominations/new", typed | {"merits": ""}).status_code == 400
    assert leader.post("/console/nominations/new", typed).status_code == 303
    assert "自己" in leader.post("/console/nominations/new", typed | {"person": cast.ali.public_no}).text
    code = Nomination.get().code
    assert leader.get(f"/console/nominations/{code}").status_code == 200
    assert "霍邱好人" in leader.get("/console/nominations").text
    assert "推荐受表彰" in leader.get(f"/console/teams/{cast.team.code}").text
    assert desk(cast.xiaobo).get("/console/nominations").status_code == 403
    assert leader.post(f"/console/nominations/{code}/agree").status_code == 404
    assert officer.post(f"/console/nominations/{code}/agree").status_code == 303
    stranger = desk()
    notice = stranger.get(f"/commendations/{code}").text
    assert "王**" in notice
    assert cast.xiaobo.name not in notice
    assert "王**" in stranger.get("/commendations").text
    assert "公示到" in officer.get("/console/nominations?whom=person").text
    over = at + timedelta(days=8)
    frozen(over)
    officer.log_in(cast.officer, over)
    above.log_in(city, over)
    assert stranger.post(f"/commendations/{code}", {"text": "没见过"}).status_code == 409
    assert officer.post(f"/console/nominations/{code}/award", {"awarded_on": "2026-06-18"}).status_code == 303
    assert "霍邱好人" in stranger.get("/honours").text
    assert stranger.get("/ranking").status_code == 404
    given = Honour.get().code
    assert "霍邱好人" in officer.get("/console/honours").text
    file = openpyxl.load_workbook(io.BytesIO(officer.get("/console/honours?format=xlsx").data))
    assert "霍邱好人" in [cell.value for cell in file.active[2]]  # type: ignore[index]
    assert officer.get(f"/console/honours/given/{given}/revoke").status_code == 200
    assert above.post(f"/console/honours/given/{given}/revoke", {"reason": "材料不实"}).status_code == 303
    assert "霍邱好人" not in stranger.get("/honours").text
    assert "材料不实" in officer.get(f"/console/nominations/{code}").text


def test_candidates_are_compared_on_paper_and_in_excel(desk: Any, cast: World) -> None:
    officer = desk(cast.officer)
    assert officer.get("/console/honours/compare").status_code == 200
    typed = {"numbers": f"{cast.xiaobo.public_no}\n{cast.chali.public_no}", "purpose": "道德模范", "reason": "推荐会"}
    assert officer.post("/console/honours/compare", typed | {"reason": ""}).status_code == 400
    sheet = officer.post("/console/honours/compare", typed).text
    assert "不打分、不排名，不作决定" in sheet
    assert f"/console/people/{cast.xiaobo.public_no}/record/hours?span=record" in sheet
    body = officer.post("/console/honours/compare", typed | {"format": "xlsx"}).data
    cells = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(body)).active["A"]]  # type: ignore[index]
    assert {"项目", "查实的投诉（件）", "数据里没有的"} <= set(cells)
    for what in ("hours", "attendance", "complaints", "stars"):
        assert officer.get(f"/console/people/{cast.xiaobo.public_no}/record/{what}?span=record").status_code == 200
    assert desk(cast.ali).get("/console/honours/compare").status_code == 403
