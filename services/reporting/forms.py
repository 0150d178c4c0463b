"""套表: the superior's own Excel form, uploaded, its cells named once, filled with figures for any division and period.

The form keeps its looks and its own formulas; what we write is a number or a plain text, never a formula. Whoever
manages a division uploads for it and all below; whoever may count there gets it filled.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import datetime

from frozen import dataclass
from models import OfficeForm, OfficeFormCell, Region, Speciality, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.participation import domains
from services.reporting import form_books
from services.reporting.form_books import Grid
from wording import entry

C = RefusalCode
NAME_LONGEST, FILE_LONGEST = 60, 80
#: Cells of one form that can be named.
MOST_CELLS = 1000
_CELL = re.compile(r"[A-Z]{1,2}[1-9][0-9]{0,3}", re.ASCII)
_LETTERS = string.ascii_uppercase
_COLUMN = re.compile(r"[A-Z]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form in the list."""

    code: str
    name: str
    place: str
    file_name: str
    cells: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A cell that has a figure; `only` says in words what narrows it."""

    sheet: str
    cell: str
    figure: str
    only: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form: its sheets as they look, the cells that have a figure."""

    code: str
    name: str
    place: str
    region_code: str
    grids: list[Grid]
    named: list[Named]
    may_edit: bool


def upload(*, actor: Actor, region_code: str, name: str, file_name: str, body: bytes, at: datetime) -> str:
    """Keep a form for a division and all below it; its code.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage the division), FIELD_WRONG (`name`), those of
    `form_books.opened` (no Excel file, macros, a bomb, too large, a formula that reaches outside).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    if not 0 < len(name.strip()) <= NAME_LONGEST:
        raise Refusal(C.FIELD_WRONG, field="name")
    form_books.opened(body)

    def act() -> str:
        made = OfficeForm.create(
            code=new_code(), region_code=region_code, name=name.strip(), file_name=file_name[:FILE_LONGEST],
            body=body, made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.note(
            actor=actor, verb="form.uploaded", subject=f"form:{made.id}", detail={"name": made.name}, at=at,
            region_code=region_code,
        )  # fmt: skip
        return str(made.code)

    return store.write(act)


def owned(*, actor: Actor, code: str, at: datetime) -> OfficeForm:
    """A form, for those who manage its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = OfficeForm.get_or_none(OfficeForm.code == code, OfficeForm.ended_at.is_null())
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, OfficeForm)
    permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)
    return found


def seen(*, actor: Actor, code: str, at: datetime) -> OfficeForm:
    """A form, for those who may count in its division, below or above it. Refusals: NOT_FOUND."""
    found = OfficeForm.get_or_none(OfficeForm.code == code, OfficeForm.ended_at.is_null())
    mine = scopes.countable(actor=actor, at=at)
    if found is None or not any(
        each.startswith(found.region_code) or found.region_code.startswith(each) for each in mine
    ):
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, OfficeForm)
    return found


def name_cell(
    *, actor: Actor, code: str, sheet: str, cell: str, figure: str, kind: str = "", speciality: str = "",
    domain: str = "", place: str = "", at: datetime,
) -> None:  # fmt: skip
    """Say which figure goes into a cell, and what narrows it; "" as the figure takes the name away.

    Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`sheet`; `cell`: not on the sheet, holds a formula, inside a merged
    range but not its first; `place`, `figure`, `kind`, `speciality`, `domain`: unknown; `cell` also beyond MOST_CELLS).
    """
    form = owned(actor=actor, code=code, at=at)
    cell = cell.strip().upper()
    where = (OfficeFormCell.form == form.id) & (OfficeFormCell.sheet == sheet) & (OfficeFormCell.cell == cell)
    if not figure:
        store.write(OfficeFormCell.delete().where(where).execute)
        return
    if not _CELL.fullmatch(cell):
        raise Refusal(C.FIELD_WRONG, field="cell")
    form_books.require_writable(bytes(form.body), sheet, cell)
    if place and not (place.startswith(str(form.region_code)) and regions.path_names([place])[place]):
        raise Refusal(C.FIELD_WRONG, field="place")
    _put(form, sheet, {cell: place}, _only_known(figure, kind, speciality, domain))


def name_rows(
    *, actor: Actor, code: str, sheet: str, cell: str, names: str, figure: str, kind: str = "", speciality: str = "",
    domain: str = "", at: datetime,
) -> list[int]:  # fmt: skip
    """Say which figure goes into a cell and the cells below it: each counts the place that its row names in the column
    `names` (A, B …), a division below the form's. Rows that name none (合计), or one of two that go by that name, are
    left alone, as cells with a formula are. Answers the numbers of the rows whose text was not understood.

    Refusals: as `name_cell`; `names`: no column, or no row below names a place.
    """
    form = owned(actor=actor, code=code, at=at)
    found, column = _CELL.fullmatch(cell.strip().upper()), names.strip().upper()
    if found is None:
        raise Refusal(C.FIELD_WRONG, field="cell")
    only = _only_known(figure, kind, speciality, domain)
    texts = form_books.named_rows(bytes(form.body), sheet, found[0], column) if _COLUMN.fullmatch(column) else {}
    places = _places(str(form.region_code), set(texts.values()))
    cells = {name: places[text] for name, text in texts.items() if text in places}
    if not cells:
        raise Refusal(C.FIELD_WRONG, field="names")
    _put(form, sheet, cells, only)
    return [int(name.lstrip(_LETTERS)) for name in texts if name not in cells]


