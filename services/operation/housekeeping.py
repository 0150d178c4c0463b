"""What is thrown away when it has served: seen messages, used tickets, spent codes, old answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clock import local_day
from models import (
    BindInvite,
    ChatState,
    Digits,
    IdempotencyKey,
    InboundMessage,
    LoginTicket,
    OAuthState,
    PushDay,
    RateBucket,
    ScanTicket,
    Session,
    store,
)
from models.base import BaseModel
from models.store import Write
from services.accounts import following

SEEN = timedelta(days=7)
SPENT = timedelta(hours=48)
#: Ended sessions stay a while, for questions about a lost phone.
ENDED = timedelta(days=30)


#: Rows forgotten in one write.
AT_ONCE = 500


def prune(*, at: datetime, write: Write = store.write) -> int:
    """Forget what is over; how many rows. Nothing that belongs to a record, a book or the audit."""
    spent, seen = at - SPENT, at - SEEN
    over: list[tuple[type[BaseModel], Any]] = [
        (InboundMessage, InboundMessage.received_at < seen),
        (ScanTicket, ScanTicket.expires_at < spent),
        (Digits, Digits.expires_at < spent),
        (OAuthState, OAuthState.expires_at < spent),
        (LoginTicket, LoginTicket.expires_at < spent),
        (IdempotencyKey, IdempotencyKey.created_at < spent),
        (RateBucket, RateBucket.window_at < spent),
        (ChatState, ChatState.expires_at < spent),
        (BindInvite, (BindInvite.expires_at < seen) & BindInvite.used_at.is_null()),
        (PushDay, PushDay.day < local_day(seen).isoformat()),
        (Session, (Session.expires_at < at - ENDED) | (Session.revoked_at < at - ENDED)),
    ]
    gone = sum(_forget(model, condition, write) for model, condition in over)
    return gone + following.forget_former(at=at, write=write)


def _forget(model: type[BaseModel], over: Any, write: Write) -> int:
    """Look for what is over outside the write, so that a long table keeps nobody waiting, and forget it in parts."""
    key: Any = model._meta.primary_key
    gone = 0
    while True:
        found: Any = model.select(key).where(over).limit(AT_ONCE).tuples()
        keys = [row[0] for row in found]
        if keys:
            forget = model.delete().where(key.in_(keys), over)
            gone += write(lambda act=forget: int(act.execute()))  # type: ignore[misc]
        if len(keys) < AT_ONCE:
            return gone
