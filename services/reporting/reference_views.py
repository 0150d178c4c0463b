"""Reference reports as people read them: the list, one report, the rows below a number, Excel and Word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clock import local_day
from models import ReferenceReport, ReferenceRow, Volunteer
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging.moments import duration
from services.reporting import reference
from services.reporting.reference_rows import PARTS, Term, part_of
from services.workbooks import Cell, Page, pages
from services.writing import Letter
from wording import entry, say

#: Figures that are minutes, and those that only carry a mean.
MINUTES = frozenset({"minutes", "supplement", "hand_minutes", "class_minutes"})
HIDDEN = frozenset({"team_months"})
#: Rows of one part in the Word file; all of them are in Excel.
MOST_IN_WORD = 300


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in the list."""

    code: str
    kind: str
    name: str
    place: str
    from_on: str
    to_on: str
    issuer: str
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is read: its name, the text, the part whose rows it opens to."""

    key: str
    label: str
    text: str
    part: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report. `terms` with their figures; `intact` is None for a draft, else whether every row is as submitted."""

    code: str
    kind: str
    name: str
    place: str
    from_on: str
    to_on: str
    issuer: str
    state: str
    note: str
    made_at: datetime
    made_by: str
    submitted_at: datetime | None
    submitted_by: str
    withdrawn_why: str
    digest: str
    intact: bool | None
    terms: list[tuple[Term, list[Figure]]]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row below a number: its texts, and what it adds."""

    cells: list[str]
    adds: str


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ReportLine]:
    """The reports where the actor may look; filters: kind, state, region."""
    query = ReferenceReport.select().where(
        scopes.within(ReferenceReport.region_code, scopes.readable(actor=actor, at=at))
    )
    for name in ("kind", "state"):
        if wanted.chosen(name):
            query = query.where(getattr(ReferenceReport, name) == wanted.chosen(name))
    if wanted.chosen("region"):
        query = query.where(scopes.within(ReferenceReport.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(ReferenceReport.name.contains(wanted.text))
    sorts = {"made": ReferenceReport.made_at, "name": ReferenceReport.name}
    page = cut(query, wanted=wanted, sorts=sorts, default="-made", tie=ReferenceReport.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    lines = [
        ReportLine(
            row.code, row.kind, row.name, places[row.region_code], row.from_on, row.to_on, row.issuer, row.state,
            row.made_at,
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _seen(actor: Actor, code: str, at: datetime) -> ReferenceReport:
    found = ReferenceReport.get_or_none(ReferenceReport.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, ReferenceReport)
    permissions.require_look(actor=actor, region_code=str(found.region_code), at=at)
    return found


def page(*, actor: Actor, code: str, at: datetime) -> ReportPage:
    """One report. Refusals: NOT_FOUND, NOT_ALLOWED."""
    return _page(_seen(actor, code, at), actor, at)


def _page(found: ReferenceReport, actor: Actor, at: datetime) -> ReportPage:
    ids = [each for each in (found.made_by_id, found.submitted_by_id) if each]
    names = {row.id: row.name for row in Volunteer.select(Volunteer.id, Volunteer.name).where(Volunteer.id.in_(ids))}
    told = found.figures or [{} for _ in found.terms]
    frozen = bool(found.digest)
    return ReportPage(
        found.code, found.kind, found.name, regions.path_name(found.region_code), found.from_on, found.to_on,
        found.issuer, found.state, found.note, found.made_at, names.get(found.made_by_id, ""), found.submitted_at,
        names.get(found.submitted_by_id, ""), found.withdrawn_why, found.digest,
        reference.digest(found) == found.digest if frozen else None,
        [(Term(**term), _figures(sums)) for term, sums in zip(found.terms, told, strict=True)],
        permissions.manages(actor=actor, region_code=str(found.region_code), at=at),
    )  # fmt: skip


def _figures(sums: Mapping[str, int]) -> list[Figure]:
    """The numbers in reading order; the mean of the activeness beside the sums it is made of."""
    labels = entry("reports.figures")
    found = []
    for part, names in PARTS.items():
        for name in names:
            if name in sums and name not in HIDDEN:
                found.append(Figure(name, labels[name], text_of(name, sums), part))
    return found


def text_of(name: str, sums: Mapping[str, int]) -> str:
    """A number as it is read: minutes as hours and minutes, the activeness as a mean, half up."""
    if name == "activeness_sum":
        months = sums.get("team_months", 0)
        return str((2 * sums[name] + months) // (2 * months)) if months else say("reports.words.none")
    return duration(sums[name]) if name in MINUTES else str(sums[name])


def rows(*, actor: Actor, code: str, term: int, figure: str, wanted: Wanted, at: datetime) -> Found[Row]:
    """The rows that one number of one term came from; what they add sums up to it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = _seen(actor, code, at)
    try:
        part = part_of(figure)
    except StopIteration:
        raise Refusal(RefusalCode.NOT_FOUND) from None
    query = ReferenceRow.select().where(
        ReferenceRow.report == found.id, ReferenceRow.term == term, ReferenceRow.part == part
    )
    page = cut(
        query, wanted=wanted, sorts={"number": ReferenceRow.number}, default="number", tie=ReferenceRow.id,
        row=lambda row: Row(list(row.cells), _added(figure, row.sums)),
    )  # fmt: skip
    return Found(page.rows, page.total, page.page, page.size)


