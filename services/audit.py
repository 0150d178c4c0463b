"""What must be answered for: who looked at something sealed, took a list away, changed a right (条例 §20, §36)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import AuditEntry, History, store
from services.actors import Actor


def note(*, actor: Actor, verb: str, subject: str, detail: Mapping[str, Any], at: datetime) -> None:
    """Put one line into the audit; append-only. Inside a write it belongs to that write."""
    store.write(
        lambda: AuditEntry.create(
            actor=actor.volunteer_id, verb=verb, subject=subject, detail={**detail, "door": actor.door}, at=at
        )
    )


def changed(
    *, actor: Actor, verb: str, subject: str, changes: Mapping[str, Any], at: datetime, reason: str = ""
) -> None:
    """Put one change into a record's history: {field: [old, new]}; append-only, inside the caller's write."""
    store.write(
        lambda: History.create(
            subject=subject, verb=verb, actor=actor.volunteer_id, changes=dict(changes), reason=reason, at=at
        )
    )
