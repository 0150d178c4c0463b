"""Where the leader chooses: approval, invitations, trainings he ticks; and the marks after the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Delivery,
    History,
    MinuteEntry,
    Position,
    ServiceRecord,
    Shift,
    Signup,
    TrainingTick,
    Volunteer,
    store,
)
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.participation import attendance, choosing, day, outcomes, place_views, signups, waitlist
from tests.support.world import World, make_activity, sign_up

HOUR = timedelta(hours=1)
CODE = RefusalCode


@pytest.fixture
def asked(cast: World, at: datetime) -> Signup:
    """小博 asked for a place that the leader gives."""
    store.write(lambda: Activity.update(joining="approval").where(Activity.id == cast.activity.id).execute())
    view = signups.sign_up(
        actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
    )
    assert view.state == "pending"
    return Signup.get()


def decide(cast: World, at: datetime, *, by: Volunteer | None = None, **more: Any) -> str:
    given = {"accept": True, "public_no": cast.xiaobo.public_no, **more}
    return choosing.decide(actor=cast.actor(by or cast.ali), shift_code=cast.shift.code, at=at, **given)


def invite(cast: World, at: datetime, person: Volunteer | None = None, **more: Any) -> datetime:
    public_no = (person or cast.xiaobo).public_no
    return choosing.invite(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=public_no, at=at, **more
    )


def code(act: Any, *args: Any, **more: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(*args, **more)
    return no.value.code


def change(record: Any, **fields: Any) -> None:
    store.write(lambda: type(record).update(**fields).where(type(record).id == record.id).execute())


def state() -> tuple[str, int]:
    return Signup.get().state, Shift.select().order_by(Shift.id).get().taken


# Approval ----------------------------------------------------------------------------------------------------


def test_who_asks_waits_without_a_place_and_the_leader_is_told(cast: World, asked: Signup) -> None:
    assert state() == ("pending", 0)
    told = Delivery.get(Delivery.kind == "signup_waiting")
    assert (told.volunteer_id, told.body) == (cast.ali.id, f"王小博报名“{cast.activity.title}”，等您审核。")


def test_yes_gives_the_place_and_tells_the_person(cast: World, asked: Signup, at: datetime) -> None:
    assert decide(cast, at) == "confirmed"
    assert state() == ("confirmed", 1)
    assert (Signup.get().decided_by_id, Delivery.get(Delivery.kind == "signup_confirmed").volunteer_id) == (
        cast.ali.id, cast.xiaobo.id,
    )  # fmt: skip


def test_no_needs_a_reason_the_person_reads(cast: World, asked: Signup, at: datetime) -> None:
    assert code(decide, cast, at, accept=False) == CODE.REASON_REQUIRED
    assert decide(cast, at, accept=False, reason="要会开船") == "rejected"
    assert (state(), Signup.get().reason) == (("rejected", 0), "要会开船")
    assert "要会开船" in Delivery.get(Delivery.kind == "signup_rejected").body


def test_decided_once(cast: World, asked: Signup, at: datetime) -> None:
    decide(cast, at)
    assert code(decide, cast, at) == CODE.APPLICATION_STATE


def test_nobody_decides_his_own_and_strangers_none(cast: World, asked: Signup, at: datetime) -> None:
    assert code(decide, cast, at, by=cast.chali) == CODE.NOT_FOUND
    signups.sign_up(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
    )
    assert code(decide, cast, at, public_no=cast.ali.public_no) == CODE.OWN_RECORD


def test_yes_to_more_than_there_are_places_is_refused(cast: World, asked: Signup, at: datetime) -> None:
    change(cast.shift, taken=10)
    assert code(decide, cast, at) == CODE.SHIFT_FULL
    assert Signup.get().state == "pending"


def test_clash_is_let_pass_with_a_reason(cast: World, asked: Signup, at: datetime) -> None:
    def elsewhere() -> None:
        sign_up(at, make_activity(at, cast.team, starts_in=5 * HOUR)[1], cast.xiaobo)

    store.write(elsewhere)
    assert code(decide, cast, at) == CODE.TIME_CLASH
    assert decide(cast, at, clash_reason="那边有人替他") == "confirmed"
    assert Signup.get(Signup.id == asked.id).clash_reason == "那边有人替他"


def test_who_was_refused_may_ask_again(cast: World, asked: Signup, at: datetime) -> None:
    decide(cast, at, accept=False, reason="人够了")
    view = signups.sign_up(
        actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
    )
    assert (view.state, Signup.get().reason) == ("pending", "")


def test_list_of_what_waits_is_cut_to_ones_own_teams(cast: World, asked: Signup, at: datetime) -> None:
    def names(person: Volunteer) -> list[str]:
        found = place_views.waiting(actor=cast.actor(person), wanted=Wanted(), at=at)
        return [row.name for row in found.rows]

    assert (names(cast.ali), names(cast.officer), names(cast.chali)) == (["王小博"], ["王小博"], [])


# Invitations -------------------------------------------------------------------------------------------------


def test_invitation_keeps_a_place_and_nothing_is_his_before_he_says_yes(cast: World, at: datetime) -> None:
    assert invite(cast, at) == cast.shift.starts_at
    assert state() == ("offered", 1)
    assert Delivery.get(Delivery.kind == "place_invited").volunteer_id == cast.xiaobo.id
    actor, shift = cast.actor(cast.xiaobo), cast.shift.code
    assert code(signups.claim, actor=actor, shift_code=shift, risk_accepted=False, at=at) == CODE.RISK_NOT_ACCEPTED
    signups.claim(actor=actor, shift_code=shift, risk_accepted=True, at=at)
    assert (state(), Signup.get().risk_version) == (
        ("confirmed", 1), signups.risk_version(cast.activity.risk_notice),
    )  # fmt: skip


def test_invited_person_signs_up_where_others_may_not(cast: World, at: datetime) -> None:
    change(cast.activity, joining="invite")
    invite(cast, at)
    view = signups.sign_up(
        actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
    )
    assert view.state == "confirmed"


def test_no_to_an_invitation_frees_the_place(cast: World, at: datetime) -> None:
    invite(cast, at)
    signups.cancel(actor=cast.actor(cast.xiaobo), shift_code=cast.shift.code, at=at)
    assert state() == ("cancelled", 0)


def test_invitation_that_nobody_answers_lapses(cast: World, at: datetime) -> None:
    invite(cast, at)
    assert waitlist.run_due(at=cast.shift.starts_at) == 1
    assert (state(), Delivery.select().where(Delivery.kind == "invitation_lapsed").count()) == (
        ("cancelled", 0), 1,
    )  # fmt: skip


def test_second_invitation_is_the_first_one(cast: World, at: datetime) -> None:
    assert invite(cast, at) == invite(cast, at + HOUR)
    assert state() == ("offered", 1)


def test_who_has_a_place_is_not_invited(cast: World, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    assert code(invite, cast, at) == CODE.APPLICATION_STATE


def test_person_of_another_team_is_none_of_the_leaders_business(cast: World, at: datetime) -> None:
    assert code(invite, cast, at, cast.chali) == CODE.NOT_FOUND


def test_nobody_is_invited_beyond_the_quota_or_after_the_start(cast: World, at: datetime) -> None:
    assert code(invite, cast, cast.shift.starts_at) == CODE.SIGNUP_CLOSED
    change(cast.shift, taken=10)
    assert code(invite, cast, at) == CODE.SHIFT_FULL
    assert Signup.select().count() == 0


# Trainings ---------------------------------------------------------------------------------------------------


def test_leader_ticks_a_training_the_position_asks_for(cast: World, at: datetime) -> None:
    change(Position.get_by_id(cast.shift.position_id), conditions={"trainings": ["急救"]})
    told = {"shift_code": cast.shift.code, "public_no": cast.xiaobo.public_no, "at": at}
    for _ in range(2):
        choosing.tick_training(actor=cast.actor(cast.ali), name="急救", **told)
    assert (TrainingTick.select().count(), History.select().where(History.verb == "training_ticked").count()) == (1, 1)
    assert code(choosing.tick_training, actor=cast.actor(cast.ali), name="开船", **told) == CODE.FIELD_WRONG
    own = {**told, "public_no": cast.ali.public_no}
    assert code(choosing.tick_training, actor=cast.actor(cast.ali), name="急救", **own) == CODE.OWN_RECORD


# After the end -----------------------------------------------------------------------------------------------


@pytest.fixture
def place(cast: World, at: datetime) -> Signup:
    return store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))


def mark(cast: World, at: datetime, outcome: str, *, by: Volunteer | None = None, **more: Any) -> None:
    given = {"public_no": cast.xiaobo.public_no, **more}
    outcomes.mark(
        actor=cast.actor(by or cast.ali), shift_code=cast.shift.code, outcome=outcome, at=at, **given
    )


def was_there(cast: World, at: datetime) -> None:
    store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", rule_set=cast.hours_rule, in_at=at,
            created_at=at, updated_at=at,
        )
    )  # fmt: skip


@pytest.mark.parametrize(("there", "outcome"), [(False, "absent"), (False, "excused"), (True, "left_early")])
def test_mark_is_set_told_and_undone(
    cast: World, place: Signup, at: datetime, there: bool, outcome: str
) -> None:
    if there:
        was_there(cast, at)
    end = cast.shift.ends_at
    for _ in range(2):
        mark(cast, end, outcome, note="孩子发烧")
    row = Signup.get()
    assert (row.outcome, row.outcome_note, row.outcome_by_id) == (outcome, "孩子发烧", cast.ali.id)
    told = list(Delivery.select().where(Delivery.kind == "outcome_set"))
    assert ([each.volunteer_id for each in told], "不扣时长" in told[0].body) == ([cast.xiaobo.id], True)
    mark(cast, end + HOUR, "")
    assert (Signup.get().outcome, Delivery.select().where(Delivery.kind == "outcome_undone").count()) == (None, 1)
    assert [line.changes["outcome"] for line in History.select().where(History.verb == "outcome")] == [
        ["", outcome], [outcome, ""],
    ]  # fmt: skip


def test_no_mark_books_anything(cast: World, place: Signup, at: datetime) -> None:
    mark(cast, cast.shift.ends_at, "absent")
    assert MinuteEntry.select().count() == 0


def test_mark_before_the_end_is_too_early(cast: World, place: Signup) -> None:
    assert code(mark, cast, cast.shift.ends_at - HOUR, "absent") == CODE.STILL_RUNNING


def test_absent_and_there_do_not_go_together(cast: World, place: Signup, at: datetime) -> None:
    end = cast.shift.ends_at
    assert code(mark, cast, end, "left_early") == CODE.RECORD_STATE
    was_there(cast, at)
    assert code(mark, cast, end, "absent") == CODE.RECORD_STATE


def test_mark_of_nobody_or_of_ones_own_is_refused(cast: World, at: datetime) -> None:
    end = cast.shift.ends_at
    assert code(mark, cast, end, "absent") == CODE.NOT_SIGNED_UP
    assert code(mark, cast, end, "absent", public_no=cast.ali.public_no) == CODE.OWN_RECORD
    assert code(mark, cast, end, "absent", by=cast.chali) == CODE.NOT_FOUND
    assert code(mark, cast, end, "lazy") == CODE.BAD_REQUEST


def test_early_end_lets_marks_be_set_for_what_had_begun(cast: World, place: Signup, at: datetime) -> None:
    start, end = cast.shift.starts_at, cast.shift.ends_at

    def second() -> Shift:
        Activity.update(ends_at=end + 4 * HOUR).execute()
        fields = {"quota": 5, "code_key": "k" * 32, "planned_ends_at": end + 4 * HOUR}
        return Shift.create(
            code="afternoon", activity=cast.activity, position=cast.shift.position_id, starts_at=end + HOUR,
            ends_at=end + 4 * HOUR, **fields,
        )  # fmt: skip

    later = store.write(second)
    store.write(lambda: sign_up(at, later, cast.xiaobo))
    day.end(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=start + HOUR)
    mark(cast, start + HOUR, "absent")
    assert Signup.get(Signup.shift == cast.shift.id).outcome == "absent"
    with pytest.raises(Refusal) as refused:
        outcomes.mark(
            actor=cast.actor(cast.ali), shift_code="afternoon", public_no=cast.xiaobo.public_no, outcome="absent",
            at=start + HOUR,
        )  # fmt: skip
    assert refused.value.code == CODE.STILL_RUNNING


def test_check_in_that_comes_after_the_mark_takes_it_back(cast: World, place: Signup) -> None:
    end = cast.shift.ends_at
    mark(cast, end, "absent")
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no, direction="in",
        at=end + timedelta(minutes=5), when=end - HOUR,
    )  # fmt: skip
    assert (Signup.get().outcome, ServiceRecord.get().in_at) == (None, end - HOUR)
    assert Delivery.select().where(Delivery.kind == "outcome_undone").count() == 1
