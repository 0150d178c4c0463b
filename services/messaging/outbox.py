"""The one outbox: what is to be told stands in rows, is claimed, looked at again, sent, written down.

`put` runs inside the act that has something to tell. `deliver_due` claims a batch and commits; then, for each
row: one write that looks whether it is still true and marks the channel about to be used, the HTTP call
outside any transaction, one write of the result, fenced by the lease. A worker that dies in between loses
nothing: the lease runs out and `requeue_stale` decides by the mark. Template messages carry a fixed
`client_msg_id` and are repeated within ten minutes; a channel without one is never repeated (design §6.10).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from clock import EPOCH, from_millis, to_millis
from models import store
from models.store import Write
from queries import outbox as sql
from services.messaging import catalogue, quiet
from services.messaging.catalogue import BROADCAST, NEWS, REMINDER, SAFETY
from services.messaging.channels import CS, SMS, SUB
from services.messaging.delivering import APART, LEASE, claim, deliver_due, note
from services.messaging.inbox import InboxItem, credit, inbox, mark_read, unread
from services.messaging.results import result_event
from services.messaging.still import ABOUT_COMING

__all__ = [
    "BROADCAST", "NEWS", "REMINDER", "SAFETY", "InboxItem", "claim", "credit", "deliver_due", "doubt", "inbox",
    "mark_read", "put", "requeue_stale", "result_event", "unread", "withdraw",
]  # fmt: skip

#: More than are made in the ten minutes in which a template may be repeated.
LATEST_TRIES = 20_000


def put(
    *,
    notice_id: int,
    volunteer_id: int,
    kind: str,
    dedupe_key: str,
    title: str,
    body: str,
    form: str,
    values: Mapping[str, str],
    at: datetime,
    url: str = "",
    priority: int | None = None,
    activity_id: int | None = None,
    shift_id: int | None = None,
    activity_version: int | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    identity_id: int | None = None,
    starts_at: datetime | None = None,
) -> int | None:
    """Queue one message to one person, inside the caller's write; None if `dedupe_key` was there already.

    `kind` is a line of the catalogue, which says its lane and how long it is worth sending where the caller does not.
    `title` and `body` are what the person reads in the inbox, `url` a path of ours; `form` names the template
    (wording/templates.toml) and `values` its fields, brought here into the platform's form. `identity_id`: to this
    WeChat alone; `starts_at`: when what it is about begins. Raises KeyError (no such kind), catalogue.Unfit (values).
    """
    line = catalogue.kind(kind)
    if priority is None:
        near = line.urgent == catalogue.WHILE_NEAR and starts_at is not None
        priority = line.lane(near=near and quiet.near(activity_id=activity_id, starts_at=starts_at, at=at))
    if expires_at is None:
        expires_at = (due_at or at) + line.lasts
    return sql.put(
        (
            notice_id,
            volunteer_id,
            kind,
            dedupe_key,
            priority,
            title,
            body,
            url,
            catalogue.packed(form, catalogue.fitted(kind, values), identity_id),
            activity_id,
            shift_id,
            activity_version,
            to_millis(due_at or at),
            to_millis(expires_at),
            to_millis(at),
        )  # fmt: skip
    )


def withdraw(
    *,
    at: datetime,
    shift_id: int | None = None,
    volunteer_id: int | None = None,
    activity_id: int | None = None,
    notice_id: int | None = None,
) -> int:
    """Take back what waits and has become untrue; how many. Inside a write or alone.

    By shift and/or person: messages about a coming activity (the person leaves). By activity alone: those that
    carry an older time or place, or all of them once it is no longer published. By notice: everything.
    """
    conditions: list[tuple[str, tuple[object, ...]]] = []
    for column, value in (
        ("notice_id", notice_id), ("shift_id", shift_id), ("volunteer_id", volunteer_id), ("activity_id", activity_id),
    ):  # fmt: skip
        if value is not None:
            conditions.append((f"{column} = ?", (value,)))
    if not conditions:
        raise ValueError("withdraw needs to know what")
    if notice_id is None:
        conditions.append(("kind IN (?, ?, ?)", ABOUT_COMING))
    if activity_id is not None and volunteer_id is None and shift_id is None:
        text = (
            "NOT EXISTS (SELECT 1 FROM activity a WHERE a.id = delivery.activity_id AND a.state = 'published' "
            "AND a.version = delivery.activity_version)"
        )
        conditions.append((text, ()))
    return store.write(lambda: sql.withdraw(conditions))


def forget_reminders(*, shift_id: int, mark: str) -> None:
    """A shift moved: what waits to remind of its old time is taken back, and what was said of it no longer stands in
    the way of a reminder of the new one. Inside the caller's write; `mark` tells the keys of old ones apart."""
    sql.change(sql.FORGET_REMINDERS, (f":{mark}", shift_id))


def requeue_stale(*, at: datetime, limit: int = 200, write: Write = store.write) -> int:
    """Give back rows whose worker died, `limit` in one write; how many. Run by the leader.

    A row without a mark was not begun: queued. A template was perhaps sent: queued, with the try noted at the
    moment it began, so the ten minutes count from there. Another channel was perhaps sent: `unknown`. A lease that
    ends far beyond any we give, and a try that has not been yet, mean that the clock was set back meanwhile: then
    nobody knows how long ago a template was sent, and it is `unknown` as well.
    """
    beyond, started = at + 5 * LEASE, time.monotonic()

    def act() -> int:
        found = sql.stale(to_millis(at), to_millis(beyond), limit)
        for delivery_id, channel, lease_until in found:
            began = from_millis(lease_until) - LEASE
            if channel:
                note(delivery_id, channel, "lost", min(began, at))
            if channel in (SUB, CS, SMS) or (channel and from_millis(lease_until) > beyond):
                sql.change(sql.UNSTICK, ("unknown", channel, to_millis(min(began, at)), delivery_id))
            else:
                sql.change(sql.UNSTICK, ("queued", "", None, delivery_id))
        if len(found) < limit:
            moment = at + timedelta(seconds=time.monotonic() - started)
            doubt(at=moment, since=moment + APART)
        return len(found)

    given = 0
    while True:
        done = write(act)
        given += done
        if done < limit:
            return given


def doubt(*, at: datetime, since: datetime = EPOCH) -> int:
    """The clock was set back: of a template that waits to be repeated nobody can say whether the platform still knows
    its number, so it is `unknown`; how many. Only those with an unanswered try later than `since`. Inside a write or
    alone."""
    return store.write(lambda: sql.doubted(to_millis(at), latest=LATEST_TRIES, since=to_millis(since)))
