"""应急调度 in the console: written, looked at, sent out, answered on the telephone, reported, ended; a drill."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from docx import Document

from models import AuditEntry, Delivery, Dispatch, Point, TeamCall, Volunteer, store
from services.dispatch import calls
from tests.console.conftest import Desk
from tests.support.flood import Flood, make_flood
from tests.support.world import COUNTY, TOWN, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
FORM = {
    "region": TOWN, "title": "淮河大堤抢险", "kind": "D3.flood", "content": "装沙袋", "place": "大堤二段",
    "people": "6",
    "boats": "2", "vehicles": "3", "starts": "2026-06-10T09:00", "ends": "2026-06-10T17:00", "risks": "水深",
    "safeguards": "救生衣", "urgent": "1", "fields": "转移群众\n加固堤防（米）",
}  # fmt: skip


@pytest.fixture
def flood(cast: World, at: datetime) -> Flood:
    return make_flood(cast, at)


def write(browser: Desk, **more: str) -> str:
    answer = browser.post("/console/dispatch/new", {**FORM, **more})
    return str(answer.headers["Location"].partition("?")[0])


def test_call_from_the_form_to_the_report(flood: Flood, desk: Callable[..., Desk]) -> None:
    director = desk(flood.director)
    assert "2026-06-10T09:00" in director.get("/console/dispatch/new").text
    path = write(director)
    draft = director.get(path).text
    assert all(word in draft for word in ("还没有发出", "叫前 3 支队", "城东服务队", "专业队", "按地区排"))
    assert Delivery.select().count() == 0
    director.post(f"{path}/start")
    team = flood.teams["城东"].code
    page = director.get(f"{path}/teams/{team}").text
    assert all(word in page for word in ("等队长答复", "打电话，替队长记答复", "城东0"))
    store.write(lambda: Volunteer.update(phone_sealed=None).execute())
    assert director.post(f"{path}/teams/{team}/ring", {"person": flood.leaders["城东"].public_no}).status_code == 409
    said = {"said_by": flood.leaders["城东"].public_no, "people": "4", "boats": "1", "there": "10:30", "coming": "1"}
    assert "没有填对" in director.post(f"{path}/teams/{team}/answer", {**said, "people": "x"}).text
    director.post(f"{path}/teams/{team}/answer", said)
    call = TeamCall.get(TeamCall.team == flood.teams["城东"])
    assert (call.people, call.there_at.isoformat(), call.recorded_by_id) == (
        4, "2026-06-10T02:30:00+00:00", flood.director.id,
    )  # fmt: skip
    member = flood.members["城东"][2].public_no
    director.post(f"{path}/teams/{team}/people", {"person": member, "goes": "1", "risk": "1"})
    director.post(f"{path}/figures", {"name": "转移群众", "value": "35 人"})
    board = director.get(path).text
    assert all(word in board for word in ("1 / 6", "周县长电话记", "上次报 35 人", "还差 5 人"))
    sheet = openpyxl.load_workbook(io.BytesIO(director.get(f"{path}/report.xlsx").data)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(word in cells for word in ("城东服务队", "转移群众", "35 人", "周县长电话记录"))
    word = Document(io.BytesIO(director.get(f"{path}/report.docx").data))
    text = "\n".join([
        *(each.text for each in word.paragraphs),
        *(cell.text for table in word.tables for row in table.rows for cell in row.cells),
    ])  # fmt: skip
    told = ("淮河大堤抢险情况报告", "要 6 人，问了 5 人", "城东服务队来 4 人（电话）", "加固堤防（米）")
    assert all(each in text for each in told)
    assert AuditEntry.select().where(AuditEntry.verb == "export").count() == 2
    assert 'id="wrong-longer"' in director.post(f"{path}/longer", {"ends": "2026-06-12T09:00"}).text
    director.post(f"{path}/longer", {"ends": "2026-06-10T19:00"})
    assert "请写" in director.post(f"{path}/end", {"outcome": "stood_down", "reason": ""}).text
    director.post(f"{path}/end", {"outcome": "stood_down", "reason": "水退了"})
    assert "已解除：水退了" in director.get(path).text
    code = path.rpartition("/")[2]
    form = director.get(f"/console/dispatch/new?after={code}").text
    assert all(word in form for word in ("这是下一班", 'value="2026-06-10T19:00"', "大堤二段"))
    following = write(director, after=code)
    assert "看上一班" in director.get(following).text
    director.post(f"{following}/start")
    assert "看下一班" in director.get(path).text


def test_board_answers_204_while_nothing_moved(flood: Flood, desk: Callable[..., Desk]) -> None:
    director, code = desk(flood.director), flood.start(people=6)
    path = f"/console/dispatch/{code}"
    for where in (f"{path}/now", f"{path}/screen/now"):
        page = director.get(where).text
        mark = page.partition("have=")[2].partition('"')[0]
        assert director.get(f"{where}?have={mark}").status_code == 204
    flood.comes(code, "城东", 3)
    assert "来 1 支" in director.get(f"{path}/now?have={mark}").text
    assert "城东服务队" in director.get(f"{path}/screen").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"people": "0"}, "people"), ({"starts": "soon"}, "starts_at"), ({"ends": "2026-06-12T17:00"}, "ends_at"),
     ({"region": COUNTY[:4]}, "place_region"), ({"title": ""}, "title")],
)  # fmt: skip
def test_form_says_beside_the_field_what_is_wrong(
    flood: Flood, desk: Callable[..., Desk], wrong: dict[str, str], said: str
) -> None:
    answer = desk(flood.director).post("/console/dispatch/new", {**FORM, **wrong})
    assert (answer.status_code, f'id="wrong-{said}"' in answer.text, Dispatch.select().count()) == (400, True, 0)
    assert "装沙袋" in answer.text


def test_drill_says_so_on_every_page_and_shows_what_it_would_send(flood: Flood, desk: Callable[..., Desk]) -> None:
    director = desk(flood.director)
    path = write(director, drill="1")
    director.post(f"{path}/start")
    code = path.rpartition("/")[2]
    flood.comes(code, "城东", 3)
    pages = [path, f"{path}/screen", f"{path}/teams/{flood.teams['城东'].code}"]
    assert all("演练" in director.get(each).text for each in pages)
    board = director.get(path).text
    assert all(word in board for word in ("要是真的，会发出这些消息", "【演练】紧急调度，请您答复"))
    assert Delivery.select().count() == 0


def test_neighbours_names_are_for_their_own_line(flood: Flood, desk: Callable[..., Desk], at: Any) -> None:
    city = desk(flood.city)
    code = flood.start(people=6)
    for minutes in (16, 32):
        flood.beat(at.replace(minute=minutes))
    assert "请您答复调不调别处的队" in city.get("/console").text
    page = city.get(f"/console/dispatch/{code}").text
    assert "请您答复：调不调别处的队" in page
    city.post(f"/console/dispatch/{code}/lend", {"agrees": "1", "answer": "去吧"})
    flood.comes(code, "邻县", 5)
    away = flood.teams["邻县"].code
    shown = desk(flood.director).get(f"/console/dispatch/{code}/teams/{away}").text
    assert "这是外地的队" in shown
    assert flood.members["邻县"][3].name not in shown
    flood.goes(code, flood.members["邻县"][3])
    assert flood.members["邻县"][3].name not in desk(flood.director).get(f"/console/dispatch/{code}").text
    assert flood.members["邻县"][3].name in city.get(f"/console/dispatch/{code}/teams/{away}").text


def test_points_and_cover_are_kept_and_listed(flood: Flood, desk: Callable[..., Desk]) -> None:
    director = desk(flood.director)
    director.post("/console/dispatch/points/new", {
        "place": f"division:{TOWN}", "name": "城关镇政府", "lat": "32.34", "lon": "116.27"
    })  # fmt: skip
    wrong = {"place": f"place:{TOWN}", "name": "大堤", "lat": "116.27", "lon": "32.34"}
    assert 'id="wrong-lat"' in director.post("/console/dispatch/points/new", wrong).text
    assert "城关镇政府" in director.get("/console/dispatch/points").text
    assert "城关镇政府" in director.get("/console/dispatch/new").text
    director.post("/console/dispatch/points/end", {"code": Point.get().code})
    assert "城关镇政府" not in director.get("/console/dispatch/points").text
    assert "保到汛期结束" in director.get("/console/dispatch/cover").text
    assert desk(flood.leaders["城东"]).get("/console/dispatch/new").status_code == 403
    assert calls.fields_before(region_code=COUNTY) == ()
