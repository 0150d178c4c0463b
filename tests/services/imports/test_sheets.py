"""A stranger's Excel file: what is no such file, what would blow up, what Excel did to the numbers, and whose fault."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.errors import Refusal, RefusalCode
from services.imports import cells, sheets
from services.imports.sheets import Line
from tests.services.imports.files import id_number, of_kind, repacked, sheet

C = RefusalCode
PEOPLE = cells.columns("people")
HEADINGS = ["姓名", "身份证号码", "身份", "行政区划代码"]
GOOD = ["王建国", id_number(1), "退役军人", "341522100201"]


def read(body: bytes, kind: str = "people") -> list[Line]:
    return list(
        sheets.open_table(body=body, columns=cells.columns(kind), ignored=cells.ignored(kind)).lines()
    )


def refused(body: bytes) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        read(body)
    return caught.value.code


def test_headings_in_any_order_and_by_other_names_are_understood() -> None:
    body = sheet(
        ["身份", " 姓　名 ", "区划代码", "证件号码*", "序号"],
        ["军属", "王建国", 341522100201, id_number(1), 1],
    )
    assert read(body) == [
        Line(2, {"identity": "family", "name": "王建国", "region": "341522100201", "document": id_number(1)})
    ]


def test_a_title_above_the_headings_is_passed_over() -> None:
    body = sheet(["霍邱县志愿者名册"], HEADINGS, GOOD, change=lambda page: page.merge_cells("A1:D1"))
    assert [line.row_no for line in read(body)] == [3]


@pytest.mark.parametrize(
    ("headings", "code", "named"),
    [
        (HEADINGS[:2], C.SHEET_HEADING_MISSING, "身份、行政区划代码"),
        ([*HEADINGS, "名字"], C.SHEET_HEADING_TWICE, "姓名"),
        ([*HEADINGS, "血型"], C.SHEET_HEADING_UNKNOWN, "血型"),
        (["甲", "乙"], C.SHEET_HEADING_MISSING, "姓名、身份证号码、身份、行政区划代码"),
    ],
)
def test_wrong_headings_are_named(headings: list[str], code: RefusalCode, named: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(sheet(headings, GOOD))
    assert (caught.value.code, caught.value.facts["columns"]) == (code, named)


def test_an_empty_book_is_refused() -> None:
    assert refused(sheet([])) is C.SHEET_EMPTY


def test_a_hidden_sheet_is_not_read() -> None:
    def change(page: Any) -> None:
        page.sheet_state = "hidden"
        page.parent.create_sheet("b").append([*HEADINGS, "血型"])

    assert refused(sheet(HEADINGS, GOOD, change=change)) is C.SHEET_HEADING_UNKNOWN


def test_what_is_no_xlsx_is_told_as_what_it_is() -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "x")
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512) is C.SHEET_OLD
    assert refused(b"") is C.SHEET_NOT_XLSX
    assert refused("姓名,身份证号码\n".encode()) is C.SHEET_NOT_XLSX
    assert refused(zipped.getvalue()) is C.SHEET_NOT_XLSX
    assert refused(sheet(HEADINGS, GOOD)[:-40]) is C.SHEET_NOT_XLSX
    assert refused(b"PK" + b"0" * 6_000_000) is C.SHEET_TOO_LARGE


def test_a_zip_bomb_is_not_unpacked() -> None:
    good = sheet(HEADINGS, GOOD)
    assert refused(repacked(good, xl__media__a_xml=b"\0" * 3_000_000)) is C.SHEET_BOMB
    huge = repacked(
        good, lambda name, text: text + b" " * 45_000_000 if name.endswith("sheet1.xml") else text
    )
    assert refused(huge) is C.SHEET_BOMB


def test_macros_are_refused() -> None:
    body = repacked(sheet(HEADINGS, GOOD), xl__vbaProject_bin=b"x")
    assert refused(body.replace(b"vbaProject_bin", b"vbaProject.bin")) is C.SHEET_MACROS


@pytest.mark.parametrize(
    "head", [b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<!ENTITY a SYSTEM 'file:///etc/passwd'>"]
)
def test_entities_are_refused(head: bytes) -> None:
    good = sheet(HEADINGS, GOOD)
    bad = repacked(good, lambda name, text: head + text if name.endswith("sheet1.xml") else text)
    assert refused(bad) is C.SHEET_DAMAGED


def test_a_broken_sheet_is_damaged() -> None:
    good = sheet(HEADINGS, GOOD)
    assert (
        refused(repacked(good, lambda name, text: text[:-30] if "sheet1" in name else text))
        is C.SHEET_DAMAGED
    )


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert len(read(sheet(HEADINGS, GOOD, GOOD))) == 2
    assert refused(sheet(HEADINGS, GOOD, GOOD, GOOD)) is C.SHEET_TOO_LONG


def one(**more: Any) -> Line:
    row = {
        "name": "王建国",
        "document": id_number(1),
        "identity": "退役军人",
        "region": "341522100201",
        **more,
    }
    return read(of_kind("people", row))[0]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("name", '=HYPERLINK("http://x","王")', C.CELL_FORMULA),
        ("document", "=1+1", C.CELL_FORMULA),
        ("name", "王\u202e建国", C.CELL_TEXT),
        ("name", True, C.CELL_TEXT),
        ("name", "王" * 300, C.CELL_TEXT),
        ("name", None, C.CELL_EMPTY),
        ("name", " \u3000", C.CELL_EMPTY),
        ("document", 341522196001011234, C.CELL_NUMBER),
        ("document", 3.41522196001011e17, C.CELL_NUMBER),
        ("document", "3.4E+17", C.CELL_NUMBER),
        ("phone", 1380000.5, C.CELL_NUMBER),
        ("region", datetime(2026, 1, 1), C.CELL_NUMBER),
        ("identity", "神仙", C.CELL_CHOICE),
        ("joined_on", "去年", C.CELL_DAY),
        ("joined_on", "2023-02-30", C.CELL_DAY),
        ("joined_on", 45000, C.CELL_DAY),
    ],
)
def test_what_excel_or_a_hand_spoiled_is_the_fault_of_its_column(
    column: str, value: Any, code: RefusalCode
) -> None:
    assert one(**{column: value}).faults == ((column, code.value),)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("document", "３４１５２２１９６００１０１０１２Ｘ", "34152219600101012X"),
        ("document", " 341522 19600101 012x", "34152219600101012x"),
        ("document", "'34152219600101012X", "34152219600101012X"),
        ("phone", 13800000000, "13800000000"),
        ("phone", 13800000000.0, "13800000000"),
        ("name", "张　三", "张三"),
        ("name", "阿不都·热西提", "阿不都·热西提"),
        ("joined_on", date(2023, 5, 1), "2023-05-01"),
        ("joined_on", "2023年5月1日", "2023-05-01"),
        ("joined_on", "２０２３／５／１", "2023-05-01"),
        ("joined_on", "2023.05.01", "2023-05-01"),
        ("joined_on", 20230501, "2023-05-01"),
        ("identity", "退伍军人", "veteran"),
    ],
)
def test_what_can_be_put_right_without_guessing_is(column: str, value: Any, text: str) -> None:
    line = one(**{column: value})
    assert (line.cell(column), line.faults) == (text, ())


def test_merged_cells_are_the_fault_of_each_row_they_touch() -> None:
    body = sheet(HEADINGS, GOOD, [None, *GOOD[1:]], GOOD, change=lambda page: page.merge_cells("A2:A3"))
    merged = (("name", C.CELL_MERGED.value),)
    assert [(line.row_no, line.faults) for line in read(body)] == [(2, merged), (3, merged), (4, ())]


def test_merges_without_end_are_refused() -> None:
    body = sheet(HEADINGS, GOOD, change=lambda page: page.merge_cells("A2:B3"))
    endless = repacked(body, lambda _, text: text.replace(b'"A2:B3"', b'"A2:Z1000000"'))
    assert refused(endless) is C.SHEET_TOO_LONG


@pytest.mark.parametrize(("value", "text"), [(12.5, "750"), ("12.5", "750"), ("１２", "720"), (0.1, "6")])
def test_hours_are_read_as_minutes(value: Any, text: str) -> None:
    row = {
        "name": "王建国",
        "document": id_number(1),
        "minutes": value,
        "system": "a",
        "from_on": "2020-01-01",
    }
    assert (
        read(of_kind("hours", row | {"to_on": "2020-12-31", "proof": "b"}), "hours")[0].cell("minutes")
        == text
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_no_bytes_are_more_than_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        read(body)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused(place: int, noise: bytes) -> None:
    body = sheet(HEADINGS, GOOD)
    place %= len(body)
    with suppress(Refusal):
        read(body[:place] + noise + body[place + len(noise) :])


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.text(max_size=40),
    st.binary(max_size=5),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([column for kind in ("people", "hours") for column in cells.columns(kind)]), VALUES)
def test_any_cell_is_text_that_can_be_shown_or_a_fault(column: cells.Column, value: Any) -> None:
    text, wrong = cells.read(column, value, "n")
    assert wrong is not None or text or not column.required
    assert all(letter.isprintable() for letter in cells.shown(column, text))
    if column.kind == "document" and len(text) > 10:
        assert text not in cells.shown(column, text)
