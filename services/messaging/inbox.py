"""The in-app inbox: every message to a person stands here, whatever channel it took (收件箱).

Also the count of subscription messages a person still allows (订阅次数).
"""

from __future__ import annotations

from datetime import datetime

from clock import from_millis
from frozen import dataclass
from models import Delivery, SubscriptionCredit, store
from queries import outbox as sql
from services.actors import Actor

BEYOND = 2**62
MOST = 100


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One message as its receiver reads it; `url` is a path of ours or ""."""

    id: int
    title: str
    body: str
    url: str
    created_at: datetime
    read: bool


def inbox(*, volunteer_id: int, at: datetime, limit: int = 20, after: int | None = None) -> list[InboxItem]:
    """A person's messages, newest first, withdrawn ones left out; `after` is the last id of the page before."""
    found = sql.rows(sql.INBOX, (volunteer_id, after or BEYOND, max(1, min(limit, MOST))))
    return [
        InboxItem(ident, title, body, url, from_millis(created), read is not None)
        for ident, title, body, url, created, read in found
    ]


def unread(volunteer_id: int) -> int:
    """How many messages a person has not opened."""
    row = sql.one(sql.UNREAD, (volunteer_id,))
    return 0 if row is None else int(row[0])


def mark_read(*, actor: Actor, ids: list[int], at: datetime) -> int:
    """Note that the actor has read these messages of his own; how many were unread. Others' ids do nothing."""
    if not ids or actor.volunteer_id is None:
        return 0
    act = Delivery.update(read_at=at).where(
        Delivery.id.in_(ids[:MOST]), Delivery.volunteer == actor.volunteer_id, Delivery.read_at.is_null()
    )
    return store.write(lambda: int(act.execute()))


def credit(*, identity_id: int, template: str, change: int | None, at: datetime) -> None:
    """Add `change` messages to what a person allows of `template` (its name in the settings); None: all gone."""

    def act() -> None:
        SubscriptionCredit.insert(
            identity=identity_id, template=template, remaining=0
        ).on_conflict_ignore().execute()
        left = 0 if change is None else SubscriptionCredit.remaining + change
        SubscriptionCredit.update(remaining=left).where(
            SubscriptionCredit.identity == identity_id,
            SubscriptionCredit.template == template,
            *([] if change is None or change >= 0 else [SubscriptionCredit.remaining >= -change]),
        ).execute()

    store.write(act)
