"""My honours and my year through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Honour, PeriodMinutes, store
from tests.support.world import COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_own_honours_and_year(client: Any, bearer: Any, cast: World, at: datetime) -> None:
    def act() -> None:
        for number, revoked in ((1, None), (2, at)):
            Honour.create(
                volunteer=cast.xiaobo, kind="nomination", name=f"好人{number}", year="2026", region_code=COUNTY,
                source=f"nomination:{number}", awarded_by="县中心", awarded_on="2026-06-01", at=at, revoked_at=revoked,
            )  # fmt: skip
        PeriodMinutes.create(volunteer=cast.xiaobo, period="2026", region_code=COUNTY, minutes=60, records=1)

    store.write(act)
    mine = bearer(cast.xiaobo)
    found = client.get("/api/v1/me/honours", headers=mine).get_json()
    assert ([each["name"] for each in found["held"]], found["on_wall"]) == (["好人1"], False)
    year = client.get("/api/v1/me/years/2026", headers=mine).get_json()
    assert (year["minutes"], year["honours"], year["empty"]) == (60, ["好人1"], False)
    picture = client.get("/api/v1/me/years/2026/card.png", headers=mine)
    assert (picture.mimetype, len(picture.data) < 300_000) == ("image/png", True)
    assert client.get("/api/v1/me/years/1999", headers=mine).status_code == 404
    assert client.get("/api/v1/me/years/2026", headers=bearer(cast.chali)).get_json()["empty"]
