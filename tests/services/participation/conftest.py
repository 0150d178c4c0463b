"""What the tests of this room share: a leader's phone with a kit, and when the activity begins."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import RoleGrant, store
from tests.services.participation.offline_phone import Phone, open_phone
from tests.support.world import World, sign_up


@pytest.fixture
def start(cast: World) -> datetime:
    """When the activity begins."""
    return cast.shift.starts_at


@pytest.fixture
def phone(cast: World, at: datetime) -> Phone:
    """The leader's phone, with a right clock; he has led for a month; 小博 is signed up."""
    store.write(RoleGrant.update(from_at=at - timedelta(days=30)).execute)
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    return open_phone(cast, at)
