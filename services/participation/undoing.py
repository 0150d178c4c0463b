"""Taking back a check-in or a check-out that was a mistake, with the reason; nothing of it is lost.

The tries stay in the log, the times go to the record's history. A leader does it for others, never for himself; a
confirmed record is not undone but corrected or annulled (`services.bookkeeping.records`). Whoever was undone may
check in again. Here, too, somebody looks at a late scan that was doubted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Attempt, ServiceRecord, store
from services import audit, decisions
from services.actors import Actor
from services.bookkeeping import corrections
from services.errors import Refusal, RefusalCode
from services.participation import late
from services.participation.judging import UNDONE

C = RefusalCode
SIDES = ("in", "out")


def undo(*, actor: Actor, record_id: int, side: str, reason: str, at: datetime) -> None:
    """Take back a check-in (`in`, and the check-out with it) or a check-out (`out`).

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, RECORD_STATE (not pending any more, or no such
    check-out).
    """
    record = _led(actor, record_id, at, [])
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    if side not in SIDES:
        raise Refusal(C.BAD_REQUEST, why="side")
    doubts = {} if side == "in" else {"in": late.read(record.needs_review).get("in", "")}
    fields: dict[str, Any] = {
        "out_at": None, "out_mode": "", "closed_by": "", "minutes": 0, "overlap": 0, "why": "inside",
        "needs_review": late.said(doubts), "updated_at": at,
    }  # fmt: skip
    if side == "in":
        fields |= {"state": "void", "why": UNDONE}
    names = ["in_at", "out_at"] if side == "in" else ["out_at"]

    def act() -> None:
        changed = ServiceRecord.update(fields).where(
            ServiceRecord.id == record.id, ServiceRecord.state == "pending",
            ServiceRecord.out_at.is_null(False) if side == "out" else ServiceRecord.in_at.is_null(False),
        )  # fmt: skip
        if not changed.execute():
            raise Refusal(C.RECORD_STATE)
        changes = {name: [_iso(getattr(record, name)), None] for name in names}
        _note(actor, record, f"undo_{side}", changes, reason, at)
        corrections.settle(record_id=record.id, actor=actor, reason=reason, at=at)

    store.write(act)


def review(*, actor: Actor, record_id: int, believe: bool, reason: str, at: datetime) -> None:
    """Somebody looks at a record that a late scan made doubtful: believed, it counts; else the doubtful side goes.

    Neither the one who served nor a leader who brought the scans decides: his deputy does, or the station.
    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, RECORD_STATE (nothing is doubted).
    """
    record = _led(actor, record_id, at, _bringers(record_id))
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    doubts = late.read(record.needs_review)
    if record.state != "pending" or not doubts:
        raise Refusal(C.RECORD_STATE)
    if not believe and "in" in doubts:
        undo_reviewed(actor, record, "in", reason, at)
        return
    if not believe or doubts.get("out") == "clock":  # a check-out before its check-in cannot be believed
        undo_reviewed(actor, record, "out", reason, at)
        return

    def act() -> None:
        ServiceRecord.update(needs_review="", updated_at=at).where(ServiceRecord.id == record.id).execute()
        _note(actor, record, "review", {"needs_review": [record.needs_review, ""]}, reason, at)
        corrections.settle(record_id=record.id, actor=actor, reason=reason, at=at)

    store.write(act)


def undo_reviewed(actor: Actor, record: ServiceRecord, side: str, reason: str, at: datetime) -> None:
    """What was looked at and not believed is taken back."""
    undo(actor=actor, record_id=record.id, side=side, reason=reason, at=at)


def _led(actor: Actor, record_id: int, at: datetime, more: list[int]) -> ServiceRecord:
    record = ServiceRecord.get_or_none(ServiceRecord.id == record_id, ServiceRecord.source == "scan")
    if record is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=record.region_code, parties=[record.volunteer_id, *more], at=at,
        team_id=record.team_id,
    )  # fmt: skip
    assert isinstance(record, ServiceRecord)
    return record


def _bringers(record_id: int) -> list[int]:
    """The leaders whose phones brought this record's scans."""
    record = ServiceRecord.get_or_none(ServiceRecord.id == record_id)
    if record is None:
        return []
    query = (
        Attempt.select(Attempt.actor)
        .where(
            Attempt.volunteer == record.volunteer_id, Attempt.shift == record.shift_id,
            Attempt.kit_id.is_null(False), Attempt.actor.is_null(False),
        )
        .distinct()
    )  # fmt: skip
    return [row.actor_id for row in query]


def _note(
    actor: Actor, record: ServiceRecord, verb: str, changes: dict[str, list[Any]], reason: str, at: datetime
) -> None:
    audit.changed(
        actor=actor, verb=verb, subject=f"record:{record.id}", changes=changes, reason=reason.strip()[:200], at=at
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
