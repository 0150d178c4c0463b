"""A reference report to be kept: Excel with every row, Word to go on writing in, PDF to hand in as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clock import local_day
from models import ReferenceReport, ReferenceRow
from services import audit
from services.actors import Actor
from services.parts import Parts
from services.printing import SMALL, Paper
from services.reporting.reference_rows import PARTS, Term
from services.reporting.reference_views import (
    FIGURE_COLUMNS,
    HIDDEN,
    MINUTES,
    Figure,
    ReportPage,
    headings,
    seen,
    told,
)
from services.workbooks import Cell, Page, pages
from services.writing import Letter, fitted
from wording import entry, say

#: Rows of one part in the Word file and in the PDF; all of them are in Excel.
MOST_IN_WORD, MOST_IN_PDF = 300, 60
#: The small type of the PDF's rows (points) and the room between its margins (mm).
TYPE, ROOM = 9, 174


def _parts(found: ReferenceReport) -> list[tuple[int, str, list[Any]]]:
    """(term, part, rows) of all there are."""
    rows = ReferenceRow.select().where(ReferenceRow.report == found.id).order_by(ReferenceRow.number)
    kept: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        kept.setdefault((row.term, row.part), []).append(row)
    return [
        (term, part, kept[(term, part)])
        for term in range(len(found.terms))
        for part in PARTS
        if (term, part) in kept
    ]


def _head(shown: ReportPage) -> list[tuple[str, str]]:
    """What identifies a report: issuer, period, source, dates, state."""
    labels = entry("reports.head")
    last = local_day(shown.submitted_at).isoformat() if shown.submitted_at else say("reports.words.draft")
    return [
        (labels["name"], shown.name), (labels["place"], shown.place), (labels["issuer"], shown.issuer),
        (labels["period"], say("reports.words.period", first=shown.from_on, last=shown.to_on)),
        (labels["made"], local_day(shown.made_at).isoformat()), (labels["submitted"], last),
        *([(labels["withdrawn"], shown.withdrawn_why)] if shown.withdrawn_why else []),
        (labels["source"], say("reports.words.source")), (labels["code"], shown.code),
        *([(labels["digest"], shown.digest)] if shown.digest else []),
        *([(labels["note"], shown.note)] if shown.note else []),
    ]  # fmt: skip


def workbook(*, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name, Excel file): the numbers, then a sheet for the rows of each part. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = seen(actor, code, at)
    shown = told(found, actor, at)
    labels, titles = entry("reports.figures"), entry("reports.parts")
    first: list[list[Cell]] = [[label, "", text] for label, text in _head(shown)]
    for number, (term, figures) in enumerate(shown.terms):
        span = say("reports.words.term", label=term.label, first=term.from_on, last=term.to_on)
        sums = found.figures[number] if found.figures else {}
        first += [[span, _unit(figure), _number(figure, sums)] for figure in figures]
    made = [Page(say("reports.words.summary"), list(entry("reports.headings")["summary"]), first)]
    for place, part, rows in _parts(found):
        names = [name for name in PARTS[part] if name not in HIDDEN]
        sheet = titles[part] if len(shown.terms) == 1 else f"{titles[part]}{place + 1}"
        cells = [[*_cells(part, row.cells), *(row.sums.get(name, 0) for name in names)] for row in rows]
        made.append(Page(sheet, [*headings(part), *(_adds(n, labels[n]) for n in names)], cells))
    _noted(actor, found, "xlsx", at)
    return f"{shown.name}-{shown.from_on}-{shown.to_on}", pages(made)


def _cells(part: str, texts: list[str]) -> list[Cell]:
    """A row's texts, its figures as numbers that a cell can calculate with."""
    figures = FIGURE_COLUMNS.get(part, ())
    return [int(text) if place in figures and text.isdigit() else text for place, text in enumerate(texts)]


def _adds(name: str, label: str) -> str:
    shown = say("reports.words.minutes", label=label) if name in MINUTES else label
    return say("reports.words.adds", name=shown)


