"""What goes out around an import: the template to fill in, and the report of what became of each row."""

from __future__ import annotations

import io
from datetime import datetime

from services import audit
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.imports import batches, cells
from services.imports.batches import RowView
from services.imports.kinds import KINDS
from services.listing import MOST, Wanted
from services.workbooks import workbook
from wording import entry, known, say


def template(*, kind: str) -> bytes:
    """An Excel file with the headings of a kind, every cell set to text, and a second sheet that explains them.

    Refusals: NOT_FOUND.
    """
    if kind not in KINDS:
        raise Refusal(RefusalCode.NOT_FOUND)
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "bg_color": "#F6F3EF", "border": 1, "num_format": "@"})
    sheet = book.add_worksheet(say(f"imports.kinds.{kind}.name")[:31])
    guide = book.add_worksheet(say("imports.report.guide"))
    for place, column in enumerate(cells.columns(kind)):
        sheet.set_column(place, place, 22, text)
        sheet.write_string(0, place, column.heading, bold)
        guide.write_row(
            place + 1, 0, [column.heading, required_words(column.required), column.hint, column.example], text
        )
    for place, word in enumerate(entry("imports.report.guide_columns")):
        guide.write_string(0, place, word, bold)
    guide.set_column(0, 3, 30)
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def required_words(required: bool) -> str:
    """Whether a column must be filled in, as it is told."""
    return say(f"imports.report.{'required' if required else 'optional'}")


def heading_of(kind: str, key: str) -> str:
    """The heading of a column by its key; a field that is no column has its own word."""
    for column in cells.columns(kind):
        if column.key == key:
            return column.heading
    return say(f"imports.fields.{key}") if known(f"imports.fields.{key}") else key


def problems_told(kind: str, row: RowView) -> list[str]:
    """What is wrong with a row, column by column, as sentences."""
    return [f"{heading_of(kind, key)}：{say(f'refusals.{code}')}" for key, code in row.problems]


def changes_told(kind: str, row: RowView) -> list[str]:
    """What changes, field by field; a phone is named, not told."""
    columns = {column.key: column for column in cells.columns(kind)}
    told = []
    for key, (old, new) in row.changes.items():
        if key in columns and columns[key].kind == "choice":
            old, new = (cells.shown(columns[key], each) for each in (old, new))
        arrow = f"：{old or '—'} → {new}" if old or new else ""
        told.append(f"{heading_of(kind, key)}{arrow}")
    return told


def report(*, actor: Actor, code: str, at: datetime) -> bytes:
    """The batch as Excel: each row as it was read (numbers masked) and what became of it. Refusals: NOT_FOUND."""
    batch = batches.readable(actor=actor, code=code, at=at)
    found = batches.rows(actor=actor, code=code, wanted=Wanted(size=MOST), at=at)
    columns = cells.columns(batch.kind)
    words = entry("imports.report")
    headings = [
        words["row"], *(column.heading for column in columns), words["verdict"], words["outcome"], words["problems"],
        words["changes"],
    ]  # fmt: skip
    body = workbook(
        title=words["title"],
        headings=headings,
        rows=(
            [
                row.row_no, *(row.shown.get(column.key, "") for column in columns),
                say(f"imports.verdicts.{row.verdict}"), say(f"imports.outcomes.{row.outcome}"),
                "".join(problems_told(batch.kind, row)), "；".join(changes_told(batch.kind, row)),
            ]
            for row in found.rows
        ),
    )  # fmt: skip
    audit.note(
        actor=actor, verb="export", subject=f"import:{batch.id}", detail={"rows": len(found.rows)}, at=at,
        region_code=batch.region_code,
    )  # fmt: skip
    return body
