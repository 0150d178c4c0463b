"""The list's cases about sending, as they are written (reliability.md §7), numbered as there.

The others, where processes or the platform's own protocol matter, are in `tests/faults`, `tests/bot`, `tests/wechat`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Delivery, WechatIdentity, store
from services.accounts import following
from services.operation import health
from tests.services.messaging.outbox_cases import TEMPLATE, deliver, queue, reminder, state
from tests.support.fakes import FakeGateway
from tests.support.world import make_identity, make_volunteer
from wechat.gateway import Sent, WechatFailure


def crowd(cast: Any, at: datetime, count: int, **more: Any) -> list[int]:
    """A message to each of so many followers; the ids."""
    people = store.write(lambda: [make_volunteer(at) for _ in range(count)])
    for number, person in enumerate(people):
        store.write(
            lambda person=person, number=number: make_identity(
                at, person, "oa", openid=f"o-{number}", following=True
            )
        )
    return [queue(cast, at, person, dedupe_key=f"c{number}", **more) for number, person in enumerate(people)]


def test_case_03_worker_down_for_three_hours_across_a_reminder_sends_nothing_late(
    db: Any, cast: Any, at: datetime, figure: Callable[[str], None]
) -> None:
    gateway, ident = FakeGateway(), reminder(cast, at)
    late = cast.activity.starts_at + timedelta(hours=1)
    lag = health.figures(at=late).oldest_due_seconds
    deliver(gateway, late)
    figure(f"{lag / 3600:.0f} hours' lag shown, 0 sent")
    assert lag == (late - at).total_seconds()
    assert (state(ident)[0], gateway.named("send_template")) == ("expired", [])
    assert health.figures(at=late).oldest_due_seconds == 0


def test_case_05_clock_an_hour_back_and_forth_pushes_once_and_nothing_early(
    db: Any, cast: Any, at: datetime
) -> None:
    gateway, hour = FakeGateway(), timedelta(hours=1)
    now, later = queue(cast, at), queue(cast, at, due_at=at + timedelta(minutes=30))
    for moment in (at, at - hour, at, at + timedelta(minutes=29)):
        deliver(gateway, moment)
    assert (state(now)[0], state(later)[0], len(gateway.named("send_template"))) == ("sent", "queued", 1)
    deliver(gateway, at + timedelta(minutes=31))
    assert (state(later)[0], len(gateway.named("send_template"))) == ("sent", 2)


def test_case_19_quota_used_up_at_the_hundredth_of_three_hundred_rests_until_five_past_midnight(
    db: Any, cast: Any, at: datetime
) -> None:
    gateway = FakeGateway()
    people = crowd(cast, at, 300, kind="emergency", expires_at=at + timedelta(days=2))
    gateway.answer("send_template", *[Sent(str(n)) for n in range(99)], WechatFailure(TEMPLATE, 45009))
    for minute in range(10):
        deliver(gateway, at + timedelta(minutes=minute), limit=300)
    sent = Delivery.select().where(Delivery.state == "sent").count()
    assert (sent, len(gateway.named("send_template"))) == (99, 100)
    usual = queue(cast, at, expires_at=at + timedelta(days=2))
    midnight = datetime.fromisoformat("2026-06-11T00:05:00+08:00")
    deliver(gateway, midnight - timedelta(minutes=1), limit=300)
    assert len(gateway.named("send_template")) == 100
    deliver(gateway, midnight + timedelta(seconds=1), limit=301)
    assert Delivery.select().where(Delivery.state == "sent").count() == 300
    assert state(usual)[0] == "queued"  # what is not urgent waits for the morning, too
    morning = midnight + timedelta(hours=9)  # nobody sleeps: what comes first now is the lane alone
    to = Delivery.get_by_id(people[0]).volunteer
    urgent = queue(cast, morning, to, kind="emergency", expires_at=morning + timedelta(hours=1))
    lanes = []
    for _ in range(2):
        deliver(gateway, morning, limit=1)
        lanes.append((state(urgent)[0], state(usual)[0]))
    assert lanes == [("sent", "queued"), ("sent", "sent")]


def test_case_20_timed_out_after_it_was_taken_is_repeated_under_its_number_and_later_left_unknown(
    db: Any, cast: Any, at: datetime
) -> None:
    gateway, ident = FakeGateway(), queue(cast, at)
    gateway.fail("send_template", *[WechatFailure(TEMPLATE)] * 20)
    for seconds in range(0, 700, 10):
        deliver(gateway, at + timedelta(seconds=seconds))
    calls = gateway.named("send_template")
    assert len({call["client_msg_id"] for call in calls}) == 1
    assert (len(calls) > 1, state(ident)[0]) == (True, "unknown")
    deliver(gateway, at + timedelta(hours=1))
    assert len(gateway.named("send_template")) == len(calls)


def test_case_21_refusals_of_ten_stop_those_ten_and_an_older_follow_brings_nobody_back(
    db: Any, cast: Any, at: datetime
) -> None:
    gateway = FakeGateway()
    ids = crowd(cast, at, 20)
    failures = [WechatFailure(TEMPLATE, code) for code in (43101, 43004) * 5]
    gateway.answer("send_template", *failures)
    deliver(gateway, at, limit=20)
    assert [state(ident)[0] for ident in ids] == ["inbox"] * 10 + ["sent"] * 10
    gone = WechatIdentity.get(WechatIdentity.openid == "o-15")
    following.unfollowed(appid=gone.appid, openid="o-15", event_at=at, at=at)
    following.followed(appid=gone.appid, openid="o-15", event_at=at - timedelta(seconds=5), at=at)
    assert WechatIdentity.get(WechatIdentity.openid == "o-15").following is False
