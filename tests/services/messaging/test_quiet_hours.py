"""Between 21:30 and 07:30 nothing wakes anybody but an emergency, whatever made it late (rule set `reminders`)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI
from models import Activity, Delivery, RuleSet, Shift, Volunteer, store
from services.messaging import notices, outbox, reminders
from tests.services.messaging.outbox_cases import TEMPLATE, deliver, queue, reminder, state
from tests.support.fakes import FakeGateway
from tests.support.world import sign_up
from wechat.gateway import WechatFailure


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2026 in Shanghai."""
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


def county_says(at: datetime, **numbers: Any) -> None:
    """The county's own numbers."""
    params = RuleSet.get(RuleSet.kind == "reminders", RuleSet.region_code == "").params
    RuleSet.create(
        kind="reminders", region_code="341522", version=1, params=json.dumps(json.loads(params) | numbers),
        own=list(numbers), locks=[], reason="", valid_from=at - timedelta(days=1),
    )  # fmt: skip


def starts(cast: Any, start: datetime) -> None:
    def act() -> None:
        Activity.update(starts_at=start, ends_at=start + timedelta(hours=2)).execute()
        Shift.update(starts_at=start, ends_at=start + timedelta(hours=2)).execute()
        cast.activity.starts_at = start

    store.write(act)


def test_reminder_left_over_by_a_worker_that_was_down_waits_for_the_morning(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    starts(cast, moment(11, 21, 50))
    ident = reminder(cast, at, due_at=moment(10, 21, 50))
    deliver(gateway, moment(10, 23, 30))
    assert (gateway.calls, Delivery.get_by_id(ident).due_at) == ([], moment(11, 7, 30))
    deliver(gateway, moment(11, 7, 29))
    assert gateway.calls == []
    deliver(gateway, moment(11, 7, 30))
    assert state(ident) == ("sent", "tpl")


def test_reminder_refused_by_a_busy_platform_is_not_tried_again_at_night(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    starts(cast, moment(11, 21, 29))
    ident = reminder(cast, at, due_at=moment(10, 21, 29))
    gateway.fail("send_template", WechatFailure(TEMPLATE, -1))
    deliver(gateway, moment(10, 21, 29))
    tried = len(gateway.calls)
    deliver(gateway, moment(10, 21, 35))
    assert (tried, len(gateway.calls)) == (1, 1)
    assert Delivery.get_by_id(ident).due_at == moment(11, 7, 30)


def test_reminder_that_the_morning_would_bring_too_late_goes_to_the_call_sheet(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    starts(cast, moment(11, 6, 30))
    ident = reminder(cast, at, due_at=moment(10, 21, 50))
    deliver(gateway, moment(11, 4, 30))
    assert (state(ident), gateway.calls) == (("expired", ""), [])
    assert reminders.call_sheets_due(at=moment(11, 5, 30)) == 1
    sheet = Delivery.get(Delivery.kind == "call_sheet")
    assert "王小博" in sheet.body
    deliver(gateway, moment(11, 5, 30))
    assert state(sheet.id) == ("sent", "tpl")


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("reminder", False),
        ("confirm_nag", False),
        ("check_out_forgotten", False),
        ("hours_confirmed", False),
        ("broadcast", False),
        ("activity_changed", False),
        ("emergency", True),
        ("call_sheet", True),
        ("recovery_waiting", True),
    ],
)
def test_only_an_emergency_is_pushed_at_night(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, kind: str, sent: bool
) -> None:
    starts(cast, moment(12, 23))
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    ident = queue(
        cast, moment(10, 22), kind=kind, activity_id=cast.activity.id, shift_id=cast.shift.id, activity_version=1,
        starts_at=moment(12, 23),
    )  # fmt: skip
    deliver(gateway, moment(10, 23))
    assert state(ident) == (("sent", "tpl") if sent else ("queued", ""))
    deliver(gateway, moment(11, 7, 30))
    assert state(ident) == ("sent", "tpl")


@pytest.mark.parametrize("kind", ["activity_changed", "activity_cancelled", "place_offered"])
def test_what_concerns_an_activity_of_the_next_morning_is_pushed_at_night(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, kind: str
) -> None:
    starts(cast, moment(11, 8))
    offered = "offered" if kind == "place_offered" else "confirmed"
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo, state=offered))
    ident = queue(
        cast, moment(10, 22), kind=kind, activity_id=cast.activity.id, shift_id=cast.shift.id, activity_version=1,
        starts_at=moment(11, 8),
    )  # fmt: skip
    deliver(gateway, moment(10, 23))
    assert state(ident) == ("sent", "tpl")


@pytest.mark.parametrize(
    ("minute", "sent"), [((21, 29), True), ((21, 30), False), ((7, 29), False), ((7, 30), True)]
)
def test_quiet_hours_are_half_past_nine_to_half_past_seven(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, minute: tuple[int, int], sent: bool
) -> None:
    starts(cast, moment(12, 20))
    ident = reminder(cast, at)
    deliver(gateway, moment(11, *minute))
    assert (state(ident)[0] == "sent") is sent


def test_quiet_hours_are_those_of_the_persons_division(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    """The county of 小博 sleeps from eight; 查理, of another city, does not."""

    def act() -> None:
        county_says(at, quiet_from="20:00")
        Volunteer.update(region_code="3401").where(Volunteer.id == cast.chali.id).execute()

    store.write(act)
    here, there = queue(cast, at, kind="merged"), queue(cast, at, cast.chali, kind="merged")
    deliver(gateway, moment(10, 20, 30))
    assert [state(ident)[0] for ident in (here, there)] == ["queued", "sent"]


def test_how_near_is_urgent_is_a_number_of_the_division(db: Any, cast: Any, at: datetime) -> None:
    def told(hours: int) -> int:
        store.write(Delivery.delete().execute)
        activity = Activity.get_by_id(cast.activity.id)
        when = start - timedelta(hours=hours)
        store.write(lambda: notices.activity_cancelled(activity=activity, reason="下雨", at=when))
        return int(Delivery.get().priority)

    start = cast.activity.starts_at
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    assert (told(11), told(13)) == (outbox.SAFETY, outbox.REMINDER)
    store.write(lambda: county_says(at, urgent_hours=24))
    assert told(13) == outbox.SAFETY
