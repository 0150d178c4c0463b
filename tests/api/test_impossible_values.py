"""Dates that are none, texts without an end, pages before the first: refused in our shape, and nothing is written.

Over real HTTP and with bodies that are no JSON: tests/faults/test_bad_input_running.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from models import Activity
from tests.api.test_leading import DRAFT
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
MILLION = 1_000_000
#: What a leader might send as an activity; none of it may become one.
BAD: dict[str, dict[str, Any]] = {
    "day_0001": {"starts_at": "0001-01-01T00:00:00+08:00", "ends_at": "0001-01-01T02:00:00+08:00"},
    "day_9999": {"starts_at": "9999-12-31T23:59:59+08:00", "ends_at": "9999-12-31T23:59:59-12:00"},
    "february_30": {"starts_at": "2026-02-30T09:00:00+08:00"},
    "no_zone": {"starts_at": "2026-06-12T09:00:00"},
    "number_for_a_day": {"starts_at": 1e300},
    "hour_25": {"starts_at": "2026-06-12T25:00:00+08:00"},
    "ends_before_it_starts": {"ends_at": "2026-06-12T08:00:00+08:00"},
    "long_title": {"title": "活" * (MILLION // 3)},
    "long_content": {"content": "x" * MILLION},
    "null_title": {"title": None},
    "list_for_a_text": {"title": ["清洁河岸"]},
    "object_for_a_text": {"place": {"a": 1}},
    "negative_quota": {"positions": [{"name": "清洁员", "quota": -1}]},
    "quota_beyond_an_integer": {"positions": [{"name": "清洁员", "quota": 10**30}]},
    "half_a_person": {"positions": [{"name": "清洁员", "quota": 0.5}]},
    "true_for_a_number": {"positions": [{"name": "清洁员", "quota": True}]},
    "no_positions": {"positions": None},
    "unknown_domain": {"domain": "D99"},
    "nul": {"title": "清洁\x00河岸"},
}


@pytest.mark.parametrize("name", BAD)
def test_case_30_activity_of_impossible_values_is_refused(
    client: Any, cast: World, bearer: Bearer, name: str
) -> None:
    before, headers = Activity.select().count(), bearer(cast.ali)
    began = time.process_time()
    answer = client.post("/api/v1/activities", json=DRAFT | {"team_code": cast.team.code} | BAD[name], headers=headers)
    took = time.process_time() - began
    assert answer.status_code in (400, 404, 409), answer.text[:300]
    assert set(answer.json) == {"code", "message", "facts"}
    assert len(answer.text) < 2000  # what was sent is not sent back
    assert Activity.select().count() == before
    assert took < 0.5  # of the processor; on the clock it depends on who else is there


@pytest.mark.parametrize("query", ["limit=-1", "limit=0", "limit=1e3", "limit=９", "limit=" + "9" * 400, "after=-1"])
@pytest.mark.parametrize("path", ["/api/v1/me/records", "/api/v1/me/inbox", "/api/v1/activities"])
def test_case_30_page_that_is_none_is_refused_or_left_out(
    client: Any, cast: World, bearer: Bearer, path: str, query: str
) -> None:
    answer = client.get(f"{path}?{query}", headers=bearer(cast.xiaobo))
    assert answer.status_code in (200, 400), answer.text[:300]
    if answer.status_code == 400:
        assert set(answer.json) == {"code", "message", "facts"}
