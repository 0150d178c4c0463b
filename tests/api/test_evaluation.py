"""Judgements through the mini-program's API. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Evaluation, EvaluationLink, ServiceRecord, store
from tests.support import world
from tests.support.world import World


def test_judgements_and_link(
    client: Any, cast: World, at: datetime, bearer: Callable[[Any], dict[str, str]]
) -> None:
    def act() -> Any:
        activity, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24))
        ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code,
            local_day="2026-06-09", in_at=shift.starts_at, out_at=shift.ends_at, minutes=120,
            rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        return activity

    activity, mine, leader = store.write(act), bearer(cast.xiaobo), bearer(cast.ali)
    path = f"/api/v1/activities/{activity.code}/evaluation"
    assert client.get(path, headers=mine).json == {"title": activity.title, "mine": None}
    assert client.put(path, json={"score": 7}, headers=mine).json["code"] == "evaluation_score"
    assert client.put(path, json={"score": 4, "words": "好"}, headers=mine).status_code == 204
    assert client.get(path, headers=mine).json["mine"]["score"] == 4
    assert client.put(path, json={"score": 4}, headers=leader).json["code"] == "not_allowed"
    assert client.put(f"{path}/{cast.xiaobo.public_no}", json={"score": 5}, headers=leader).status_code == 204
    assert [each["score"] for each in client.get("/api/v1/me/evaluations", headers=mine).json["said"]] == [5]
    made = client.post(f"/api/v1/activities/{activity.code}/evaluation-links", json={"uses": 3}, headers=leader)
    assert (made.status_code, "/e/" in made.json["url"], EvaluationLink.get().uses) == (201, True, 3)
    assert Evaluation.select().count() == 2
