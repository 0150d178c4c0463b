"""Somebody else's consent to a broadcast that goes beyond one team (群发审批)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Broadcast, store
from services import audit, decisions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling


def ask(kept: Broadcast, at: datetime) -> None:
    """Tell those who may agree that a broadcast waits for them. Inside the write that lets it wait."""
    notice: Any = kept.notice
    telling.tell(
        kind="broadcast_waiting", key=str(notice.id), at=at, name=notice.sender.name, count=notice.recipients,
        people=sorted(decisions.deciders(region_code=kept.region_code, parties=[notice.sender_id], at=at)),
        url=f"/console/notices/{notice.id}",
    )  # fmt: skip


def agree(*, actor: Actor, notice_id: int, at: datetime) -> None:
    """Let a waiting broadcast go: at its moment, or now.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (`decisions.require_decider`: never the sender),
    NOTICE_STATE (it does not wait any more).
    """
    _decide(actor, notice_id, "due", "", at)


def refuse(*, actor: Actor, notice_id: int, reason: str, at: datetime) -> None:
    """Keep a broadcast from going; the sender reads why. Refusals: REASON_REQUIRED, and those of `agree`."""
    why = reason.strip()
    if not why:
        raise Refusal(RefusalCode.REASON_REQUIRED)
    _decide(actor, notice_id, "refused", why, at)


def _decide(actor: Actor, notice_id: int, state: str, why: str, at: datetime) -> None:
    def act() -> None:
        kept = Broadcast.get_or_none(Broadcast.notice == notice_id)
        if kept is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        notice = kept.notice
        decisions.require_decider(actor=actor, region_code=kept.region_code, parties=[notice.sender_id], at=at)
        taken = (
            Broadcast.update(state=state, decided_by=actor.volunteer_id, decided_at=at, decided_why=why)
            .where(Broadcast.notice == notice.id, Broadcast.state == "waiting")
            .execute()
        )
        if not taken:
            raise Refusal(RefusalCode.NOTICE_STATE)
        audit.changed(
            actor=actor, verb=f"broadcast.{'agreed' if state == 'due' else state}", subject=f"notice:{notice.id}",
            changes={"state": ["waiting", state]}, at=at, reason=why,
        )  # fmt: skip
        if state == "refused":
            telling.tell(
                kind="broadcast_refused", people=[notice.sender_id], key=str(notice.id), at=at, reason=why,
                url=f"/console/notices/{notice.id}",
            )  # fmt: skip

    store.write(act)
