"""Milestones: the first hour and each star by hours, told once each whatever corrections come."""

from __future__ import annotations

from datetime import datetime

import pytest

from models import Balance, Delivery, ServiceRecord, store
from services.bookkeeping import milestones
from tests.services.bookkeeping.test_records import confirm, serve
from tests.support.world import World


def told(world: World) -> list[str]:
    rows = Delivery.select().where(Delivery.volunteer == world.xiaobo, Delivery.kind.startswith("milestone"))
    return [row.body for row in rows.order_by(Delivery.id)]


def reach(world: World, at: datetime, total: int, gained: int) -> int:
    """His book stands at `total` minutes, `gained` of them new."""

    def act() -> int:
        Balance.update(minutes=total).where(Balance.volunteer == world.xiaobo).execute()
        return milestones.tell_reached(volunteer_id=world.xiaobo.id, gained=gained, at=at)

    return store.write(act)


def test_first_hour_is_told_with_the_confirmation_that_reaches_it(cast: World) -> None:
    serve(cast, cast.xiaobo, 100)
    confirm(cast)
    assert told(cast) == ["您的志愿服务满一小时了，谢谢您！点开看看记了什么。"]


def test_less_than_an_hour_is_no_milestone(cast: World) -> None:
    serve(cast, cast.xiaobo, 59)
    confirm(cast)
    assert told(cast) == []


@pytest.mark.parametrize(
    ("total", "gained", "stars"),
    [(5999, 60, []), (6000, 60, ["一"]), (6060, 60, []), (6060, 61, ["一"]), (18000, 13000, ["一", "二"])],
)
def test_star_is_told_when_its_hours_are_reached(
    cast: World, at: datetime, total: int, gained: int, stars: list[str]
) -> None:
    assert reach(cast, at, total, gained) == len(stars)
    hours = {"一": 100, "二": 300}
    assert [text[: text.index("。")] for text in told(cast)] == [
        f"您的服务时长满{hours[star]}小时，够{star}星了" for star in stars
    ]


def test_star_lost_by_a_correction_and_reached_again_is_not_told_twice(cast: World, at: datetime) -> None:
    assert reach(cast, at, 6000, 60) == 1
    assert reach(cast, at, 5940, -60) == 0
    assert reach(cast, at, 6030, 90) == 0
    assert len(told(cast)) == 1


def test_hours_from_before_are_no_first_hour(cast: World, at: datetime) -> None:
    store.write(
        lambda: ServiceRecord.create(
            volunteer=cast.xiaobo, team=cast.team, region_code=cast.team.region_code, source="transferred",
            state="confirmed", minutes=3000, local_day="2025-01-01", rule_set=cast.hours_rule, in_at=at, out_at=at,
            created_at=at, updated_at=at,
        )
    )  # fmt: skip
    assert reach(cast, at, 3030, 30) == 0
    assert reach(cast, at, 3075, 45) == 1


def test_two_confirmations_of_one_write_tell_the_star_once(cast: World, at: datetime) -> None:
    assert reach(cast, at, 6000, 60) + reach(cast, at, 6000, 60) == 1
