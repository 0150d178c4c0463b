"""Each record says in words why it counts as it does; an activity says its rule (domain U33)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import RuleSet, ServiceRecord, store
from services.bookkeeping.saying import rule_lines, words
from services.participation import activity_views
from tests.support.world import World


def record(world: World, **more: Any) -> ServiceRecord:
    start = world.shift.starts_at
    fields: dict[str, Any] = {
        "in_at": start, "out_at": start + timedelta(hours=2), "minutes": 120, "why": "counted", "state": "confirmed",
        "in_mode": "rotating", "out_mode": "rotating", "closed_by": "self", **more,
    }  # fmt: skip
    return store.write(
        lambda: ServiceRecord.create(
            shift=world.shift, activity=world.activity, team=world.team, volunteer=world.xiaobo,
            region_code=world.team.region_code, local_day="2026-06-10", rule_set=world.hours_rule, created_at=start,
            updated_at=start, **fields,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "word", "why"),
    [
        ({}, "已确认", "按签到到签退的时间算。已经记进您的时长。"),
        ({"state": "pending"}, "等确认", "按签到到签退的时间算。队长确认以后，就记进您的时长。"),
        ({"why": "clamped"}, "已确认", "只算活动时间以内的部分，早到、晚走的不算。已经记进您的时长。"),
        ({"in_mode": "list"}, "已确认", "按签到到签退的时间算。由队长在名单上登记，不是扫码。已经记进您的时长。"),
        (
            {"out_mode": "list", "closed_by": "leader"}, "已确认",
            "按签到到签退的时间算。离开的时间由队长补记。已经记进您的时长。",
        ),
        (
            {"why": "rounded", "overlap": 30}, "已确认",
            "按本地规定，不满 1 分钟的零头不算。有 30 分钟和您另一次服务是同一段时间，同一段时间只算一次。"
            "已经记进您的时长。",
        ),
        ({"source": "supplement", "why": "made_up"}, "已确认", "这是补录的时长，有人核对过再记的。已经记进您的时长。"),
        ({"why": "reviewed"}, "已确认", "这个时长是核对以后改定的。已经记进您的时长。"),
        (
            {"state": "pending", "why": "below_share", "minutes": 0}, "时间不够",
            "在场时间不到活动时间的 0%，按本地规定不计时长。如果不对，请找队长，或点“这次不对，提出异议”。",
        ),
        ({"held_by_case": 1}, "正在核对", "按签到到签退的时间算。这次服务正在核对，核对完以前先不动。结果会告诉您。"),
        ({"state": "void", "why": "forged"}, "不算", "核查认定这次没有服务，时长不算。"),
        (
            {"state": "pending", "needs_review": "clock"}, "等核对",
            "按签到到签退的时间算。签到的时间有对不上的地方，要队长先核对，核对好再确认。",
        ),
        ({"state": "pending", "out_at": None, "why": "inside"}, "已签到", "还没有签退。走之前请扫签退码。"),
    ],
)  # fmt: skip
def test_a_record_says_why_it_counts(cast: World, fields: dict[str, Any], word: str, why: str) -> None:
    said = words(record(cast, **fields))
    assert (said.word, said.why) == (word, why)


def test_an_activity_says_its_rule(cast: World, at: datetime) -> None:
    view = activity_views.view(code=cast.activity.code, volunteer_id=None, at=at)
    assert view.hours_rule == (
        "从签到算到签退，按实际分钟算，来回路上不算。",
        "只算活动时间以内的。开始前 30 分钟可以签到，结束后 30 分钟以内可以签退。",
        "同一段时间参加两个活动，只算一次。",
        "过了零点的活动，算在开始那一天。",
        "忘了签退的先不算，队长在 7 天以内补上离开的时间才算。",
        "队长确认以后计入；队长自己的时长由服务中心确认。",
        "没扫上码的，活动结束后 30 天以内可以申请补录，由别人核对。",
        "觉得不对，确认以后 7 天以内可以提出异议，5 个工作日内答复您。",
    )


def test_a_stricter_rule_is_said_too(cast: World, at: datetime) -> None:
    params = json.loads(cast.hours_rule.params) | {"min_share": 60, "round_to": 30}
    made = store.write(
        lambda: RuleSet.create(
            kind="hours", region_code="3415", version=1, params=json.dumps(params), valid_from=at
        )
    )
    share, step = rule_lines(made.id)[2:4]
    assert share == "在场不到活动时间的 60%，不计时长。"
    assert step == "按每 30 分钟算一段，不满一段的零头不算。"
