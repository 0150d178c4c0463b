"""What must be answered for: who looked at something sealed, took a list away, changed a right (条例 §20, §36)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import AuditEntry, History, RoleGrant, Team, TeamMember, Volunteer, store
from queries import bulk
from services.actors import Actor


def note(
    *, actor: Actor, verb: str, subject: str, detail: Mapping[str, Any], at: datetime, region_code: str = ""
) -> None:
    """Put one line into the audit; append-only. Inside a write it belongs to that write.

    `region_code` says where it happened; left out, it is the subject's division, or for a list the actor's.
    """
    store.write(
        lambda: AuditEntry.create(
            actor=actor.volunteer_id, verb=verb, subject=subject, detail={**detail, "door": actor.door}, at=at,
            region_code=region_code or _place(subject, actor),
        )
    )  # fmt: skip


def _place(subject: str, actor: Actor) -> str:
    """The division of what was touched: a team's own, a person's home team's, a division itself."""
    kind, _, key = subject.partition(":")
    if kind == "region":
        return key
    if kind == "team" and key.isdigit():
        return str(Team.select(Team.region_code).where(Team.id == int(key)).scalar() or "")
    if kind == "volunteer" and key.isdigit():
        return _home(int(key))
    granted = RoleGrant.select(RoleGrant.region_code).where(
        RoleGrant.volunteer == actor.volunteer_id,
        RoleGrant.region_code.is_null(False),
        RoleGrant.until.is_null(),
    )
    return min((str(row.region_code) for row in granted), key=len, default="") or _home(
        actor.volunteer_id or 0
    )


def _home(volunteer_id: int) -> str:
    running = (TeamMember.volunteer == volunteer_id) & TeamMember.to_at.is_null()
    home = TeamMember.select(Team.region_code).join(Team).where(running).order_by(TeamMember.home.desc())
    lives = Volunteer.select(Volunteer.region_code).where(Volunteer.id == volunteer_id)
    return str(home.limit(1).scalar() or lives.scalar() or "")


def changed(
    *, actor: Actor, verb: str, subject: str, changes: Mapping[str, Any], at: datetime, reason: str = ""
) -> None:
    """Put one change into a record's history: {field: [old, new]}; append-only, inside the caller's write."""
    store.write(
        lambda: History.create(
            subject=subject, verb=verb, actor=actor.volunteer_id, changes=dict(changes), reason=reason, at=at
        )
    )


def changed_many(
    *, actor: Actor, verb: str, changes: Mapping[str, Mapping[str, Any]], at: datetime, reason: str = ""
) -> None:
    """Put one act's change into the history of each of many records, {subject: {field: [old, new]}}; append-only,
    inside the caller's write."""
    if changes:
        rows = [
            {"subject": subject, "verb": verb, "actor": actor.volunteer_id, "changes": each, "reason": reason,
             "at": at}
            for subject, each in changes.items()
        ]  # fmt: skip
        store.write(lambda: bulk.insert_all(History, rows))
