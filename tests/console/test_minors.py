"""The page of somebody under 18: what the township's officer reads, and what the county's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import Volunteer, store
from tests.console.conftest import Desk
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import TOWN

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]


def test_township_reads_little_and_the_county_who_read(cast: Any, desk: Make, at: Any) -> None:
    phone, _ = make_parts().vault.seal("13856401234", f"volunteer.phone:{cast.xiaobo.public_no}")

    def put() -> None:
        Volunteer.update(birth_date="2009-01-01", phone_sealed=phone).where(Volunteer.id == cast.xiaobo.id).execute()
        world.grant(at, cast.chali, "station_officer", region=TOWN)

    store.write(put)
    path, station = f"/console/people/{cast.xiaobo.public_no}", desk(cast.chali)
    page = station.get(path).text
    assert ("未满 18 岁" in page, "138****1234" in page, "看完整号码" in page, "改过什么" in page) == (
        True, False, False, False,
    )  # fmt: skip
    assert station.get(f"{path}/reveal").status_code == 403
    shut = station.post(f"{path}/reveal", {"what": "phone", "reason": "集合"})
    assert (shut.status_code, "只有县级以上" in shut.text) == (403, True)
    page = desk(cast.officer).get(path).text
    assert ("138****1234" in page, "看完整号码" in page) == (True, True)
    assert "打开未成年人的资料" in page
    assert "姓名和工作要用的" in page
