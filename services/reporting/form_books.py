"""The superior's Excel form as a file: believed in nothing, looked at cell by cell, written into by plain values."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from frozen import dataclass
from services.errors import Refusal, RefusalCode
from services.imports.sheets import check_container
from services.workbooks import plain

C = RefusalCode
#: A form is a page or a few; unpacked it may not be larger, since it is read as a whole.
MOST_UNPACKED, MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 6_000_000, 20, 1000, 100
#: What the page shows of a sheet.
SHOWN_ROWS, SHOWN_COLUMNS = 60, 20
#: Formulas that reach out of the file: other books, the network, other programs.
_OUTSIDE = re.compile(r"\[|\||://|WEBSERVICE|HYPERLINK|\bDDE|\bCALL\(|REGISTER|RTD\(|IMAGE\(", re.I)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as the page shows it; `free` where a figure may go."""

    name: str
    text: str
    free: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as the page shows it."""

    sheet: str
    columns: list[str]
    rows: list[list[GridCell]]


def opened(body: bytes) -> Any:
    """The form as a book. Refusals: SHEET_TOO_LARGE, SHEET_OLD, SHEET_NOT_XLSX, SHEET_MACROS, SHEET_BOMB,
    SHEET_DAMAGED, SHEET_EMPTY, SHEET_TOO_LONG, FORMULA_OUTSIDE."""
    import openpyxl

    check_container(body, most_unpacked=MOST_UNPACKED)
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), keep_links=False)
    except Exception as cause:  # whatever a broken file makes the parser raise, it is the file's fault
        raise Refusal(C.SHEET_DAMAGED) from cause
    sheets = book.worksheets
    if not sheets:
        raise Refusal(C.SHEET_EMPTY)
    if len(sheets) > MOST_SHEETS or any(s.max_row > MOST_ROWS or s.max_column > MOST_COLUMNS for s in sheets):
        raise Refusal(C.SHEET_TOO_LONG, most=MOST_ROWS)
    for sheet in sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and _OUTSIDE.search(_formula(cell)):
                    raise Refusal(C.FORMULA_OUTSIDE, sheet=plain(sheet.title), cell=cell.coordinate)
    return book


def _formula(cell: Any) -> str:
    return str(getattr(cell.value, "text", cell.value) or "")


def require_writable(body: bytes, sheet: str, cell: str) -> None:
    """Go on only where a figure may go into this cell. Refusals: FIELD_WRONG (`sheet`, `cell`)."""
    book = opened(body)
    if sheet not in book.sheetnames:
        raise Refusal(C.FIELD_WRONG, field="sheet")
    if not _free(book[sheet][cell]):
        raise Refusal(C.FIELD_WRONG, field="cell")


def named_rows(body: bytes, sheet: str, cell: str, names: str) -> dict[str, str]:
    """The writable cells from this one downwards, each with the text of its row in the column `names`.

    Refusals: FIELD_WRONG (`sheet`).
    """
    from openpyxl.utils.cell import coordinate_from_string

    book = opened(body)
    if sheet not in book.sheetnames:
        raise Refusal(C.FIELD_WRONG, field="sheet")
    grid = book[sheet]
    column, first = coordinate_from_string(cell)
    found = {}
    for row in range(first, grid.max_row + 1):
        text = "".join(_shown(grid[f"{names}{row}"]).split())
        if text and _free(grid[f"{column}{row}"]):
            found[f"{column}{row}"] = text
    return found


def _free(cell: Any) -> bool:
    """Neither a formula nor the inside of a merged range."""
    from openpyxl.cell.cell import MergedCell

    return not isinstance(cell, MergedCell) and cell.data_type != "f"


def grids(body: bytes) -> list[Grid]:
    """The sheets as the page shows them, their first rows and columns."""
    from openpyxl.utils import get_column_letter

    found = []
    for sheet in opened(body).worksheets:
        wide = min(sheet.max_column, SHOWN_COLUMNS)
        rows = [
            [
                GridCell(f"{get_column_letter(column)}{row}", _shown(cell), _free(cell))
                for column, cell in enumerate(cells, 1)
            ]
            for row, cells in enumerate(
                sheet.iter_rows(max_row=min(sheet.max_row, SHOWN_ROWS), max_col=wide), 1
            )
        ]
        found.append(Grid(sheet.title, [get_column_letter(n) for n in range(1, wide + 1)], rows))
    return found


def _shown(cell: Any) -> str:
    value = cell.value
    return "" if value is None else plain(_formula(cell) if cell.data_type == "f" else str(value))[:40]


def filled(body: bytes, values: Mapping[tuple[str, str], int | str]) -> bytes:
    """The form with these values; everything else as it was. A cell that cannot hold one any more is left alone."""
    from openpyxl.cell.cell import Cell as BookCell

    book = opened(body)
    for (sheet, name), value in values.items():
        if sheet not in book.sheetnames:
            continue
        cell = book[sheet][name]
        if not isinstance(cell, BookCell) or not _free(cell):
            continue
        cell.value = plain(value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"  # a place called =… stays a text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
