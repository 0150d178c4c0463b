"""The overview and the list of places without a team."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest

from models import AuditEntry, ServiceRecord, Team, store
from services.bookkeeping import books
from services.statistics import tally
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, World


def test_overview_of_the_county(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    tally.refresh(at=at)
    answer = desk(cast.officer).get("/console/overview")
    assert answer.status_code == 200
    assert f"/console/overview?region={OTHER_TOWN}" in answer.text


def test_overview_draws_the_divisions_where_something_happened(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    text = desk(cast.officer).get("/console/overview").text
    assert "data-chart" not in text
    store.write(lambda: world.make_team(at, cast.centre, "河口服务队", OTHER_TOWN))
    store.write(lambda: world.make_activity(at, Team.get(Team.region_code == OTHER_TOWN)))
    text = desk(cast.officer).get("/console/overview").text
    drawn = json.loads(re.search(r'id="chart-data">(.*?)</script>', text).group(1))  # type: ignore[union-attr]
    assert (len(drawn["names"]), drawn["series"][1]["data"]) == (2, [1, 1])


def test_overview_says_what_was_made_up_below_the_hours_and_in_a_column_of_the_file(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    def act() -> None:
        for source, minutes in (("scan", 120), ("supplement", 180)):
            record = ServiceRecord.create(
                team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code, local_day="2026-05-02",
                minutes=minutes, state="confirmed", source=source, rule_set=cast.hours_rule, created_at=at,
                updated_at=at,
            )  # fmt: skip
            books.post_service(record=record, actor_id=None, at=at)

    store.write(act)
    tally.refresh(at=at)
    text = desk(cast.officer).get("/console/overview").text
    assert '5<br><span class="muted">其中补录 3</span></td>' in text
    assert "今年的时长里，补录 3 小时" in text
    sheet = openpyxl.load_workbook(
        io.BytesIO(desk(cast.officer).get("/console/overview?format=xlsx").data)
    ).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[1]]
    whole = {head: sheet.cell(sheet.max_row, number).value for number, head in enumerate(heads, 1)}
    assert (whole["今年时长（小时）"], whole["其中补录"], whole["其中以前"]) == (5, 3, 0)


@pytest.mark.parametrize("path", ["/console/overview", "/console/gaps"])
def test_page_is_nothing_for_a_team_leader(cast: World, desk: Callable[..., Desk], path: str) -> None:
    assert desk(cast.ali).get(path).status_code == 403


def test_overview_above_is_not_there(cast: World, desk: Callable[..., Desk]) -> None:
    assert desk(cast.officer).get(f"/console/overview?region={CITY}").status_code == 404


def test_overview_goes_out_as_excel_and_is_kept_in_the_audit(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).get("/console/overview?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [sheet.cell(1, 1).value, sheet.cell(1, 2).value, sheet.max_row] == ["地区", "应建", 5]
    assert (
        AuditEntry.select()
        .where(AuditEntry.verb == "export", AuditEntry.subject == f"overview:{COUNTY}")
        .exists()
    )


def test_gaps_are_listed_with_a_way_on(cast: World, desk: Callable[..., Desk]) -> None:
    text = desk(cast.officer).get("/console/gaps").text
    assert f"/console/foundings/new?region={OTHER_TOWN}" in text


def test_filters_stay_in_the_address(cast: World, desk: Callable[..., Desk]) -> None:
    text = desk(cast.officer).get("/console/gaps?level=4&q=").text
    assert '<option value="4" selected>' in text
    assert "level=4&amp;format=xlsx" in text


def test_search_without_a_hit_says_so(cast: World, desk: Callable[..., Desk]) -> None:
    assert "没有空白地区。" in desk(cast.officer).get("/console/gaps?q=没有这个地方").text


def test_part_of_the_list_is_drawn_for_htmx(cast: World, desk: Callable[..., Desk]) -> None:
    text = desk(cast.officer).get("/console/gaps", **{"HX-Request": "true"}).text
    assert '<div id="list">' in text
    assert "<html" not in text


def test_list_goes_out_as_excel(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).get("/console/gaps?format=xlsx&level=4")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:2] == ["地方", "属于"]
    assert AuditEntry.select().where(AuditEntry.subject == "list:/console/gaps").count() == 1


def test_leadership_view_sees_the_overview(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    store.write(lambda: world.grant(at, cast.xiaobo, "viewer", region=COUNTY))
    assert desk(cast.xiaobo).get("/console/overview").status_code == 200
