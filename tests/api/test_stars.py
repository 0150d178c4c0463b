"""The mini-program's doors to stars and benefits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Balance, Benefit, store
from tests.support.world import COUNTY, World


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_star_is_asked_for_and_a_benefit_shown(cast: World, client: Any, bearer: Any, at: datetime) -> None:
    def act() -> None:
        Balance.update(minutes=700 * 60).where(Balance.volunteer == cast.xiaobo).execute()
        Benefit.create(
            code="benef001", region_code=COUNTY, provider="公交公司", kind="bus", name="坐公交", member=True,
            from_on="2026-01-01", created_at=at, updated_at=at,
        )  # fmt: skip

    store.write(act)
    me = bearer(cast.xiaobo)
    stars = client.get("/api/v1/me/stars", headers=me).json
    assert (stars["star"], stars["reached"], stars["can_ask"], stars["to_next"]) == (0, 3, 3, 18000)
    assert stars["additions"] == ["", "", "在当地有一定影响力", "事迹突出", "能示范带动别人"]
    key = {**me, "Idempotency-Key": "k1"}
    first = client.post("/api/v1/me/stars", json={"merits": "守堤"}, headers=key)
    assert [(way["star"], way["state"], way["may_add"]) for way in first.json["ways"]] == [
        (3, "review", True), (2, "review", False),
    ]  # fmt: skip
    assert client.post("/api/v1/me/stars", json={"merits": "守堤"}, headers=key).json == first.json
    assert client.post("/api/v1/me/stars", json={"merits": ""}, headers=me).json["code"] == "star_state"
    assert client.post("/api/v1/me/stars", json={"merits": "长" * 801}, headers=me).status_code == 400
    assert client.post("/api/v1/me/stars", json={}, headers=bearer(cast.chali)).json["facts"]["star"] == "一"
    hours = client.get("/api/v1/me/hours", headers=me).json
    assert (hours["stars"], hours["reached"]) == (0, 3)
    assert [one["code"] for one in client.get("/api/v1/me/benefits", headers=me).json["benefits"]] == ["benef001"]
    card = client.get("/api/v1/me/benefits/benef001/card", headers=me).json
    assert ("/b/b1.benef001." in card["url"], card["left"], card["seconds"]) == (True, None, 300)
    assert client.get("/api/v1/me/benefits/benef001/card", headers=bearer(cast.chali)).status_code == 409
