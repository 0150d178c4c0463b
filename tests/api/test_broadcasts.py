"""A leader's notice from the mini-program: looked at, confirmed, watched, stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, store
from services.messaging.broadcasts import sending
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, World, sign_up

Bearer = Callable[[Any], dict[str, str]]
PATH = "/api/v1/broadcasts"


def written(client: Any, headers: dict[str, str], code: str, **more: Any) -> Any:
    return client.post(PATH, json={"code": code, "text": "明早八点到村部集合", **more}, headers=headers)


def test_leader_looks_confirms_watches_and_stops(
    client: Any, cast: World, bearer: Bearer, at: datetime
) -> None:
    leader = bearer(cast.ali)
    seen = written(client, leader, cast.team.code).json
    assert (seen["recipients"], seen["audience"], seen["examples"], seen["needs_consent"]) == (
        1, "东湖服务队的队员", ["王*博"], False,
    )  # fmt: skip
    path = f"{PATH}/{seen['notice_id']}"
    assert client.post(path + "/confirm", headers=leader).json == {"state": "due", "count": 1}
    assert sending.work(parts=make_parts(FakeGateway()), at=at) == 1  # WeChat's check was asked first
    shown = client.get(path, headers=leader).json
    assert (shown["state"], shown["progress"]["waiting"], shown["mine"]) == ("sent", 1, True)
    assert client.post(path + "/stop", headers=leader).json == {"withdrawn": 1}
    assert [line["state"] for line in client.get(PATH, headers=leader).json["broadcasts"]] == ["stopped"]


def test_nothing_is_sent_before_the_yes_and_the_yes_counts_once(
    client: Any, cast: World, bearer: Bearer
) -> None:
    leader = bearer(cast.ali)
    path = f"{PATH}/{written(client, leader, cast.team.code).json['notice_id']}/confirm"
    assert Delivery.select().count() == 0
    assert client.post(path, headers=leader).status_code == 200
    again = client.post(path, headers=leader)
    assert (again.status_code, again.json["code"]) == (409, "notice_state")


def test_those_who_have_not_arrived(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:

    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    seen = written(client, bearer(cast.ali), cast.shift.code, whole="shift", who="absent")
    assert (seen.status_code, seen.json["recipients"]) == (201, 1)


def test_moment_is_kept(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    leader, moment = bearer(cast.ali), (at + timedelta(hours=2)).isoformat()
    seen = written(client, leader, cast.team.code, send_at=moment).json
    done = client.post(f"{PATH}/{seen['notice_id']}/confirm", headers=leader).json
    assert (done["state"], Delivery.select().count()) == ("due", 0)


@pytest.mark.parametrize(
    ("who", "more", "code"),
    [
        ("xiaobo", {}, "not_allowed"), ("ali", {"whole": "area", "code": COUNTY}, "not_found"),
        ("ali", {"text": " "}, "text_empty"), ("ali", {"text": "长" * 501}, "notice_too_long"),
        ("ali", {"text": "稳赚不赔"}, "word_refused"), ("ali", {"urgent": True}, "reason_required"),
        ("ali", {"urgent": True, "why": "雨大"}, "not_urgent"), ("ali", {"who": "leaders"}, "bad_request"),
    ],
)  # fmt: skip
def test_what_may_not_be_written(
    client: Any, cast: World, bearer: Bearer, who: str, more: dict[str, Any], code: str
) -> None:
    answer = written(client, bearer(getattr(cast, who)), **{"code": cast.team.code, **more})
    assert (answer.json["code"], Delivery.select().count()) == (code, 0)


def test_stranger_finds_none_of_it(client: Any, cast: World, bearer: Bearer) -> None:
    path = f"{PATH}/{written(client, bearer(cast.ali), cast.team.code).json['notice_id']}"
    other = bearer(cast.chali)
    answers = [client.get(path, headers=other), client.post(path + "/confirm", headers=other),
               client.post(path + "/stop", headers=other)]  # fmt: skip
    assert [each.status_code for each in answers] == [404, 404, 404]
    assert client.get(PATH, headers=other).json == {"broadcasts": [], "total": 0}
