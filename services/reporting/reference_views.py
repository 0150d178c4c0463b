"""Reference reports as people read them: the list, one report, the rows below a number (files: `reference_files`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from frozen import dataclass
from models import ReferenceReport, ReferenceRow, Volunteer
from services import permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging.moments import duration
from services.reporting import reference
from services.reporting.reference_rows import PARTS, Term, part_of
from wording import entry, say

#: Figures that are minutes, and those that only carry a mean.
MINUTES = frozenset({"minutes", "supplement", "hand_minutes", "class_minutes"})
HIDDEN = frozenset({"team_months"})
#: Which of a row's texts are figures.
FIGURE_COLUMNS: Mapping[str, range] = {
    "teams": range(7, 9), "activities": range(4, 9), "by_hand": range(3, 7), "trainings": range(4, 7),
    "assessment": range(3, 7),
}  # fmt: skip


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


def seen(actor: Actor, code: str, at: datetime) -> ReferenceReport:
    """A report, for those who may look at its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = ReferenceReport.get_or_none(ReferenceReport.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, ReferenceReport)
    permissions.require_look(actor=actor, region_code=str(found.region_code), at=at)
    return found


def page(*, actor: Actor, code: str, at: datetime) -> ReportPage:
    """One report. Refusals: NOT_FOUND, NOT_ALLOWED."""
    return told(seen(actor, code, at), actor, at)


def told(found: ReferenceReport, actor: Actor, at: datetime) -> ReportPage:
    """A report in words."""
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
    found = seen(actor, code, at)
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
