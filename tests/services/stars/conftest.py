"""Who reviews stars: the county, and the city above it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Volunteer, store
from tests.support import world
from tests.support.world import CITY, World


@pytest.fixture
def city(cast: World, at: datetime) -> Any:
    """A director of the city's centre."""

    def act() -> Volunteer:
        person = world.make_volunteer(at, "钱局长", region_code=CITY)
        world.grant(at, person, "director", region=CITY)
        world.make_identity(at, person)
        return person

    return cast.actor(store.write(act), "console")


@pytest.fixture
def county(cast: World) -> Any:
    return cast.actor(cast.officer, "console")
