"""A clock that is set back, and faults of our own in the middle of a send: whom a message reached it does not reach
again.

The platform drops a repeat of a template for ten minutes of its own clock. Ours says nothing of them once it was set.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest

from models import Delivery, DeliveryTry, store
from queries import outbox as sql
from schedulers.worker import Worker
from services.messaging import delivering, outbox
from tests.services.messaging.outbox_cases import TEMPLATE, deliver, give_credit, open_window, queue, state
from tests.support.fakes import FakeGateway, make_parts
from wechat.errcodes import Kind
from wechat.gateway import Sent, WechatFailure

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


def unanswered(cast: Any, at: datetime, gateway: FakeGateway) -> int:
    """A template that was sent and of which nothing was heard; it waits to be repeated."""
    gateway.fail("send_template", WechatFailure(TEMPLATE, kind=Kind.UNKNOWN))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("queued", "")
    return ident


def sends(gateway: FakeGateway) -> int:
    return len(gateway.named("send_template"))


# the ten minutes of a repeat


@pytest.mark.case(5)
def test_unanswered_template_is_not_repeated_when_the_clock_comes_to_it_again(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    """The clock goes back an hour; an hour later it shows ten seconds after the first try."""
    ident = unanswered(cast, at, gateway)
    outbox.requeue_stale(at=at - HOUR)
    deliver(gateway, at + 10 * SECOND)
    assert (state(ident), sends(gateway)) == (("unknown", "tpl"), 1)


@pytest.mark.case(5)
def test_control_without_the_doubt_it_is_repeated_an_hour_later(
    cast: Any, at: datetime, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "DOUBT", sql.DOUBT.replace("state = 'queued'", "1 = 0"))
    unanswered(cast, at, gateway)
    outbox.requeue_stale(at=at - HOUR)
    deliver(gateway, at + 10 * SECOND)
    assert sends(gateway) == 2


def test_unanswered_template_that_is_due_before_its_own_try_is_not_repeated(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = unanswered(cast, at, gateway)
    Delivery.update(due_at=at - 2 * HOUR).where(Delivery.id == ident).execute()
    deliver(gateway, at - HOUR)
    assert (state(ident), sends(gateway)) == (("unknown", "tpl"), 1)


def test_clocks_of_two_workers_that_differ_by_seconds_keep_nothing_from_being_repeated(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = unanswered(cast, at, gateway)
    outbox.requeue_stale(at=at - 30 * SECOND)
    deliver(gateway, at + 10 * SECOND)
    assert (state(ident), sends(gateway)) == (("sent", "tpl"), 2)


def test_giving_back_that_takes_minutes_doubts_nothing_that_was_tried_meanwhile(
    cast: Any, at: datetime, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = unanswered(cast, at + 3 * MINUTE, gateway)
    steady = iter([1000.0, 1000.0 + 180])
    monkeypatch.setattr(outbox, "time", SimpleNamespace(monotonic=lambda: next(steady)))
    outbox.requeue_stale(at=at)
    assert state(ident) == ("queued", "")


@pytest.mark.case(5)
def test_worker_that_finds_its_clock_set_back_by_two_minutes_repeats_nothing(
    cast: Any, at: datetime, frozen: Any, gateway: FakeGateway
) -> None:
    worker = Worker(make_parts(gateway))
    frozen(at + 2 * MINUTE)
    worker.drain()
    ident = unanswered(cast, at, gateway)
    frozen(at)
    worker.drain()
    assert (state(ident), sends(gateway)) == (("unknown", "tpl"), 1)


def test_worker_whose_clock_goes_on_or_jumps_ahead_doubts_nothing(
    cast: Any, at: datetime, frozen: Any, gateway: FakeGateway
) -> None:
    worker = Worker(make_parts(gateway))
    worker.drain()
    ident = unanswered(cast, at, gateway)
    for seconds in (1, 120):
        frozen(at + seconds * SECOND)
        worker.drain()
    assert (state(ident), sends(gateway)) == (("sent", "tpl"), 2)


@pytest.mark.case(5)
def test_template_of_a_worker_that_died_before_the_clock_was_set_back_is_not_repeated(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    """Fifty minutes after its send the clock goes back an hour, and its lease seems to last yet."""
    ident, killed = queue(cast, at - 2 * HOUR, expires_at=at + 9 * HOUR), FakeGateway()

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    killed.send_template = die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(killed, at)
    outbox.requeue_stale(at=at - 10 * MINUTE)
    deliver(gateway, at - 9 * MINUTE)
    assert (state(ident), gateway.calls) == (("unknown", "tpl"), [])


# two turns of one worker


def twice_at_once(cast: Any, at: datetime, second_owner: str) -> list[str]:
    """Whom texts went to: a turn has two in its hands and is at the first; the clock goes back, what it holds is given
    back, and another turn takes the second while the first one comes to it."""
    for person in (cast.xiaobo, cast.chali):
        open_window(person, at + 9 * HOUR)
        queue(cast, at - 2 * HOUR, person, expires_at=at + 9 * HOUR)
    first_sends, second_sends, go_on, finish = Event(), Event(), Event(), Event()
    sent: list[str] = []

    def first(openid: str, _text: str) -> Sent:
        sent.append(openid)
        first_sends.set()
        assert go_on.wait(10)
        return Sent(None)

    def second(openid: str, _text: str) -> Sent:
        sent.append(openid)
        second_sends.set()
        assert finish.wait(10)
        return Sent(None)

    turns = []
    for send, owner, moment in ((first, "w1:1", at), (second, second_owner, at - HOUR)):
        gateway = FakeGateway()
        gateway.send_text = send  # type: ignore[method-assign]
        parts = make_parts(gateway, templates={})
        turns.append(Thread(target=_deliver, args=(parts, owner, moment)))
    turns[0].start()
    assert first_sends.wait(10)
    outbox.requeue_stale(at=at - HOUR)
    turns[1].start()
    assert second_sends.wait(10)
    go_on.set()
    turns[0].join(10)
    finish.set()
    turns[1].join(10)
    return sent


def _deliver(parts: Any, owner: str, at: datetime) -> None:
    with store.session():
        outbox.deliver_due(parts=parts, owner=owner, at=at, limit=5)


@pytest.mark.case(5)
def test_two_turns_of_one_worker_after_the_clock_was_set_back_send_each_text_once(
    db: Any, cast: Any, at: datetime
) -> None:
    sent = twice_at_once(cast, at, "w1:2")
    assert (len(sent), len(set(sent))) == (2, 2)


def test_control_two_turns_under_one_name_send_a_text_twice(cast: Any, at: datetime) -> None:
    assert len(twice_at_once(cast, at, "w1:1")) == 3


def test_every_turn_of_a_worker_claims_under_a_name_of_its_own(
    cast: Any, at: datetime, frozen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(outbox, "deliver_due", lambda *, owner, **_: seen.append(owner) or 0)
    worker = Worker(make_parts(FakeGateway()))
    worker.drain()
    worker.drain()
    assert len(set(seen)) == 2
    assert all(name.startswith(worker.owner) for name in seen)


def test_answer_that_comes_after_its_row_was_given_back_ends_it(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)

    def slow(*_: Any, **__: Any) -> Sent:
        outbox.requeue_stale(at=at + 61 * SECOND)
        assert state(ident)[0] == "queued"
        return Sent("77")

    gateway.send_template = slow  # type: ignore[method-assign]
    deliver(gateway, at)
    assert state(ident) == ("sent", "tpl")


# faults of our own


def broken_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next note of a result fails, as it does when the database is away for a while."""
    real = delivering._record

    def fail(*given: Any) -> bool:
        monkeypatch.setattr(delivering, "_record", real)
        raise RuntimeError("no database")

    monkeypatch.setattr(delivering, "_record", fail)


