"""A file's way through the house: uploaded, read and judged without changing anything, applied when its owner says so.

The requests only put down what is wanted (`reading`, `applying`); the worker does it (`services/imports/working`).
A batch belongs to a division: who manages it may import, who may look there may read the batch.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import ImportBatch, ImportFile, ImportRow, Volunteer, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.imports import cells, sheets
from services.imports.kinds import KINDS
from services.listing import Found, Wanted, cut
from services.parts import Parts
from services.policy import modules

C = RefusalCode
VERDICTS = ("new", "changed", "same", "refused")
NAME_LONGEST = 80


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch; `counts` by verdict, `why` the refusal code of a file that could not be read or went back, `number`
    that of its history."""

    code: str
    kind: str
    region_code: str
    region_name: str
    file_name: str
    state: str
    total: int
    done: int
    counts: dict[str, int]
    why: str
    by: str
    mine: bool
    created_at: datetime
    finished_at: datetime | None
    number: int

    @property
    def ready(self) -> int:
        """Rows that would change something."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)

    @property
    def running(self) -> bool:
        """Whether the worker is at it."""
        return self.state in ("reading", "applying")


@dataclass(frozen=True, slots=True)
class RowView:
    """A row with what becomes or became of it; outcome is waiting, applied, same, refused or dropped."""

    row_no: int
    shown: dict[str, str]
    verdict: str
    problems: list[tuple[str, str]]
    changes: dict[str, list[str]]
    outcome: str


def place(batch_id: int, row_no: int | str) -> str:
    """Where a sealed row, or the file, opens."""
    return f"import.{batch_id}:{row_no}"


def upload(
    *, parts: Parts, actor: Actor, kind: str, region_code: str, file_name: str, body: bytes, at: datetime
) -> str:
    """Take a file in for a dry run; its headings are understood already. The same file again is the same batch.

    Refusals: BAD_REQUEST (kind), NOT_FOUND / NOT_ALLOWED (not his division), MODULE_OFF, those of `sheets.open_table`.
    """
    if kind not in KINDS:
        raise Refusal(C.BAD_REQUEST, why="kind")
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    modules.require(module="imports", region_code=region_code, at=at)
    sheets.open_table(body=body, columns=cells.columns(kind), ignored=cells.ignored(kind))
    digest = hashlib.sha256(body).hexdigest()

    def act() -> str:
        same = ImportBatch.get_or_none(
            ImportBatch.actor == actor.volunteer_id, ImportBatch.kind == kind, ImportBatch.region_code == region_code,
            ImportBatch.file_hash == digest, ImportBatch.state.in_(["reading", "checked", "applying"]),
        )  # fmt: skip
        if same is not None:
            return str(same.code)
        name = "".join(letter for letter in file_name if letter.isprintable())[-NAME_LONGEST:]
        batch = ImportBatch.create(
            code=new_code(), kind=kind, region_code=region_code, file_name=name, file_hash=digest, state="reading",
            actor=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        sealed, _ = parts.vault.seal(base64.b64encode(body).decode(), place(batch.id, "file"))
        ImportFile.create(batch=batch.id, sealed=sealed)
        audit.note(
            actor=actor, verb="import", subject=f"import:{batch.id}", detail={"kind": kind, "file": name}, at=at,
            region_code=region_code,
        )  # fmt: skip
        kept(actor, batch.id, "uploaded", at)
        return str(batch.code)

    return store.write(act)


def start(*, actor: Actor, code: str, at: datetime) -> None:
    """Let the worker apply a checked batch; only who brought the file. Said twice it is once.

    Refusals: NOT_FOUND, NOT_ALLOWED, BATCH_STATE.
    """

    def act() -> None:
        batch = _mine(actor, code, at)
        if batch.state in ("applying", "applied"):
            return
        due = ImportBatch.update(state="applying", done=0, why="").where(
            ImportBatch.id == batch.id, ImportBatch.state == "checked"
        )
        if not due.execute():
            raise Refusal(C.BATCH_STATE)
        detail = {"kind": batch.kind, "counts": batch.counts}
        audit.note(
            actor=actor, verb="import.apply", subject=f"import:{batch.id}", detail=detail, at=at,
            region_code=batch.region_code,
        )  # fmt: skip
        kept(actor, batch.id, "started", at)

    store.write(act)


def drop(*, actor: Actor, code: str, at: datetime) -> None:
    """Give a batch up that has not been applied; its cells are forgotten.

    Refusals: NOT_FOUND, NOT_ALLOWED, BATCH_STATE.
    """

    def act() -> None:
        batch = _mine(actor, code, at)
        gone = ImportBatch.update(state="dropped", finished_at=at).where(
            ImportBatch.id == batch.id, ImportBatch.state.in_(["reading", "checked"])
        )
        if not gone.execute():
            raise Refusal(C.BATCH_STATE)
        kept(actor, batch.id, "dropped", at)
        forget(batch.id)

    store.write(act)


def kept(actor: Actor, batch_id: int, step: str, at: datetime, reason: str = "") -> None:
    """One line of a batch's history; inside the caller's write."""
    audit.changed(
        actor=actor, verb=f"import.{step}", subject=f"import:{batch_id}", changes={}, at=at, reason=reason
    )  # fmt: skip


def forget(batch_id: int) -> None:
    """Nobody needs the cells any more: what is masked stays, what was sealed goes. Inside the caller's write."""
    ImportFile.delete().where(ImportFile.batch == batch_id).execute()
    ImportRow.update(sealed=b"").where(ImportRow.batch == batch_id, ImportRow.sealed != b"").execute()