def _places(region_code: str, texts: set[str]) -> dict[str, str]:
    """The divisions under `region_code` that go by these names: the nearest to it, and none where two are as near."""
    first, end = regions.below(region_code)
    rows = Region.select(Region.code, Region.name, Region.place_name, Region.level).where(
        Region.code > first, Region.code < end, Region.closed_on.is_null(),
        Region.name.in_(sorted(texts)) | Region.place_name.in_(sorted(texts)),
    )  # fmt: skip
    near: dict[str, dict[int, set[str]]] = {}
    for row in rows:
        for text in {row.name, row.place_name} & texts:
            near.setdefault(text, {}).setdefault(row.level, set()).add(row.code)
    nearest = {text: levels[min(levels)] for text, levels in near.items()}
    return {text: next(iter(codes)) for text, codes in nearest.items() if len(codes) == 1}


def _only_known(figure: str, kind: str, speciality: str, domain: str) -> dict[str, str]:
    """What a cell holds and what narrows it. Refusals: FIELD_WRONG (`figure`, `kind`, `speciality`, `domain`)."""
    known = {
        "figure": figure in entry("reports.form_figures"), "kind": kind in ("", *entry("organisation.kinds")),
        "speciality": not speciality or Speciality.select().where(Speciality.code == speciality).exists(),
        "domain": domain in ("", *(each.code for each in domains.all_domains())),
    }  # fmt: skip
    for field, fine in known.items():
        if not fine:
            raise Refusal(C.FIELD_WRONG, field=field)
    return {"figure": figure, "only_kind": kind, "only_speciality": speciality, "only_domain": domain}


def _put(form: OfficeForm, sheet: str, cells: Mapping[str, str], only: Mapping[str, str]) -> None:
    """Name cells, each with its place. Refusals: FIELD_WRONG (`cell`: more than MOST_CELLS)."""

    def act() -> None:
        OfficeFormCell.delete().where(
            OfficeFormCell.form == form.id, OfficeFormCell.sheet == sheet, OfficeFormCell.cell.in_(list(cells))
        ).execute()
        if OfficeFormCell.select().where(OfficeFormCell.form == form.id).count() + len(cells) > MOST_CELLS:
            raise Refusal(C.FIELD_WRONG, field="cell")
        for cell, place in cells.items():
            OfficeFormCell.insert(form=form.id, sheet=sheet, cell=cell, place=place, **only).execute()

    store.write(act)


def end(*, actor: Actor, code: str, at: datetime) -> None:
    """Nobody fills it from now on. Refusals: NOT_FOUND, NOT_ALLOWED."""
    form = owned(actor=actor, code=code, at=at)

    def act() -> None:
        OfficeForm.update(ended_at=at).where(OfficeForm.id == form.id).execute()
        audit.note(
            actor=actor, verb="form.ended", subject=f"form:{form.id}", detail={"name": form.name}, at=at,
            region_code=str(form.region_code),
        )  # fmt: skip

    store.write(act)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[FormLine]:
    """The forms of the divisions where the actor may count, and those set above them. Refusals: NOT_ALLOWED."""
    mine = scopes.countable(actor=actor, at=at)
    if not mine:
        raise Refusal(C.NOT_ALLOWED)
    above = sorted({step for code in mine for step in regions.lineage(code)})
    seen_here = OfficeForm.region_code.in_(above) | scopes.within(OfficeForm.region_code, mine)
    query = OfficeForm.select().where(OfficeForm.ended_at.is_null(), seen_here)
    if wanted.text:
        query = query.where(OfficeForm.name.contains(wanted.text))
    sorts = {"at": OfficeForm.created_at, "name": OfficeForm.name}
    page = cut(query, wanted=wanted, sorts=sorts, default="-at", tie=OfficeForm.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    lines = [
        FormLine(
            row.code, row.name, places[row.region_code], row.file_name,
            OfficeFormCell.select().where(OfficeFormCell.form == row.id).count(), row.created_at,
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def page(*, actor: Actor, code: str, at: datetime) -> FormPage:
    """A form as it looks, with its named cells. Refusals: NOT_FOUND."""
    form = seen(actor=actor, code=code, at=at)
    query = OfficeFormCell.select().where(OfficeFormCell.form == form.id)
    cells = list(query.order_by(OfficeFormCell.sheet, OfficeFormCell.cell))
    labels = entry("reports.form_figures")
    named = [Named(each.sheet, each.cell, labels.get(each.figure, each.figure), _only(each)) for each in cells]
    return FormPage(
        form.code, form.name, regions.path_name(form.region_code), form.region_code,
        form_books.grids(bytes(form.body)), named,
        permissions.manages(actor=actor, region_code=str(form.region_code), at=at),
    )  # fmt: skip


def _only(cell: OfficeFormCell) -> str:
    speciality = Speciality.get_or_none(Speciality.code == cell.only_speciality) if cell.only_speciality else None
    words = [
        regions.path_names([cell.place])[cell.place] if cell.place else "",
        entry("organisation.kinds").get(cell.only_kind, ""), speciality.name if speciality else "",
        domains.domain_name(cell.only_domain) if cell.only_domain else "",
    ]  # fmt: skip
    return "，".join(word for word in words if word)