@pytest.mark.case(20)
@pytest.mark.parametrize("channel", ["tpl", "cs", "sub"])
def test_message_that_went_out_is_not_sent_again_because_its_note_failed(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    ident = queue(cast, at)
    templates = {"notice": "demo-notice"} if channel == "tpl" else {"sub_notice": "demo-sub-notice"}
    if channel == "cs":
        open_window(cast.xiaobo, at + HOUR)
    elif channel == "sub":
        give_credit(cast.xiaobo, at)
    broken_note(monkeypatch)
    for minutes in (0, 2, 20):
        parts = make_parts(gateway, templates=templates)
        outbox.deliver_due(parts=parts, owner="w1", at=at + minutes * MINUTE, limit=5)
    assert (state(ident), len(gateway.calls)) == (("sent", channel), 1)


@pytest.mark.case(20)
def test_template_whose_send_failed_by_our_own_fault_is_repeated_within_its_ten_minutes_alone(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    soon, late = queue(cast, at), queue(cast, at, cast.chali)
    gateway.answer("send_template", RuntimeError("ours"), RuntimeError("ours"))
    deliver(gateway, at)
    Delivery.update(due_at=at + 20 * MINUTE).where(Delivery.id == late).execute()
    deliver(gateway, at + 61 * SECOND)
    deliver(gateway, at + 21 * MINUTE)
    assert (state(soon), state(late), sends(gateway)) == (("sent", "tpl"), ("unknown", "tpl"), 3)


@pytest.mark.case(20)
def test_text_whose_send_failed_by_our_own_fault_is_left_unknown(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    open_window(cast.xiaobo, at + HOUR)
    ident = queue(cast, at)
    gateway.answer("send_text", RuntimeError("ours"))
    for minutes in (0, 2):
        parts = make_parts(gateway, templates={})
        outbox.deliver_due(parts=parts, owner="w1", at=at + minutes * MINUTE, limit=5)
    assert (state(ident), len(gateway.calls)) == (("unknown", "cs"), 1)
    assert [each.outcome for each in DeliveryTry.select()] == ["error"]
