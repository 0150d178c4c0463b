"""Signing up: in order, exact, once a person; leaving frees the place."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, History, Insurance, ServiceRecord, Shift, Signup, TeamRegion, Volunteer, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import signups
from tests.support.budgets import WORK
from tests.support.world import TOWN, VILLAGE2, join, make_activity, make_team, make_volunteer

RIVALS = 50


def take(cast: Any, at: datetime, person: Volunteer | None = None, **more: Any) -> signups.SignupView:
    arguments = {"shift_code": cast.shift.code, "risk_accepted": True, "channel": "api", **more}
    return signups.sign_up(actor=cast.actor(person or cast.xiaobo), at=at, **arguments)


def refusal(act: Callable[..., Any], *args: Any, **more: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act(*args, **more)
    return refused.value.code


def change(record: Any, **fields: Any) -> None:
    store.write(lambda: type(record).update(**fields).where(type(record).id == record.id).execute())


def taken(shift: Shift) -> int:
    return Shift.get_by_id(shift.id).taken


def test_sign_up_takes_one_place_and_keeps_what_was_accepted(cast: Any, at: datetime) -> None:
    view = take(cast, at)
    assert (view.state, view.shift_code, view.activity_code) == (
        "confirmed",
        cast.shift.code,
        cast.activity.code,
    )
    assert (view.title, view.place, view.starts_at) == (
        cast.activity.title, cast.activity.place, cast.activity.starts_at,
    )  # fmt: skip
    row = Signup.get()
    assert (row.volunteer_id, row.shift_id, row.activity_id, row.state, row.channel) == (
        cast.xiaobo.id, cast.shift.id, cast.activity.id, "confirmed", "api",
    )  # fmt: skip
    assert row.risk_version == signups.risk_version(cast.activity.risk_notice)
    assert taken(cast.shift) == 1


def test_second_sign_up_is_the_first_ones_answer(cast: Any, at: datetime) -> None:
    assert take(cast, at) == take(cast, at + timedelta(minutes=1))
    assert (Signup.select().count(), taken(cast.shift)) == (1, 1)


def test_second_sign_up_after_closing_is_still_the_first_ones_answer(cast: Any, at: datetime) -> None:
    first = take(cast, at)
    change(cast.activity, signup_closes_at=at + timedelta(minutes=1))
    assert take(cast, at + timedelta(hours=1), risk_accepted=False) == first


def test_somebody_not_registered_is_refused_before_anything_else(cast: Any, at: datetime) -> None:
    stranger = Actor(door="api", identity_id=1)
    code = refusal(
        signups.sign_up, actor=stranger, shift_code="nothing", risk_accepted=False, channel="api", at=at
    )
    assert code == RefusalCode.NOT_REGISTERED


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("invited", RefusalCode.NOT_REGISTERED),
        ("left", RefusalCode.ACCOUNT_CLOSED),
        ("merged", RefusalCode.ACCOUNT_CLOSED),
    ],
)
def test_account_that_is_not_active_is_refused(
    cast: Any, at: datetime, state: str, code: RefusalCode
) -> None:
    change(cast.xiaobo, state=state)
    assert refusal(take, cast, at) == code
    assert refusal(take, cast, at, shift_code="nothing") == code


def test_unknown_shift_and_draft_are_not_found(cast: Any, at: datetime) -> None:
    assert refusal(take, cast, at, shift_code="nothing") == RefusalCode.NOT_FOUND
    change(cast.activity, state="draft")
    assert refusal(take, cast, at) == RefusalCode.NOT_FOUND


def test_cancelled_activity_is_refused(cast: Any, at: datetime) -> None:
    change(cast.activity, state="cancelled", signup_opens_at=at + timedelta(days=1))
    assert refusal(take, cast, at) == RefusalCode.ACTIVITY_CANCELLED


def test_sign_up_before_the_window_is_told_when_it_opens(cast: Any, at: datetime) -> None:
    change(cast.activity, signup_opens_at=at + timedelta(hours=1), openness="team")
    with pytest.raises(Refusal) as refused:
        take(cast, at, cast.chali)
    assert (refused.value.code, refused.value.facts) == (
        RefusalCode.SIGNUP_NOT_OPEN,
        {"opens": "6月10日（周三）10:00"},
    )


def test_sign_up_opens_and_closes_to_the_millisecond(cast: Any, at: datetime) -> None:
    change(cast.activity, signup_opens_at=at, signup_closes_at=at + timedelta(hours=1))
    assert refusal(take, cast, at - timedelta(milliseconds=1)) == RefusalCode.SIGNUP_NOT_OPEN
    assert refusal(take, cast, at + timedelta(hours=1)) == RefusalCode.SIGNUP_CLOSED
    assert take(cast, at + timedelta(hours=1) - timedelta(milliseconds=1)).state == "confirmed"


def test_team_only_refuses_a_stranger_and_takes_a_member(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="team")
    assert refusal(take, cast, at, cast.chali, risk_accepted=False) == RefusalCode.TEAM_ONLY
    assert take(cast, at).state == "confirmed"


def test_member_who_left_the_team_is_a_stranger(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="team")
    member = cast.xiaobo.memberships.get()
    change(member, to_at=at)
    assert refusal(take, cast, at) == RefusalCode.TEAM_ONLY


def test_area_only_refuses_another_village(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="area")
    change(cast.chali, region_code=VILLAGE2)
    assert refusal(take, cast, at, cast.chali) == RefusalCode.AREA_ONLY
    assert taken(cast.shift) == 0


def test_area_of_a_joint_team_covers_its_other_village(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="area")
    change(cast.chali, region_code=VILLAGE2)
    store.write(lambda: TeamRegion.create(team=cast.team, region_code=VILLAGE2))
    assert take(cast, at, cast.chali).state == "confirmed"


def test_area_of_a_township_team_covers_its_villages(cast: Any, at: datetime) -> None:
    def make() -> Shift:
        team = make_team(at, cast.centre, "城关镇服务队", TOWN)
        return make_activity(at, team, openness="area")[1]

    shift = store.write(make)
    assert take(cast, at, cast.chali, shift_code=shift.code).state == "confirmed"


def test_danger_refuses_those_under_eighteen_on_the_day(cast: Any, at: datetime) -> None:
    change(cast.activity, sub_domain="flood")
    store.write(
        lambda: Insurance.create(
            code="cover", region_code="34", insurer="人保", product="意外险", policy_no="P1", covers_from=at,
            covers_until=at + timedelta(days=1), created_at=at,
        )
    )  # fmt: skip
    change(cast.xiaobo, birth_date="2008-06-11")
    assert refusal(take, cast, at) == RefusalCode.ADULTS_ONLY
    change(cast.xiaobo, birth_date="2008-06-10")
    assert take(cast, at).state == "confirmed"


def test_risk_must_be_accepted(cast: Any, at: datetime) -> None:
    change(cast.shift, taken=10)
    assert refusal(take, cast, at, risk_accepted=False) == RefusalCode.RISK_NOT_ACCEPTED


def test_full_shift_is_refused_and_leaves_nothing(cast: Any, at: datetime) -> None:
    change(cast.shift, taken=10)
    assert refusal(take, cast, at) == RefusalCode.SHIFT_FULL
    assert (Signup.select().count(), taken(cast.shift)) == (0, 10)


def test_cancel_frees_the_place_and_keeps_the_reason(cast: Any, at: datetime) -> None:
    take(cast, at)
    view = signups.cancel(
        actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, reason=" 家里有事 ", at=at
    )
    assert view.state == "cancelled"
    row = Signup.get()
    assert (row.state, row.reason, taken(cast.shift)) == ("cancelled", "家里有事", 0)
    note = History.get()
    assert (note.subject, note.verb, note.changes, note.reason) == (
        f"signup:{row.id}", "signup_cancelled", {"state": ["confirmed", "cancelled"]}, "家里有事",
    )  # fmt: skip


def test_cancel_twice_frees_one_place(cast: Any, at: datetime) -> None:
    take(cast, at)
    take(cast, at, cast.chali)
    for _ in range(2):
        signups.cancel(actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, at=at)
    assert taken(cast.shift) == 1


def test_cancel_then_sign_up_again_is_one_row(cast: Any, at: datetime) -> None:
    take(cast, at)
    signups.cancel(actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, reason="有事", at=at)
    take(cast, at)
    assert [(row.state, row.reason) for row in Signup.select()] == [("confirmed", "")]
    assert taken(cast.shift) == 1
    assert [note.verb for note in History.select().order_by(History.id)] == [
        "signup_cancelled",
        "signed_up_again",
    ]


def test_cancel_without_sign_up_is_refused(cast: Any, at: datetime) -> None:
    actor = cast.actor(cast.xiaobo)
    assert (
        refusal(signups.cancel, actor=actor, shift_code=cast.shift.code, at=at) == RefusalCode.NOT_SIGNED_UP
    )
    assert refusal(signups.cancel, actor=actor, shift_code="nothing", at=at) == RefusalCode.NOT_FOUND


def test_cancel_after_check_in_is_refused(cast: Any, at: datetime) -> None:
    take(cast, at)
    store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift,
            activity=cast.activity,
            team=cast.team,
            volunteer=cast.xiaobo,
            region_code=cast.team.region_code,
            local_day="2026-06-10",
            rule_set=cast.hours_rule,
            in_at=at,
            created_at=at,
            updated_at=at,
        )  # fmt: skip
    )
    actor = cast.actor(cast.xiaobo)
    assert (
        refusal(signups.cancel, actor=actor, shift_code=cast.shift.code, at=at)
        == RefusalCode.ALREADY_CHECKED_IN
    )
    assert taken(cast.shift) == 1


def test_sign_up_needs_few_statements(cast: Any, at: datetime, count_statements: Callable[[], Any]) -> None:
    actor = cast.actor(cast.xiaobo)
    with count_statements() as seen:
        signups.sign_up(actor=actor, shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at)
    words = [sql.split()[0] for sql in seen if sql.split()[0] in WORK]
    assert words == ["SELECT", "INSERT", "UPDATE"]
    assert len(seen) <= 7  # with transaction control; the eighth is the log-in


def test_more_sign_ups_in_a_minute_than_anybody_taps_are_refused_to_him_alone(cast: Any, at: datetime) -> None:
    for _ in range(signups.MOST):
        take(cast, at)
    assert refusal(take, cast, at) is RefusalCode.TOO_MANY_TRIES
    assert refusal(take, cast, at, shift_code="nowhere") is RefusalCode.TOO_MANY_TRIES
    assert take(cast, at, cast.chali).state == "confirmed"
    assert take(cast, at + timedelta(minutes=1)).state == "confirmed"


# Many at once ------------------------------------------------------------------------------------------------


def crowd(cast: Any, at: datetime, quota: int) -> list[Actor]:
    def make() -> list[Actor]:
        Shift.update(quota=quota).where(Shift.id == cast.shift.id).execute()
        return [Actor(door="api", volunteer_id=make_volunteer(at).id) for _ in range(RIVALS)]

    return store.write(make)


def all_at_once(actors: list[Actor], act: Callable[[Actor], Any]) -> list[str]:
    """Every actor on a thread of his own, let go together; "confirmed" or the refusal of each."""
    gate = threading.Barrier(len(actors))

    def one(actor: Actor) -> str:
        gate.wait(timeout=20)
        try:
            with store.session():
                act(actor)
        except Refusal as refused:
            return refused.code.value
        return "confirmed"

    with ThreadPoolExecutor(len(actors)) as threads:
        return sorted(threads.map(one, actors))


@pytest.fixture
def wide(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty connections at once wait for their turn in the pool instead of being told to come back."""
    if db.dialect == "postgres":
        monkeypatch.setattr(db, "_wait_timeout", 30)


