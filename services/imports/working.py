"""What the worker does for imports: read and judge what was uploaded, apply what was approved, a piece at a time.

Each piece is one short, fenced write that also moves the batch on; a worker that stops in between costs lateness,
and the next one goes on behind the last piece. Rows are judged once more in the write that applies them.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from clock import to_millis
from models import ImportBatch, ImportFile, ImportRow, store
from models.store import Write
from queries import bulk
from services import permissions
from services.actors import WORKER, Actor
from services.errors import Refusal, RefusalCode
from services.imports import cells, sheets, transferred
from services.imports.batches import forget, kept, place
from services.imports.kinds import KINDS, TOGETHER
from services.imports.rows import Context, Judged
from services.imports.sheets import Line
from services.messaging import telling
from services.parts import Parts

C = RefusalCode
#: Rows judged, and rows applied, in one write.
READ_AT_ONCE, APPLY_AT_ONCE = 500, 500
#: One turn of the job ends after so long, so that a stop is not kept waiting.
TURN_SECONDS = 20
#: `json.dumps` with these words would make an encoder for every value.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def work(*, parts: Parts, at: datetime, write: Write = store.write, seconds: float = TURN_SECONDS) -> int:
    """Do what is due, oldest batch first; how many rows were handled. Also posts verified hours from before."""
    end = time.monotonic() + seconds
    handled = 0
    # As a list: a cursor left open would keep the snapshot of before the writes.
    due: list[ImportBatch] = list(
        ImportBatch.select().where(ImportBatch.state.in_(["reading", "applying"])).order_by(ImportBatch.id)
    )
    for batch in due:
        step = _read if batch.state == "reading" else _apply
        handled += step(parts, batch, at, write, end)
        if time.monotonic() > end:
            return handled
    return handled + transferred.post_due(at=at, write=write, until=end)


def _context(parts: Parts, batch: ImportBatch, at: datetime) -> Context:
    return Context(parts, batch.region_code, Actor("console", batch.actor_id), batch.id, at)


def _read(parts: Parts, batch: ImportBatch, at: datetime, write: Write, end: float) -> int:
    """Read the file whole, judge it piece by piece from where the last turn ended."""
    file = ImportFile.get_or_none(ImportFile.batch == batch.id)
    if file is None:
        return 0
    body = base64.b64decode(parts.vault.open(file.sealed, place(batch.id, "file")))
    try:
        table = sheets.open_table(
            body=body, columns=cells.columns(batch.kind), ignored=cells.ignored(batch.kind)
        )
        lines = list(table.lines())
        if not lines:
            raise Refusal(C.SHEET_EMPTY)
    except Refusal as refusal:
        why = refusal.code.value
        write(lambda: _give_up(batch.id, why, at))
        return 0
    context = _context(parts, batch, at)
    twice = _twice(context, batch.kind, lines)
    done = batch.done
    while done < len(lines):
        piece = lines[done : done + READ_AT_ONCE]
        made = _judged_rows(context, batch, piece, twice)
        start = done
        if not write(lambda start=start, made=made: _put(batch.id, start, len(lines), made)):  # type: ignore[misc]
            return done - batch.done  # dropped meanwhile
        done += len(piece)
        if time.monotonic() > end and done < len(lines):
            return done - batch.done
    write(lambda: _checked(batch.id))
    return done - batch.done


def _give_up(batch_id: int, why: str, at: datetime) -> None:
    given_up = ImportBatch.update(state="refused", why=why, finished_at=at).where(
        ImportBatch.id == batch_id, ImportBatch.state == "reading"
    )
    if given_up.execute():
        kept(WORKER, batch_id, "unread", at)
        _tell("import_refused", batch_id, at)
    forget(batch_id)


def _tell(kind: str, batch_id: int, at: datetime) -> None:
    """Tell who uploaded it that it is over: it may have taken longer than he stayed."""
    batch = ImportBatch.get_by_id(batch_id)
    counts = _counts(batch_id)
    telling.tell(
        kind=kind, people=[batch.actor_id], key=f"import:{batch_id}", at=at, url=f"/console/imports/{batch.code}",
        file=batch.file_name[:30], done=counts.get("new", 0) + counts.get("changed", 0),
        refused=counts.get("refused", 0),
    )  # fmt: skip


def _twice(context: Context, kind: str, lines: Sequence[Line]) -> dict[int, str]:
    """{row: column} of rows that share a key with one above them."""
    seen: set[tuple[str, str]] = set()
    found: dict[int, str] = {}
    for line in lines:
        for column, key in KINDS[kind].keys(context, line):
            if not line.cell(column):
                continue
            if (column, key) in seen:
                found[line.row_no] = column
            seen.add((column, key))
    return found


def _judged_rows(
    context: Context, batch: ImportBatch, piece: Sequence[Line], twice: dict[int, str]
) -> list[dict[str, object]]:
    columns = {column.key: column for column in cells.columns(batch.kind)}
    made: list[dict[str, object]] = []
    for line, judged in zip(piece, KINDS[batch.kind].judge(context, piece), strict=True):
        if line.row_no in twice:
            judged.wrong(twice[line.row_no], C.ROW_TWICE)
        sealed, _ = context.parts.vault.seal(_json(line.cells), place(batch.id, line.row_no))
        made.append({
            "batch": batch.id, "row_no": line.row_no, "sealed": sealed, "verdict": judged.verdict,
            "shown": {key: cells.shown(columns[key], text) for key, text in line.cells.items()},
            "problems": judged.problems, "changes": judged.changes, "subject": judged.subject,
        })  # fmt: skip
    return made


def _put(batch_id: int, start: int, total: int, made: list[dict[str, object]]) -> bool:
    moved = ImportBatch.update(done=start + len(made), total=total).where(
        ImportBatch.id == batch_id, ImportBatch.state == "reading", ImportBatch.done == start
    )
    if not moved.execute():
        return False
    bulk.insert_all(ImportRow, made)
    return True


def _checked(batch_id: int) -> None:
    ImportBatch.update(state="checked", counts=_counts(batch_id)).where(
        ImportBatch.id == batch_id, ImportBatch.state == "reading"
    ).execute()
    ImportFile.delete().where(ImportFile.batch == batch_id).execute()


def _counts(batch_id: int) -> dict[str, int]:
    query: Any = (
        ImportRow.select(ImportRow.verdict, fn.COUNT(1))
        .where(ImportRow.batch == batch_id)
        .group_by(ImportRow.verdict)
    )
    return {verdict: int(count) for verdict, count in query.tuples()}


def _apply(parts: Parts, batch: ImportBatch, at: datetime, write: Write, end: float) -> int:
    """Apply piece by piece what is left."""
    context = _context(parts, batch, at)
    handled = last = 0
    while time.monotonic() <= end:
        left = bulk.next_rows(batch.id, last, APPLY_AT_ONCE)
        if not left:
            write(lambda: _finish(batch.id, at))
            return handled
        lines = [Line(row_no, json.loads(parts.vault.open(sealed, place(batch.id, row_no)))) for row_no, sealed in left]
        if not write(lambda lines=lines: _apply_piece(context, batch, lines)):  # type: ignore[misc]
            return handled
        handled, last = handled + len(lines), lines[-1].row_no
    return handled


def _apply_piece(context: Context, batch: ImportBatch, lines: Sequence[Line]) -> bool:
    """One write: judged anew, since people and rights have moved on, then applied row by row; False to stop."""
    # The guarded update comes first: it makes a second worker wait, and finds out whether the batch still stands.
    going = ImportBatch.update(done=ImportBatch.done + len(lines)).where(
        ImportBatch.id == batch.id, ImportBatch.state == "applying"
    )
    if not going.execute():
        return False
    if not _still_may(context, batch):
        ImportBatch.update(state="checked", why=C.NOT_ALLOWED.value, done=0).where(
            ImportBatch.id == batch.id
        ).execute()
        kept(WORKER, batch.id, "stopped", context.at)
        return False
    waiting = bulk.waiting_rows(batch.id, lines[0].row_no, lines[-1].row_no)
    mine = [line for line in lines if line.row_no in waiting]
    found = list(zip(mine, KINDS[batch.kind].judge(context, mine), strict=True))
    _enter(context, batch.kind, found)
    at = to_millis(context.at)
    bulk.note_rows(batch.id, [
        (judged.verdict, _json(judged.problems) if judged.problems else "[]",
         _json(judged.changes) if judged.changes else "{}", judged.subject,
         None if judged.verdict == "refused" else at, line.row_no)
        for line, judged in found
    ])  # fmt: skip
    return True


def _enter(context: Context, kind: str, found: Sequence[tuple[Line, Judged]]) -> None:
    """The new ones together where the kind can, everybody else by himself: a "no" of the act is that row's alone."""
    together = TOGETHER.get(kind)
    if together is not None:
        try:
            with store.current().atomic():
                together(context, [(line, judged) for line, judged in found if judged.verdict == "new"])
        except Refusal:
            together = None  # whose it is, each finds out by himself
    for line, judged in found:
        if judged.verdict == "changed" or (judged.verdict == "new" and together is None):
            try:
                with store.current().atomic():
                    judged.subject = KINDS[kind].apply(context, line, judged)
            except Refusal as refusal:
                judged.wrong(line_column(judged), refusal.code)


def line_column(judged: Judged) -> str:
    """Beside which column a "no" of the act itself is told: the first that would have changed."""
    return next(iter(judged.changes), "name")


def _still_may(context: Context, batch: ImportBatch) -> bool:
    return permissions.manages(actor=context.actor, region_code=batch.region_code, at=context.at)


def _finish(batch_id: int, at: datetime) -> None:
    done = ImportBatch.update(state="applied", finished_at=at, counts=_counts(batch_id)).where(
        ImportBatch.id == batch_id, ImportBatch.state == "applying"
    )
    if done.execute():
        kept(WORKER, batch_id, "applied", at)
        _tell("import_done", batch_id, at)
        forget(batch_id)
