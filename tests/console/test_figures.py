"""The pages of figures: they open, lead further down, and show an onlooker numbers and nobody's name."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from models import (
    Centre,
    HandFigure,
    Nomination,
    OfficeForm,
    ReferenceReport,
    RevivalPlan,
    ServiceRecord,
    store,
)
from services.activeness import index, turnover
from services.statistics import months
from tests.support import world
from tests.support.world import COUNTY, TOWN, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def served(cast: World, at: datetime) -> str:
    """An activity of May with confirmed hours; the county's centre; everything counted. Answers the activity's code."""

    def act() -> str:
        Centre.update(region_code=COUNTY, director_id=cast.officer.id).where(Centre.id == cast.centre.id).execute()
        made, shift = world.make_activity(at, cast.team, starts_in=-timedelta(days=20))
        ServiceRecord.create(
            shift=shift, activity=made, team=cast.team, volunteer=cast.xiaobo, region_code=made.region_code,
            local_day=made.local_day, in_at=made.starts_at, out_at=made.ends_at, minutes=120, state="confirmed",
            rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        return str(made.code)

    code = store.write(act)
    months.refresh_all(at=at)
    index.refresh(at=at)
    turnover.refresh(at=at)
    return code


def test_numbers_lead_down_to_the_activities_they_are_made_of(desk: Any, cast: World, served: str) -> None:
    browser = desk(cast.officer)
    page = browser.get(f"/console/statistics?region={COUNTY}&period=2026-05").text
    assert f"/console/statistics?region={TOWN}&amp;period=2026-05" in page
    for by in ("kind", "speciality", "domain", "month", "team"):
        assert browser.get(f"/console/statistics?by={by}&period=2026Q2").status_code == 200
    teams = browser.get("/console/statistics?by=team&period=2026-05&domain=D3").text
    asked = f"team={cast.team.code}&region={COUNTY}&from=2026-05-01&to=2026-05-31&domain=D3&mark=held"
    path = f"/console/all-activities?{asked}"
    assert path.replace("&", "&amp;") in teams
    assert "共 1 条" in browser.get(path).text
    own = browser.get(f"/console/statistics?region={TOWN}&period=2026-05&by=team&own=1").text
    assert (cast.team.name in own, "合计" in own) == (False, True)  # it stands in a village of the township
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/console/statistics?period=2026-05&format=xlsx").data))
    assert [cell.value for cell in book.active[2]][:1] == ["合计"]


def test_onlooker_sees_numbers_and_nobodys_name(desk: Any, cast: World, at: datetime, served: str) -> None:
    store.write(lambda: world.grant(at, cast.chali, "viewer", region=COUNTY))
    browser = desk(cast.chali)
    names = {person.name for person in (cast.ali, cast.xiaobo, cast.officer)}
    for path in (
        "/console/statistics", "/console/statistics?by=team", "/console/activeness", "/console/activeness/teams",
        f"/console/activeness/{cast.team.code}", "/console/forms", "/console/overview",
    ):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200, path
        assert not [name for name in names if name in page.text], path
    for path in ("/console/references", "/console/nominations", "/console/hand-figures", "/console/forms/new"):
        assert browser.get(path).status_code == 403, path


def test_leader_reports_by_hand_and_writes_down_how_the_team_comes_alive_again(
    desk: Any, cast: World, at: datetime, served: str
) -> None:
    browser = desk(cast.ali)
    team = cast.team.code
    assert browser.get(f"/console/hand-figures/new?team={team}&month=2026-05").status_code == 200
    figures = {"activities": "2", "attendances": "9", "hours": "18", "served": "40", "note": "纸质"}
    browser.post("/console/hand-figures/new", {"team": team, "month": "2026-05"} | figures)
    assert HandFigure.get().minutes == 18 * 60
    assert "纸质" in browser.get("/console/hand-figures").text
    phone = desk()
    phone.log_in(cast.ali, at, "h5")
    assert 'value="18"' in phone.get(f"/m/hand-figures?team={team}&month=2026-05").text
    sent = {"team": team, "month": "2026-05"}
    assert phone.post("/m/hand-figures", sent | {"hours": "很多"}).status_code == 400
    assert phone.post("/m/hand-figures", sent | {"activities": "3"}).status_code == 303
    assert (HandFigure.get().activities, HandFigure.get().minutes) == (3, 0)
    path = f"/console/activeness/{team}"
    assert browser.post(f"{path}/plan", {"text": "", "due_on": "2026-07-01"}).status_code == 400
    browser.post(f"{path}/plan", {"text": "月底清河岸", "due_on": "2026-07-01"})
    browser.post(f"{path}/outcome", {"outcome": "revived", "result": "来了八个人"})
    assert RevivalPlan.get().state == "revived"
    assert "来了八个人" in browser.get(path).text


def test_office_makes_a_report_a_form_and_a_nomination(desk: Any, cast: World, served: str) -> None:
    browser = desk(cast.officer)
    assert browser.get("/console/references/new").status_code == 200
    browser.post(f"/console/references/new?region={COUNTY}", {"from_on": "2026-01-01", "to_on": "2026-06-10"})
    path = f"/console/references/{ReferenceReport.get().code}"
    assert f"{path}/rows?term=0&amp;figure=activities" in browser.get(path).text
    assert "共 1 条" in browser.get(f"{path}/rows?term=0&figure=activities").text
    assert browser.get(f"{path}/rows?figure=secret").status_code == 404
    assert [browser.get(f"{path}/file.{form}").status_code for form in ("xlsx", "docx", "pdf")] == [200] * 3
    browser.post(f"{path}/submit")
    assert browser.post(f"{path}/again").status_code == 409
    assert "一字不差" in browser.get(path).text

    body = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "活动"  # type: ignore[index]
    book.save(body)
    assert browser.get("/console/forms/new").status_code == 200
    sent = {"region": COUNTY, "name": "月报", "file": (io.BytesIO(body.getvalue()), "月报.xlsx")}
    browser.post("/console/forms/new", sent)
    form = f"/console/forms/{OfficeForm.get().code}"
    browser.post(f"{form}/cells", {"sheet": "Sheet", "cell": "B1", "figure": "activities"})
    assert "活动（次）" in browser.get(form).text
    filled = openpyxl.load_workbook(io.BytesIO(browser.get(f"{form}/filled.xlsx?region={COUNTY}&period=2026-05").data))
    assert filled.active["B1"].value == 1  # type: ignore[index]

    assert browser.get(f"/console/nominations/new?team={cast.team.code}").status_code == 200
    browser.post("/console/nominations/new", {
        "team": cast.team.code, "award_region": COUNTY, "title": "先进", "merits": "守堤",
    })  # fmt: skip
    shown = browser.get(f"/console/nominations/{Nomination.get().code}").text
    assert "守堤" in shown
    assert browser.post(f"/console/nominations/{Nomination.get().code}/agree").status_code == 403
    assert browser.get("/commendations").status_code == 200
    assert browser.get(f"/console/activities/{served}/file.docx").status_code == 200
    assert browser.get(f"/console/teams/{cast.team.code}/binder/2026.docx").status_code == 200
