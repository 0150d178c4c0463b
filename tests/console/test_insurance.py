"""保险 in the console: recorded, listed, ended; the list of the insured leaves as a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
from PIL import Image

from models import Insurance, store
from services.accounts import registration
from storage.disk import Disk
from tests.console.conftest import Desk
from tests.support.world import COUNTY, World, sign_up

FORM = {
    "place": f"region:{COUNTY}", "insurer": "人保", "product": "志愿者意外险", "policy_no": "P-1", "from": "2026-06-01",
    "until": "2027-05-31", "note": "",
}  # fmt: skip


def test_cover_is_recorded_listed_and_ended(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.officer)
    assert "/console/insurance/new" in browser.get("/console/insurance").text
    browser.post("/console/insurance/new", FORM)
    row = Insurance.get()
    assert (row.region_code, row.covers_from.isoformat(), row.covers_until.isoformat()) == (
        COUNTY, "2026-05-31T16:00:00+00:00", "2027-05-31T16:00:00+00:00",
    )  # fmt: skip
    listed = browser.get("/console/insurance").text
    assert all(word in listed for word in ("霍邱县", "P-1", "有效"))
    assert "终止一份保险" in browser.get("/console/insurance/new").text
    browser.post(f"/console/insurance/{row.code}/end", {"reason": "退保"})
    assert "已终止" in browser.get("/console/insurance").text


def test_cover_of_one_activity_is_recorded(cast: World, desk: Callable[..., Desk]) -> None:
    browser, choice = desk(cast.officer), f"activity:{cast.activity.code}"
    assert f'value="{choice}"' in browser.get("/console/insurance/new").text
    wrong = browser.post("/console/insurance/new", {**FORM, "place": choice, "insurer": ""}).text
    assert f'value="{choice}" selected' in wrong
    browser.post("/console/insurance/new", {**FORM, "place": choice})
    assert (Insurance.get().activity_id, Insurance.get().team_id) == (cast.activity.id, cast.team.id)
    assert "一次活动" in browser.get("/console/insurance").text


def test_photo_of_the_policy_is_shown_to_those_who_keep_the_cover(
    app: Any, cast: World, desk: Callable[..., Desk], tmp_path: Any
) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path))
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "green").save(out, "JPEG")
    browser = desk(cast.officer)
    browser.post(
        "/console/insurance/new", {**FORM, "photo": (io.BytesIO(out.getvalue()), "a.jpg")},
        content_type="multipart/form-data",
    )  # fmt: skip
    where = f"/console/insurance/{Insurance.get().code}/photo"
    assert where in browser.get("/console/insurance").text
    assert browser.get(where).mimetype == "image/jpeg"
    assert desk(cast.ali).get(where).status_code == 404


def test_cover_without_a_photo_shows_none(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.officer)
    browser.post("/console/insurance/new", FORM)
    assert "看照片" not in browser.get("/console/insurance").text
    assert browser.get(f"/console/insurance/{Insurance.get().code}/photo").status_code == 404


def test_wrong_field_is_named_and_nothing_is_lost(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).post("/console/insurance/new", {**FORM, "until": "2026-05-01"})
    assert (answer.status_code, "请检查日期" in answer.text, "P-1" in answer.text) == (400, True, True)


def test_insured_leave_as_a_file(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    answer: Any = desk(cast.officer).get(f"/console/activities/{cast.activity.code}/insured")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:2] == ["姓名", "证件号码"]
    assert sheet["A2"].value == "王小博"


def test_file_for_the_insurer_says_how_many_numbers_are_closed(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="id_number", given=False, at=at)
    answer: Any = desk(cast.officer).get(f"/console/activities/{cast.activity.code}/insured")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.worksheets[0]["B2"].value == "本人不同意提供"
    assert "有 1 行没有列出证件号码" in str(book.worksheets[1]["A2"].value)
