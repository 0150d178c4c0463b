"""Hours from before, verified by another person than the importer, then posted: minutes, never points (三(四), S72).

The verifier's word is one statement; the worker posts what was verified piece by piece.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from peewee import fn

from clock import to_millis
from frozen import dataclass
from models import ImportBatch, ServiceRecord, TransferredHours, store
from models.store import Write
from queries import books as sql
from services import audit, decisions
from services.actors import Actor
from services.bookkeeping import books
from services.errors import Refusal, RefusalCode
from services.imports.batches import kept, readable

C = RefusalCode
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a batch waits to be verified, and whether this person may; minutes and records."""

    records: int
    minutes: int
    verified: int
    may: bool


def waiting(*, actor: Actor, code: str, at: datetime) -> Waiting:
    """How the hours of a batch stand. Refusals: NOT_FOUND."""
    batch = readable(actor=actor, code=code, at=at)
    row = (
        ServiceRecord.select(fn.COUNT(1), fn.COALESCE(fn.SUM(ServiceRecord.minutes), 0))
        .join(TransferredHours)
        .where(
            TransferredHours.batch == batch.id,
            ServiceRecord.state == "pending",
            TransferredHours.verified_at.is_null(),
        )
        .tuples()
        .first()
    )
    verified = TransferredHours.select().where(
        TransferredHours.batch == batch.id, TransferredHours.verified_at.is_null(False)
    )
    may = decisions.may_decide(actor=actor, region_code=batch.region_code, parties=[batch.actor_id], at=at)
    return Waiting(int(row[0]), int(row[1]), verified.count(), may)


def verify(*, actor: Actor, code: str, at: datetime) -> int:
    """The hours of this batch are right: how many records. One's own record waits for somebody else.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (he imported it), BATCH_STATE (not applied, or nothing waits).
    """

    def act() -> int:
        batch = _decidable(actor, code, at)
        ids = _open(actor, batch, at)
        count = ids.count()
        TransferredHours.update(verified_by=actor.volunteer_id, verified_at=at).where(
            TransferredHours.record.in_(ids), TransferredHours.verified_at.is_null()
        ).execute()
        if not count and not _pending(batch.id).exists():
            raise Refusal(C.BATCH_STATE)
        _note(actor, batch, "hours.verify", "", at)
        return int(count)

    return store.write(act)


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> int:
    """The hours of this batch are not proved: their records are void. How many.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, BATCH_STATE.
    """

    def act() -> int:
        batch = _decidable(actor, code, at)
        if not reason.strip():
            raise Refusal(C.REASON_REQUIRED)
        ids = [row.id for row in _open(actor, batch, at)]
        if not ids:
            raise Refusal(C.BATCH_STATE)
        ServiceRecord.update(state="void", updated_at=at).where(
            ServiceRecord.id.in_(_open(actor, batch, at)), ServiceRecord.state == "pending"
        ).execute()
        _note(actor, batch, "hours.refuse", reason.strip(), at)
        return len(ids)

    return store.write(act)


def _decidable(actor: Actor, code: str, at: datetime) -> ImportBatch:
    batch = readable(actor=actor, code=code, at=at)
    decisions.require_decider(actor=actor, region_code=batch.region_code, parties=[batch.actor_id], at=at)
    if batch.kind != "hours" or batch.state != "applied":
        raise Refusal(C.BATCH_STATE)
    return batch


def _pending(batch_id: int) -> Any:
    return (
        ServiceRecord.select(ServiceRecord.id)
        .join(TransferredHours)
        .where(TransferredHours.batch == batch_id, ServiceRecord.state == "pending")
    )


def _open(actor: Actor, batch: ImportBatch, at: datetime) -> Any:
    """The records nobody has verified yet, without those of people in whose matters the actor does not decide."""
    own = decisions.own_matters(actor=actor, region_code=batch.region_code, at=at)
    query = _pending(batch.id).where(TransferredHours.verified_at.is_null())
    return query.where(ServiceRecord.volunteer.not_in(list(own))) if own else query


def _note(actor: Actor, batch: ImportBatch, verb: str, reason: str, at: datetime) -> None:
    audit.note(
        actor=actor, verb=verb, subject=f"import:{batch.id}", detail={"reason": reason}, at=at,
        region_code=batch.region_code,
    )  # fmt: skip
    kept(actor, batch.id, verb, at, reason)


def post_due(*, at: datetime, write: Write = store.write, until: float | None = None) -> int:
    """Post the minutes of verified records, oldest first; how many. For the worker."""
    posted = 0
    while until is None or time.monotonic() <= until:
        due = [
            row.id
            for row in ServiceRecord.select(ServiceRecord.id)
            .join(TransferredHours)
            .where(
                ServiceRecord.source == "transferred", ServiceRecord.state == "pending",
                TransferredHours.verified_at.is_null(False),
            )
            .order_by(ServiceRecord.id)
            .limit(AT_ONCE)
        ]  # fmt: skip
        if not due:
            break
        posted += write(lambda due=due: _post(due, at))  # type: ignore[misc]
    return posted


def _post(ids: list[int], at: datetime) -> int:
    query = (
        ServiceRecord.select(ServiceRecord, TransferredHours)
        .join(TransferredHours)
        .where(ServiceRecord.id.in_(ids))
        .order_by(ServiceRecord.id)
    )
    count = 0
    for record in query:
        verifier = record.transferredhours.verified_by_id
        if sql.confirm(record_id=record.id, actor_id=verifier, now=to_millis(at)):
            books.post_service(record=record, actor_id=verifier, at=at)
            count += 1
    return count
