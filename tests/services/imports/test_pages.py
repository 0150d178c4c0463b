"""Our rows of a sheet are openpyxl's, and a file that is made to hurt the reader does not."""

from __future__ import annotations

import io
import resource
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from services.errors import Refusal, RefusalCode
from services.imports import cells, pages, sheets
from tests.services.imports.files import repacked, sheet

WIDTH = 60
ANY = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1990, 1, 1)), st.datetimes(datetime(1990, 1, 1)), st.times(),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    st.sampled_from(["=A1+1", "#N/A", "", " ", "_x005F_"]),
)  # fmt: skip


def by_openpyxl(body: bytes) -> list[list[pages.Cell]]:
    """Each row it has, those it lacks filled in, without what is empty at the end."""
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
    page = book.worksheets[0]
    page.reset_dimensions()  # type: ignore[union-attr]
    return [_cut([(cell.value, cell.data_type) for cell in row]) for row in page.iter_rows(max_col=WIDTH)]


def ours(body: bytes) -> list[list[pages.Cell]]:
    book: Any = pages.Book(body).wb
    found: list[list[pages.Cell]] = []
    for number, row in pages.rows(book, book.worksheets[0], WIDTH):
        found += [[] for _ in range(number - len(found) - 1)]
        found.append(_cut(row))
    return found


def _cut(row: list[pages.Cell]) -> list[pages.Cell]:
    while row and row[-1][0] is None:
        row.pop()
    return row


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(st.lists(st.lists(ANY, max_size=6), min_size=1, max_size=6))
def test_any_rows_are_read_as_openpyxl_reads_them(made: list[list[Any]]) -> None:
    body = sheet(["甲", "乙"], *made)
    assert ours(body) == by_openpyxl(body)


def test_styled_spread_and_shared_cells_are_read_as_openpyxl_reads_them() -> None:
    def change(page: Any) -> None:
        page["C9"] = 45000.5
        page["C9"].number_format = "yyyy-mm-dd"
        page["D9"] = timedelta(hours=30)
        page["BZ12"] = "beyond what is looked at"
        page["AB12"] = CellRichText("前", TextBlock(InlineFont(b=True), "粗"), "后")
        page["A14"] = time(8, 30)

    body = sheet(["甲", None, "丙"], ["一", 2, True], change=change)
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>shared</t></si>'
        b"<si><r><t>in </t></r><r><t>parts</t></r></si><si><t/></si></sst>"
    )
    types = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>'
    )
    rows = (
        b'<row r="20"><c t="s"><v>0</v></c><c r="D20" t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="str"><v>x</v></c>'
        b'<c t="e"><v>#REF!</v></c><c t="b"><v>0</v></c><c s="0"/><c t="s"/></row><row><c><f>A1</f><v>3</v></c></row>'
        b'<!-- a remark --><row r="3"><c><v>3</v></c></row></sheetData>'
    )
    put_in = {"[Content_Types].xml": (b"</Types>", types), "xl/worksheets/sheet1.xml": (b"</sheetData>", rows)}
    body = repacked(
        body, lambda name, text: text.replace(*put_in[name]) if name in put_in else text,
        **{"xl__sharedStrings.xml": strings},
    )  # fmt: skip
    assert ours(body) == by_openpyxl(body)
    assert ours(body)[19][0] == ("shared", "s")


def test_a_document_type_behind_a_long_remark_is_refused() -> None:
    head = b"<!--" + b" " * 9000 + b'--><!DOCTYPE a [<!ENTITY b "c">]>'
    body = repacked(sheet(["甲"]), lambda name, text: head + text if name.endswith("sheet1.xml") else text)
    with pytest.raises(Refusal) as caught:
        list(sheets.open_table(body=body, columns=cells.columns("people")).lines())
    assert caught.value.code is RefusalCode.SHEET_DAMAGED
    strings = repacked(sheet(["甲"]), lambda name, text: text, **{"xl__texts.xml": head + b"<sst/>"})
    with zipfile.ZipFile(io.BytesIO(strings)) as archive, pytest.raises(ValueError, match="a document type"):
        list(pages._parsed(archive.open("xl/texts.xml"), "sst"))


def test_cells_far_apart_take_no_memory() -> None:
    body = sheet(["甲"], change=lambda page: page.__setitem__("XFD1000000", "乙"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    book: Any = pages.Book(body).wb
    assert [number for number, _ in pages.rows(book, book.worksheets[0], WIDTH)] == [1, 1_000_000]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
