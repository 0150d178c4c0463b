"""Make-ups through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from models import Makeup, MinuteEntry, store
from services.review import paper_lists
from storage.disk import Disk
from tests.services.lives.test_files import picture
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import World


def test_make_up_is_asked_for_listed_and_decided(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    def act() -> Any:
        _, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24))
        world.sign_up(at, shift, cast.xiaobo)
        return shift

    shift, mine, leader = store.write(act), bearer(cast.xiaobo), bearer(cast.ali)
    seen = client.get("/api/v1/me/makeups", headers=mine).json
    assert [each["shift_code"] for each in seen["chances"]] == [shift.code]
    body = {
        "shift_code": shift.code, "from_at": shift.starts_at.isoformat(), "to_at": shift.ends_at.isoformat(),
        "reason": "手机没电",
    }  # fmt: skip
    first = client.post("/api/v1/me/makeups", json=body, headers=mine | {"Idempotency-Key": "k1"})
    again = client.post("/api/v1/me/makeups", json=body, headers=mine | {"Idempotency-Key": "k1"})
    assert (first.status_code, again.json, Makeup.select().count()) == (201, first.json, 1)
    code = first.json["code"]
    waiting = client.get("/api/v1/makeups", headers=leader).json["makeups"]
    assert [(each["code"], each["name"], each["minutes"]) for each in waiting] == [(code, "王小博", 120)]
    assert client.get("/api/v1/makeups", headers=mine).status_code == 403
    path = f"/api/v1/makeups/{code}/decision"
    assert client.post(path, json={"approves": True}, headers=mine).json["code"] == "not_allowed"
    assert client.post(path, json={"approves": True}, headers=leader).status_code == 204
    assert client.post(path, json={"approves": False, "reason": "晚了"}, headers=leader).json["code"] == "makeup_state"
    assert [entry.amount for entry in MinuteEntry.select()] == [120]
    record = client.get("/api/v1/me/records", headers=mine).json["records"][0]
    assert (record["source"], record["says"]) == (
        "supplement", "这是补录的时长，有人核对过再记的。已经记进您的时长。",
    )  # fmt: skip
    assert client.get("/api/v1/me/hours", headers=mine).json["supplement"] == 120
    assert client.delete(f"/api/v1/me/makeups/{code}", headers=mine).json["code"] == "makeup_state"


def test_paper_list_is_read_and_decided_above(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]], tmp_path: Path
) -> None:
    _, shift = store.write(lambda: world.make_activity(at, cast.team, starts_in=timedelta(hours=-24)))
    handed = paper_lists.ask_batch(
        parts=make_parts(storage=Disk(tmp_path)), actor=cast.actor(cast.ali), activity_code=shift.activity.code,
        people=[(shift.code, each.public_no) for each in (cast.xiaobo, cast.chali)], from_at=shift.starts_at,
        to_at=shift.ends_at, reason="大堤上没有信号", photo=picture(), at=at,
    )  # fmt: skip
    leader, county = bearer(cast.ali), bearer(cast.officer)
    waiting = client.get("/api/v1/makeups", headers=county).json["makeups"]
    assert {each["list_code"] for each in waiting} == {handed.code}
    path = f"/api/v1/paper-lists/{handed.code}"
    assert [client.get(path, headers=who).json["mine"] for who in (leader, county)] == [False, True]
    off = next(each["code"] for each in waiting if each["name"] == cast.chali.name)
    body: dict[str, Any] = {"approves": True, "without": [off]}
    assert client.post(f"{path}/decision", json=body, headers=county).json["code"] == "reason_required"
    body |= {"reason": "照片上没有他"}
    assert client.post(f"{path}/decision", json=body, headers=leader).status_code == 404
    assert client.post(f"{path}/decision", json=body, headers=county).json == {"approved": 1}
    assert client.post(f"{path}/decision", json=body, headers=county).json["code"] == "makeup_state"
    assert [entry.amount for entry in MinuteEntry.select()] == [120]
