"""Excel files going out: plain text and numbers, never a formula (reading them in: `services/imports`)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from frozen import dataclass

Cell = str | int | float | date | None

#: What XML 1.0 cannot hold, and the marks that turn the direction of writing around.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
#: Characters Excel does not take in the name of a sheet.
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
LONGEST = 32_000


def plain(text: str) -> str:
    """Text as a cell can hold it."""
    return _UNPRINTABLE.sub("", text)[:LONGEST]


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a file: its name, its headings, its rows."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def workbook(*, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet: a bold first row that stays in view, then the rows.

    Text stays text: `=HYPERLINK(…)` from somebody's name is shown, not run.
    """
    return pages([Page(title, headings, rows)])


def pages(sheets: Iterable[Page]) -> bytes:
    """A workbook with a sheet for each page, as `workbook` makes them; a name that is there already gets a number."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": True,  # each row goes to a temporary file as the next one comes
        },
    )
    bold = book.add_format({"bold": True, "bg_color": "#F6F3EF", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    used: set[str] = set()
    for page in sheets:
        _sheet(book, page, used, bold, day)
    book.close()
    return file.getvalue()


def _sheet(book: Any, page: Page, used: set[str], bold: Any, day: Any) -> None:
    name = _SHEET_NAME.sub("", plain(page.title))[:28] or "1"
    if name.lower() in used:
        name = next(f"{name}{n}" for n in range(2, 100) if f"{name}{n}".lower() not in used)
    used.add(name.lower())
    sheet = book.add_worksheet(name)
    widths = [width(heading) for heading in page.headings]
    for column, heading in enumerate(page.headings):
        sheet.write_string(0, column, plain(heading), bold)
    for line, cells in enumerate(page.rows, 1):
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                text = plain(cell)
                sheet.write_string(line, column, text)
                widths[column] = max(widths[column], width(text))
            elif isinstance(cell, date):
                sheet.write_datetime(line, column, cell, day)
            else:
                sheet.write_number(line, column, cell)
    for column, wide in enumerate(widths):
        sheet.set_column(column, column, min(max(wide, 8), 48))
    sheet.freeze_panes(1, 0)
    if page.headings:
        sheet.autofilter(0, 0, 0, len(page.headings) - 1)


def width(text: str) -> int:
    """Columns of the screen that a text takes, and two beside it; a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) + 2
