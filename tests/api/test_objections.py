"""Objections through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Objection, ServiceRecord, store
from tests.support.world import World


def test_objection_is_raised_answered_and_closed(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    start = cast.shift.starts_at
    record = store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", in_at=start, out_at=start + timedelta(hours=1),
            minutes=60, rule_set=cast.hours_rule, why="counted", created_at=at, updated_at=at,
        )
    )  # fmt: skip
    mine, leader = bearer(cast.xiaobo), bearer(cast.ali)
    body = {"record_id": record.id, "text": "少了", "wanted_minutes": 90}
    about = f"/api/v1/me/records/{record.id}"
    assert (client.get(about, headers=mine).json["closed"], client.get(about, headers=leader).status_code) == ("", 404)
    assert client.get("/api/v1/me/records?year=2026", headers=mine).json["records"][0]["may_object"]
    assert client.get("/api/v1/me/records?year=2025", headers=mine).json["records"] == []
    made = client.post("/api/v1/me/objections", json=body, headers=mine)
    again = client.post("/api/v1/me/objections", json=body, headers=mine)
    assert (made.status_code, again.json["code"]) == (201, "objection_state")
    code = made.json["code"]
    assert client.get(about, headers=mine).json["closed"]
    assert not client.get("/api/v1/me/records", headers=mine).json["records"][0]["may_object"]
    assert [row["code"] for row in client.get("/api/v1/objections", headers=leader).json["objections"]] == [code]
    answer = {"text": "属实", "minutes": 90}
    assert client.post(f"/api/v1/objections/{code}/answer", json=answer, headers=mine).json["code"] == "not_allowed"
    assert client.post(f"/api/v1/objections/{code}/answer", json=answer, headers=leader).status_code == 204
    shown = client.get("/api/v1/me/objections", headers=mine).json["objections"][0]
    assert (shown["state"], shown["answer"], shown["minutes_after"]) == ("answered", "属实", 90)
    assert client.post(f"/api/v1/me/objections/{code}/accept", headers=mine).status_code == 204
    assert client.post(f"/api/v1/me/objections/{code}/further", json={"text": "不"}, headers=mine).status_code == 409
    assert client.delete(f"/api/v1/me/objections/{code}", headers=mine).json["code"] == "objection_state"
    assert (Objection.get().state, ServiceRecord.get().state) == ("closed", "confirmed")
    years = client.get("/api/v1/me/hours", headers=mine).json["years"]
    assert years == [{"year": "2026", "minutes": 90, "records": 1}]


def test_county_decides_what_was_left_to_it(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    start = cast.shift.starts_at
    record = store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", in_at=start, out_at=start + timedelta(hours=1),
            minutes=60, rule_set=cast.hours_rule, why="counted", created_at=at, updated_at=at,
        )
    )  # fmt: skip
    mine, leader, county = bearer(cast.xiaobo), bearer(cast.ali), bearer(cast.officer)
    asked = {"record_id": record.id, "text": "少了"}
    code = client.post("/api/v1/me/objections", json=asked, headers=mine).json["code"]
    client.post(f"/api/v1/objections/{code}/answer", json={"text": "没有少"}, headers=leader)
    client.post(f"/api/v1/me/objections/{code}/further", json={"text": "问问老张"}, headers=mine)
    word, path = {"text": "老张作证", "minutes": 90}, f"/api/v1/objections/{code}/decision"
    assert [row["state"] for row in client.get("/api/v1/objections", headers=county).json["objections"]] == ["raised"]
    assert client.post(path, json=word, headers=leader).status_code == 404
    assert client.post(path, json=word, headers=county).status_code == 204
    assert client.post(path, json=word, headers=county).json["code"] == "objection_state"
    shown = client.get("/api/v1/me/objections", headers=mine).json["objections"][0]
    assert (shown["state"], shown["final"], shown["minutes_after"]) == ("closed", "老张作证", 90)
