"""The rows of an Excel sheet, read as openpyxl reads them and several times as fast.

openpyxl opens the book, knows its styles and turns every cell that is not plain. What most cells are, a text or a
number without a formula, is taken straight from libxml2's tree of one row: openpyxl makes seven Python objects of
such a cell. python-calamine, faster still, was tried and not taken: it hands out the last result of a formula as if
somebody had typed it, and lays a sheet out cell by cell, so that two cells far apart take all memory there is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet import _reader as reader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

#: A cell as it was read: its value, and n, s, b, d, e or f as openpyxl names what it is.
Cell = tuple[Any, str]
#: Its number as Excel counts, and its cells.
Row = tuple[int, list[Cell]]
NOTHING: Cell = (None, "n")
_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"
_STRING_TAG = f"{{{SHEET_MAIN_NS}}}si"
_DIGITS = "0123456789"
_number: Any = reader._cast_number  # type: ignore[attr-defined]


def _parsed(source: Any, tag: str) -> Iterator[Any]:
    """Each element of this name, gone when the next one is asked for; a document with a DTD is no list of people."""
    for _, element in etree.iterparse(
        source, tag=tag, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    ):  # fmt: skip
        if element.getroottree().docinfo.doctype:
            raise ValueError("a document type")
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


class Book(ExcelReader):
    """A book whose list of texts is read as fast as its rows."""

    def __init__(self, body: bytes) -> None:
        super().__init__(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
        self.read()

    def read_strings(self) -> None:
        """The texts that cells name by their number."""
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = [_text(each) for each in _parsed(source, _STRING_TAG)]


def _text(element: Any) -> str:
    """What stands in `<si>` or `<is>`."""
    plain = _only_text(element)
    if plain is None:
        rich: Any = Text.from_tree(element)
        plain = str(rich.content)
    return plain.replace("x005F_", "")


def _only_text(element: Any) -> str | None:
    """The text of an element that holds one `<t>` and nothing else."""
    if len(element) == 1:
        inner = element[0]
        if inner.tag == _TEXT_TAG and not len(inner):
            return inner.text or ""
    return None


class _Rows(reader.WorkSheetParser):
    """openpyxl's reader of one sheet, with a short way for plain cells."""

    def parse(self) -> Iterator[Any]:  # type: ignore[override]
        for element in _parsed(self.source, reader.ROW_TAG):
            yield self.parse_row(element)

    def parse_row(self, row: Any) -> tuple[int, list[Any]]:
        number = row.get("r")
        self.row_counter = int(float(number)) if number is not None else self.row_counter + 1
        self.col_counter = 0
        return self.row_counter, [self._cell(element) for element in row]

    def _cell(self, element: Any) -> tuple[int, Any, str]:
        """(place from 0, value, kind)."""
        found = self._plain(element)
        if found is None:
            cell: Any = self.parse_cell(element)
            return cell["column"] - 1, cell["value"], cell["data_type"]
        coordinate = element.get("r")
        self.col_counter = place = _place(coordinate.rstrip(_DIGITS)) if coordinate else self.col_counter + 1
        return place - 1, *found

    def _plain(self, element: Any) -> Cell | None:
        """A text or a number, None if openpyxl has to look."""
        kind = element.get("t", "n")
        if len(element) != 1:
            return NOTHING if not len(element) and kind == "n" else None
        inner = element[0]
        if kind == "inlineStr":
            text = _only_text(inner) if inner.tag == reader.INLINE_STRING else None
            return None if text is None else (text, "s")
        text = inner.text
        if inner.tag != reader.VALUE_TAG or not text:
            return None
        if kind == "s":
            return self.shared_strings[int(text)], "s"
        if kind == "str":
            return text, "s"
        if kind == "n" and int(element.get("s", 0)) not in self.date_formats:
            return _number(text), "n"
        return None


@cache
def _place(letters: str) -> int:
    """The column that `AB` names, from 1; as many as there are at most, so that few are kept."""
    return int(column_index_from_string(letters))


def rows(book: Any, sheet: Any, width: int) -> Iterator[Row]:
    """(number as Excel counts, its first `width` cells) of each row that the sheet of an open book has, downwards."""
    parser = _Rows(
        book._archive.open(sheet._worksheet_path), sheet._shared_strings, data_only=False, epoch=book.epoch,
        date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
    )  # fmt: skip
    last = 0
    for number, found in parser.parse():
        if number <= last:
            continue
        row = [NOTHING] * min(width, max((place + 1 for place, _, _ in found), default=0))
        for place, value, kind in found:
            if place < width:
                row[place] = (value, kind)
        last = number
        yield number, row
