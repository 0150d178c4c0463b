"""Reading an Excel file that a stranger hands us: is it one, is it small when unpacked, and what stands in it.

What the parser would do with a file is decided before it sees it: the container is a plain zip whose members unpack to
a bounded size, no member declares entities, no macros. Of the sheet's cells nothing is computed and nothing guessed:
a formula, a merged cell, a number that Excel has rounded is a fault of its row, told with its column.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from frozen import dataclass
from services.errors import Refusal, RefusalCode
from services.imports import cells
from services.imports.cells import Column

if TYPE_CHECKING:
    from services.imports.pages import Cell, Row

C = RefusalCode
#: Rows of one file; more is imported division by division.
MOST_ROWS = 20_000
#: Bytes of a file as it comes, and of what it unpacks to; 20,000 rows of twenty columns stay far below both.
MOST_BYTES, MOST_UNPACKED = 6_000_000, 40_000_000
#: A member larger than a megabyte that shrank more than so many times is a bomb, no list of people.
MOST_RATIO, SMALL = 150, 1_000_000
MOST_MEMBERS = 300
#: The heading stands in one of the first rows: lists often have a title above.
HEADING_WITHIN = 8
MOST_COLUMNS = 60
#: Rows looked at, empty ones and all, and cells that merged ranges may cover.
MOST_LOOKED_AT, MOST_MERGED = 100_000, 200_000
#: Kinds of columns whose cells are the same in many rows.
_REPEATED = frozenset({"choice", "code", "day", "text"})
_NONE: frozenset[int] = frozenset()
_NOTHING: tuple[None, str] = (None, "n")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)\"")


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it was read: its number as Excel counts, cells by key, and [column, refusal code] of what is wrong."""

    row_no: int
    cells: dict[str, str]
    faults: tuple[tuple[str, str], ...] = ()

    def cell(self, key: str) -> str:
        """The cell of a column, "" if it is empty or not there."""
        return self.cells.get(key, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose headings were understood; `lines` reads on row by row."""

    rows: Iterator[Row]
    places: dict[int, Column]
    merged: dict[int, set[int]]
    #: What words of a list, places and days mean, which stand in every second row; nobody's own data.
    memory: dict[tuple[str, Any], tuple[str, RefusalCode | None]] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Every row that holds anything. Refusals: SHEET_TOO_LONG, SHEET_DAMAGED."""
        count = 0
        try:
            for number, row in self.rows:
                if number > MOST_LOOKED_AT:
                    raise Refusal(C.SHEET_TOO_LONG, most=MOST_ROWS)
                touched = self.merged.get(number, _NONE)
                if not touched and all(_empty(value) for value, _ in row):
                    continue
                count += 1
                if count > MOST_ROWS:
                    raise Refusal(C.SHEET_TOO_LONG, most=MOST_ROWS)
                yield self._line(number, row, touched)
        except Refusal:
            raise
        except Exception as cause:  # whatever a broken file makes a parser raise, it is the file's fault
            raise Refusal(C.SHEET_DAMAGED) from cause

    def _line(self, number: int, row: Sequence[Cell], touched: Collection[int]) -> Line:
        found: dict[str, str] = {}
        faults: list[tuple[str, str]] = []
        for place, column in self.places.items():
            if place in touched:
                faults.append((column.key, C.CELL_MERGED.value))
                continue
            value, kind = row[place] if place < len(row) else _NOTHING
            text, wrong = self._read(column, value, kind)
            if text:
                found[column.key] = text
            if wrong is not None:
                faults.append((column.key, wrong.value))
        return Line(number, found, tuple(faults))

    def _read(self, column: Column, value: Any, kind: str) -> tuple[str, RefusalCode | None]:
        if kind != "s" or column.kind not in _REPEATED:
            return cells.read(column, value, kind)
        known = self.memory.get((column.key, value))
        if known is None:
            known = cells.read(column, value, kind)
            if len(self.memory) < MOST_ROWS:
                self.memory[column.key, value] = known
        return known


def open_table(*, body: bytes, columns: Sequence[Column], ignored: Collection[str] = ()) -> Table:
    """The first visible sheet of a file, its headings matched in any order.

    Refusals: SHEET_TOO_LARGE, SHEET_OLD (.xls, or locked with a password), SHEET_NOT_XLSX, SHEET_MACROS,
    SHEET_BOMB, SHEET_DAMAGED, SHEET_EMPTY, SHEET_HEADING_MISSING, SHEET_HEADING_TWICE, SHEET_HEADING_UNKNOWN.
    """
    from services.imports import pages

    check_container(body)
    try:
        book = pages.Book(body).wb
        sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
        if sheet is None:
            raise Refusal(C.SHEET_EMPTY)
        merged = _merged(body, str(getattr(sheet, "_worksheet_path", "")))
        rows = pages.rows(book, sheet, MOST_COLUMNS)
        above = []
        for number, row in rows:
            above.append((number, row))
            if number >= HEADING_WITHIN:
                break
    except Refusal:
        raise
    except Exception as cause:  # see Table.lines
        raise Refusal(C.SHEET_DAMAGED) from cause
    heading, places = _headings([each for each in above if each[0] <= HEADING_WITHIN], columns, ignored)
    return Table(_chained([each for each in above if each[0] > heading], rows), places, merged)


def _chained(first: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def check_container(body: bytes, *, most_unpacked: int = MOST_UNPACKED) -> None:
    """Only what is a small, plain zip goes on to the parser. Refusals as `open_table`, as far as SHEET_DAMAGED."""
    if len(body) > MOST_BYTES:
        raise Refusal(C.SHEET_TOO_LARGE, megabytes=MOST_BYTES // 1_000_000)
    if body.startswith(_OLE):
        raise Refusal(C.SHEET_OLD)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            _check_members(members, most_unpacked)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    # The parser trusts nobody either; but a file that declares entities is no list of people.
                    with archive.open(member) as handle:
                        head = handle.read(4096)
                    if b"<!" in head.replace(b"<!--", b"") or b"\x00" in head:
                        raise Refusal(C.SHEET_DAMAGED)
    except Refusal:
        raise
    except Exception as cause:  # bad magic, bad checksum, an unknown compression
        raise Refusal(C.SHEET_NOT_XLSX) from cause


def _check_members(members: Sequence[zipfile.ZipInfo], most_unpacked: int) -> None:
    names = [member.filename for member in members]
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refusal(C.SHEET_NOT_XLSX)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refusal(C.SHEET_MACROS)
    if any(member.flag_bits & 1 for member in members):
        raise Refusal(C.SHEET_OLD)
    # The sizes a zip declares are kept: zipfile reads no byte more, and a wrong one fails its checksum.
    unpacked = sum(member.file_size for member in members)
    tight = any(
        member.file_size > SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if len(members) > MOST_MEMBERS or len(set(names)) < len(names) or unpacked > most_unpacked or tight:
        raise Refusal(C.SHEET_BOMB)


def _merged(body: bytes, path: str) -> dict[int, set[int]]:
    """{row: places} that merged ranges cover; the reader that streams does not tell."""
    found: dict[int, set[int]] = {}
    from openpyxl.utils.cell import range_boundaries

    covered = 0
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        text = archive.read(path.lstrip("/"))
    for each in _MERGED.finditer(text):
        left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(each[1].decode()))
        last = min(bottom, MOST_LOOKED_AT)
        wide = min(right, MOST_COLUMNS) - left + 1
        covered += max(last - top + 1, 0) * max(wide, 0)
        if covered > MOST_MERGED:
            raise Refusal(C.SHEET_TOO_LONG, most=MOST_ROWS)
        for row in range(top, last + 1):
            found.setdefault(row, set()).update(range(left - 1, min(right, MOST_COLUMNS)))
    return found


def _headings(
    rows: Sequence[Row], columns: Sequence[Column], ignored: Collection[str]
) -> tuple[int, dict[int, Column]]:
    """(number of the heading's row, {place: column}): the row of the first ones that knows most of our headings."""
    known = {name: column for column in columns for name in column.names}
    best, texts = 0, list[tuple[int, str]]()
    most = 0
    for number, row in rows:
        here = [(place, cells.heading(value)) for place, (value, _) in enumerate(row) if not _empty(value)]
        hits = len({known[text].key for _, text in here if text in known})
        if hits > most:
            best, texts, most = number, here, hits
    if not best:
        filled = any(not _empty(value) for _, row in rows for value, _ in row)
        if not filled:
            raise Refusal(C.SHEET_EMPTY)
        wanted = [column.heading for column in columns if column.required]
        raise Refusal(C.SHEET_HEADING_MISSING, columns=_list(wanted))
    places: dict[int, Column] = {}
    unknown, twice = [], []
    for place, text in texts:
        column = known.get(text)
        if column is None:
            if text not in ignored:
                unknown.append(text[:12])
        elif column in places.values():
            twice.append(column.heading)
        else:
            places[place] = column
    missing = [column.heading for column in columns if column.required and column not in places.values()]
    for code, names in (
        (C.SHEET_HEADING_TWICE, twice),
        (C.SHEET_HEADING_MISSING, missing),
        (C.SHEET_HEADING_UNKNOWN, unknown),
    ):
        if names:
            raise Refusal(code, columns=_list(names))
    return best, places


def _list(names: Sequence[str]) -> str:
    return "、".join(names[:12])
