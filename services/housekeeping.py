"""What is thrown away when it has served: seen messages, used tickets, spent codes, old answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import (
    BindInvite,
    ChatState,
    Digits,
    IdempotencyKey,
    InboundMessage,
    LoginTicket,
    OAuthState,
    RateBucket,
    ScanTicket,
    Session,
    store,
)

SEEN = timedelta(days=7)
SPENT = timedelta(hours=48)
#: Ended sessions stay a while, for questions about a lost phone.
ENDED = timedelta(days=30)


def prune(*, at: datetime) -> int:
    """Forget what is over; how many rows. Nothing that belongs to a record, a book or the audit."""
    spent, seen = at - SPENT, at - SEEN
    acts = [
        InboundMessage.delete().where(InboundMessage.received_at < seen),
        ScanTicket.delete().where(ScanTicket.expires_at < spent),
        Digits.delete().where(Digits.expires_at < spent),
        OAuthState.delete().where(OAuthState.expires_at < spent),
        LoginTicket.delete().where(LoginTicket.expires_at < spent),
        IdempotencyKey.delete().where(IdempotencyKey.created_at < spent),
        RateBucket.delete().where(RateBucket.window_at < spent),
        ChatState.delete().where(ChatState.expires_at < spent),
        BindInvite.delete().where(BindInvite.expires_at < seen, BindInvite.used_at.is_null()),
        Session.delete().where((Session.expires_at < at - ENDED) | (Session.revoked_at < at - ENDED)),
    ]
    return sum(store.write(lambda act=act: int(act.execute())) for act in acts)  # type: ignore[misc]