@pytest.mark.parametrize("quota", [1, 7, RIVALS - 1])
@pytest.mark.case(26)
def test_quota_is_exact_when_fifty_ask_at_once(wide: None, cast: Any, at: datetime, quota: int) -> None:
    actors = crowd(cast, at, quota)

    def act(actor: Actor) -> None:
        signups.sign_up(actor=actor, shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at)

    answers = all_at_once(actors, act)
    assert answers == ["confirmed"] * quota + ["shift_full"] * (RIVALS - quota)
    assert (taken(cast.shift), Signup.select().count()) == (quota, quota)


@pytest.mark.case(26)
def test_read_then_write_without_the_guard_overbooks(wide: None, cast: Any, at: datetime) -> None:
    """The control: the same crowd against a sign-up that reads, thinks and writes. If this one held the quota,
    the test above would prove nothing."""
    quota = 7
    actors = crowd(cast, at, quota)

    def act(actor: Actor) -> None:
        shift = Shift.get_by_id(cast.shift.id)
        if shift.taken >= shift.quota:
            raise Refusal(RefusalCode.SHIFT_FULL)
        time.sleep(0.05)

        def put() -> None:
            Signup.create(
                shift=shift, activity=shift.activity_id, volunteer=actor.volunteer_id, state="confirmed",
                created_at=at, updated_at=at,
            )  # fmt: skip
            Shift.update(taken=shift.taken + 1).where(Shift.id == shift.id).execute()

        store.write(put)

    answers = all_at_once(actors, act)
    assert answers.count("confirmed") == Signup.select().count() > quota


