"""One shift moves within its activity: its own people are told and read it, the others are left in peace (U13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, History, Position, Shift, ShiftChange, store
from services.codes import new_shift_key
from services.errors import Refusal, RefusalCode
from services.messaging import reminders
from services.participation import changes, shift_moves
from tests.support.world import World, sign_up

C = RefusalCode
HOUR = timedelta(hours=1)


@pytest.fixture
def evening(cast: World, at: datetime) -> Shift:
    """A second shift in the activity's last hour, with 查理; 小博 is in the first."""

    def make() -> Shift:
        activity = cast.activity
        position = Position.create(activity=activity, name="收尾组", quota=5)
        shift = Shift.create(
            code="evening1", activity=activity, position=position, starts_at=activity.ends_at - HOUR,
            ends_at=activity.ends_at, planned_ends_at=activity.ends_at, quota=5, code_key=new_shift_key(),
        )  # fmt: skip
        sign_up(at, cast.shift, cast.xiaobo)
        sign_up(at, shift, cast.chali)
        return shift

    return store.write(make)


@pytest.fixture
def move(cast: World, evening: Shift, at: datetime) -> Callable[..., None]:
    def act(who: Any = None, **more: Any) -> None:
        facts = {
            "shift_code": evening.code, "starts_at": evening.starts_at - HOUR / 2, "ends_at": evening.ends_at, "at": at,
        } | more  # fmt: skip
        shift_moves.move(actor=cast.actor(who or cast.ali), **facts)

    return act


def _told() -> list[tuple[int, str]]:
    rows = Delivery.select().where(Delivery.kind == "activity_changed").order_by(Delivery.id)
    return [(row.volunteer_id, row.body) for row in rows]


def test_people_of_the_shift_alone_are_told_with_old_and_new(
    cast: World, evening: Shift, move: Callable[..., None], at: datetime
) -> None:
    move()
    shift = Shift.get_by_id(evening.id)
    assert (shift.starts_at, Activity.get_by_id(cast.activity.id).version) == (evening.starts_at - HOUR / 2, 1)
    ((who, body),) = _told()
    assert (who, "收尾组" in body, "开始时间由" in body) == (cast.chali.id, True, True)
    kept = ShiftChange.get()
    assert (kept.number, kept.changes) == (
        1, {"starts_at": [evening.starts_at.isoformat(), shift.starts_at.isoformat()]},
    )  # fmt: skip
    assert History.select().where(History.verb == "shift_moved").count() == 1


def test_it_is_read_like_a_move_of_the_activity(cast: World, move: Callable[..., None], at: datetime) -> None:
    move()
    code, chali = str(cast.activity.code), cast.actor(cast.chali)
    (change,) = changes.mine(actor=chali, code=code)
    assert (change.shift, [name for name, _, _ in change.fields]) == ("收尾组", ["starts_at"])
    assert changes.mine(actor=cast.actor(cast.xiaobo), code=code) == []
    (before,) = shift_moves.readings(actor=cast.actor(cast.ali), code=code, at=at)
    assert (before.told, before.read, [name for _, name in before.open]) == (1, 0, [cast.chali.name])
    assert [changes.acknowledge(actor=chali, code=code, at=at) for _ in range(2)] == [1, 0]
    assert changes.mine(actor=chali, code=code) == []
    assert shift_moves.readings(actor=cast.actor(cast.ali), code=code, at=at)[0].open == ()


def test_chat_acknowledges_it_too(cast: World, move: Callable[..., None], at: datetime) -> None:
    move()
    chali = cast.actor(cast.chali, "bot")
    assert changes.acknowledge_all(actor=chali, at=at) == [cast.activity.title]
    assert changes.acknowledge_all(actor=chali, at=at) == []


def test_second_move_is_told_and_read_anew(
    cast: World, evening: Shift, move: Callable[..., None], at: datetime
) -> None:
    move()
    changes.acknowledge(actor=cast.actor(cast.chali), code=str(cast.activity.code), at=at)
    move(starts_at=evening.starts_at - HOUR / 4)
    assert [each.version for each in changes.mine(actor=cast.actor(cast.chali), code=str(cast.activity.code))] == [2]
    assert len(_told()) == 2


def test_same_times_change_nothing(evening: Shift, move: Callable[..., None]) -> None:
    move(starts_at=evening.starts_at)
    assert (ShiftChange.select().count(), _told()) == (0, [])


def test_reminder_of_the_old_time_is_taken_back_and_one_of_the_new_is_made(
    cast: World, evening: Shift, move: Callable[..., None], at: datetime
) -> None:
    """A person who was reminded two hours ahead is reminded again when the shift moves further away."""
    soon = evening.starts_at - 2 * HOUR
    store.write(lambda: Shift.update(starts_at=cast.activity.ends_at - HOUR).execute())
    assert reminders.enqueue_due(at=soon) == 2
    move(starts_at=evening.ends_at - HOUR / 6, at=soon)
    later = evening.ends_at - HOUR / 6 - 2 * HOUR
    assert reminders.enqueue_due(at=later) == 1
    rows = Delivery.select().where(Delivery.kind == "reminder", Delivery.shift == evening.id).order_by(Delivery.id)
    assert [(row.state, row.dedupe_key.endswith(":was1")) for row in rows] == [("withdrawn", True), ("queued", False)]
    others = Delivery.select().where(Delivery.kind == "reminder", Delivery.shift == cast.shift.id)
    assert [row.state for row in others] == ["queued"]


@pytest.mark.parametrize("start", ["before", "after", "none"])
def test_times_outside_the_activity_are_refused(
    cast: World, evening: Shift, move: Callable[..., None], start: str
) -> None:
    times = {
        "before": {"starts_at": cast.activity.starts_at - HOUR}, "after": {"ends_at": cast.activity.ends_at + HOUR},
        "none": {"starts_at": evening.ends_at},
    }[start]  # fmt: skip
    with pytest.raises(Refusal) as no:
        move(**times)
    assert no.value.code is C.SHIFT_TIMES


def test_who_and_when_not(cast: World, evening: Shift, move: Callable[..., None], at: datetime) -> None:
    def refused(**more: Any) -> RefusalCode:
        with pytest.raises(Refusal) as no:
            move(**more)
        return no.value.code

    assert refused(shift_code="nothing") is C.NOT_FOUND
    assert refused(who=cast.xiaobo) is C.NOT_ALLOWED
    assert refused(at=evening.starts_at) is C.ACTIVITY_STATE
    store.write(lambda: Activity.update(state="cancelled").execute())
    assert refused() is C.ACTIVITY_CANCELLED
