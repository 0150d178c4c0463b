"""Copying an activity, repeating it every week."""

from __future__ import annotations

from collections.abc import Callable

from models import Activity, Series
from tests.console.conftest import Desk
from tests.support.world import World


def test_activity_is_copied_and_its_day_changed(cast: World, desk: Callable[..., Desk]) -> None:
    leader = desk(cast.ali)
    answer = leader.post(f"/console/activities/{cast.activity.code}/copy")
    one = Activity.select().order_by(Activity.id.desc()).first()
    assert answer.location == f"/console/activities/{one.code}/edit?done=copied"
    assert "已照原样写好一份草稿" in leader.get(answer.location).text


def test_series_is_begun_seen_and_ended(cast: World, desk: Callable[..., Desk]) -> None:
    leader, path = desk(cast.ali), f"/console/activities/{cast.activity.code}/repeat"
    assert "星期几" in leader.get(path).text
    assert leader.post(path, {"until": "2026-08-01"}).status_code == 409
    there = leader.post(path, {"day": "4", "until": "2026-08-01", "skip": "1"}).location.partition("?")[0]
    page = leader.get(there).text
    assert ("端午" in page, "节假日不排" in page, "到时候自动排" in page) == (True, True, True)
    assert cast.activity.title in leader.get("/console/series").text
    leader.post(there + "/end", {"reason": "换季了"})
    assert Series.get().ended_at is not None
