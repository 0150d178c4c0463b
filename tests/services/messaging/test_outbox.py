"""The outbox: once in, once out, by the best way there is, if it is still true."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Delivery,
    PushDay,
    Signup,
    SubscriptionCredit,
    Volunteer,
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
    unfollow,
)
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import make_identity, make_volunteer
from wechat.gateway import WechatFailure


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


# put


def test_put_twice_with_one_key_is_one(db: Any, cast: Any, at: datetime) -> None:
    queue(cast, at, dedupe_key="same")
    with pytest.raises(AssertionError):
        queue(cast, at, dedupe_key="same")
    assert Delivery.select().count() == 1


def test_put_fits_values_to_the_platform(db: Any, cast: Any, at: datetime) -> None:
    ident = queue(cast, at, values={"thing1": "一" * 30, "thing2": "两\n行", "time3": "2026年6月10日 09:00"})
    values = Delivery.get_by_id(ident).data["values"]
    assert (len(values["thing1"]), values["thing2"]) == (20, "两 行")


def test_put_undone_with_its_act(db: Any, cast: Any, at: datetime) -> None:
    def act() -> None:
        queue(cast, at)
        raise ValueError("second thoughts")

    with pytest.raises(ValueError, match="second thoughts"):
        store.write(act)
    assert Delivery.select().count() == 0


# channels


def test_follower_gets_a_template_with_its_link(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)
    assert deliver(gateway, at) == 1
    [call] = gateway.named("send_template")
    oa = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    assert (call["openid"], call["template_id"], call["url"], call["client_msg_id"]) == (
        oa.openid, "demo-notice", "http://localhost:8000/m/hours", client_msg_id(ident),
    )  # fmt: skip
    assert state(ident) == ("sent", "tpl")


def test_credit_goes_first_and_is_spent(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    give_credit(cast.xiaobo, at)
    first, second = queue(cast, at), queue(cast, at)
    deliver(gateway, at)
    assert [state(first), state(second)] == [("sent", "sub"), ("sent", "tpl")]
    assert gateway.named("send_subscribe")[0]["template_id"] == "demo-sub-notice"
    assert SubscriptionCredit.get().remaining == 0


def test_window_open_and_no_template_gets_a_text(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    open_window(cast.xiaobo, at + timedelta(hours=1), left=2)
    ident = queue(cast, at)
    parts = make_parts(gateway, templates={})
    outbox.deliver_due(parts=parts, owner="w1", at=at, limit=5)
    assert state(ident) == ("sent", "cs")
    assert gateway.named("send_text")[0]["text"] == (
        '时长已确认\n2小时\n<a href="http://localhost:8000/m/hours">点这里查看</a>'
    )
    left = WechatIdentity.get(
        WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa"
    ).window_left
    assert left == 1


def test_nobody_to_push_to_stays_in_the_inbox(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    unfollow(cast.xiaobo)
    ident = queue(cast, at)
    deliver(gateway, at)
    assert (state(ident), gateway.calls) == (("inbox", ""), [])
    [item] = outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)
    assert (item.title, item.body, item.read) == ("时长已确认", "2小时", False)


def test_ways_are_tried_in_order_and_the_inbox_has_it_in_any_case(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    """Subscription message, template message, customer-service text, inbox: each gives way to the next."""
    give_credit(cast.xiaobo, at)
    open_window(cast.xiaobo, at + timedelta(hours=1))
    for method, code in (("send_subscribe", 43101), ("send_template", 40037), ("send_text", 45015)):
        gateway.fail(method, WechatFailure(TEMPLATE, code))
    ident = queue(cast, at, kind="broadcast")
    deliver(gateway, at)
    assert [name for name, _ in gateway.calls] == ["send_subscribe", "send_template", "send_text"]
    assert Delivery.get_by_id(ident).sent_at is None
    assert [item.title for item in outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)] == ["时长已确认"]


@pytest.mark.parametrize("way", ["sub", "tpl"])
def test_inbox_has_also_what_was_pushed(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, way: str
) -> None:
    if way == "sub":
        give_credit(cast.xiaobo, at)
    ident = queue(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("sent", way)
    assert [item.read for item in outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)] == [False]


def test_identity_of_another_account_is_not_used(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    person = store.write(lambda: make_volunteer(at))
    store.write(lambda: make_identity(at, person, "oa", appid="wx-former"))
    ident = queue(cast, at, person)
    deliver(gateway, at)
    assert state(ident) == ("inbox", "")


# still true?


def test_urgent_lane_first(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    late = queue(cast, at, cast.chali, priority=9)
    urgent = queue(cast, at, priority=1)
    assert outbox.claim(owner="w1", at=at, limit=1) == [urgent]
    assert outbox.claim(owner="w2", at=at, limit=5) == [late]
    assert outbox.claim(owner="w3", at=at, limit=5) == []


def test_not_yet_due_waits(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    queue(cast, at, due_at=at + timedelta(minutes=1))
    assert deliver(gateway, at) == 0
    assert deliver(gateway, at + timedelta(minutes=1)) == 1


def test_reminder_of_a_confirmed_signup_is_sent(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = reminder(cast, at)
    deliver(gateway, at)
    assert state(ident) == ("sent", "tpl")


@pytest.mark.parametrize(
    "change",
    [
        lambda c: Signup.update(state="cancelled").execute(),
        lambda c: Activity.update(version=2).execute(),
        lambda c: Activity.update(state="cancelled").execute(),
        lambda c: Volunteer.update(state="deceased").where(Volunteer.id == c.xiaobo.id).execute(),
    ],
    ids=["left", "moved", "cancelled", "deceased"],
)
def test_reminder_that_became_untrue_is_withdrawn(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, change: Any
) -> None:
    ident = reminder(cast, at)
    store.write(lambda: change(cast))
    deliver(gateway, at)
    assert (state(ident), gateway.calls) == (("withdrawn", ""), [])


def test_reminder_after_the_start_expires_unsent(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = reminder(cast, at)
    deliver(gateway, cast.activity.starts_at)
    assert (state(ident), gateway.calls) == (("expired", ""), [])


def test_third_news_of_a_day_stays_in_the_inbox(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    idents = [queue(cast, at, priority=9) for _ in range(3)]
    deliver(gateway, at)
    assert [state(ident)[0] for ident in idents] == ["sent", "sent", "inbox"]
    assert len(outbox.inbox(volunteer_id=cast.xiaobo.id, at=at)) == 3
    tomorrow = at + timedelta(days=1)
    ident = queue(cast, tomorrow, priority=9)
    deliver(gateway, tomorrow)
    assert state(ident)[0] == "sent"


def test_safety_and_reminders_pass_the_daily_two(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    """What is urgent counts for nothing; a reminder that the evening would bring too late goes out all the same."""
    idents = [queue(cast, at, priority=9) for _ in range(2)]
    deliver(gateway, at)
    idents += [queue(cast, at, priority=1), reminder(cast, at)]
    deliver(gateway, at)
    assert [state(ident)[0] for ident in idents] == ["sent"] * 4
    assert (cast.activity.starts_at - at, PushDay.get().pushed) == (timedelta(hours=4), 3)


# withdraw


def test_withdraw_by_person_and_shift(db: Any, cast: Any, at: datetime) -> None:
    ident = reminder(cast, at)
    assert outbox.withdraw(shift_id=cast.shift.id, volunteer_id=cast.chali.id, at=at) == 0
    assert outbox.withdraw(shift_id=cast.shift.id, volunteer_id=cast.xiaobo.id, at=at) == 1
    assert state(ident)[0] == "withdrawn"
    assert outbox.inbox(volunteer_id=cast.xiaobo.id, at=at) == []


def test_withdraw_by_activity_takes_only_what_is_out_of_date(db: Any, cast: Any, at: datetime) -> None:
    ident = reminder(cast, at)
    assert outbox.withdraw(activity_id=cast.activity.id, at=at) == 0
    store.write(lambda: Activity.update(version=2).execute())
    assert outbox.withdraw(activity_id=cast.activity.id, at=at) == 1
    assert state(ident)[0] == "withdrawn"


# inbox


def test_inbox_pages_newest_first_and_is_read_once(db: Any, cast: Any, at: datetime) -> None:
    first, second, third = (queue(cast, at) for _ in range(3))
    page = outbox.inbox(volunteer_id=cast.xiaobo.id, at=at, limit=2)
    assert [item.id for item in page] == [third, second]
    assert [item.id for item in outbox.inbox(volunteer_id=cast.xiaobo.id, at=at, after=second)] == [first]
    assert outbox.unread(cast.xiaobo.id) == 3
    assert outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[first, second], at=at) == 2
    assert outbox.mark_read(actor=cast.actor(cast.xiaobo), ids=[first], at=at) == 0
    assert outbox.unread(cast.xiaobo.id) == 1


def test_inbox_of_another_cannot_be_marked(db: Any, cast: Any, at: datetime) -> None:
    ident = queue(cast, at)
    assert outbox.mark_read(actor=cast.actor(cast.chali), ids=[ident], at=at) == 0
    assert outbox.unread(cast.xiaobo.id) == 1
