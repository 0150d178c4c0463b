"""Who may take a place: what the position asks, the law's ages, where else he is, a bar (U11, U16, U20, U21)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Acceptance,
    Bar,
    Delivery,
    Insurance,
    Position,
    Qualification,
    RuleSet,
    Shift,
    Signup,
    TrainingTick,
    VolunteerSkill,
    store,
)
from services.errors import Refusal, RefusalCode
from services.gates import agreements
from services.participation import activities, signups
from tests.support.world import World, make_activity, sign_up

HOUR = timedelta(hours=1)
CODE = RefusalCode


def take(cast: World, at: datetime, shift: Shift | None = None, **more: Any) -> str:
    given = {"risk_accepted": True, "channel": "api", **more}
    code = (shift or cast.shift).code
    return signups.sign_up(actor=cast.actor(cast.xiaobo), shift_code=code, at=at, **given).state


def refused(*args: Any, **more: Any) -> tuple[RefusalCode, dict[str, Any]]:
    with pytest.raises(Refusal) as no:
        take(*args, **more)
    return no.value.code, no.value.facts


def change(record: Any, **fields: Any) -> None:
    store.write(lambda: type(record).update(**fields).where(type(record).id == record.id).execute())


def ask(cast: World, **conditions: Any) -> None:
    change(Position.get_by_id(cast.shift.position_id), conditions=conditions)


def make(model: Any, **fields: Any) -> Any:
    return store.write(lambda: model.create(**fields))


def other(cast: World, at: datetime, starts_in: timedelta, hours: float = 2, **more: Any) -> Shift:
    """Another activity in which 小博 has a place."""

    def act() -> Shift:
        shift = make_activity(at, cast.team, starts_in=starts_in, hours=hours, **more)[1]
        sign_up(at, shift, cast.xiaobo)
        return shift

    return store.write(act)


def paper(cast: World, at: datetime, **more: Any) -> Qualification:
    fields = {"kind": "boat", "name": "船员证", "state": "verified", **more}
    return make(Qualification, volunteer=cast.xiaobo, created_at=at, **fields)


# What the position asks --------------------------------------------------------------------------------------


def test_position_that_asks_for_nothing_takes_everybody(cast: World, at: datetime) -> None:
    assert take(cast, at) == "confirmed"


def test_answer_says_everything_that_is_missing(cast: World, at: datetime) -> None:
    ask(cast, skills=["boat"], qualifications=["boat"], trainings=["水上安全"], age_to=50)
    code, facts = refused(cast, at)
    assert code == CODE.NOT_ELIGIBLE
    assert facts["missing"].split("；") == [
        "会“驾船、冲锋舟”（请在“我的”—“我会什么”里选上）", "活动当天有效、已核对的“驾船、冲锋舟”证书",
        "参加过“水上安全”培训（在“我的”—“培训”里报名，线下学过的请队长替您勾选）", "不超过 50 岁",
    ]  # fmt: skip
    assert Signup.select().count() == 0


def test_skill_that_was_stated_is_enough(cast: World, at: datetime) -> None:
    ask(cast, skills=["boat"])
    make(VolunteerSkill, volunteer=cast.xiaobo, skill="boat", at=at)
    assert take(cast, at) == "confirmed"


def test_verified_paper_proves_the_skill_too(cast: World, at: datetime) -> None:
    ask(cast, skills=["boat"], qualifications=["boat"])
    paper(cast, at)
    assert take(cast, at) == "confirmed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "stated"}, {"state": "refused"}, {"kind": "drive"}, {"expires_on": "2026-06-09"},
        {"issued_on": "2026-06-11"},
    ],
)  # fmt: skip
def test_paper_that_is_not_verified_and_valid_on_the_day_does_not_count(
    cast: World, at: datetime, wrong: dict[str, str]
) -> None:
    ask(cast, qualifications=["boat"])
    paper(cast, at, **wrong)
    assert refused(cast, at)[0] == CODE.NOT_ELIGIBLE


def test_paper_counts_on_its_last_day(cast: World, at: datetime) -> None:
    ask(cast, qualifications=["boat"])
    paper(cast, at, expires_on="2026-06-10")
    assert take(cast, at) == "confirmed"


def test_training_that_was_ticked_counts(cast: World, at: datetime) -> None:
    ask(cast, trainings=["水上安全"])
    make(TrainingTick, volunteer=cast.xiaobo, name="水上安全", actor=cast.ali, at=at)
    assert take(cast, at) == "confirmed"


@pytest.mark.parametrize(
    ("born", "fits"), [("1966-06-10", True), ("1966-06-11", False), ("1956-06-10", True), ("1955-06-10", False)]
)
def test_age_class_is_counted_on_the_day(cast: World, at: datetime, born: str, fits: bool) -> None:
    ask(cast, age_from=60, age_to=70)
    change(cast.xiaobo, birth_date=born)
    if fits:
        assert take(cast, at) == "confirmed"
    else:
        assert refused(cast, at)[0] == CODE.NOT_ELIGIBLE


def test_age_class_without_a_birth_date_asks_for_it(cast: World, at: datetime) -> None:
    ask(cast, age_from=60)
    change(cast.xiaobo, birth_date=None)
    asked = {"missing": "出生日期（请到服务站补上）", "own": False, "training": ""}
    assert refused(cast, at) == (CODE.NOT_ELIGIBLE, asked)


# The law -----------------------------------------------------------------------------------------------------


def test_bar_says_why_and_until_when(cast: World, at: datetime) -> None:
    bar = make(Bar, volunteer=cast.xiaobo, reason="虚报时长", from_at=at - HOUR, until=at + timedelta(days=30))
    assert refused(cast, at) == (CODE.SIGNUP_BARRED, {"reason": "虚报时长", "until": "2026-07-10"})
    change(bar, lifted_at=at)
    assert take(cast, at) == "confirmed"


def test_bar_that_is_over_bars_nobody(cast: World, at: datetime) -> None:
    make(Bar, volunteer=cast.xiaobo, reason="虚报时长", from_at=at - 2 * HOUR, until=at)
    assert take(cast, at) == "confirmed"


def test_invited_only(cast: World, at: datetime) -> None:
    change(cast.activity, joining="invite")
    assert refused(cast, at)[0] == CODE.INVITE_ONLY


def test_agreement_is_accepted_in_its_version(cast: World, at: datetime) -> None:
    change(cast.activity, agreement=True)
    assert refused(cast, at)[0] == CODE.AGREEMENT_REQUIRED
    assert take(cast, at, agreement_accepted=True) == "confirmed"
    cast.activity.agreement = True
    text = agreements.agreement_of(activity=cast.activity, volunteer_id=cast.xiaobo.id)
    kept = Acceptance.get()
    assert text is not None
    assert (kept.document, kept.version, kept.activity_id, text.accepted, len(text.items)) == (
        "activity_agreement", text.version, cast.activity.id, True, 7,
    )  # fmt: skip


def test_agreement_that_changed_is_asked_again(cast: World, at: datetime) -> None:
    change(cast.activity, agreement=True)
    take(cast, at, agreement_accepted=True)
    signups.cancel(actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, at=at)
    change(cast.activity, safeguards="发救生衣")
    assert refused(cast, at)[0] == CODE.AGREEMENT_REQUIRED
    assert take(cast, at, agreement_accepted=True) == "confirmed"
    assert Acceptance.select().count() == 2


def test_safety_notice_that_changed_is_read_again(cast: World, at: datetime) -> None:
    take(cast, at)
    before = Signup.get().risk_version
    change(cast.activity, risk_notice="水深两米，必须穿救生衣")
    actor, code = cast.actor(cast.xiaobo), cast.shift.code
    after = signups.acknowledge_risk(actor=actor, shift_code=code, at=at)
    assert (Signup.get().risk_version, after != before) == (after, True)
    with pytest.raises(Refusal) as no:
        signups.acknowledge_risk(actor=cast.actor(cast.chali), shift_code=code, at=at)
    assert no.value.code == CODE.NOT_SIGNED_UP


def test_changed_safety_notice_is_told_to_everybody_who_stands_for_it(cast: World, at: datetime) -> None:
    take(cast, at)
    leader, code = cast.actor(cast.ali), cast.activity.code
    activities.edit(actor=leader, code=code, changes={"risk_notice": "水深两米，必须穿救生衣"}, at=at)
    told = Delivery.get(Delivery.kind == "risk_changed")
    assert (told.volunteer_id, "安全提示改了" in told.body) == (cast.xiaobo.id, True)


# Where else he is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("starts_in", "hours"), [(3, 2), (5, 2), (4.5, 1), (3, 5)])
def test_overlap_with_another_place_is_refused(
    cast: World, at: datetime, starts_in: float, hours: float
) -> None:
    shift = other(cast, at, starts_in * HOUR, hours)
    code, facts = refused(cast, at)
    assert (code, facts["title"]) == (CODE.TIME_CLASH, shift.activity.title)


@pytest.mark.parametrize(("starts_in", "hours"), [(2, 2), (6, 2)])
def test_place_that_ends_where_the_other_begins_is_no_clash(
    cast: World, at: datetime, starts_in: float, hours: float
) -> None:
    other(cast, at, starts_in * HOUR, hours)
    assert take(cast, at) == "confirmed"


def test_two_adjacent_shifts_of_one_activity_go_together(cast: World, at: datetime) -> None:
    take(cast, at)
    second = make(
        Shift, code="second", activity=cast.activity, position=cast.shift.position_id, starts_at=cast.shift.ends_at,
        ends_at=cast.shift.ends_at + HOUR, planned_ends_at=cast.shift.ends_at + HOUR, quota=5, code_key="00",
    )  # fmt: skip
    assert take(cast, at, second) == "confirmed"


def test_place_that_was_given_up_or_called_off_is_no_clash(cast: World, at: datetime) -> None:
    shift = other(cast, at, 4 * HOUR)
    change(shift.activity, state="cancelled")
    assert take(cast, at) == "confirmed"


def test_place_on_offer_counts_as_a_clash_and_a_queue_does_not(cast: World, at: datetime) -> None:
    shift = other(cast, at, 4 * HOUR)
    row = Signup.get(Signup.shift == shift)
    change(row, state="offered")
    assert refused(cast, at)[0] == CODE.TIME_CLASH
    change(row, state="waitlisted")
    assert take(cast, at) == "confirmed"


# A long day --------------------------------------------------------------------------------------------------


def test_long_day_is_a_warning_the_person_accepts(cast: World, at: datetime) -> None:
    other(cast, at, 6 * HOUR, 6.5)
    assert refused(cast, at) == (CODE.LOAD_WARNING, {"why": "这一天一共要服务 8小时30分钟，超过每天 8小时"})
    assert take(cast, at, load_accepted=True) == "confirmed"


def test_eight_hours_are_no_long_day(cast: World, at: datetime) -> None:
    other(cast, at, 6 * HOUR, 6)
    assert take(cast, at) == "confirmed"


def test_one_shift_can_make_the_day_long(cast: World, at: datetime) -> None:
    shift = store.write(lambda: make_activity(at, cast.team, hours=9))[1]
    assert refused(cast, at, shift)[0] == CODE.LOAD_WARNING


def test_short_rest_before_the_next_day_is_a_warning(cast: World, at: datetime) -> None:
    late = store.write(lambda: make_activity(at, cast.team, starts_in=12 * HOUR, hours=2))[1]  # 21 to 23
    other(cast, at, 21 * HOUR)  # 6 in the morning
    assert refused(cast, at, late) == (CODE.LOAD_WARNING, {"why": "前后两次服务之间只休息 7小时，不到 8小时"})


def test_in_danger_a_long_day_is_a_stop(cast: World, at: datetime) -> None:
    change(cast.activity, dangerous=True)
    other(cast, at, 6 * HOUR, 6.5)
    assert refused(cast, at, load_accepted=True)[0] == CODE.LOAD_TOO_MUCH


def test_declared_emergency_knows_no_long_day(cast: World, at: datetime) -> None:
    change(cast.activity, dangerous=True, emergency=True)
    cover(cast, at)
    other(cast, at, 6 * HOUR, 6.5)
    assert take(cast, at) == "confirmed"


def test_two_places_too_near_in_time_are_a_warning(cast: World, at: datetime) -> None:
    other(cast, at, 6 * HOUR + timedelta(minutes=20), title="看望老兵", place="敬老院")
    assert refused(cast, at) == (
        CODE.LOAD_WARNING,
        {"why": "和“看望老兵”（6月10日（周三）15:20）不在一个地方，中间只有 20分钟，路上怕来不及"},
    )
    assert take(cast, at, load_accepted=True) == "confirmed"


def cover(cast: World, at: datetime, **more: Any) -> Insurance:
    fields = {"code": "cover", "policy_no": "P1", "covers_from": at, "covers_until": at + 48 * HOUR, **more}
    return make(Insurance, region_code="34", insurer="人保", product="意外险", created_at=at, **fields)


def test_danger_whose_cover_was_ended_takes_nobody_more(cast: World, at: datetime) -> None:
    change(cast.activity, dangerous=True)
    held = cover(cast, at)
    change(held, ended_at=at)
    assert refused(cast, at)[0] == CODE.INSURANCE_GONE
    no = signups.hindrance(shift_code=cast.shift.code, volunteer_id=cast.xiaobo.id, at=at)
    assert no is not None
    assert no.code == CODE.INSURANCE_GONE
    cover(cast, at, code="new")
    assert take(cast, at) == "confirmed"


def test_two_places_without_a_minute_between_are_a_warning_in_danger_too(cast: World, at: datetime) -> None:
    change(cast.activity, dangerous=True)
    cover(cast, at)
    other(cast, at, 2 * HOUR, place="敬老院")
    code, facts = refused(cast, at)
    assert (code, facts["why"].endswith("中间没有时间赶路")) == (CODE.LOAD_WARNING, True)
    assert take(cast, at, load_accepted=True) == "confirmed"


@pytest.mark.parametrize(
    "where", [{"starts_in": 6 * HOUR, "place": " 淮河大堤 "}, {"starts_in": 6.5 * HOUR, "place": "敬老院"}]
)
def test_same_place_or_time_enough_for_the_way_is_no_warning(
    cast: World, at: datetime, where: dict[str, Any]
) -> None:
    other(cast, at, **where)
    assert take(cast, at) == "confirmed"


def test_declared_emergency_does_not_ask_about_the_way(cast: World, at: datetime) -> None:
    change(cast.activity, emergency=True)
    other(cast, at, 6 * HOUR, place="敬老院")
    assert take(cast, at) == "confirmed"


def test_division_says_how_long_the_way_takes(cast: World, at: datetime) -> None:
    rule = RuleSet.get(RuleSet.kind == "signup")
    change(rule, params=json.dumps(json.loads(rule.params) | {"travel": 0}))
    other(cast, at, 6 * HOUR, place="敬老院")
    assert take(cast, at) == "confirmed"


def test_first_place_of_the_day_asks_for_no_rule(cast: World, at: datetime, count_statements: Any) -> None:
    with count_statements() as seen:
        take(cast, at)
    assert not any("rule_set" in statement for statement in seen)
