"""Transfers through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import HomeTransfer
from services.lives import transfers
from tests.support.world import World

PATH = "/api/v1/me/transfers"


def test_transfer_is_asked_listed_and_taken_back(
    client: Any, cast: World, bearer: Callable[[Any], dict[str, str]]
) -> None:
    mine = bearer(cast.xiaobo)
    body = {"team_code": cast.other_team.code, "reason": "搬家", "promised": False}
    assert client.post(PATH, json=body, headers=mine).json["code"] == "promise_required"
    made = client.post(PATH, json={**body, "promised": True}, headers=mine)
    assert (made.status_code, made.json["agreed"]) == (201, True)
    rows = client.get(PATH, headers=mine).json["transfers"]
    assert [(row["code"], row["state"]) for row in rows] == [(made.json["code"], "requested")]
    path = f"{PATH}/{made.json['code']}"
    assert client.delete(path, headers=bearer(cast.chali)).status_code == 404
    assert client.delete(path, headers=mine).status_code == 204
    assert client.delete(path, headers=mine).json["code"] == "transfer_state"


def test_what_the_team_asked_is_answered(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    made = transfers.ask_for(
        actor=cast.actor(cast.ali),
        public_no=cast.xiaobo.public_no,
        team_code=cast.other_team.code,
        reason="搬家",
        at=at,
    )
    sent = {"accepts": True, "promised": True}
    answer = client.post(f"{PATH}/{made.code}/answer", json=sent, headers=bearer(cast.xiaobo))
    assert (answer.status_code, HomeTransfer.get().agreed_at) == (204, at)
