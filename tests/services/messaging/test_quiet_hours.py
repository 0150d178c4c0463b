"""Between 22:00 and 07:00 nothing that the clock says wakes anybody, whatever made it late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import SHANGHAI
from models import Activity, Delivery, Shift, store
from services.messaging import outbox, reminders
from tests.services.messaging.outbox_cases import TEMPLATE, deliver, queue, reminder, state
from tests.support.fakes import FakeGateway
from tests.support.world import sign_up
from wechat.gateway import WechatFailure


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2026 in Shanghai."""
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


def starts(cast: Any, start: datetime) -> None:
    def act() -> None:
        Activity.update(starts_at=start, ends_at=start + timedelta(hours=2)).execute()
        Shift.update(starts_at=start, ends_at=start + timedelta(hours=2)).execute()
        cast.activity.starts_at = start

    store.write(act)


def test_reminder_left_over_by_a_worker_that_was_down_waits_for_seven(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    starts(cast, moment(11, 21, 50))
    ident = reminder(cast, at, due_at=moment(10, 21, 50))
    deliver(gateway, moment(10, 23, 30))
    assert (gateway.calls, Delivery.get_by_id(ident).due_at) == ([], moment(11, 7))
    deliver(gateway, moment(11, 6, 59))
    assert gateway.calls == []
    deliver(gateway, moment(11, 7))
    assert state(ident) == ("sent", "tpl")


def test_reminder_refused_by_a_busy_platform_is_not_tried_again_at_night(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway
) -> None:
    starts(cast, moment(11, 21, 59))
    ident = reminder(cast, at, due_at=moment(10, 21, 59))
    gateway.fail("send_template", WechatFailure(TEMPLATE, -1))
    deliver(gateway, moment(10, 21, 59))
    tried = len(gateway.calls)
    deliver(gateway, moment(10, 22, 5))
    assert (tried, len(gateway.calls)) == (1, 1)
    assert Delivery.get_by_id(ident).due_at == moment(11, 7)


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
        ("hours_confirmed", True),
        ("broadcast", True),
        ("activity_changed", True),
        ("activity_cancelled", True),
    ],
)
def test_only_what_the_clock_says_sleeps(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, kind: str, sent: bool
) -> None:
    starts(cast, moment(12, 9))
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    ident = queue(
        cast, at, kind=kind, activity_id=cast.activity.id, shift_id=cast.shift.id, activity_version=1,
        priority=outbox.SAFETY,
    )  # fmt: skip
    deliver(gateway, moment(10, 23))
    assert state(ident) == (("sent", "tpl") if sent else ("queued", ""))


@pytest.mark.parametrize(
    ("minute", "sent"), [((21, 59), True), ((22, 0), False), ((6, 59), False), ((7, 0), True)]
)
def test_quiet_hours_are_22_to_7(
    db: Any, cast: Any, at: datetime, gateway: FakeGateway, minute: tuple[int, int], sent: bool
) -> None:
    starts(cast, moment(12, 20))
    ident = reminder(cast, at)
    deliver(gateway, moment(11, *minute))
    assert (state(ident)[0] == "sent") is sent
