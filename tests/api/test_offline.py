"""A leader's phone without a network over the API: opened by a link, fed once, emptied in pieces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from clock import to_millis
from models import ServiceRecord, store
from services.errors import RefusalCode
from tests.support.world import World, sign_up
from wording import entry

SECRET = "s" * 43


@pytest.fixture
def link(client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]) -> str:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    made = client.post(
        f"/api/v1/activities/{cast.activity.code}/offline-kits", headers=bearer(cast.ali)
    )
    assert made.status_code == 201
    return str(made.json["url"].rsplit("/", 1)[-1])


def open_kit(client: Any, link: str, secret: str = SECRET) -> Any:
    return client.post("/api/v1/offline/open", json={"link": link, "secret": secret})


@pytest.fixture
def phone(client: Any, link: str) -> dict[str, str]:
    """The headers of a phone that opened the kit."""
    assert open_kit(client, link).status_code == 200
    return {"Authorization": f"Bearer {SECRET}"}


def item(person: Any, when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "nonce": str(uuid4()), "kind": "list", "direction": "in", "device_at": to_millis(when), "offset": 0,
        "person": person.public_no, **more,
    }  # fmt: skip


def test_kit_is_opened_once_and_fetched_again(client: Any, cast: World, link: str) -> None:
    opened = open_kit(client, link)
    assert [each["name"] for each in opened.json["people"]] == [cast.xiaobo.name]
    assert open_kit(client, link).json == opened.json
    assert open_kit(client, link, "t" * 43).json["code"] == "kit_link_invalid"
    fetched = client.get("/api/v1/offline/kit", headers={"Authorization": f"Bearer {SECRET}"})
    assert fetched.json == opened.json


def test_scans_are_answered_one_by_one_in_words(
    client: Any, cast: World, phone: dict[str, str], frozen: Any, at: datetime
) -> None:
    kit = client.get("/api/v1/offline/kit", headers=phone).json["kit"]
    start = cast.shift.starts_at
    frozen(start)
    items = [item(cast.xiaobo, start), item(cast.ali, start), "nonsense", item(cast.xiaobo, start, direction="out")]
    sent = {"kit": kit, "items": items, "sent": {"device": to_millis(start), "mono": 12.5, "run": "r"}}
    answer = client.post("/api/v1/offline/scans", json=sent, headers=phone)
    assert answer.json["server_now"] == to_millis(start)
    assert [(each["outcome"], each["message"]) for each in answer.json["answers"]][:2] == [
        ("accepted", "已记录"), ("refused", answer.json["answers"][1]["message"]),
    ]  # fmt: skip
    assert [each["reason"] for each in answer.json["answers"]] == ["", "own_record", "bad_request", ""]
    again = client.post("/api/v1/offline/scans", json=sent, headers=phone)
    assert again.json["answers"] == answer.json["answers"]
    assert ServiceRecord.select().count() == 1


def test_refused_scan_speaks_to_the_leader_and_not_to_the_one_who_was_scanned(
    client: Any, cast: World, phone: dict[str, str], frozen: Any
) -> None:
    kit, start = client.get("/api/v1/offline/kit", headers=phone).json["kit"], cast.shift.starts_at
    frozen(start)
    name = {"nonce": str(uuid4()), "kind": "name", "direction": "in", "device_at": to_millis(start), "name": "过路人"}
    items = [name, item(cast.ali, start), "nonsense"]
    answer = client.post("/api/v1/offline/scans", json={"kit": kit, "items": items}, headers=phone)
    assert [each["message"] for each in answer.json["answers"]] == [
        "没认出是谁。请打开活动的名单，在“没认出的名字”里点他是谁",
        "不能给自己签。请别的负责人签，或者申请补录", "这一条读不出来，没有算",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", entry("offline.refused"))
def test_every_word_for_a_refused_scan_is_of_a_refusal_there_is(reason: str) -> None:
    assert reason in {code.value for code in RefusalCode}


def test_offline_token_opens_nothing_else(
    client: Any, phone: dict[str, str], bearer: Callable[[Any], dict[str, str]], cast: World
) -> None:
    assert client.get("/api/v1/me", headers=phone).status_code == 401
    assert client.get(f"/api/v1/activities/{cast.activity.code}/roster", headers=phone).status_code == 401
    assert client.get("/api/v1/offline/kit", headers=bearer(cast.ali)).status_code == 401


def test_kit_of_somebody_else_takes_no_scans(client: Any, phone: dict[str, str]) -> None:
    answer = client.post("/api/v1/offline/scans", json={"kit": "otherkit", "items": []}, headers=phone)
    assert answer.json["code"] == "not_found"


def test_too_many_items_are_sent_back(client: Any, phone: dict[str, str]) -> None:
    kit = client.get("/api/v1/offline/kit", headers=phone).json["kit"]
    answer = client.post("/api/v1/offline/scans", json={"kit": kit, "items": [1] * 501}, headers=phone)
    assert answer.status_code == 400


def test_phone_that_has_thrown_its_list_away_is_out(client: Any, phone: dict[str, str]) -> None:
    assert client.post("/api/v1/offline/done", headers=phone).status_code == 204
    assert client.get("/api/v1/offline/kit", headers=phone).status_code == 401
