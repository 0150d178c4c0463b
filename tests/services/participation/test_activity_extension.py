"""Extending an activity: one tap while it runs, a reason afterwards, within the rule's limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import History, ServiceRecord, Shift, Signup, store
from services.errors import RefusalCode
from services.participation import activities
from tests.services.participation.test_activities import refused, row
from tests.support.world import sign_up

HOUR = timedelta(hours=1)


def extend(cast: Any, at: datetime, **more: Any) -> datetime:
    return activities.extend(actor=cast.actor(cast.ali), code=cast.activity.code, at=at, **more)


def ends(cast: Any) -> tuple[datetime, datetime, datetime]:
    shift = Shift.get_by_id(cast.shift.id)
    return row(cast.activity.code).ends_at, shift.ends_at, shift.planned_ends_at


def test_one_tap_adds_thirty_minutes_while_it_runs(cast: Any, at: datetime) -> None:
    end = cast.activity.ends_at
    assert extend(cast, end - HOUR) == end + HOUR / 2
    assert ends(cast) == (end + HOUR / 2, end + HOUR / 2, end)
    assert extend(cast, end - HOUR) == end + HOUR
    assert [line.verb for line in History.select()] == ["extended", "extended"]
    assert row(cast.activity.code).version == 1


def test_extension_after_the_end_needs_a_reason(cast: Any, at: datetime) -> None:
    end = cast.activity.ends_at
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": end}
    assert refused(activities.extend, **arguments)[0] == RefusalCode.REASON_REQUIRED
    assert extend(cast, end, reason="又清了一段", ends_at=end + HOUR) == end + HOUR
    assert History.get().reason == "又清了一段"


def test_extension_stays_between_the_planned_end_and_the_rules_most(cast: Any, at: datetime) -> None:
    end = cast.activity.ends_at
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": end - HOUR, "reason": "晚"}
    for wrong in (end - timedelta(minutes=1), end + 12 * HOUR + timedelta(minutes=1)):
        assert refused(activities.extend, ends_at=wrong, **arguments)[0] == RefusalCode.EXTENSION_INVALID
    assert extend(cast, end - HOUR, ends_at=end + 12 * HOUR) == end + 12 * HOUR


def test_extension_is_measured_from_the_plan_not_from_the_last_one(cast: Any, at: datetime) -> None:
    end = cast.activity.ends_at
    extend(cast, end - HOUR, ends_at=end + 12 * HOUR)
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": end}
    assert refused(activities.extend, **arguments)[0] == RefusalCode.EXTENSION_INVALID


def test_extension_taken_back_needs_a_reason(cast: Any, at: datetime) -> None:
    end = cast.activity.ends_at
    extend(cast, end - HOUR)
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": end - HOUR, "ends_at": end}
    assert refused(activities.extend, **arguments)[0] == RefusalCode.REASON_REQUIRED
    assert activities.extend(reason="点错了", **arguments) == end


def test_extension_before_the_start_is_an_edit(cast: Any, at: datetime) -> None:
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": at}
    assert refused(activities.extend, **arguments)[0] == RefusalCode.ACTIVITY_STATE


def test_extension_afterwards_credits_the_minutes_beyond_the_old_end(cast: Any, at: datetime) -> None:
    start, end = cast.activity.starts_at, cast.activity.ends_at

    def served() -> ServiceRecord:
        sign_up(at, cast.shift, cast.xiaobo)
        return ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, minutes=120,
            region_code=cast.team.region_code, local_day="2026-06-10", rule_set=cast.hours_rule,
            in_at=start, out_at=end + HOUR / 2, created_at=at, updated_at=at,
        )  # fmt: skip

    record = store.write(served)
    extend(cast, end + HOUR, reason="活没干完")
    assert ServiceRecord.get_by_id(record.id).minutes == 150
    assert Signup.select().count() == 1
