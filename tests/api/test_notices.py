"""公示 over the API: read without a log-in, objected to without a name; names masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Nomination, RuleSet, StarAward, StarObjection, store
from tests.support.world import COUNTY, VILLAGE, World


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_stranger_reads_notices_and_objects(cast: World, client: Any, at: datetime) -> None:
    day = f"{at:%Y-%m-%d}"
    common: dict[str, Any] = {
        "region_code": VILLAGE, "state": "announced", "notice_from": day, "notice_until": "2026-06-17",
        "created_at": at,
    }  # fmt: skip

    def act() -> None:
        StarAward.create(
            code="star000001", volunteer=cast.xiaobo, star=3, step_hours=600, minutes=36000, origin="rule",
            with_brought=True, rule_set=RuleSet.get(RuleSet.kind == "stars"), at_region=COUNTY, merits="守堤三十年",
            notice_days=5, **common,
        )  # fmt: skip
        Nomination.create(
            code="nomin001", volunteer=cast.xiaobo, title="东湖好人", merits="王小博教理发", year="2026",
            award_region=COUNTY, at_region=COUNTY, figures={"hours": 12}, made_by=cast.officer,
            notice_days=5, **common,
        )  # fmt: skip

    store.write(act)
    path = "/api/v1/public/notices"
    listed = client.get(path, query_string={"region": COUNTY}).json
    assert [(each["name"], each["what"]) for each in listed["notices"]] == [("王*博", "三星")]
    assert client.get(path, query_string={"region": "349999"}).status_code == 400
    (honour,) = client.get(path, query_string={"kind": "honours"}).json["notices"]
    shown = client.get(f"{path}/honours/{honour['code']}").json
    assert (shown["what"], shown["runs"], shown["figures"]) == (
        "东湖好人", True, [{"name": "这段时间的时长（小时）", "value": "12"}],
    )  # fmt: skip
    assert "王小博" not in str(shown)
    star = f"{path}/stars/star000001"
    assert client.get(star).json["figures"][0]["value"] == "满 600 小时"
    assert client.post(star, json={"text": " "}).json["code"] == "text_empty"
    made = client.post(star, json={"text": "没有这回事"})
    assert (made.status_code, StarObjection.select().count()) == (201, 1)
    assert client.get(f"/api/v1/complaints/{made.json['token']}").json["state"] == "received"
    assert client.post(f"{path}/honours/nomin001", json={"text": "没有这回事"}).status_code == 201
