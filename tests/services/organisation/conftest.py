"""`places`: a village without a team and the people around it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.services.organisation.places import Places, make
from tests.support.world import World


@pytest.fixture
def places(cast: World, at: datetime) -> Places:
    return make(cast, at)