def _mine(actor: Actor, code: str, at: datetime) -> ImportBatch:
    batch = readable(actor=actor, code=code, at=at)
    permissions.require_manage(actor=actor, region_code=batch.region_code, at=at)
    if batch.actor_id != actor.volunteer_id:
        raise Refusal(C.NOT_ALLOWED)
    return batch


def readable(*, actor: Actor, code: str, at: datetime) -> ImportBatch:
    """The batch for one who may look at its division. Refusals: NOT_FOUND."""
    found = ImportBatch.get_or_none(ImportBatch.code == code)
    if found is None or not scopes.covers(scopes.readable(actor=actor, at=at), found.region_code):
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, ImportBatch)
    return found


def view(*, actor: Actor, code: str, at: datetime) -> BatchView:
    """One batch. Refusals: NOT_FOUND."""
    return _view(readable(actor=actor, code=code, at=at), actor)


def _view(batch: ImportBatch, actor: Actor) -> BatchView:
    return BatchView(
        batch.code, batch.kind, batch.region_code, regions.name_of(batch.region_code), batch.file_name, batch.state,
        batch.total, batch.done, batch.counts, batch.why, batch.actor.name if batch.actor is not None else "",
        batch.actor_id == actor.volunteer_id, batch.created_at, batch.finished_at, batch.id,
    )  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[BatchView]:
    """The batches of the actor's divisions, the newest first; filters kind and state."""
    query = (
        ImportBatch.select(ImportBatch, Volunteer)
        .left_outer_join(Volunteer, on=ImportBatch.actor)
        .where(scopes.within(ImportBatch.region_code, scopes.readable(actor=actor, at=at)))
    )
    for name, column in (("kind", ImportBatch.kind), ("state", ImportBatch.state)):
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if wanted.text:
        query = query.where(ImportBatch.file_name.contains(wanted.text))
    sorts = {"at": ImportBatch.created_at, "rows": ImportBatch.total}
    return cut(
        query,
        wanted=wanted,
        sorts=sorts,
        default="-at",
        tie=ImportBatch.id,
        row=lambda row: _view(row, actor),
    )


def rows(*, actor: Actor, code: str, wanted: Wanted, at: datetime) -> Found[RowView]:
    """The rows of a batch as Excel counts them; filter verdict, the text is looked for in what is shown."""
    batch = readable(actor=actor, code=code, at=at)
    query = ImportRow.select().where(ImportRow.batch == batch.id)
    if wanted.chosen("verdict"):
        query = query.where(ImportRow.verdict == wanted.chosen("verdict"))
    if wanted.text:
        query = query.where(ImportRow.shown.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"row": ImportRow.row_no}, default="row", tie=ImportRow.row_no,
        row=lambda row: _row(row, batch.state),
    )  # fmt: skip


def _row(row: Any, state: str) -> RowView:
    outcome = (
        row.verdict if row.verdict in ("same", "refused") else "applied" if row.applied_at else "waiting"
    )
    if state == "dropped" and outcome == "waiting":
        outcome = "dropped"
    problems = [(column, code) for column, code in row.problems]
    return RowView(row.row_no, row.shown, row.verdict, problems, row.changes, outcome)
