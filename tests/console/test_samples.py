"""抽查 and leaders' own hours at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import HoursCase, Sample, ServiceRecord, store
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import COUNTY, World

Desks = Callable[..., Desk]


@pytest.fixture
def record(cast: World, at: datetime) -> ServiceRecord:
    """Two hours of yesterday of the leader, waiting; and the activity on the list of samples."""

    def act() -> ServiceRecord:
        activity, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        Sample.create(
            week="2026-W24", region_code=COUNTY, activity=activity, team=cast.team, created_at=at,
            signs=[{"sign": "by_hand", "percent": 80, "count": 4}],
        )  # fmt: skip
        return ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.ali, region_code=cast.team.region_code,
            local_day="2026-06-09", in_at=shift.starts_at, out_at=shift.ends_at, minutes=120, in_mode="list",
            why="counted", rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip

    return store.write(act)


def test_sample_is_looked_at_and_closed(cast: World, desk: Desks, record: ServiceRecord) -> None:
    county, path = desk(cast.officer), f"/console/samples/{Sample.get().id}"
    assert "手工登记的占 80%" in county.get("/console/samples?state=open").text
    page = county.get(path).text
    assert ("李阿丽" in page, "没有问题" in page) == (True, True)
    wrong = county.post(path, {"case": "1", "note": ""})
    assert (wrong.status_code, 'id="wrong-note"' in wrong.text) == (400, True)
    assert county.post(path, {"fine": "1", "note": "打过电话"}).location == "/console/samples?state=open"
    assert Sample.get().state == "fine"
    assert "打过电话" in county.get(path).text


def test_doubt_leads_to_the_case(cast: World, desk: Desks, record: Any) -> None:
    done = desk(cast.officer).post(f"/console/samples/{Sample.get().id}", {"case": "1", "note": "人在外地"})
    assert done.location == f"/console/cases/{HoursCase.get().code}?done=noted"


def test_leaders_own_hours_stand_in_a_list(cast: World, desk: Desks, record: ServiceRecord) -> None:
    page = desk(cast.officer).get("/console/own-hours").text
    assert ("李阿丽" in page, f"/records/{record.id}" in page) == (True, True)
