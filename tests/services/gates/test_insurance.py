"""Insurance: nothing dangerous opens without a cover for the whole of its time (条例 §17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Insurance, store
from services.errors import Refusal, RefusalCode
from services.gates import insurance
from tests.support.world import CITY, COUNTY, VILLAGE2, World, make_activity

HOUR = timedelta(hours=1)


def cover(at: datetime, begins: datetime, ends: datetime, **more: Any) -> Insurance:
    fields = {"region_code": COUNTY, **more}
    code = f"c{Insurance.select().count()}"
    return store.write(
        lambda: Insurance.create(
            code=code, insurer="人保", product="志愿者意外险", policy_no="P1", covers_from=begins, covers_until=ends,
            created_at=at, **fields,
        )
    )  # fmt: skip


@pytest.fixture
def flood(cast: World, at: datetime) -> Activity:
    return store.write(lambda: make_activity(at, cast.team, sub_domain="flood"))[0]


def asked(activity: Activity, at: datetime) -> RefusalCode | None:
    try:
        insurance.require_cover(activity, at)
    except Refusal as refused:
        return refused.code
    return None


def test_harmless_activity_needs_no_cover(cast: World, at: datetime) -> None:
    assert asked(cast.activity, at) is None


def test_dangerous_activity_without_cover_is_refused(flood: Activity, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        insurance.require_cover(flood, at)
    assert (refused.value.code, refused.value.facts) == (RefusalCode.INSURANCE_MISSING, {"day": "2026-06-10"})


def test_activity_called_dangerous_by_its_leader_needs_a_cover(cast: World, at: datetime) -> None:
    cast.activity.dangerous = True
    assert asked(cast.activity, at) == RefusalCode.INSURANCE_MISSING


@pytest.mark.parametrize("region", ["", CITY, COUNTY])
def test_cover_of_a_division_holds_for_all_below_it(flood: Activity, at: datetime, region: str) -> None:
    cover(at, flood.starts_at, flood.ends_at, region_code=region)
    assert asked(flood, at) is None


def test_cover_of_another_division_does_not_help(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.ends_at, region_code=VILLAGE2)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_cover_of_another_team_or_activity_does_not_help(cast: World, flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.ends_at, team=cast.other_team)
    cover(at, flood.starts_at, flood.ends_at, team=cast.team, activity=cast.activity)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_cover_of_the_team_or_of_the_activity_is_enough(cast: World, flood: Activity, at: datetime) -> None:
    one = cover(at, flood.starts_at, flood.ends_at, team=cast.team)
    assert asked(flood, at) is None
    store.write(lambda: Insurance.update(activity=flood).where(Insurance.id == one.id).execute())
    assert asked(flood, at) is None


@pytest.mark.parametrize(("begins", "ends"), [(1, 0), (0, -1)])
def test_cover_for_a_part_of_the_time_is_not_enough(
    flood: Activity, at: datetime, begins: int, ends: int
) -> None:
    cover(at, flood.starts_at + begins * HOUR, flood.ends_at + ends * HOUR)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_two_covers_that_follow_each_other_are_one(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.starts_at + HOUR)
    cover(at, flood.starts_at + HOUR, flood.ends_at)
    assert asked(flood, at) is None


def test_gap_between_two_covers_is_seen(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.starts_at + HOUR)
    cover(at, flood.starts_at + HOUR + timedelta(seconds=1), flood.ends_at)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_cover_that_was_ended_does_not_count(flood: Activity, at: datetime) -> None:
    cover(at, flood.starts_at, flood.ends_at, ended_at=at)
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING


def test_emergency_goes_out_with_the_cover_of_the_year(flood: Activity, at: datetime) -> None:
    flood.emergency = True
    assert asked(flood, at) == RefusalCode.INSURANCE_MISSING
    cover(at, at - timedelta(days=100), at + timedelta(days=200))
    assert asked(flood, at) is None
