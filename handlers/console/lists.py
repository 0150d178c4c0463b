"""A list of the console: what its address asks for, the page, the Excel file.

A list declares a `Sheet`; the view hands over the service that answers a `Wanted` and how a row becomes cells.
Search, filters, order and page stand in the address, so they survive a reload and can be sent to somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, g, request
from flask.typing import ResponseReturnValue

import clock
from frozen import dataclass
from handlers.console.frame import actor, from_htmx, render
from handlers.pictures import file_name
from services import audit
from services.listing import MOST, Found, Wanted
from services.workbooks import Cell, workbook
from wording import say

T = TypeVar("T")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key among a row's cells, its heading; `sort` where one can sort by it, `figure` for numbers,
    `whole` for names, days and numbers that must not break, `under` another column's key for what the page says
    below that column's figure (only where there is something); in the file it is a column like the others."""

    key: str
    heading: str
    sort: bool = False
    figure: bool = False
    whole: bool = False
    under: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its name in the address, its label, what can be chosen as (value, words); none of them: a day. `unset`
    is the word for nothing chosen."""

    key: str
    label: str
    options: Sequence[tuple[str, str]] = ()
    day: bool = False
    unset: str = "全部"

    def offers(self, value: str) -> bool:
        """Whether this value can be chosen."""
        return _is_day(value) if self.day else value in {option for option, _ in self.options}


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it is declared; `search` says what can be typed into the search box ("" for no box)."""

    name: str
    columns: Sequence[Column]
    choices: Sequence[Choice] = ()
    search: str = ""
    empty: str = "没有符合条件的内容。"

    @property
    def across(self) -> list[Column]:
        """The columns of the page."""
        return [each for each in self.columns if not each.under]

    def below(self, key: str) -> list[Column]:
        """What the page says below this column."""
        return [each for each in self.columns if each.under == key]


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell that is a state: `tone` is ok, wait, bad or ""."""

    text: str
    tone: str = ""


def wanted(sheet: Sheet) -> Wanted:
    """What the address asks of this list; values nobody offers are left out."""
    filters = {}
    for choice in sheet.choices:
        value = request.args.get(choice.key, "")
        if value and choice.offers(value):
            filters[choice.key] = value
    page = request.args.get("page", "1")
    return Wanted(
        text=request.args.get("q", "").strip()[:LONGEST],
        filters=filters,
        sort=request.args.get("sort", "")[:30],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


def answer(
    sheet: Sheet,
    ask: Callable[[Wanted], Found[T]],
    cells: Callable[[T], Mapping[str, Any]],
    *,
    template: str = "list",
    tab: str = "",
    **facts: Any,
) -> ResponseReturnValue:
    """The list as a page, as the part that htmx swaps in, or (`?format=xlsx`) as an Excel file."""
    asked = wanted(sheet)
    if request.args.get("format") == "xlsx":
        return _excel(sheet, ask, cells, asked)
    found = ask(asked)
    rows = [cells(row) for row in found.rows]
    name = "_list" if from_htmx() else template
    return render(name, tab=tab, sheet=sheet, found=found, rows=rows, asked=asked, to=_to, **facts)


def _excel(
    sheet: Sheet, ask: Callable[[Wanted], Found[T]], cells: Callable[[T], Mapping[str, Any]], asked: Wanted
) -> Response:
    g.in_a_file = True  # days as `format.day` writes them there
    found = ask(Wanted(asked.text, asked.filters, asked.sort, 1, MOST))
    rows: Iterable[list[Cell]] = ([_plain(cells(row).get(each.key)) for each in sheet.columns] for row in found.rows)
    if len(found.rows) == MOST:
        rows = chain(rows, [[say("access.lists.cut_off", most=MOST)]])
    body = workbook(title=sheet.name, headings=[each.heading for each in sheet.columns], rows=rows)
    audit.note(
        actor=actor(), verb="export", subject=f"list:{request.path}",
        detail={"rows": len(found.rows), "asked": dict(request.args)}, at=clock.now(),
    )  # fmt: skip
    return excel(body, f"{sheet.name}-{clock.today().isoformat()}")


def excel(body: bytes, name: str) -> Response:
    """An Excel file to be kept under this name."""
    answer = Response(body, mimetype=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(f"{name}.xlsx"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _plain(cell: Any) -> Cell:
    if isinstance(cell, Link | Mark):
        return cell.text
    return cell if isinstance(cell, int | float) or cell is None else str(cell)


def _to(**changes: Any) -> str:
    """The address of this list with some of its questions changed; an empty one is taken out, the page goes to 1."""
    args = {key: value for key, value in request.args.items() if key not in ("page", "done", "format")}
    args |= {key: str(value) for key, value in changes.items()}
    kept = {key: value for key, value in args.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