def _added(figure: str, sums: Mapping[str, int]) -> str:
    return duration(sums.get(figure, 0)) if figure in MINUTES else str(sums.get(figure, 0))


def headings(part: str) -> list[str]:
    """What stands above the texts of a part's rows."""
    return list(entry("reports.headings")[part])


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
        (labels["source"], say("reports.words.source")), (labels["code"], shown.code),
        *([(labels["digest"], shown.digest)] if shown.digest else []),
        *([(labels["note"], shown.note)] if shown.note else []),
    ]  # fmt: skip


def workbook(*, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name, Excel file): the numbers, then a sheet for the rows of each part. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = _seen(actor, code, at)
    shown = _page(found, actor, at)
    labels, titles = entry("reports.figures"), entry("reports.parts")
    first: list[list[Cell]] = [[label, "", text] for label, text in _head(shown)]
    for number, (term, figures) in enumerate(shown.terms):
        span = say("reports.words.term", label=term.label, first=term.from_on, last=term.to_on)
        sums = found.figures[number] if found.figures else {}
        first += [[span, figure.label, _number(figure, sums)] for figure in figures]
    made = [Page(say("reports.words.summary"), list(entry("reports.headings")["summary"]), first)]
    for place, part, rows in _parts(found):
        names = [name for name in PARTS[part] if name not in HIDDEN]
        sheet = titles[part] if len(shown.terms) == 1 else f"{titles[part]}{place + 1}"
        cells: list[list[Cell]] = [[*row.cells, *(row.sums.get(name, 0) for name in names)] for row in rows]
        made.append(Page(sheet, [*headings(part), *(say("reports.words.adds", name=labels[n]) for n in names)], cells))
    _noted(actor, found, "xlsx", at)
    return f"{shown.name}-{shown.from_on}-{shown.to_on}", pages(made)


def _number(figure: Figure, sums: Mapping[str, int]) -> Cell:
    """As a number a cell can calculate with; hours with one decimal."""
    if figure.key in MINUTES:
        return round(sums[figure.key] / 60, 1)
    return int(figure.text) if figure.text.isdigit() else figure.text


def letter(*, actor: Actor, code: str, at: datetime) -> tuple[str, bytes]:
    """(name, Word file) in the look of an official paper, to go on writing in. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = _seen(actor, code, at)
    shown = _page(found, actor, at)
    paper = Letter(title=say(f"reports.titles.{shown.kind}", name=shown.name), made_at=shown.made_at)
    paper.pairs(_head(shown))
    for number, (term, figures) in enumerate(shown.terms, 1):
        paper.heading(
            say(
                "reports.words.heading", number=_ordinal(number), label=term.label, first=term.from_on,
                last=term.to_on,
            )  # fmt: skip
        )
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


def _ordinal(number: int) -> str:
    words = say("reports.words.numbers")
    return words[number - 1] if number <= len(words) else str(number)


def _noted(actor: Actor, found: ReferenceReport, form: str, at: datetime) -> None:
    audit.note(
        actor=actor, verb="export", subject=f"reference:{found.id}", detail={"form": form, "name": found.name}, at=at,
        region_code=str(found.region_code),
    )  # fmt: skip
