"""What a leader makes activities from, over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Activity, Need
from services.planning import needs, plans
from services.planning.plans import ItemDraft, PlanDraft
from tests.api.test_leading import DRAFT
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
HAIR = {
    "title": "上门理发", "domain": "D3", "sub_domain": "care", "content": "腿脚不便", "contact": "张大爷 13856400000",
}  # fmt: skip


@pytest.fixture
def path(client: Any, cast: World, bearer: Bearer, at: datetime) -> str:
    """A need of 小博's that the county's officer has opened."""
    code = client.post("/api/v1/me/needs", json=HAIR, headers=bearer(cast.xiaobo)).json["code"]
    needs.accept(actor=cast.actor(cast.officer), code=code, at=at)
    return f"/api/v1/needs/{code}"


def test_leader_claims_a_need_reaches_whoever_asked_and_serves_it(
    client: Any, cast: World, bearer: Bearer, path: str
) -> None:
    leader, other = bearer(cast.ali), bearer(cast.chali)
    (line,) = client.get("/api/v1/needs?state=open", headers=leader).json["needs"]
    assert (line["title"], line["judged"]) == ("上门理发", {"count": 0, "tenths": None})
    assert client.get("/api/v1/needs", headers=other).json == {"needs": [], "total": 0}
    assert client.get(path, headers=leader).json["claims"] == [{"code": cast.team.code, "name": cast.team.name}]
    assert client.get(path, headers=other).status_code == 404
    assert client.post(path + "/contact", json={"reason": "约时间"}, headers=leader).status_code in (403, 404)
    team = {"team_code": cast.team.code}
    assert client.post(path + "/claim", json=team, headers=other).status_code in (403, 404)
    assert client.post(path + "/claim", json=team, headers=leader).status_code == 204
    shown = client.post(path + "/contact", json={"reason": "约时间"}, headers=leader)
    assert shown.json == {"contact": "张大爷 13856400000"}
    assert client.post(path + "/served", headers=leader).status_code == 204
    assert (Need.get().state, client.post(path + "/served", headers=leader).status_code) == ("served", 409)


def test_leader_gives_a_need_back_with_a_reason(client: Any, cast: World, bearer: Bearer, path: str) -> None:
    leader = bearer(cast.ali)
    client.post(path + "/claim", json={"team_code": cast.team.code}, headers=leader)
    assert client.post(path + "/back", json={"reason": " "}, headers=leader).status_code == 400
    assert client.post(path + "/back", json={"reason": "人手不够"}, headers=leader).status_code == 204
    assert Need.get().state == "open"


def test_activity_is_tied_to_what_the_team_has(
    client: Any, cast: World, bearer: Bearer, path: str, at: datetime
) -> None:
    leader = bearer(cast.ali)
    client.post(path + "/claim", json={"team_code": cast.team.code}, headers=leader)
    ali = cast.actor(cast.ali)
    plan = plans.put(actor=ali, team_code=cast.team.code, period="2026", draft=PlanDraft(), at=at)
    item = plans.add_item(actor=ali, plan_id=plan, draft=ItemDraft("理发日", "D3", "care"), at=at)
    ties = client.get(f"/api/v1/teams/{cast.team.code}/ties", headers=leader).json
    assert (ties["needs"][0]["name"], ties["plan_items"]) == ("上门理发", [{"code": str(item), "name": "理发日"}])
    assert client.get(f"/api/v1/teams/{cast.team.code}/ties", headers=bearer(cast.xiaobo)).status_code == 403
    body = DRAFT | {"team_code": cast.team.code, "need": ties["needs"][0]["code"], "plan_item": item}
    code = client.post("/api/v1/activities", json=body, headers=leader).json["code"]
    made = Activity.get(Activity.code == code)
    assert (made.need_id, made.plan_item_id) == (Need.get().id, item)


def test_leader_writes_the_same_once_more(client: Any, cast: World, bearer: Bearer) -> None:
    path = f"/api/v1/activities/{cast.activity.code}/copy"
    assert client.post(path, json={}, headers=bearer(cast.xiaobo)).status_code == 403
    code = client.post(path, json={}, headers=bearer(cast.ali)).json["code"]
    made = Activity.get(Activity.code == code)
    assert (made.title, made.state) == (cast.activity.title, "draft")
    assert (made.starts_at - cast.activity.starts_at).days == 7
