"""An activity's life: draft, published, moved, called off, extended; and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, History, Position, RuleSet, Shift, store
from services.errors import Refusal, RefusalCode
from services.participation import activities, signups
from services.participation.activities import ActivityDraft, PositionDraft
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, sign_up
from wechat.gateway import TextVerdict, WechatFailure
from wording import say

HOUR = timedelta(hours=1)


@pytest.fixture
def draft(at: datetime) -> ActivityDraft:
    return ActivityDraft(
        title="  清洁河岸  ", domain="D3", sub_domain="ecology", place="淮河大堤", content="清理垃圾",
        risk_notice="岸边湿滑", conditions="身体健康", safeguards="提供手套", contact="李阿丽",
        starts_at=at + 24 * HOUR, ends_at=at + 26 * HOUR,
        positions=(PositionDraft("清洁员", 10), PositionDraft("安全员", 2, "会游泳")),
    )  # fmt: skip


def make(cast: Any, at: datetime, draft: ActivityDraft, **more: Any) -> str:
    arguments = {
        "parts": make_parts(FakeGateway()), "actor": cast.actor(cast.ali), "team_code": cast.team.code, **more,
    }  # fmt: skip
    return activities.create(draft=draft, at=at, **arguments)


def published(cast: Any, at: datetime, draft: ActivityDraft) -> str:
    code = make(cast, at, draft)
    activities.publish(actor=cast.actor(cast.ali), code=code, at=at)
    return code


def refused(act: Callable[..., Any], **arguments: Any) -> tuple[RefusalCode, dict[str, Any]]:
    with pytest.raises(Refusal) as refusal:
        act(**arguments)
    return refusal.value.code, refusal.value.facts


def row(code: str) -> Activity:
    return Activity.get(Activity.code == code)


def verbs(code: str) -> list[str]:
    lines = History.select().where(History.subject == f"activity:{row(code).id}").order_by(History.id)
    return [line.verb for line in lines]


# Creating and publishing -------------------------------------------------------------------------------------


def test_create_writes_a_draft_with_a_shift_for_each_position(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    made = row(make(cast, at, draft))
    assert (made.title, made.state, made.region_code, made.local_day, made.version) == (
        "清洁河岸", "draft", cast.team.region_code, "2026-06-11", 1,
    )  # fmt: skip
    assert (made.signup_opens_at, made.signup_closes_at) == (at, draft.starts_at)
    shifts = list(Shift.select().where(Shift.activity == made).order_by(Shift.id))
    assert [(s.position.name, s.position.requirement, s.quota) for s in shifts] == [
        ("清洁员", "", 10), ("安全员", "会游泳", 2),
    ]  # fmt: skip
    times = (draft.starts_at, draft.ends_at, draft.ends_at)
    assert {(s.starts_at, s.ends_at, s.planned_ends_at) for s in shifts} == {times}
    assert len({s.code for s in shifts} | {s.code_key for s in shifts}) == 4
    assert verbs(made.code) == ["created"]


def test_hours_rule_of_the_day_is_frozen_in_the_activity(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    def newer(version: int) -> int:
        fields = {"kind": "hours", "region_code": COUNTY, "params": '{"extend_max": 60}', "valid_from": at}
        return store.write(lambda: RuleSet.create(version=version, **fields)).id

    first = newer(1)
    code = make(cast, at, draft)
    newer(2)
    assert row(code).hours_rule_id == first


def test_stranger_cannot_create_for_a_team_nor_learn_that_it_exists(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    assert (
        refused(make, cast=cast, at=at, draft=draft, actor=cast.actor(cast.chali))[0] == RefusalCode.NOT_FOUND
    )
    assert refused(make, cast=cast, at=at, draft=draft, team_code="nothing")[0] == RefusalCode.NOT_FOUND
    assert Activity.select().count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "), ("title", "长" * 41), ("place", "长" * 61), ("domain", "D9"), ("sub_domain", "industry"),
        ("openness", "nobody"), ("code_life", 29), ("positions", (PositionDraft(" ", 1),)),
    ],
)  # fmt: skip
def test_draft_with_a_wrong_field_is_refused(
    cast: Any, at: datetime, draft: ActivityDraft, field: str, value: Any
) -> None:
    bad = replace(draft, **{field: value})
    assert refused(make, cast=cast, at=at, draft=bad) == (RefusalCode.ACTIVITY_INVALID, {"field": field})


def test_draft_that_ends_before_it_begins_or_lasts_beyond_a_day_is_refused(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    for ends_at in (draft.starts_at, draft.starts_at + 24 * HOUR + timedelta(milliseconds=1)):
        bad = replace(draft, ends_at=ends_at)
        assert refused(make, cast=cast, at=at, draft=bad) == (
            RefusalCode.ACTIVITY_INVALID,
            {"field": "ends_at"},
        )
    assert make(cast, at, replace(draft, ends_at=draft.starts_at + 24 * HOUR))


def test_sign_up_that_closes_after_the_end_is_refused(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    bad = replace(draft, signup_closes_at=draft.ends_at + HOUR)
    assert refused(make, cast=cast, at=at, draft=bad)[1] == {"field": "signup_closes_at"}


def test_text_that_wechat_finds_risky_is_refused_from_the_mini_program(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    gateway = FakeGateway()
    gateway.verdict = TextVerdict("risky", 20001)
    parts = make_parts(gateway)
    assert refused(make, cast=cast, at=at, draft=draft, parts=parts)[0] == RefusalCode.TEXT_REFUSED
    assert make(cast, at, draft, parts=parts, actor=cast.actor(cast.ali, "console"))
    gateway.fail("check_text", WechatFailure("/wxa/msg_sec_check", 61010, ""))
    assert make(cast, at, draft, parts=parts)


def test_publish_shows_it_and_twice_changes_nothing(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    activities.publish(actor=cast.actor(cast.ali), code=code, at=at + HOUR)
    assert (row(code).state, row(code).published_at) == ("published", at)
    assert verbs(code) == ["created", "published"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("place", ""), ("content", " "), ("risk_notice", ""), ("conditions", ""), ("safeguards", " "), ("positions", ())],
)
def test_publish_without_what_the_standard_asks_is_refused(
    cast: Any, at: datetime, draft: ActivityDraft, field: str, value: Any
) -> None:
    code = make(cast, at, replace(draft, **{field: value}))
    answer = refused(activities.publish, actor=cast.actor(cast.ali), code=code, at=at)
    assert answer == (RefusalCode.ACTIVITY_INVALID, {"field": field})
    assert row(code).state == "draft"


def test_how_to_sign_up_is_written_by_the_house_where_the_leader_has_not(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    assert row(make(cast, at, draft)).how_to_join == say("planning.how_to_join")
    assert row(make(cast, at, replace(draft, how_to_join="打电话"))).how_to_join == "打电话"


def test_cancelling_in_time_is_the_divisions_rule_unless_the_leader_says_otherwise(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    assert row(make(cast, at, draft)).cancel_hours == 12
    assert row(make(cast, at, replace(draft, cancel_hours=48))).cancel_hours == 48


@pytest.mark.parametrize("more", [{"private_home": True}, {"domain": "D4", "sub_domain": "visits"}])
def test_what_is_confidential_or_in_a_home_is_for_the_team_alone(
    cast: Any, at: datetime, draft: ActivityDraft, more: dict[str, Any]
) -> None:
    code = make(cast, at, replace(draft, **more))
    assert row(code).openness == "team"
    edit(cast, code, at, openness="everyone")
    assert row(code).openness == "team"


def test_emergency_is_declared_by_a_centre_alone(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    flood = replace(draft, sub_domain="flood", emergency=True)
    assert refused(make, cast=cast, at=at, draft=flood)[0] == RefusalCode.NOT_ALLOWED
    code = make(cast, at, draft)
    assert refused(edit, cast=cast, code=code, at=at, emergency=True)[0] == RefusalCode.NOT_ALLOWED
    by_officer = make(cast, at, flood, actor=cast.actor(cast.officer))
    assert row(by_officer).emergency is True


def test_publish_after_its_start_is_refused(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = make(cast, at, draft)
    answer = refused(activities.publish, actor=cast.actor(cast.ali), code=code, at=draft.starts_at)
    assert answer == (RefusalCode.ACTIVITY_INVALID, {"field": "starts_at"})


def test_every_act_on_anothers_activity_is_not_found(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    stranger = {"actor": cast.actor(cast.chali), "code": code, "at": at}
    shift = Shift.get(Shift.activity == row(code))
    assert refused(activities.publish, **stranger)[0] == RefusalCode.NOT_FOUND
    assert refused(activities.edit, changes={"title": "x"}, **stranger)[0] == RefusalCode.NOT_FOUND
    assert refused(activities.cancel, reason="雨", **stranger)[0] == RefusalCode.NOT_FOUND
    assert refused(activities.extend, **stranger)[0] == RefusalCode.NOT_FOUND
    del stranger["code"]
    assert (
        refused(activities.set_quota, shift_code=shift.code, quota=3, **stranger)[0] == RefusalCode.NOT_FOUND
    )
    assert (row(code).state, row(code).title) == ("published", "清洁河岸")


def test_county_officer_may_act_for_the_team(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = make(cast, at, draft, actor=cast.actor(cast.officer))
    activities.publish(actor=cast.actor(cast.officer), code=code, at=at)
    assert row(code).state == "published"


# Editing -----------------------------------------------------------------------------------------------------


def edit(cast: Any, code: str, at: datetime, **changes: Any) -> None:
    activities.edit(actor=cast.actor(cast.ali), code=code, changes=changes, at=at)


def test_move_in_time_takes_shifts_and_sign_up_along_and_tells_people(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    code = published(cast, at, draft)
    shift = Shift.get(Shift.activity == row(code))
    store.write(lambda: sign_up(at, shift, cast.xiaobo))
    starts, ends = draft.starts_at + 24 * HOUR, draft.ends_at + 24 * HOUR
    edit(cast, code, at, starts_at=starts, ends_at=ends)
    moved = row(code)
    assert (moved.starts_at, moved.ends_at, moved.signup_closes_at, moved.local_day, moved.version) == (
        starts, ends, starts, "2026-06-12", 2,
    )  # fmt: skip
    for shift in Shift.select().where(Shift.activity == moved):
        assert (shift.starts_at, shift.ends_at, shift.planned_ends_at) == (starts, ends, ends)
    told = Delivery.select().where(Delivery.kind == "activity_changed")
    assert [delivery.volunteer_id for delivery in told] == [cast.xiaobo.id]
    line = History.select().order_by(History.id.desc()).first()
    assert (line.verb, line.changes["starts_at"]) == (
        "edited",
        [draft.starts_at.isoformat(), starts.isoformat()],
    )


def test_move_takes_back_what_waits_of_the_old_version(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    shift = Shift.get(Shift.activity == row(code))
    store.write(lambda: sign_up(at, shift, cast.xiaobo))
    edit(cast, code, at, place="东湖公园")
    edit(cast, code, at + HOUR, place="西湖公园")
    states = [d.state for d in Delivery.select().order_by(Delivery.id)]
    assert (states, row(code).version) == (["withdrawn", "queued"], 3)


def test_new_wording_alone_is_no_move(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    shift = Shift.get(Shift.activity == row(code))
    store.write(lambda: sign_up(at, shift, cast.xiaobo))
    edit(cast, code, at, content="清理垃圾和杂草", place="淮河大堤")
    assert (row(code).content, row(code).version, Delivery.select().count()) == ("清理垃圾和杂草", 1, 0)


def test_edit_without_a_change_leaves_no_history(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    edit(cast, code, at, title="清洁河岸")
    assert verbs(code) == ["created", "published"]


def test_published_activity_cannot_lose_what_the_standard_asks(
    cast: Any, at: datetime, draft: ActivityDraft
) -> None:
    code = published(cast, at, draft)
    arguments = {"actor": cast.actor(cast.ali), "code": code, "at": at}
    assert refused(activities.edit, changes={"risk_notice": " "}, **arguments)[1] == {"field": "risk_notice"}
    assert refused(activities.edit, changes={"starts_at": at, "signup_opens_at": at - HOUR}, **arguments)[
        1
    ] == {"field": "ends_at"}
    assert refused(activities.edit, changes={"positions": ()}, **arguments)[1] == {"field": "positions"}
    assert refused(activities.edit, changes={"state": "ended"}, **arguments)[1] == {"field": "state"}
    assert (row(code).risk_notice, row(code).version) == ("岸边湿滑", 1)


def test_start_moved_into_the_past_is_refused(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    changes = {"starts_at": at - HOUR, "ends_at": at + HOUR, "signup_opens_at": at - 2 * HOUR}
    answer = refused(activities.edit, actor=cast.actor(cast.ali), code=code, changes=changes, at=at)
    assert answer == (RefusalCode.ACTIVITY_INVALID, {"field": "starts_at"})
    assert row(code).starts_at == draft.starts_at


def test_time_cannot_be_edited_once_it_runs(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = published(cast, at, draft)
    running = draft.starts_at + HOUR
    arguments = {"actor": cast.actor(cast.ali), "code": code, "at": running}
    changes = {"ends_at": draft.ends_at + HOUR}
    assert refused(activities.edit, changes=changes, **arguments)[0] == RefusalCode.ACTIVITY_STATE
    edit(cast, code, running, contact="王小博")
    assert row(code).contact == "王小博"
    arguments["at"] = draft.ends_at
    assert refused(activities.edit, changes={"contact": "x"}, **arguments)[0] == RefusalCode.ACTIVITY_STATE


def test_draft_takes_new_positions(cast: Any, at: datetime, draft: ActivityDraft) -> None:
    code = make(cast, at, draft)
    edit(cast, code, at, positions=(PositionDraft("司机", 3),), starts_at=draft.starts_at + HOUR)
    shifts = [
        (s.position.name, s.quota, s.starts_at) for s in Shift.select().where(Shift.activity == row(code))
    ]
    assert shifts == [("司机", 3, draft.starts_at + HOUR)]
    assert (Position.select().where(Position.activity == row(code)).count(), row(code).version) == (1, 1)


def test_quota_never_falls_below_those_who_have_a_place(cast: Any, at: datetime) -> None:
    for person in (cast.xiaobo, cast.chali):
        store.write(lambda person=person: sign_up(at, cast.shift, person))
    arguments = {"actor": cast.actor(cast.ali), "shift_code": cast.shift.code, "at": at}
    assert refused(activities.set_quota, quota=1, **arguments)[1] == {"field": "quota"}
    assert refused(activities.set_quota, quota=0, **arguments)[1] == {"field": "quota"}
    activities.set_quota(quota=2, **arguments)
    assert Shift.get_by_id(cast.shift.id).quota == 2
    assert History.get().changes == {f"quota:{cast.shift.code}": [10, 2]}


# Calling off -------------------------------------------------------------------------------------------------


def test_cancel_tells_the_signed_up_and_shuts_the_door(cast: Any, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "reason": "暴雨", "at": at}
    activities.cancel(**arguments)
    activities.cancel(**arguments)
    assert row(cast.activity.code).state == "cancelled"
    assert [d.volunteer_id for d in Delivery.select().where(Delivery.kind == "activity_cancelled")] == [
        cast.xiaobo.id
    ]
    assert [(line.verb, line.reason) for line in History.select()] == [("cancelled", "暴雨")]
    late = {
        "actor": cast.actor(cast.chali),
        "shift_code": cast.shift.code,
        "risk_accepted": True,
        "channel": "api",
    }
    assert refused(signups.sign_up, at=at, **late)[0] == RefusalCode.ACTIVITY_CANCELLED


def test_cancel_needs_a_reason_and_time_left(cast: Any, at: datetime) -> None:
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code}
    assert refused(activities.cancel, reason=" ", at=at, **arguments)[0] == RefusalCode.REASON_REQUIRED
    over = cast.activity.ends_at
    assert refused(activities.cancel, reason="雨", at=over, **arguments)[0] == RefusalCode.ACTIVITY_STATE
    assert row(cast.activity.code).state == "published"


def test_cancelled_activity_stays_so(cast: Any, at: datetime) -> None:
    arguments = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": at}
    activities.cancel(reason="雨", **arguments)
    assert refused(activities.publish, **arguments)[0] == RefusalCode.ACTIVITY_CANCELLED
    assert refused(activities.edit, changes={"title": "x"}, **arguments)[0] == RefusalCode.ACTIVITY_CANCELLED
    assert refused(activities.extend, **arguments)[0] == RefusalCode.ACTIVITY_CANCELLED
