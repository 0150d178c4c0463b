"""Imports in the console: the form says what is wrong beside the file, a batch shows its rows, applies, reports."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from models import ServiceRecord, Volunteer
from services.imports import working
from tests.console.conftest import Desk
from tests.services.imports.files import id_number, of_kind, sheet
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, VILLAGE, grant

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]


def sent(desk: Desk, body: bytes, kind: str = "people") -> Any:
    data = {"kind": kind, "region": COUNTY, "file": (io.BytesIO(body), "名单.xlsx"), "csrf": desk.csrf}
    return desk.client.post("/console/imports/new", data=data, content_type="multipart/form-data")


def turned() -> None:
    from tests.conftest import AT

    working.work(parts=make_parts(FakeGateway()), at=AT)


PERSON = {"name": "陈老兵", "document": id_number(1), "identity": "退役军人", "region": VILLAGE}
WRONG = {"name": "<b>坏</b>", "document": "3.4E+17", "identity": "退役军人", "region": VILLAGE}


def test_a_file_is_tried_then_applied_and_reported(cast: Any, desk: Make) -> None:
    officer = desk(cast.officer)
    answer = sent(officer, of_kind("people", PERSON, WRONG))
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert 'data-state="reading"' in officer.get(path).text
    turned()
    page = officer.get(path).text
    assert 'data-state="checked"' in page
    assert "正式导入 1 行" in page
    assert "<b>坏" not in page
    assert id_number(1) not in page
    assert "设成“文本”" in page
    assert officer.get(f"{path}?verdict=refused").text.count("<tr>") == 2
    assert officer.post(f"{path}/apply").status_code == 303
    moved = officer.get(f"{path}/progress", **{"HX-Request": "true"})
    assert (moved.status_code, moved.headers.get("HX-Refresh")) == (200, None)
    turned()
    assert officer.get(f"{path}/progress", **{"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = officer.get(path).text
    assert 'data-state="applied"' in page
    assert [step in page for step in ("上传文件", "开始导入", "导入完成")] == [True] * 3
    assert Volunteer.select().where(Volunteer.name == "陈老兵").count() == 1
    report = openpyxl.load_workbook(io.BytesIO(officer.get(f"{path}/report").data)).active
    assert report.max_row == 3
    assert "名单.xlsx" in officer.get("/console/imports").text


def test_what_is_wrong_with_a_file_stands_beside_it(cast: Any, desk: Make) -> None:
    officer = desk(cast.officer)
    for body, words in (
        (b"", "这不是 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, ".xls"),
        (sheet(["姓名", "魔法"], ["a", "b"]), "缺少这些列：身份证号码"),
    ):
        answer = sent(officer, body)
        assert answer.status_code == 400
        assert words in answer.text
        assert 'id="wrong-file"' in answer.text


def test_a_large_file_comes_through_and_a_huge_one_is_told(cast: Any, desk: Make) -> None:
    officer = desk(cast.officer)
    assert "6 MB" in sent(officer, b"PK" + b"0" * 6_100_000).text
    assert sent(officer, b"PK" + b"0" * 3_000_000).status_code == 400


def test_a_template_and_the_form_are_there_for_managers_only(cast: Any, desk: Make) -> None:
    assert desk(cast.officer).get("/console/imports/new").status_code == 200
    assert desk(cast.officer).get("/console/imports/templates/people").status_code == 200
    assert desk(cast.officer).get("/console/imports/templates/spells").status_code == 404
    assert desk(cast.ali).get("/console/imports/new").status_code == 403
    assert desk(cast.ali).get("/console/imports").status_code == 403


def test_a_dropped_batch_cannot_be_applied(cast: Any, desk: Make) -> None:
    officer = desk(cast.officer)
    path = sent(officer, of_kind("people", PERSON)).headers["Location"]
    turned()
    assert officer.post(f"{path}/drop").status_code == 303
    answer = officer.post(f"{path}/apply")
    assert answer.status_code == 409
    assert "这批导入现在的状态" in answer.text


def test_hours_are_verified_by_another_manager(cast: Any, desk: Make, at: Any) -> None:
    from tests.services.imports.test_hours import hours, numbered

    numbered(cast)
    officer = desk(cast.officer)
    path = sent(officer, of_kind("hours", hours()), "hours").headers["Location"]
    turned()
    officer.post(f"{path}/apply")
    turned()
    assert 'id="verify"' not in officer.get(path).text
    assert officer.post(f"{path}/verify").status_code == 403
    grant(at, cast.chali, "region_admin", region=COUNTY)
    other = desk(cast.chali)
    assert 'id="verify"' in other.get(path).text
    refused = other.post(f"{path}/refuse", {"reason": ""})
    assert (refused.status_code, 'id="wrong-reason"' in refused.text) == (400, True)
    assert other.post(f"{path}/verify").status_code == 303
    turned()
    assert ServiceRecord.get(ServiceRecord.source == "transferred").state == "confirmed"
