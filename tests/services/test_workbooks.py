"""Excel files going out: what is text stays text."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from services.workbooks import workbook


def _cells(body: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_workbook_holds_headings_and_rows() -> None:
    body = workbook(title="服务队", headings=["名称", "人数"], rows=[["东湖社区", 12], ["河口村", None]])
    assert _cells(body) == [["名称", "人数"], ["东湖社区", 12], ["河口村", None]]


@pytest.mark.case(29)
def test_workbook_with_a_formula_in_a_name_shows_it_as_text() -> None:
    body = workbook(title="人员", headings=["姓名"], rows=[['=HYPERLINK("http://x","点我")']])
    cell = openpyxl.load_workbook(io.BytesIO(body)).active["A2"]  # type: ignore[index]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x","点我")', "s")


@pytest.mark.case(29)
def test_workbook_with_control_characters_leaves_them_out() -> None:
    assert _cells(workbook(title="a/b[1]", headings=["姓\x00名"], rows=[["张\x0b\u202e三\ud800"]])) == [
        ["姓名"], ["张三"],
    ]  # fmt: skip


@pytest.mark.case(29)
def test_workbook_with_a_long_number_keeps_every_digit() -> None:
    assert _cells(workbook(title="t", headings=["编号"], rows=[["340102195001011234"]]))[1] == [
        "340102195001011234"
    ]
