"""异议 from the phone to the desk and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from apiflask import APIFlask

from models import MinuteEntry, Objection, ServiceRecord, store
from services.bookkeeping import books
from tests.console.conftest import Desk
from tests.pages.conftest import WECHAT, Phone
from tests.support import world
from tests.support.world import World

Desks = Callable[..., Desk]


@pytest.fixture
def record(cast: World, at: datetime) -> ServiceRecord:
    """Ninety minutes of yesterday, confirmed."""

    def act() -> ServiceRecord:
        activity, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        made = ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=cast.team.region_code,
            local_day="2026-06-09", in_at=shift.starts_at, out_at=shift.starts_at + timedelta(minutes=90), minutes=90,
            in_mode="rotating", state="confirmed", why="counted", confirmed_at=at - timedelta(hours=20),
            confirmed_by=cast.ali, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        books.post_service(record=made, actor_id=cast.ali.id, at=at)
        return made

    return store.write(act)


@pytest.fixture
def mine(app: APIFlask, cast: World, at: datetime) -> Phone:
    phone = Phone(app, WECHAT)
    phone.log_in(cast.xiaobo, at)
    return phone


def test_objection_is_raised_answered_and_goes_to_the_county(
    cast: World, desk: Desks, mine: Phone, record: ServiceRecord
) -> None:
    assert f"/m/objections/new?record={record.id}" in mine.get("/m/hours").text
    assert "1 小时 30 分钟" in mine.get(f"/m/objections/new?record={record.id}").text
    sent = {"record": str(record.id), "text": "我干到十一点", "hours": "3", "minutes": ""}
    wrong = mine.post("/m/objections/new", sent)
    assert (wrong.status_code, "我干到十一点" in wrong.text) == (400, True)
    assert "这次活动一共 120 分钟，不能比它多" in wrong.text
    done = mine.post("/m/objections/new", sent | {"hours": "2"})
    code = Objection.get().code
    assert (done.status_code, done.location) == (303, f"/m/objections/{code}?done=applied")

    leader = desk(cast.ali)
    assert "件异议等答复" in leader.get("/console").text
    assert f"/console/objections/{code}" in leader.get("/console/objections?state=waiting").text
    assert "我干到十一点" in leader.get(f"/console/objections/{code}").text
    bad = leader.post(f"/console/objections/{code}", {"text": "核对了", "minutes": "abc"})
    assert (bad.status_code, 'id="wrong-minutes"' in bad.text) == (400, True)
    answered = leader.post(f"/console/objections/{code}", {"text": "十点半您走了"})
    assert answered.location == f"/console/objections/{code}?done=noted"

    shown = mine.get(f"/m/objections/{code}").text
    assert ("十点半您走了" in shown, "6月17日（周三） 09:00以前可以请县里再看" in shown) == (True, True)
    assert mine.post(f"/m/objections/{code}", {"text": "老张看见我了"}).status_code == 303
    county = desk(cast.officer)
    seen = county.get(f"/console/objections/{code}").text
    assert ("最后答复" in seen, "最晚6月17日（周三）答复" in seen) == (True, True)
    assert all(step in seen for step in ("提出异议", "我干到十一点", "转到县里"))
    county.post(f"/console/objections/{code}", {"text": "老张作证，属实", "minutes": "120"})
    assert [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)] == [90, -90, 120]
    assert ("老张作证，属实" in mine.get(f"/m/objections/{code}").text, books.verify()) == (True, [])


def test_form_says_at_once_that_the_days_are_over(
    cast: World, mine: Phone, record: ServiceRecord, at: datetime
) -> None:
    long_ago = at - timedelta(days=8)
    store.write(lambda: ServiceRecord.update(confirmed_at=long_ago).where(ServiceRecord.id == record.id).execute())
    seen = mine.get(f"/m/objections/new?record={record.id}").text
    assert ("已经过了 7 天的期限" in seen, "<textarea" in seen) == (True, False)


def test_objection_of_somebody_else_is_not_there(cast: World, desk: Desks, mine: Phone, record: ServiceRecord) -> None:
    mine.post("/m/objections/new", {"record": str(record.id), "text": "不对"})
    code = Objection.get().code
    assert desk(cast.xiaobo).get(f"/console/objections/{code}").status_code == 403
    store.write(lambda: ServiceRecord.update(volunteer=cast.chali).execute())
    assert mine.get(f"/m/objections/new?record={record.id}").status_code == 404
