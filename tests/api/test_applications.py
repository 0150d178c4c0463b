"""Joining a team through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Application
from services.accounts import registration
from services.recruitment import applications
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
PATH = "/api/v1/me/applications"


def test_door_then_application_then_the_list(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.chali)
    door = client.get(f"/api/v1/teams/{cast.team.code}/door", headers=mine).json
    assert (door["name"], [each["accepted"] for each in door["promises"]]) == (cast.team.name, [False, False])
    body = {"team_code": cast.team.code, "statement": "会开船", "promised": True}
    made = client.post(PATH, json=body, headers=mine)
    assert (made.status_code, made.json["state"], made.json["member"]) == (201, "submitted", False)
    listed = client.get(PATH, headers=mine).json["applications"]
    assert [(each["code"], each["state"], each["route"]) for each in listed] == [
        (made.json["code"], "submitted", "self")
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"promised": False}, 409, "promise_required"),
        ({"team_code": "nosuch22"}, 404, "not_found"),
        ({"statement": "长" * 501}, 400, "bad_request"),
        ({"admin": True}, 400, "bad_request"),
    ],
)
def test_application_that_cannot_be_is_refused(
    client: Any, cast: World, bearer: Bearer, body: dict[str, Any], status: int, code: str
) -> None:
    sent = {"team_code": cast.team.code, "promised": True} | body
    answer = client.post(PATH, json=sent, headers=bearer(cast.chali))
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert Application.select().count() == 0


def test_same_key_applies_once(client: Any, cast: World, bearer: Bearer) -> None:
    headers = bearer(cast.chali) | {"Idempotency-Key": "k"}
    body = {"team_code": cast.team.code, "promised": True}
    first, again = (client.post(PATH, json=body, headers=headers) for _ in range(2))
    assert (first.get_data(), Application.select().count()) == (again.get_data(), 1)


def test_recommendation_is_answered(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    made = applications.recommend(
        actor=cast.actor(cast.ali),
        team_code=cast.team.code,
        public_no=cast.chali.public_no,
        statement="",
        at=at,
    )
    mine = bearer(cast.chali)
    answer = client.post(f"{PATH}/{made.code}/answer", json={"accepts": True, "promised": True}, headers=mine)
    assert (answer.status_code, answer.json["state"]) == (200, "submitted")
    assert client.delete(f"{PATH}/{made.code}", headers=mine).status_code == 204
    assert Application.get().state == "withdrawn"


def test_refusal_is_replied_to(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    made = applications.apply(actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at)
    applications.refuse(actor=cast.actor(cast.officer), code=made.code, reason="远", at=at)
    mine = bearer(cast.chali)
    assert client.post(f"{PATH}/{made.code}/reply", json={"text": "我搬家"}, headers=mine).status_code == 204
    assert client.get(PATH, headers=mine).json["applications"][0]["reply"] == "我搬家"


def test_application_of_another_is_not_there(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    made = applications.apply(actor=cast.actor(cast.chali), team_code=cast.team.code, promised=True, at=at)
    assert client.delete(f"{PATH}/{made.code}", headers=bearer(cast.xiaobo)).status_code == 404


def test_leader_recommends_by_number_or_by_the_scanned_code_and_sees_what_came_of_it(
    client: Any, cast: World, at: datetime, bearer: Bearer
) -> None:
    leader, person = bearer(cast.ali), bearer(cast.chali)
    path = f"/api/v1/teams/{cast.team.code}/recommendations"
    scanned = client.get("/api/v1/me/code", headers=person).json["url"]
    assert client.post(path, json={"person": cast.chali.public_no}, headers=person).json["code"] == "not_found"
    assert client.post(path, json={"person": "v1.nobody.1.a"}, headers=leader).json["code"] == "code_forged"
    assert client.post(path, json={"person": cast.ali.public_no}, headers=leader).json["code"] == "own_record"
    made = client.post(path, json={"person": scanned, "statement": "会开船"}, headers=leader)
    again = client.post(path, json={"person": cast.chali.public_no.upper()}, headers=leader)
    assert (made.status_code, again.json["code"]) == (201, "application_open")
    found = client.get("/api/v1/me/recommendations", headers=leader).json
    assert ([each["code"] for each in found["teams"]], [
        (each["name"], each["state"]) for each in found["recommended"]
    ]) == ([cast.team.code], [(cast.chali.name, "offered")])  # fmt: skip
    assert client.get("/api/v1/me/recommendations", headers=person).json == {"teams": [], "recommended": []}


def test_door_names_the_consent_that_lacks_and_the_application_gives_it(
    client: Any, cast: World, bearer: Bearer, at: datetime
) -> None:
    mine, door = bearer(cast.chali), f"/api/v1/teams/{cast.team.code}/door"
    assert client.get(door, headers=mine).json["owed"] == []
    registration.decide_consent(actor=cast.actor(cast.chali), purpose="service", given=False, at=at)
    assert [each["purpose"] for each in client.get(door, headers=mine).json["owed"]] == ["service"]
    body = {"team_code": cast.team.code, "promised": True}
    lacking = client.post(PATH, json=body, headers=mine)
    assert (lacking.status_code, lacking.json["code"]) == (400, "consent_required")
    assert client.post(PATH, json={**body, "agreed": ["service"]}, headers=mine).status_code == 201
    assert client.get(door, headers=mine).json["owed"] == []