def test_one_person_tapping_fifty_times_has_one_place(wide: None, cast: Any, at: datetime) -> None:
    actors = [cast.actor(cast.xiaobo)] * RIVALS

    def act(actor: Actor) -> None:
        signups.sign_up(actor=actor, shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at)

    assert all_at_once(actors, act) == ["confirmed"] * RIVALS
    assert (taken(cast.shift), Signup.select().count()) == (1, 1)


def test_signing_up_and_leaving_at_once_keeps_the_count_true(wide: None, cast: Any, at: datetime) -> None:
    actors = crowd(cast, at, RIVALS)

    def act(actor: Actor) -> None:
        for _ in range(3):
            signups.sign_up(actor=actor, shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at)
            if actor.volunteer_id is not None and actor.volunteer_id % 2:
                signups.cancel(actor=actor, shift_code=cast.shift.code, at=at)

    assert all_at_once(actors, act) == ["confirmed"] * RIVALS
    confirmed = Signup.select().where(Signup.state == "confirmed").count()
    assert taken(cast.shift) == confirmed == sum(1 for actor in actors if actor.volunteer_id % 2 == 0)


def test_membership_of_another_team_does_not_open_this_one(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="team")
    store.write(lambda: join(at, cast.other_team, cast.chali))
    assert refusal(take, cast, at, cast.chali) == RefusalCode.TEAM_ONLY
    assert Activity.get_by_id(cast.activity.id).openness == "team"
