"""What WeChat reports later about a message it had accepted: it arrived, or it did not."""

from __future__ import annotations

import logging
from datetime import datetime

from models import DeliveryTry, InboundMessage, store
from queries import outbox as sql
from services.messaging import channels, digests

log = logging.getLogger("hongyao.outbox")

SUCCESS = "success"
#: In `failed:user block`: he turned the account's messages off.
BLOCK = "block"


def result_event(*, msgid: str, status: str, at: datetime) -> bool:
    """Keep the platform's word on message `msgid`; False if we do not know the message (yet).

    `success` is noted. Anything else (`failed:user block`, `failed: system failed`) means not reached: the row
    goes to its next channel, or stays in the inbox once its time is over. A bad report may overtake the answer
    to the send; it is then kept and applied by `settle`.
    """

    def act() -> bool:
        attempt = DeliveryTry.get_or_none(DeliveryTry.msgid == msgid)
        if attempt is None:
            if _arrived(status):
                return False
            InboundMessage.insert(
                dedupe_key=f"job:{msgid}", openid="", reply=status, received_at=at
            ).on_conflict_ignore().execute()
            return False
        if attempt.outcome == "sent":
            _apply(attempt, status, at)
        return True

    return store.write(act)


def settle(*, msgid: str, at: datetime) -> None:
    """Apply a report that came before we knew the message's id. Inside the write that records the send."""
    if sql.one(sql.REPORTED, (f"job:{msgid}",)) is not None:
        kept = InboundMessage.get_by_id(f"job:{msgid}")
        kept.delete_instance()
        _apply(DeliveryTry.get(DeliveryTry.msgid == msgid), kept.reply, at)


def _arrived(status: str) -> bool:
    return status.strip().lower() == SUCCESS


def _apply(attempt: DeliveryTry, status: str, at: datetime) -> None:
    arrived = _arrived(status)
    attempt.outcome = "delivered" if arrived else "refused"
    attempt.save(only=["outcome"])
    if arrived:
        return
    log.warning("delivery %s on %s: %s", attempt.delivery.id, attempt.channel, status)
    row = attempt.delivery
    if attempt.channel == channels.TPL and BLOCK in status.lower():
        channels.blocked(volunteer_id=row.volunteer_id, form=str(row.data["form"]))
    if row.state == "sent" and row.channel == attempt.channel:
        over = row.expires_at is not None and row.expires_at <= at
        row.state = "inbox" if over else "queued"
        row.skip = f"{row.skip},{attempt.channel}" if row.skip else attempt.channel
        row.channel, row.sent_at, row.due_at = "", None, at
        row.save(only=["state", "skip", "channel", "sent_at", "due_at"])
        if row.kind == digests.KIND:
            digests.not_sent(digest_id=row.id)
