"""套表: a superior's form keeps its looks, its cells get the figures that statistics tell, nothing in it is run."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from models import OfficeForm, Region, ServiceRecord, Volunteer, store
from services.activeness import index
from services.errors import Refusal, RefusalCode
from services.reporting import form_filling, forms
from services.statistics import months
from tests.support import world
from tests.support.world import COUNTY, VILLAGE, World


def _body(**cells: Any) -> bytes:
    """A form with a styled heading over merged cells, and the superior's own sum."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "月报"
    sheet.merge_cells("A1:D1")
    sheet["A1"], sheet["A1"].font = "志愿服务月报", Font(name="黑体", size=18, bold=True)
    sheet["A3"], sheet["D5"] = "活动次数", "=B3+C3"
    for name, value in cells.items():
        sheet[name] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _upload(cast: World, at: datetime, body: bytes) -> str:
    return forms.upload(
        actor=cast.actor(cast.officer), region_code=COUNTY, name="县月报", file_name="月报.xlsx", body=body, at=at
    )


def test_named_cells_are_filled_and_the_form_stays_as_it_was(cast: World, at: datetime) -> None:
    def serve() -> None:
        for domain in ("D1", "D3", "D3"):
            made, _ = world.make_activity(at, cast.team, starts_in=-timedelta(days=5), domain=domain)
            ServiceRecord.create(
                activity=made, team=cast.team, volunteer=cast.xiaobo, region_code=made.region_code, minutes=90,
                local_day=made.local_day, state="confirmed", rule_set=cast.hours_rule, created_at=at, updated_at=at,
            )  # fmt: skip
        Region.update(place_name="=1+1村").where(Region.code == VILLAGE).execute()

    store.write(serve)
    months.refresh_all(at=at)
    index.refresh(at=at)
    actor, code = cast.actor(cast.officer), _upload(cast, at, _body(A4="城关镇", A5="河口 镇", A7="合计"))
    named: list[dict[str, str]] = [
        {"cell": "B3", "figure": "activities"}, {"cell": "C3", "figure": "activities", "domain": "D3"},
        {"cell": "B4", "figure": "hours"}, {"cell": "B6", "figure": "teams", "kind": "professional"},
        {"cell": "A6", "figure": "place_name", "place": VILLAGE},
    ]  # fmt: skip
    for each in named:
        forms.name_cell(actor=actor, code=code, sheet="月报", at=at, **each)
    for wrong in ("D5", "B1", "99", "ZZZ1"):
        with pytest.raises(Refusal) as no:
            forms.name_cell(actor=actor, code=code, sheet="月报", cell=wrong, figure="teams", at=at)
        assert no.value.facts["field"] == "cell"
    rows = forms.name_rows(actor=actor, code=code, sheet="月报", cell="E3", names="a", figure="activities", at=at)
    assert rows == [3, 7]  # what was left alone
    with pytest.raises(Refusal) as no:
        forms.name_rows(actor=actor, code=code, sheet="月报", cell="E3", names="C", figure="activities", at=at)
    assert no.value.facts["field"] == "names"
    forms.name_cell(actor=actor, code=code, sheet="月报", cell="F1", figure="volunteers", at=at)
    name, body = form_filling.fill(actor=actor, code=code, region_code=COUNTY, period_text="2026-06", at=at)
    sheet = openpyxl.load_workbook(io.BytesIO(body))["月报"]
    assert [sheet[cell].value for cell in ("B3", "C3", "B4", "B6", "D5")] == [3, 2, 4, 0, "=B3+C3"]
    assert [sheet[f"E{row}"].value for row in range(3, 9)] == [None, 3, 0, None, None, None]
    later: dict[str, Any] = {"actor": actor, "code": code, "region_code": COUNTY, "at": at + timedelta(days=60)}
    over = [form_filling.fill(**later, period_text=text)[1] for text in ("2026-05", "2026-06")]
    people = [openpyxl.load_workbook(io.BytesIO(each))["月报"]["F1"].value for each in over]
    assert people == [0, Volunteer.select().count()]  # everybody registered in June
    assert (sheet["A6"].value, sheet["A6"].data_type) == ("=1+1村", "s")
    assert (sheet["A1"].value, sheet["A1"].font.name, sheet["A1"].font.size) == ("志愿服务月报", "黑体", 18)
    assert str(next(iter(sheet.merged_cells.ranges))) == "A1:D1"
    assert name.endswith("2026-06")
    with pytest.raises(Refusal):
        form_filling.fill(actor=cast.actor(cast.chali), code=code, region_code=COUNTY, period_text="2026-06", at=at)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", RefusalCode.SHEET_NOT_XLSX), (b"PK\x03\x04nothing", RefusalCode.SHEET_NOT_XLSX),
        (_body(B2='=HYPERLINK("http://x","y")'), RefusalCode.FORMULA_OUTSIDE),
        (_body(B2="='[other.xlsx]a'!A1"), RefusalCode.FORMULA_OUTSIDE), (_body(A2000="x"), RefusalCode.SHEET_TOO_LONG),
    ],
)  # fmt: skip
def test_file_that_is_no_plain_form_is_refused(cast: World, at: datetime, body: bytes, code: RefusalCode) -> None:
    with pytest.raises(Refusal) as no:
        _upload(cast, at, body)
    assert no.value.code is code
    assert OfficeForm.select().count() == 0
