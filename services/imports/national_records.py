"""Which service records have been entered in the national system, as the list comes back filled in (S72)."""

from __future__ import annotations

from collections.abc import Sequence

from models import ServiceRecord
from services import audit
from services.errors import RefusalCode
from services.imports.rows import Context, Judged, begun
from services.imports.sheets import Line

C = RefusalCode


def keys(context: Context, line: Line) -> list[tuple[str, str]]:
    """A record stands in a file once."""
    return [("record", line.cell("record"))]


def judge(context: Context, lines: Sequence[Line]) -> list[Judged]:
    """The record by its number; one of another division is not there."""
    numbers = {int(line.cell("record")) for line in lines if _is_number(line.cell("record"))}
    query = ServiceRecord.select().where(
        ServiceRecord.id.in_(sorted(numbers)), ServiceRecord.state == "confirmed"
    )
    known = {row.id: row for row in query} if numbers else {}
    judgements = []
    for line in lines:
        judged = begun(line)
        judgements.append(judged)
        record = known.get(int(line.cell("record"))) if _is_number(line.cell("record")) else None
        if record is None or not record.region_code.startswith(context.region_code):
            judged.wrong("record", C.ROW_RECORD_UNKNOWN)
        if judged.verdict == "refused" or record is None:
            continue
        judged.subject = f"record:{record.id}"
        judged.plan = record
        if record.national_state != line.cell("entered"):
            judged.change("entered", record.national_state, line.cell("entered"))
        number = line.cell("national_no") if line.cell("entered") == "yes" else ""
        if record.national_no != number:
            judged.change("national_no", record.national_no, number)
    return judgements


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def apply(context: Context, line: Line, judged: Judged) -> str:
    """State, number and day of the entry (S72)."""
    record = judged.plan
    entered = line.cell("entered")
    ServiceRecord.update(
        national_state=entered, national_no=line.cell("national_no") if entered == "yes" else "",
        national_at=context.at, updated_at=context.at,
    ).where(ServiceRecord.id == record.id).execute()  # fmt: skip
    audit.changed(
        actor=context.actor, verb="national", subject=f"record:{record.id}", changes=judged.changes,
        reason=f"import:{context.batch_id}", at=context.at,
    )  # fmt: skip
    return f"record:{record.id}"
