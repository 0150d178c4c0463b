"""The mall over the API: the shelf, one redemption for one key, the station's hand-over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Redemption
from tests.services.mall.world import give, offer, open_mall, sums
from tests.support.world import World


def test_redeemed_and_handed_over_by_the_api(client: Any, cast: World, bearer: Any, at: datetime) -> None:
    mine, station = bearer(cast.xiaobo), bearer(cast.officer)
    assert client.get("/api/v1/rewards", headers=mine).get_json()["code"] == "module_off"
    open_mall(at)
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    shelf = client.get("/api/v1/rewards", headers=mine).get_json()
    assert (shelf["balance"], shelf["offers"][0]["obstacle"]) == (100, "")
    path = f"/api/v1/rewards/{reward.code}/redeem"
    for price in (-60, 0, 10**9, "60"):
        assert client.post(path, json={"price": price}, headers=mine).status_code == 400
    assert client.post(path, json={"price": 59}, headers=mine).get_json()["facts"]["price"] == 60
    keyed = mine | {"Idempotency-Key": "k1"}
    first, again = (client.post(path, json={"price": 60}, headers=keyed) for _ in range(2))
    assert first.get_json() == again.get_json()
    got = first.get_json()
    assert (Redemption.select().count(), sums(cast.xiaobo)) == (1, (40, 40))
    assert client.post(path, json={"price": 61}, headers=keyed).status_code == 422
    assert client.post(path, json={"price": 60}, headers=mine).get_json()["code"] == "points_short"
    assert client.post("/api/v1/pickups", json={"shown": got["digits"]}, headers=bearer(cast.ali)).status_code == 404
    found = client.post("/api/v1/pickups", json={"shown": got["pick_url"]}, headers=station).get_json()
    assert (found["name"], found["may"]) == ("王小博", True)
    assert client.post(f"/api/v1/pickups/{got['code']}/hand", headers=station).get_json()["state"] == "handed"
    listed = client.get("/api/v1/me/redemptions", headers=mine).get_json()["redemptions"]
    assert [(each["state"], each["digits"]) for each in listed] == [("handed", "")]
    no = client.post(f"/api/v1/me/redemptions/{got['code']}/cancel", headers=mine)
    assert (no.status_code, no.get_json()["code"]) == (409, "redemption_state")
