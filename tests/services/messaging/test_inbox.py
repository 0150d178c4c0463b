"""The inbox: what a person was told, newest first, and what he has read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import Delivery, SubscriptionCredit, store
from services.actors import Actor
from services.messaging import inbox
from tests.services.messaging.outbox_cases import queue
from tests.support.world import World


def titles(cast: World, at: datetime, **more: Any) -> list[str]:
    return [each.title for each in inbox.inbox(volunteer_id=cast.xiaobo.id, at=at, **more)]


def test_newest_message_comes_first(cast: World, at: datetime) -> None:
    queue(cast, at, title="先")
    queue(cast, at + timedelta(minutes=1), title="后")
    assert titles(cast, at) == ["后", "先"]


def test_page_goes_on_after_the_last_one_seen(cast: World, at: datetime) -> None:
    for number in range(3):
        queue(cast, at, title=str(number))
    first = inbox.inbox(volunteer_id=cast.xiaobo.id, at=at, limit=2)
    assert [each.title for each in first] == ["2", "1"]
    assert titles(cast, at, limit=2, after=first[-1].id) == ["0"]


def test_message_of_somebody_else_is_not_there(cast: World, at: datetime) -> None:
    queue(cast, at, cast.ali)
    assert titles(cast, at) == []


def test_withdrawn_message_is_gone(cast: World, at: datetime) -> None:
    ident = queue(cast, at)
    store.write(lambda: Delivery.update(state="withdrawn").where(Delivery.id == ident).execute())
    assert (titles(cast, at), inbox.unread(cast.xiaobo.id)) == ([], 0)


def test_reading_is_noted_once(cast: World, at: datetime) -> None:
    ident = queue(cast, at)
    assert inbox.unread(cast.xiaobo.id) == 1
    me = cast.actor(cast.xiaobo)
    assert inbox.mark_read(actor=me, ids=[ident], at=at) == 1
    assert inbox.mark_read(actor=me, ids=[ident], at=at + timedelta(hours=1)) == 0
    assert (inbox.unread(cast.xiaobo.id), Delivery.get_by_id(ident).read_at) == (0, at)


def test_nobody_reads_for_somebody_else(cast: World, at: datetime) -> None:
    ident = queue(cast, at)
    assert inbox.mark_read(actor=cast.actor(cast.ali), ids=[ident], at=at) == 0
    assert inbox.unread(cast.xiaobo.id) == 1


def test_somebody_unregistered_has_nothing_to_read(cast: World, at: datetime) -> None:
    ident = queue(cast, at)
    assert inbox.mark_read(actor=Actor(door="api", volunteer_id=None), ids=[ident], at=at) == 0


def test_reading_nothing_asks_nothing_of_the_database(
    cast: World, at: datetime, count_statements: Any
) -> None:
    with count_statements() as seen:
        assert inbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[], at=at) == 0
    assert not [sql for sql in seen if sql.startswith("UPDATE")]


def left(cast: World) -> int:
    identity = cast.actor(cast.xiaobo).identity_id
    return int(SubscriptionCredit.get(SubscriptionCredit.identity == identity).remaining)


def test_credits_add_up(cast: World, at: datetime) -> None:
    identity = cast.actor(cast.xiaobo).identity_id
    assert identity is not None
    for _ in range(2):
        inbox.credit(identity_id=identity, template="reminder", change=1, at=at)
    assert left(cast) == 2


def test_credit_never_falls_below_none(cast: World, at: datetime) -> None:
    identity = cast.actor(cast.xiaobo).identity_id
    assert identity is not None
    inbox.credit(identity_id=identity, template="reminder", change=-1, at=at)
    assert left(cast) == 0


def test_refusal_in_wechats_settings_takes_all_credits(cast: World, at: datetime) -> None:
    identity = cast.actor(cast.xiaobo).identity_id
    assert identity is not None
    inbox.credit(identity_id=identity, template="reminder", change=3, at=at)
    inbox.credit(identity_id=identity, template="reminder", change=None, at=at)
    assert left(cast) == 0
