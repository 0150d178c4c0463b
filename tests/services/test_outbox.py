"""The outbox: once in, once out, by the best way there is; what WeChat answers decides what is next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI
from models import (
    Activity,
    ApiPause,
    Delivery,
    DeliveryTry,
    Notice,
    Signup,
    SubscriptionCredit,
    Volunteer,
    WechatIdentity,
    store,
)
from services import outbox
from services.channels import client_msg_id
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import make_identity, make_volunteer, sign_up
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure

TEMPLATE = "/cgi-bin/message/template/send"


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


def queue(cast: Any, at: datetime, person: Volunteer | None = None, **more: Any) -> int:
    """One message to 小博 (or another), of a kind with no conditions unless told."""
    person = person or cast.xiaobo
    fields = {
        "kind": "hours_confirmed", "dedupe_key": f"k{Delivery.select().count()}",
        "title": "时长已确认", "body": "2小时",
        "form": "notice", "values": {"thing1": "东湖服务队", "thing2": "时长2小时", "time3": "2026年6月10日 09:00"},
        "url": "/m/hours", **more,
    }  # fmt: skip

    def act() -> int:
        notice = Notice.create(kind=fields["kind"], team=cast.team, created_at=at)
        ident = outbox.put(notice_id=notice.id, volunteer_id=person.id, at=at, **fields)
        assert ident is not None
        return ident

    return store.write(act)


def reminder(cast: Any, at: datetime, **more: Any) -> int:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    return queue(
        cast, at, kind="reminder", activity_id=cast.activity.id, shift_id=cast.shift.id, activity_version=1,
        expires_at=cast.activity.starts_at, **more,
    )  # fmt: skip


def deliver(gateway: FakeGateway, at: datetime, owner: str = "w1", limit: int = 50) -> int:
    return outbox.deliver_due(parts=make_parts(gateway), owner=owner, at=at, limit=limit)


def state(ident: int) -> tuple[str, str]:
    row = Delivery.get_by_id(ident)
    return row.state, row.channel


def give_credit(
    person: Volunteer, at: datetime, template: str = "sub_notice", change: int = 1
) -> WechatIdentity:
    mini = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "mp")
    outbox.credit(identity_id=mini.id, template=template, change=change, at=at)
    return mini


def unfollow(person: Volunteer) -> None:
    store.write(
        lambda: WechatIdentity.update(following=False).where(WechatIdentity.volunteer == person).execute()
    )


def open_window(person: Volunteer, until: datetime, left: int = 5) -> None:
    store.write(
        lambda: (
            WechatIdentity.update(window_until=until, window_left=left)
            .where(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
            .execute()
        )
    )


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
    late = queue(cast, at, priority=9)
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
    tomorrow = at + timedelta(days=1)
    ident = queue(cast, tomorrow, priority=9)
    deliver(gateway, tomorrow)
    assert state(ident)[0] == "sent"


def test_safety_and_reminders_pass_the_daily_two(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    idents = [queue(cast, at, priority=9) for _ in range(2)] + [
        queue(cast, at, priority=1),
        reminder(cast, at),
    ]
    deliver(gateway, at)
    assert [state(ident)[0] for ident in idents] == ["sent"] * 4


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
    idents = [queue(cast, at, person) for person in people]
    deliver(gateway, at)
    assert [state(ident)[0] for ident in idents] == ["sent"] * 2 + ["queued"] * 4
    assert len(gateway.calls) == 3
    reset = datetime(2026, 6, 11, 0, 5, tzinfo=SHANGHAI)
    assert {row.due_at for row in Delivery.select().where(Delivery.state == "queued")} == {reset}
    assert deliver(gateway, reset - timedelta(seconds=1)) == 0
    assert deliver(gateway, reset) == 4
    assert [state(ident)[0] for ident in idents] == ["sent"] * 6


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


def test_dead_worker_in_the_middle_of_a_subscription_leaves_it_unknown(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    give_credit(cast.xiaobo, at)
    ident = queue(cast, at)
    killed = FakeGateway()
    killed.send_subscribe = _die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(killed, at)
    outbox.requeue_stale(at=at + timedelta(seconds=65))
    deliver(gateway, at + timedelta(seconds=65), owner="w2")
    assert (state(ident), gateway.calls) == (("unknown", "sub"), [])


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


# reports


def test_report_of_success_is_kept(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    ident = queue(cast, at)
    deliver(gateway, at)
    assert outbox.result_event(msgid=DeliveryTry.get().msgid, status="success", at=at) is True
    assert (state(ident), DeliveryTry.get().outcome) == (("sent", "tpl"), "delivered")


def test_report_of_a_block_means_not_reached(db: Any, cast: Any, at: datetime, gateway: FakeGateway) -> None:
    ident = queue(cast, at)
    deliver(gateway, at)
    outbox.result_event(msgid=DeliveryTry.get().msgid, status="failed:user block", at=at)
    deliver(gateway, at)
    assert (state(ident), len(gateway.calls)) == (("inbox", ""), 1)


def test_report_that_overtakes_the_answer_counts(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    ident = queue(cast, at)
    assert outbox.result_event(msgid="1", status="failed:user block", at=at) is False
    deliver(gateway, at)
    deliver(gateway, at + timedelta(seconds=1))
    assert (state(ident), len(gateway.calls)) == (("inbox", ""), 1)


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


def _die(*args: Any, **kwargs: Any) -> Any:
    raise Killed
