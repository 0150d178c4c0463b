"""What WeChat answers decides what is next; what a dead worker leaves is taken up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI
from models import (
    ApiPause,
    Delivery,
    DeliveryTry,
    SubscriptionCredit,
    WechatIdentity,
    store,
)
from services.messaging import outbox
from services.messaging.channels import client_msg_id
from tests.services.messaging.outbox_cases import (
    TEMPLATE,
    deliver,
    give_credit,
    open_window,
    queue,
    reminder,
    state,
)
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import make_identity, make_volunteer
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


# what WeChat answers


def test_43101_empties_the_credit_and_the_template_follows(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    give_credit(cast.xiaobo, at, change=3)
    gateway.fail("send_subscribe", WechatFailure("/cgi-bin/message/subscribe/send", 43101))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("sent", "tpl")
    assert SubscriptionCredit.get().remaining == 0


def test_43004_marks_not_following_and_leaves_the_inbox(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    open_window(cast.xiaobo, at + timedelta(hours=1))
    gateway.fail("send_template", WechatFailure(TEMPLATE, 43004))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("inbox", "")
    oa = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    assert oa.following is False


@pytest.mark.parametrize("code", [45015, 45047])
def test_closed_window_is_remembered(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, code: int
) -> None:
    open_window(cast.xiaobo, at + timedelta(hours=1))
    gateway.fail("send_text", WechatFailure("/cgi-bin/message/custom/send", code))
    ident = queue(cast, at)
    outbox.deliver_due(parts=make_parts(gateway, templates={}), owner="w1", at=at, limit=5)
    assert state(ident) == ("inbox", "")
    oa = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    assert (oa.window_left, oa.window_until, oa.following) == (0, None, True)


def test_one_user_state_does_not_stop_the_others(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, 43004))
    first, second = queue(cast, at), queue(cast, at, cast.chali)
    deliver(gateway, at)
    assert [state(first)[0], state(second)[0]] == ["inbox", "sent"]


def test_permanent_takes_the_next_channel(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    give_credit(cast.xiaobo, at)
    gateway.fail("send_subscribe", WechatFailure("/cgi-bin/message/subscribe/send", 47003))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("sent", "tpl")


def test_permanent_without_another_channel_fails(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, 47003))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("failed", "")
    assert len(outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)) == 1


def test_busy_platform_is_asked_again_by_the_ladder(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, -1), WechatFailure(TEMPLATE, -1))
    ident = queue(cast, at)
    deliver(gateway, at)
    first = Delivery.get_by_id(ident).due_at
    assert timedelta(seconds=1) <= first - at < timedelta(seconds=2)
    assert deliver(gateway, at) == 0
    deliver(gateway, first)
    second = Delivery.get_by_id(ident).due_at
    assert timedelta(seconds=5) <= second - first < timedelta(seconds=8)
    deliver(gateway, second)
    assert state(ident) == ("sent", "tpl")


def test_busy_platform_after_five_tries_leaves_the_inbox(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", *[WechatFailure(TEMPLATE, -1)] * 9)
    ident = queue(cast, at)
    for hour in range(8):
        deliver(gateway, at + timedelta(hours=hour))
    assert state(ident) == ("inbox", "")
    assert len(gateway.named("send_template")) == 6


def test_refused_token_rests_the_account_a_minute(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, 40001))
    first, second = queue(cast, at), queue(cast, at, cast.chali)
    deliver(gateway, at)
    assert len(gateway.named("send_template")) == 1
    pause = ApiPause.get()
    assert (pause.api, round((pause.until - at).total_seconds())) == ("oa", 60)
    assert deliver(gateway, at + timedelta(seconds=30)) == 0
    deliver(gateway, at + timedelta(seconds=61))
    assert [state(first), state(second)] == [("sent", "tpl")] * 2


def test_wrong_configuration_rests_everything_ten_minutes(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    give_credit(cast.chali, at)
    gateway.fail("send_template", WechatFailure(TEMPLATE, 40164))
    queue(cast, at)
    queue(cast, at, cast.chali)
    deliver(gateway, at)
    assert len(gateway.calls) == 1
    pause = ApiPause.get()
    assert (pause.api, round((pause.until - at).total_seconds())) == ("all", 600)
    assert deliver(gateway, at + timedelta(minutes=9)) == 0
    assert deliver(gateway, at + timedelta(minutes=11)) == 2


def test_used_up_quota_rests_until_five_past_midnight(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    people = [store.write(lambda: make_volunteer(at)) for _ in range(6)]
    for person in people:
        store.write(lambda p=person: make_identity(at, p, "oa"))
    gateway.answer("send_template", *[gateway._sent() for _ in range(2)], WechatFailure(TEMPLATE, 45009))
    idents = [queue(cast, at, person, priority=outbox.SAFETY) for person in people]
    deliver(gateway, at)
    assert [state(ident)[0] for ident in idents] == ["sent"] * 2 + ["queued"] * 4
    assert len(gateway.calls) == 3
    reset = datetime(2026, 6, 11, 0, 5, tzinfo=SHANGHAI)
    assert {row.due_at for row in Delivery.select().where(Delivery.state == "queued")} == {reset}
    assert deliver(gateway, reset - timedelta(seconds=1)) == 0
    assert deliver(gateway, reset) == 4
    assert [state(ident)[0] for ident in idents] == ["sent"] * 6


def test_used_up_quota_of_what_is_no_emergency_rests_until_the_morning(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, 45009))
    ident = queue(cast, at)
    deliver(gateway, at)
    deliver(gateway, datetime(2026, 6, 11, 0, 5, tzinfo=SHANGHAI))
    assert Delivery.get_by_id(ident).due_at == datetime(2026, 6, 11, 7, 30, tzinfo=SHANGHAI)
    deliver(gateway, datetime(2026, 6, 11, 7, 30, tzinfo=SHANGHAI))
    assert state(ident) == ("sent", "tpl")


def test_emergency_takes_the_next_way_where_the_better_one_rests(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    give_credit(cast.xiaobo, at, change=2)
    gateway.fail("send_subscribe", WechatFailure("/cgi-bin/message/subscribe/send", 45009))
    usual, urgent = queue(cast, at), queue(cast, at, kind="emergency")
    deliver(gateway, at)
    assert (state(urgent), state(usual)[0]) == (("sent", "tpl"), "queued")


def test_banned_template_goes_another_way_and_stops_nothing_else(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    open_window(cast.xiaobo, at + timedelta(hours=9))
    gateway.fail("send_template", WechatFailure(TEMPLATE, 43116))
    first, second = queue(cast, at), queue(cast, at)
    deliver(gateway, at)
    other = reminder(cast, at, form="reminder")
    deliver(gateway, at)
    assert (state(first), state(second), state(other)) == (("sent", "cs"), ("sent", "cs"), ("sent", "tpl"))
    assert len(gateway.named("send_template")) == 2


def test_used_up_quota_of_what_cannot_wait_takes_the_next_channel(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    open_window(cast.xiaobo, at + timedelta(hours=9))
    gateway.fail("send_template", WechatFailure(TEMPLATE, 45009))
    ident = reminder(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("sent", "cs")


def test_unanswered_template_is_repeated_under_its_id(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, kind=Kind.UNKNOWN))
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("queued", "")
    deliver(gateway, at + timedelta(seconds=10))
    assert state(ident) == ("sent", "tpl")
    assert {call["client_msg_id"] for call in gateway.named("send_template")} == {client_msg_id(ident)}


def test_unanswered_template_is_not_repeated_after_ten_minutes(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    gateway.fail("send_template", WechatFailure(TEMPLATE, kind=Kind.UNKNOWN))
    ident = queue(cast, at)
    deliver(gateway, at)
    deliver(gateway, at + timedelta(minutes=10))
    assert (state(ident), len(gateway.calls)) == (("unknown", "tpl"), 1)


@pytest.mark.parametrize(("method", "channel"), [("send_subscribe", "sub"), ("send_text", "cs")])
def test_unanswered_send_without_an_id_is_never_repeated(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, method: str, channel: str
) -> None:
    if channel == "sub":
        give_credit(cast.xiaobo, at)
    else:
        open_window(cast.xiaobo, at + timedelta(hours=1))
    gateway.fail(method, WechatFailure("/x", kind=Kind.UNKNOWN))
    ident = queue(cast, at)
    templates = {"sub_notice": "demo-sub-notice"}
    for minutes in (0, 1, 20):
        parts = make_parts(gateway, templates=templates)
        outbox.deliver_due(parts=parts, owner="w1", at=at + timedelta(minutes=minutes), limit=5)
    assert (state(ident), len(gateway.calls)) == (("unknown", channel), 1)


def test_poison_row_is_parked_and_blocks_nobody(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    bad, good = queue(cast, at), queue(cast, at, cast.chali)
    store.write(lambda: db.execute_sql(f"UPDATE delivery SET data = '[]' WHERE id = {bad}"))
    for minutes in range(4):
        deliver(gateway, at + timedelta(minutes=2 * minutes))
    row = db.execute_sql(f"SELECT state FROM delivery WHERE id = {bad}").fetchone()
    assert (row[0], state(good)[0]) == ("failed", "sent")
    assert DeliveryTry.select().where(DeliveryTry.outcome == "error").count() == 3


# leases


def test_dead_worker_before_the_send_costs_only_time(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)
    outbox.claim(owner="dead", at=at, limit=5)
    assert outbox.requeue_stale(at=at + timedelta(seconds=59)) == 0
    assert outbox.requeue_stale(at=at + timedelta(seconds=61)) == 1
    deliver(gateway, at + timedelta(seconds=61))
    assert state(ident) == ("sent", "tpl")


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


def test_dead_worker_in_the_middle_of_a_template_repeats_under_its_id(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)
    killed = FakeGateway()
    killed.send_template = _die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(killed, at)
    later = at + timedelta(seconds=65)
    assert outbox.requeue_stale(at=later) == 1
    deliver(gateway, later, owner="w2")
    assert state(ident) == ("sent", "tpl")


def test_dead_worker_and_ten_minutes_of_nobody_leave_the_template_unknown(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)
    killed = FakeGateway()
    killed.send_template = _die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(killed, at)
    later = at + timedelta(hours=3)
    outbox.requeue_stale(at=later)
    deliver(gateway, later, owner="w2")
    assert (state(ident), gateway.calls) == (("unknown", "tpl"), [])


@pytest.mark.parametrize(("method", "channel"), [("send_subscribe", "sub"), ("send_text", "cs")])
def test_dead_worker_in_the_middle_of_a_send_without_an_id_leaves_it_unknown(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, method: str, channel: str
) -> None:
    killed = FakeGateway()
    setattr(killed, method, _die)
    if channel == "sub":
        give_credit(cast.xiaobo, at)
    else:
        open_window(cast.xiaobo, at + timedelta(hours=9))
        killed.fail("send_template", WechatFailure(TEMPLATE, 47003))
    ident = queue(cast, at)
    with pytest.raises(Killed):
        deliver(killed, at)
    outbox.requeue_stale(at=at + timedelta(seconds=65))
    deliver(gateway, at + timedelta(seconds=65), owner="w2")
    assert (state(ident), gateway.calls) == (("unknown", channel), [])


def test_stalled_worker_changes_nothing_after_its_lease(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)

    def stall(*args: Any, **kwargs: Any) -> Any:
        later = at + timedelta(seconds=90)
        outbox.requeue_stale(at=later)
        deliver(gateway, later, owner="w2")
        raise WechatFailure(TEMPLATE, 43004)

    stalled = FakeGateway()
    stalled.send_template = stall  # type: ignore[method-assign]
    deliver(stalled, at)
    assert state(ident) == ("sent", "tpl")


def test_lease_from_a_clock_set_back_is_not_for_ever(db: Any, cast: Any, at: datetime) -> None:
    queue(cast, at - timedelta(days=1))
    outbox.claim(owner="dead", at=at + timedelta(hours=1), limit=5)
    assert outbox.requeue_stale(at=at) == 1


def _die(*args: Any, **kwargs: Any) -> Any:
    raise Killed
