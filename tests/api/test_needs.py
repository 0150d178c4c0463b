"""点单 over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import Need, store
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
BODY = {"title": "理发", "domain": "D3", "sub_domain": "care", "content": "腿脚不便", "contact": "13856400000"}


def test_need_is_sent_once_under_one_key_and_withdrawn(client: Any, cast: World, bearer: Bearer) -> None:
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "n-1"}
    first, again = (client.post("/api/v1/me/needs", json=BODY, headers=headers) for _ in range(2))
    assert (first.status_code, again.json, Need.select().count()) == (201, first.json, 1)
    shown = client.get("/api/v1/me/needs", headers=bearer(cast.xiaobo)).json
    (mine,) = shown["needs"]
    care = {"code": "D3", "sub": "care"}
    assert care in [{"code": one["code"], "sub": sub["code"]} for one in shown["domains"] for sub in one["sub_domains"]]
    assert (mine["state"], "contact" in mine) == ("received", False)
    path = f"/api/v1/me/needs/{mine['code']}/withdraw"
    assert client.post(path, headers=bearer(cast.chali)).status_code == 404
    assert client.post(path, headers=bearer(cast.xiaobo)).status_code == 204


def test_own_need_is_judged_and_its_stars_stand_with_it(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.xiaobo)
    code = client.post("/api/v1/me/needs", json=BODY, headers=mine).json["code"]
    path, stars = f"/api/v1/me/needs/{code}/judge", {"score": 4, "words": "很好"}
    assert client.post(path, json=stars, headers=mine).status_code == 409
    store.write(lambda: Need.update(state="served", team=cast.team).execute())
    assert client.post(path, json={"score": 6}, headers=mine).status_code == 400
    assert client.post(path, json=stars, headers=bearer(cast.chali)).status_code == 404
    assert client.post(path, json=stars, headers=mine).status_code == 204
    (need,) = client.get("/api/v1/me/needs", headers=mine).json["needs"]
    assert (need["judged"], need["stars"]) == ({"count": 1, "tenths": 40}, 4)
