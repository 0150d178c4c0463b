"""What I want pushed, over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.services.messaging.outbox_cases import give_credit
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]


def test_group_is_turned_off_and_all_is_opened_again(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.xiaobo)
    put = client.put("/api/v1/me/message-choices/team", json={"on": False}, headers=mine)
    fewer = client.put("/api/v1/me/message-choices", json={"fewer": True}, headers=mine)
    told = client.get("/api/v1/me/message-choices", headers=mine).json
    assert (put.status_code, fewer.status_code, told["fewer"]) == (204, 204, True)
    assert [each["group"] for each in told["groups"] if not each["on"]] == ["team"]
    assert told["standing"] == {"following": True, "turned_off": False, "credits": 0, "reached": True}
    client.put("/api/v1/me/message-choices", json={"fewer": False}, headers=mine)
    told = client.get("/api/v1/me/message-choices", headers=mine).json
    assert (told["fewer"], all(each["on"] for each in told["groups"])) == (False, True)


def test_safety_cannot_be_turned_off(client: Any, cast: World, bearer: Bearer) -> None:
    answer = client.put("/api/v1/me/message-choices/safety", json={"on": False}, headers=bearer(cast.xiaobo))
    assert answer.status_code == 404


def test_asked_for_what_is_nearly_used_up(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    mine = bearer(cast.xiaobo)
    give_credit(cast.xiaobo, at, template="sub_reminder", change=3)
    asked = client.get("/api/v1/me/subscriptions?moment=signup", headers=mine).json
    assert asked == {"templates": [{"template_id": "demo-sub-notice", "name": "sub_notice", "remaining": 0}]}
    assert client.get("/api/v1/me/subscriptions?moment=never", headers=mine).status_code == 400
    remind = client.get("/api/v1/me/subscriptions?moment=remind", headers=mine).json
    settings = client.get("/api/v1/me/message-choices", headers=mine).json
    assert settings["templates"] == remind["templates"] != []
