"""报名和候补 in the console: deciding, inviting, the queue in order, marks after the end."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from openpyxl import load_workbook

from models import Activity, Position, ServiceRecord, Shift, Signup, TrainingTick, Volunteer, store
from services.participation import signups
from tests.console.conftest import Desk
from tests.support.world import World, make_activity, sign_up


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


def test_list_leaves_as_a_file_with_the_same_words(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    store.write(lambda: Shift.update(quota=1).where(Shift.id == cast.shift.id).execute())
    ask(cast, at, cast.ali)
    ask(cast, at, cast.xiaobo, queue=True)
    answer = desk(cast.ali).get(f"/console/activities/{cast.activity.code}/places.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[:4] for row in rows] == [
        ("姓名", "岗位", "开始", "状态"), ("王小博", "清洁员", rows[1][2], "候补第 1 位"),
        ("李阿丽", "清洁员", rows[1][2], "已录用"),
    ]  # fmt: skip


def test_leader_sees_who_comes_for_the_first_time(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    for person in (cast.chali, cast.xiaobo):
        ask(cast, at, person)
    other = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(days=-9)))[1]
    store.write(
        lambda: ServiceRecord.create(
            shift=other, activity=other.activity_id, team=cast.team, volunteer=cast.xiaobo, in_at=at,
            region_code=cast.team.region_code, local_day="2026-06-01", rule_set=cast.hours_rule, created_at=at,
            updated_at=at,
        )
    )  # fmt: skip
    text = desk(cast.ali).get(f"/console/activities/{cast.activity.code}/places").text
    assert text.count("第一次参加") == 1
    assert text.index("赵查理") < text.index("第一次参加") < text.index("王小博")


def test_leader_sees_who_stayed_away_lately(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    for person in (cast.chali, cast.xiaobo):
        ask(cast, at, person)

    def missed(days: int, person: Volunteer) -> None:
        shift = make_activity(at, cast.team, starts_in=timedelta(days=-days))[1]
        sign_up(at, shift, person, outcome="absent", outcome_at=at - timedelta(days=days))

    store.write(lambda: (missed(9, cast.xiaobo), missed(91, cast.chali)))
    text = desk(cast.ali).get(f"/console/activities/{cast.activity.code}/places").text
    assert text.count("最近有过没来") == 1
    assert text.index("王小博") < text.index("最近有过没来")


def test_leader_is_told_what_the_person_lacks_and_not_what_he_lacks_himself(
    cast: World, desk: Callable[..., Desk]
) -> None:
    store.write(lambda: Volunteer.update(birth_date="2010-06-10").where(Volunteer.id == cast.xiaobo.id).execute())
    told = {"who": cast.shift.code, "person": cast.xiaobo.public_no, "invite": "1"}
    answer = desk(cast.ali).post(f"/console/activities/{cast.activity.code}/places", told)
    assert (answer.status_code, "他现在不能来。本人会看到：“您未满十八周岁" in answer.text) == (409, True)