def _unit(figure: Figure) -> str:
    return say("reports.words.hours", label=figure.label) if figure.key in MINUTES else figure.label


def _number(figure: Figure, sums: Mapping[str, int]) -> Cell:
    """As a number a cell can calculate with; hours with one decimal."""
    if figure.key in MINUTES:
        return round(sums[figure.key] / 60, 1)
    return int(figure.text) if figure.text.isdigit() else figure.text


def letter(*, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name, Word file) in the look of an official paper, to go on writing in. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = seen(actor, code, at)
    shown = told(found, actor, at)
    paper = Letter(title=say(f"reports.titles.{shown.kind}", name=shown.name), made_at=shown.made_at)
    paper.pairs(_head(shown))
    for number, (term, figures) in enumerate(shown.terms, 1):
        paper.heading(_heading(number, term))
        paper.table(entry("reports.headings")["figures"], [[each.label, each.text] for each in figures])
    titles = entry("reports.parts")
    for place, part, rows in _parts(found):
        paper.heading(say("reports.words.attached", part=titles[part], label=shown.terms[place][0].label))
        paper.table(headings(part), [list(row.cells) for row in rows[:MOST_IN_WORD]])
        if len(rows) > MOST_IN_WORD:
            paper.line(say("reports.words.rest", count=len(rows) - MOST_IN_WORD))
    paper.line(say("reports.words.signed"))
    _noted(actor, found, "docx", at)
    return f"{shown.name}-{shown.from_on}-{shown.to_on}", paper.file()


def paper(*, parts: Parts, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name, PDF): what the page says and the first rows of each part, each page with the report's number, that it is
    a draft or withdrawn where it is, and its digest once submitted. Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    found = seen(actor, code, at)
    shown = told(found, actor, at)
    state = "" if shown.state == "submitted" else say(f"reports.states.{shown.state}")
    footer = say("reports.words.footer", brand=parts.brand, code=shown.code, state=state)
    drawn = Paper(
        title=say(f"reports.titles.{shown.kind}", name=shown.name), subtitle=state, footer=footer, made_at=shown.made_at
    )
    drawn.pairs(_head(shown))
    for number, (term, figures) in enumerate(shown.terms, 1):
        drawn.space(4)
        drawn.line(_heading(number, term))
        drawn.table(
            headings=entry("reports.headings")["figures"], rows=[[each.label, each.text] for each in figures],
            widths=(3, 2), right={1},
        )  # fmt: skip
    drawn.space(4)
    drawn.line(say("reports.words.signed"), size=SMALL)
    titles = entry("reports.parts")
    for place, part, rows in _parts(found):
        drawn.space(4)
        drawn.line(say("reports.words.attached", part=titles[part], label=shown.terms[place][0].label))
        cells = [list(row.cells) for row in rows[:MOST_IN_PDF]]
        drawn.table(
            headings=headings(part), rows=cells, widths=fitted([headings(part), *cells], room=ROOM, size=TYPE),
            right=FIGURE_COLUMNS.get(part, ()), size=TYPE,
        )  # fmt: skip
        if len(rows) > MOST_IN_PDF:
            drawn.line(say("reports.words.rest", count=len(rows) - MOST_IN_PDF), size=SMALL)
    _noted(actor, found, "pdf", at)
    return f"{shown.name}-{shown.from_on}-{shown.to_on}", drawn.pdf()


def _heading(number: int, term: Term) -> str:
    return say(
        "reports.words.heading", number=_ordinal(number), label=term.label, first=term.from_on, last=term.to_on
    )


def _ordinal(number: int) -> str:
    words = say("reports.words.numbers")
    return words[number - 1] if number <= len(words) else str(number)


def _noted(actor: Actor, found: ReferenceReport, form: str, at: datetime) -> None:
    audit.note(
        actor=actor, verb="export", subject=f"reference:{found.id}", detail={"form": form, "name": found.name}, at=at,
        region_code=str(found.region_code),
    )  # fmt: skip
