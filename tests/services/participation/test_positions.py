"""Positions and shifts of an activity: what is asked of people, and how many of them when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Position, Shift, store
from services.errors import Refusal, RefusalCode
from services.participation import positions
from services.participation.positions import (
    MOST_PEOPLE,
    MOST_POSITIONS,
    MOST_SHIFTS,
    Conditions,
    PositionDraft,
    ShiftDraft,
)
from tests.support.world import make_activity

HOUR = timedelta(hours=1)
EARLY = datetime.fromisoformat("2026-06-11T00:00:00+00:00")


def field(act: Any) -> str:
    """The field that the refusal points at."""
    with pytest.raises(Refusal) as no:
        act()
    assert no.value.code is RefusalCode.ACTIVITY_INVALID
    return str(no.value.facts["field"])


@pytest.mark.parametrize(
    ("drafts", "name"),
    [
        ((PositionDraft("清洁员", 1),) * (MOST_POSITIONS + 1), "positions"),
        ((PositionDraft("  ", 1),), "positions"),
        ((PositionDraft("字" * 21, 1),), "positions"),
        ((PositionDraft("清洁员", 1, "字" * 201),), "positions"),
        ((PositionDraft("清洁\x00员", 1),), "positions"),
        ((PositionDraft("清洁员", 0),), "quota"),
        ((PositionDraft("清洁员", MOST_PEOPLE + 1),), "quota"),
        ((PositionDraft("清洁员", 1, shifts=(ShiftDraft(EARLY, EARLY + HOUR, 0),)),), "quota"),
        ((PositionDraft("清洁员", 1, shifts=(ShiftDraft(EARLY, EARLY),)),), "shifts"),
        ((PositionDraft("清洁员", 1, shifts=(ShiftDraft(EARLY, EARLY + HOUR),) * 2),), "shifts"),
    ],
)
def test_position_that_cannot_be_is_refused(drafts: tuple[PositionDraft, ...], name: str) -> None:
    assert field(lambda: positions.check_positions(drafts)) == name


def test_more_shifts_than_a_day_has_use_for_are_refused() -> None:
    many = tuple(ShiftDraft(EARLY + n * HOUR, EARLY + (n + 1) * HOUR) for n in range(MOST_SHIFTS + 1))
    assert field(lambda: positions.check_positions((PositionDraft("巡逻员", 1, shifts=many),))) == "shifts"


@pytest.mark.parametrize(("begins", "ends"), [(-1, 1), (1, 5)])
def test_shift_outside_the_activity_is_refused(begins: int, ends: int) -> None:
    wanted = (PositionDraft("巡逻员", 1, shifts=(ShiftDraft(EARLY + begins * HOUR, EARLY + ends * HOUR),)),)
    positions.check_positions(wanted)
    wrong = field(lambda: positions.check_positions(wanted, starts_at=EARLY, ends_at=EARLY + 4 * HOUR))
    assert wrong == "shifts"


@pytest.mark.parametrize(
    "asked",
    [
        Conditions(skills=("no-such",)), Conditions(qualifications=("no-such",)), Conditions(trainings=(" ",)),
        Conditions(trainings=("训" * 31,)), Conditions(trainings=("急救", "急救")), Conditions(age_from=13),
        Conditions(age_to=121), Conditions(age_from=60, age_to=50),
    ],
)  # fmt: skip
def test_condition_that_nobody_could_meet_or_read_is_refused(db: Any, asked: Conditions) -> None:
    wanted = (PositionDraft("船员", 1, conditions=asked),)
    assert field(lambda: positions.check_positions(wanted)) == "position_conditions"


def test_position_written_down_is_read_back_as_it_was(cast: Any, at: datetime) -> None:
    start, end = cast.activity.starts_at, cast.activity.ends_at
    wanted = (
        PositionDraft("清洁员", 10),
        PositionDraft(
            "船员", 4, "会游泳", Conditions(("boat",), ("boat",), ("水上安全",), 18, 60),
            (ShiftDraft(start, start + HOUR), ShiftDraft(start + HOUR, end, 2)),
        ),
    )  # fmt: skip

    def write() -> Activity:
        activity, _ = make_activity(at, cast.team)
        Shift.delete().where(Shift.activity == activity).execute()
        Position.delete().where(Position.activity == activity).execute()
        positions.put_positions(activity, wanted)
        return activity

    activity = store.write(write)
    assert positions.positions_of(Activity.get_by_id(activity.id)) == wanted
    assert [(row.starts_at, row.ends_at, row.quota) for row in Shift.select().where(Shift.activity == activity)] == [
        (start, end, 10), (start, start + HOUR, 4), (start + HOUR, end, 2),
    ]  # fmt: skip


def test_position_moved_a_week_takes_its_shifts_along() -> None:
    wanted = (PositionDraft("巡逻员", 1, shifts=(ShiftDraft(EARLY, EARLY + HOUR),)),)
    week = timedelta(days=7)
    assert positions.moved(wanted, week)[0].shifts == (ShiftDraft(EARLY + week, EARLY + week + HOUR),)
