"""报名和候补 in the console: deciding, inviting, the queue in order, marks after the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Activity, Position, Shift, Signup, TrainingTick, store
from services.participation import signups
from tests.console.conftest import Desk
from tests.support.world import World, sign_up


def ask(cast: World, at: datetime, person: Any, **more: Any) -> str:
    return signups.sign_up(
        actor=cast.actor(person), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at, **more
    ).state


def who(cast: World, person: Any) -> str:
    return f"{cast.shift.code}.{person.public_no}"


def test_waiting_sign_up_is_listed_and_decided(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    store.write(lambda: Activity.update(joining="approval").execute())
    ask(cast, at, cast.xiaobo)
    browser, path = desk(cast.ali), f"/console/activities/{cast.activity.code}/places"
    assert "王小博" in browser.get("/console/signups").text
    assert "待审核（1 人）" in browser.get(path).text
    silent = browser.post(path, {"who": who(cast, cast.xiaobo), "reject": "1"})
    assert (silent.status_code, "请写一句原因" in silent.text) == (400, True)
    browser.post(path, {"who": who(cast, cast.xiaobo), "accept": "1"})
    assert Signup.get().state == "confirmed"


def test_queue_is_shown_in_order(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    store.write(lambda: Shift.update(quota=1).where(Shift.id == cast.shift.id).execute())
    ask(cast, at, cast.ali)
    ask(cast, at, cast.chali, queue=True)
    ask(cast, at + timedelta(minutes=1), cast.xiaobo, queue=True)
    text = desk(cast.ali).get(f"/console/activities/{cast.activity.code}/places").text
    assert "候补 2 人" in text
    assert text.index("候补第 1 位") < text.index("候补第 2 位")
    assert text.index("赵查理") < text.index("王小博")


def test_member_is_invited_and_training_ticked(cast: World, desk: Callable[..., Desk]) -> None:
    store.write(lambda: Position.update(conditions={"trainings": ["急救"]}).execute())
    browser, path = desk(cast.ali), f"/console/activities/{cast.activity.code}/places"
    told = {"who": cast.shift.code, "person": cast.xiaobo.public_no}
    refused = browser.post(path, {**told, "invite": "1"})
    assert (refused.status_code, "参加过“急救”培训" in refused.text) == (409, True)
    browser.post(path, {**told, "training": "1", "training_name": "急救"})
    assert TrainingTick.get().name == "急救"
    browser.post(path, {**told, "invite": "1"})
    assert (Signup.get().state, Signup.get().invited_by_id) == ("offered", cast.ali.id)


def test_mark_after_the_end(
    cast: World, desk: Callable[..., Desk], at: datetime, frozen: Callable[[datetime], None]
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    frozen(cast.shift.ends_at)
    browser, path = desk(), f"/console/activities/{cast.activity.code}/places"
    browser.log_in(cast.ali, cast.shift.ends_at)
    assert "记一笔" in browser.get(path).text
    browser.post(path, {"who": who(cast, cast.xiaobo), "outcome": "excused", "reason": "孩子发烧"})
    row = Signup.get()
    assert (row.outcome, row.outcome_note) == ("excused", "孩子发烧")
