"""A county in a flood for every test of this room."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.flood import HOUR, MINUTE, SIBLING_TOWN, Flood, make_flood, refused
from tests.support.world import World

__all__ = ["HOUR", "MINUTE", "SIBLING_TOWN", "Flood", "refused"]


@pytest.fixture
def flood(cast: World, at: datetime) -> Flood:
    return make_flood(cast, at)
