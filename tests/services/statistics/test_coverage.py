"""Places without a team: listed, with a target, and the centre that answers for them reminded."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import Centre, Delivery, Region, Team, store
from services import regions
from services.actors import OPERATOR
from services.listing import Wanted
from services.policy import numbers
from services.statistics import coverage
from tests.support.world import COUNTY, OTHER_TOWN, PROVINCE, VILLAGE, World


def _codes(cast: World, at: datetime, **asked: object) -> list[str]:
    found = coverage.gaps(actor=cast.actor(cast.officer), wanted=Wanted(**asked), at=at)  # type: ignore[arg-type]
    return [gap.code for gap in found.rows]


def _target(at: datetime, days: int, level: str = "5") -> None:
    day = at.date() + timedelta(days=days)
    numbers.set_number(
        actor=OPERATOR, region_code=PROVINCE, kind="coverage", name="targets", value={level: day.isoformat()},
        lock=False, reason="r", at=at - timedelta(days=200),
    )  # fmt: skip


def test_place_with_a_team_is_no_gap(cast: World, at: datetime) -> None:
    found = _codes(cast, at)
    assert cast.team.region_code not in found
    assert OTHER_TOWN in found


def test_place_where_no_team_is_expected_is_no_gap(cast: World, at: datetime) -> None:
    store.write(lambda: Region.update(has_team=False).where(Region.code == OTHER_TOWN).execute())
    assert OTHER_TOWN not in _codes(cast, at)


def test_closed_division_is_no_gap(cast: World, at: datetime) -> None:
    store.write(lambda: Region.update(closed_on="2026-01-01").where(Region.code == OTHER_TOWN).execute())
    assert OTHER_TOWN not in _codes(cast, at)


def test_gaps_by_level_and_place(cast: World, at: datetime) -> None:
    assert {len(code) for code in _codes(cast, at, filters={"level": "4"})} == {9}
    assert all(code.startswith(OTHER_TOWN) for code in _codes(cast, at, filters={"region": OTHER_TOWN}))


def test_gap_with_a_team_on_its_way_says_so(cast: World, at: datetime) -> None:
    store.write(
        lambda: Team.update(state="founding", region_code=OTHER_TOWN).where(Team.id == cast.team.id).execute()
    )
    found = coverage.gaps(actor=cast.actor(cast.officer), wanted=Wanted(filters={"founding": "yes"}), at=at)
    assert [(gap.code, gap.founding) for gap in found.rows] == [(OTHER_TOWN, cast.team.name)]


def test_gap_past_its_target_is_late(cast: World, at: datetime) -> None:
    _target(at, -1, "4")
    gap = coverage.gaps(actor=cast.actor(cast.officer), wanted=Wanted(filters={"level": "4"}), at=at).rows[0]
    assert (gap.target, gap.late) == (at.date() - timedelta(days=1), True)


def _with_village_gap(cast: World) -> None:
    def act() -> None:
        Region.create(
            code="341522101200", name="河口村村民委员会", level=5, parent=OTHER_TOWN, place_name="河口村"
        )
        Centre.update(liaison_id=cast.officer.id, region_code=COUNTY).where(
            Centre.id == cast.centre.id
        ).execute()

    store.write(act)


@pytest.mark.parametrize(
    ("days", "told"), [(40, 0), (30, 1), (26, 1), (20, 0), (7, 1), (0, 1), (-3, 1), (-15, 0), (-30, 1)]
)
def test_centre_is_reminded_on_the_steps_before_and_after_the_target(
    cast: World, at: datetime, days: int, told: int
) -> None:
    _with_village_gap(cast)
    _target(at, days)
    assert coverage.remind_due(at=at) == told


def test_centre_is_reminded_once_of_each_step(cast: World, at: datetime) -> None:
    _with_village_gap(cast)
    _target(at, 7)
    coverage.remind_due(at=at)
    assert coverage.remind_due(at=at + timedelta(days=1)) == 0
    delivery = Delivery.get()
    assert delivery.volunteer_id == cast.officer.id
    assert str(at.date() + timedelta(days=7)) in delivery.body


def test_centre_without_gaps_is_left_in_peace(cast: World, at: datetime) -> None:
    _target(at, 0)
    store.write(lambda: Region.update(has_team=False).where(Region.level == 5).execute())
    assert coverage.remind_due(at=at) == 0


def test_paths_are_told_from_the_city_down(cast: World) -> None:
    assert regions.path_names([VILLAGE])[VILLAGE].endswith(regions.name_of(VILLAGE))
