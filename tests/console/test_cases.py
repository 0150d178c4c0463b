"""From 没去 on a phone to the verdict at the desk above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask

from models import Bar, HoursCase, MinuteEntry, PresenceQuestion, ServiceRecord, store
from services.bookkeeping import books
from tests.console.conftest import Desk
from tests.pages.conftest import WECHAT, Phone
from tests.support import world
from tests.support.world import World

Desks = Callable[..., Desk]


@pytest.fixture
def record(cast: World, at: datetime) -> ServiceRecord:
    """Two hours of yesterday that ali confirmed and xiaobo is asked about."""

    def act() -> ServiceRecord:
        activity, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        made = ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code,
            local_day="2026-06-09", in_at=shift.starts_at, out_at=shift.ends_at, minutes=120, in_mode="list",
            state="confirmed", why="counted", confirmed_at=at, confirmed_by=cast.ali, rule_set=cast.hours_rule,
            created_at=at, updated_at=at,
        )  # fmt: skip
        books.post_service(record=made, actor_id=cast.ali.id, at=at)
        PresenceQuestion.create(record=made, volunteer=cast.xiaobo, asked_at=at)
        return made

    return store.write(act)


def phone_of(app: APIFlask, person: Any, at: datetime) -> Phone:
    made = Phone(app, WECHAT)
    made.log_in(person, at)
    return made


def test_no_on_the_phone_leads_to_a_verdict_above(
    app: APIFlask, cast: World, desk: Desks, record: ServiceRecord, at: datetime
) -> None:
    mine, leader = phone_of(app, cast.xiaobo, at), phone_of(app, cast.ali, at)
    assert "您去了吗" in mine.get(f"/m/presence/{record.id}").text
    assert mine.post(f"/m/presence/{record.id}", {"there": "maybe"}).status_code == 400
    mine.post(f"/m/presence/{record.id}", {"there": "no"})
    assert "不是您的错" in mine.get(f"/m/presence/{record.id}").text
    code = HoursCase.get().code
    county = desk(cast.officer)
    assert f"/console/cases/{code}" in county.get("/console/cases?state=held").text
    path = f"/console/cases/{code}"
    assert "请谁说明" in county.get(path).text
    assert 'id="wrong-who"' in county.post(f"{path}/hearing", {}).text
    assert county.post(f"{path}/hearing", {"who": [cast.ali.public_no]}).location == f"{path}?done=noted"
    assert "等当事人说明" in county.get(path).text
    assert mine.get(f"/m/cases/{code}").status_code == 404  # a witness, not the one it is about
    assert "请您说明情况" in leader.get(f"/m/cases/{code}").text
    assert leader.post(f"/m/cases/{code}", {"text": "名单抄错了"}).location == f"/m/cases/{code}?done=saved"
    assert "名单抄错了" in county.get(path).text
    wrong = county.post(f"{path}/verdict", {"text": "名单抄错", "upheld": "1"})
    assert 'id="wrong-who"' in wrong.text
    sent = {"text": "名单抄错", "upheld": "1", "forged": [str(record.id)], "who": [cast.ali.public_no]}
    late = county.post(f"{path}/verdict", sent | {"until": "2026-06-01"})
    assert 'id="wrong-until"' in late.text
    assert county.post(f"{path}/verdict", sent | {"until": "2026-07-01"}).location == f"{path}?done=noted"
    assert [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)] == [120, -120]
    shown = leader.get(f"/m/cases/{code}").text
    assert ("认定不实" in shown, "7月1日" in shown) == (True, True)
    assert "为止不能报名：名单抄错" in leader.get("/m").text
    bars = county.get("/console/bars").text
    assert ("李阿丽" in bars, f"/console/bars/{Bar.get().id}/lift" in bars) == (True, True)
    assert 'id="wrong-' in county.post(f"/console/bars/{Bar.get().id}/lift", {"reason": ""}).text
    county.post(f"/console/bars/{Bar.get().id}/lift", {"reason": "认错"})
    assert Bar.get().lifted_why == "认错"


def test_case_is_opened_from_a_record(cast: World, desk: Desks, record: ServiceRecord) -> None:
    county = desk(cast.officer)
    page = county.get(f"/console/activities/{record.activity.code}/records/{record.id}").text
    assert f"/console/records/{record.id}/case" in page
    answer = county.post(f"/console/records/{record.id}/case", {"reason": "人在外地"})
    assert answer.location == f"/console/cases/{HoursCase.get().code}?done=noted"
    assert desk(cast.ali).post(f"/console/records/{record.id}/case", {"reason": "x"}).status_code == 404
