"""A question to the liaison through the mini-program's API, from both sides. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import store
from tests.support.world import World, grant, make_identity, make_volunteer

API = "/api/v1"


def test_question_goes_to_the_liaison_and_comes_back_until_it_is_settled(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    def found() -> Any:
        person = make_volunteer(at, "陈联络")
        make_identity(at, person, "mp")
        grant(at, person, "liaison", team=cast.team)
        return person

    helper = store.write(found)
    mine, liaison, stranger = bearer(cast.xiaobo), bearer(helper), bearer(cast.chali)
    assert client.post(f"{API}/me/questions", json={"text": " "}, headers=mine).json["code"] == "text_empty"
    code = client.post(f"{API}/me/questions", json={"text": "鞋丢了"}, headers=mine).json["code"]
    assert [row["code"] for row in client.get(f"{API}/questions", headers=liaison).json["questions"]] == [code]
    assert client.get(f"{API}/questions", headers=stranger).status_code == 403
    for path in (f"{API}/me/questions/{code}", f"{API}/questions/{code}"):
        assert client.get(path, headers=stranger).status_code in (403, 404)
    say = {"text": "在站里"}
    assert client.post(f"{API}/questions/{code}/answer", json=say, headers=mine).json["code"] == "not_allowed"
    assert client.post(f"{API}/questions/{code}/answer", json=say, headers=liaison).status_code == 204
    whole = client.get(f"{API}/me/questions/{code}", headers=mine).json
    assert [(each["who"], each["text"]) for each in whole["said"]] == [("", "鞋丢了"), ("陈联络", "在站里")]
    assert (whole["line"]["state"], whole["line"]["closes_at"] is not None, whole["may_answer"]) == (
        "answered", True, False,
    )  # fmt: skip
    assert client.post(f"{API}/me/questions/{code}/lines", json={"text": "几点"}, headers=mine).status_code == 204
    assert client.get(f"{API}/questions/{code}", headers=liaison).json["may_answer"] is True
    assert client.post(f"{API}/me/questions/{code}/settled", headers=mine).status_code == 204
    assert client.post(f"{API}/questions/{code}/answer", json=say, headers=liaison).json["code"] == "ticket_state"
    assert client.get(f"{API}/me/questions", headers=mine).json["questions"][0]["state"] == "closed"


def test_member_asks_whom_to_turn_to(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    store.write(lambda: grant(at, cast.chali, "liaison", team=cast.team))
    shown = client.post(f"{API}/me/liaison", headers=bearer(cast.xiaobo)).json["liaison"]
    assert (shown["name"], shown["of"]) == (cast.chali.name, cast.team.short_name)
