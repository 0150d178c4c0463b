"""调度 over the API: what is asked of me, my team's answer, my own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import WechatIdentity
from services.accounts import sessions
from tests.support.flood import Flood, make_flood
from tests.support.world import World


@pytest.fixture
def flood(cast: World, at: datetime) -> Flood:
    return make_flood(cast, at)


def headers(person: Any, at: datetime) -> dict[str, str]:
    own = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "mp")
    return {"Authorization": f"Bearer {sessions.open_session(kind='api', identity_id=own.id, at=at).token}"}


def test_leader_and_member_answer_once_under_one_key(
    client: Any, flood: Flood, bearer: Callable[..., Any], at: datetime
) -> None:
    code = flood.start(people=6)
    path = f"/api/v1/dispatch/{code}"
    leader, member, other = (headers(flood.members["城东"][n], at) for n in range(3))
    (asked,) = client.get("/api/v1/dispatch", headers=leader).json["calls"]
    assert (asked["missing"], asked["led"][0]["state"], asked["my_state"]) == (6, "asked", "")
    assert client.get(path, headers=member).status_code == 404
    body = {"people": 2, "boats": 1, "there_at": "2026-06-10T09:40:00+08:00"}
    assert client.post(f"{path}/answer", json={**body, "people": -1}, headers=leader).status_code == 400
    key = {"Idempotency-Key": "d-1"}
    said = [client.post(f"{path}/answer", json=body, headers=leader | key).json for _ in range(2)]
    assert said == [{"state": "coming"}] * 2
    assert client.post(f"{path}/accept", json={"risk_accepted": False}, headers=member).status_code == 400
    yes = client.post(f"{path}/accept", json={"risk_accepted": True}, headers=member)
    assert (yes.json["state"], len(yes.json["activity_code"])) == ("accepted", 8)
    number = flood.members["城东"][2].public_no
    assert client.post(f"{path}/people/{number}/ring", headers=member).status_code == 404
    assert client.post(f"{path}/people/{number}/ring", headers=leader).json["code"] == "number_missing"
    told = {"accepts": True, "risk_read": True}
    assert client.post(f"{path}/people/{number}", json=told, headers=member).status_code == 403
    assert client.post(f"{path}/people/{number}", json=told, headers=leader).json["state"] == "accepted"
    assert client.post(f"{path}/accept", json={"risk_accepted": True}, headers=leader).json["code"] == "dispatch_full"
    assert client.post(f"{path}/decline", json={}, headers=other).json["state"] == "declined"
    client.post(f"{path}/decline", json={"reason": "在外地"}, headers=other)
    assert client.post(f"{path}/decline", json={"reason": "长" * 101}, headers=other).status_code == 400
    late = client.post(f"{path}/accept", json={"risk_accepted": True, "minutes": 600}, headers=member)
    assert late.json["message"].startswith("任务到6月10日（周三）17:00就结束了，那时候到就晚了")
    client.post(f"{path}/accept", json={"risk_accepted": True, "minutes": 30}, headers=member)
    seen = client.get(path, headers=member).json
    assert (seen["soon"], seen["my_state"], seen["my_there_at"][11:16], seen["led"]) == (True, "accepted", "01:30", [])
    client.post(f"{path}/answer", json={"people": 2, "minutes": 45}, headers=leader)
    (led,) = client.get(path, headers=leader).json["led"]
    assert {each["reason"] for each in led["members"]} == {"", "在外地"}
    assert (led["there_at"][11:16], [each["own"] for each in led["members"]].count(True)) == ("01:45", 1)
    assert client.get(path, headers=leader).json["led"][0]["members"][2]["recorded_by"] in ("城东0", "")
    assert client.get(path, headers=bearer(flood.cast.chali)).status_code == 404
