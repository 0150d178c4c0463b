"""A line of centres above the cast's team, with somebody in each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import Centre, Region, ServiceRecord, Team, Volunteer, store
from services.activeness import index
from services.statistics import months
from tests.support import world
from tests.support.world import CITY, COUNTY, TOWN, VILLAGE, World


@pytest.fixture
def levels(cast: World, at: datetime) -> dict[str, Volunteer]:
    """A station officer of the township, a county and a city director; the team stands in a village of theirs."""

    def act() -> dict[str, Volunteer]:
        people = {}
        for code, role in ((TOWN, "station_officer"), (COUNTY, "director"), (CITY, "director")):
            if not Region.select().where(Region.code == code).exists():
                world.make_region(code, code)
            if not Centre.select().where(Centre.region_code == code).exists():
                Centre.create(region_code=code, kind="centre", name=f"{code}中心", phone="0564-1", created_at=at)
            people[code] = world.make_volunteer(at, region_code=code)
            world.make_identity(at, people[code])
            world.grant(at, people[code], role, region=code)
        Team.update(region_code=VILLAGE, leader=cast.ali).where(Team.id == cast.team.id).execute()
        made, _ = world.make_activity(at, cast.team, starts_in=-timedelta(days=40))
        ServiceRecord.create(
            activity=made, team=cast.team, volunteer=cast.xiaobo, region_code=made.region_code, minutes=120,
            local_day=made.local_day, state="confirmed", rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        return people

    found = store.write(act)
    months.refresh_all(at=at)
    index.refresh(at=at)
    return found
