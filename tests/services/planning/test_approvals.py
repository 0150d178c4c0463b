"""A team asks its centre before it publishes what is not its daily life (S80)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Activity, Approval, AuditEntry, Delivery, History, RuleSet, Volunteer, store
from services.errors import RefusalCode
from services.participation import activities
from services.participation.activities import ActivityDraft
from services.planning import approvals, delegations
from tests.services.planning.conftest import HOUR, refused
from tests.support.world import CITY, COUNTY, World, grant, make_activity, sign_up

C = RefusalCode
Write = Callable[..., str]


def row(code: str) -> Activity:
    return Activity.get(Activity.code == code)


def told(kind: str) -> list[int]:
    lines = Delivery.select().where(Delivery.kind == kind).order_by(Delivery.volunteer_id)
    return [line.volunteer_id for line in lines]


@pytest.fixture
def asked(cast: World, at: datetime, write_down: Write) -> str:
    """The clinic, handed to the centre."""
    code = write_down()
    assert activities.publish(actor=cast.actor(cast.ali), code=code, at=at) is False
    return code


def test_routine_kind_is_published_at_once(
    cast: World, at: datetime, write_down: Write, clinic: ActivityDraft
) -> None:
    code = write_down(replace(clinic, sub_domain="care"))
    assert activities.publish(actor=cast.actor(cast.ali), code=code, at=at) is True
    assert (row(code).state, row(code).approval, Approval.select().count()) == ("published", "none", 0)


def test_routine_kind_that_its_leader_calls_dangerous_is_asked_for(
    cast: World, at: datetime, write_down: Write, clinic: ActivityDraft, insured: Any
) -> None:
    code = write_down(replace(clinic, sub_domain="care", dangerous=True))
    assert activities.publish(actor=cast.actor(cast.ali), code=code, at=at) is False


def test_other_kind_waits_for_the_owning_centre(cast: World, at: datetime, asked: str) -> None:
    one = Approval.get()
    assert (row(asked).state, row(asked).approval) == ("draft", "waiting")
    assert (one.state, one.region_code, one.asked_by_id, one.raised) == ("waiting", COUNTY, cast.ali.id, 0)
    assert one.due_at == datetime(2026, 6, 11, 16, 0, tzinfo=UTC)  # Wednesday's request: until Thursday ends
    assert told("approval_waiting") == [cast.officer.id]


def test_asking_again_while_it_waits_changes_nothing(cast: World, at: datetime, asked: str) -> None:
    assert activities.publish(actor=cast.actor(cast.ali), code=asked, at=at + HOUR) is False
    assert Approval.select().count() == 1


def test_emergency_waits_for_nobody(
    cast: World, at: datetime, write_down: Write, clinic: ActivityDraft, insured: Any
) -> None:
    code = write_down(replace(clinic, sub_domain="flood", emergency=True), cast.officer)
    assert activities.publish(actor=cast.actor(cast.officer), code=code, at=at) is True


def test_dangerous_activity_is_not_even_asked_for_without_insurance(
    cast: World, at: datetime, write_down: Write, clinic: ActivityDraft
) -> None:
    code = write_down(replace(clinic, sub_domain="flood"))
    publish = {"actor": cast.actor(cast.ali), "code": code, "at": at}
    assert refused(lambda: activities.publish(**publish)) == C.INSURANCE_MISSING
    assert Approval.select().count() == 0


def test_published_activity_does_not_become_dangerous_without_insurance(cast: World, at: datetime) -> None:
    edit = {"actor": cast.actor(cast.ali), "code": cast.activity.code, "at": at}
    assert refused(lambda: activities.edit(changes={"dangerous": True}, **edit)) == C.INSURANCE_MISSING


def test_division_without_the_rule_asks_nobody(cast: World, at: datetime, write_down: Write) -> None:
    params = '{"approval": false, "approval_days": 1, "repeat_weeks": 4}'
    store.write(
        lambda: RuleSet.create(kind="activities", region_code=COUNTY, version=1, params=params, valid_from=at)
    )
    assert activities.publish(actor=cast.actor(cast.ali), code=write_down(), at=at) is True


def test_approval_shows_it_and_tells_the_team(cast: World, at: datetime, asked: str) -> None:
    approvals.approve(actor=cast.actor(cast.officer), code=asked, answer="很好", at=at + HOUR)
    one = Approval.get()
    assert (row(asked).state, row(asked).approval, row(asked).published_at) == (
        "published", "approved", at + HOUR,
    )  # fmt: skip
    assert (one.state, one.decided_by_id, one.answer) == ("approved", cast.officer.id, "很好")
    assert told("approval_approved") == [cast.ali.id]
    assert refused(lambda: approvals.approve(actor=cast.actor(cast.officer), code=asked, at=at)) == (
        C.APPROVAL_STATE
    )


def test_returned_activity_is_put_right_and_asked_for_again(cast: World, at: datetime, asked: str) -> None:
    approvals.send_back(actor=cast.actor(cast.officer), code=asked, answer="写清人数", at=at)
    assert (row(asked).state, row(asked).approval) == ("draft", "returned")
    assert told("approval_returned") == [cast.ali.id]
    activities.edit(actor=cast.actor(cast.ali), code=asked, changes={"content": "每人十分钟"}, at=at)
    activities.publish(actor=cast.actor(cast.ali), code=asked, at=at)
    assert [each.state for each in Approval.select().order_by(Approval.id)] == ["returned", "waiting"]


def test_refused_activity_does_not_take_place(cast: World, at: datetime, asked: str) -> None:
    approvals.refuse(actor=cast.actor(cast.officer), code=asked, answer="没有资质", at=at)
    assert (row(asked).state, row(asked).approval) == ("cancelled", "returned")
    assert told("approval_refused") == [cast.ali.id]


@pytest.mark.parametrize("act", [approvals.send_back, approvals.refuse])
def test_no_without_words_is_refused(cast: World, at: datetime, asked: str, act: Any) -> None:
    officer = cast.actor(cast.officer)
    assert refused(lambda: act(actor=officer, code=asked, answer=" ", at=at)) == C.REASON_REQUIRED


def test_who_asked_or_wrote_it_down_does_not_decide(
    cast: World, at: datetime, write_down: Write, city: Volunteer
) -> None:
    code = write_down(who=cast.officer)
    activities.publish(actor=cast.actor(cast.ali), code=code, at=at)
    officer = cast.actor(cast.officer)
    assert refused(lambda: approvals.approve(actor=officer, code=code, at=at)) == C.OWN_RECORD
    assert told("approval_waiting") == [city.id]
    approvals.approve(actor=cast.actor(city), code=code, at=at)
    assert row(code).state == "published"


def test_leader_and_strangers_decide_nothing(cast: World, at: datetime, asked: str) -> None:
    for person, code in ((cast.ali, C.NOT_ALLOWED), (cast.xiaobo, C.NOT_ALLOWED), (cast.chali, C.NOT_FOUND)):
        actor = cast.actor(person)
        assert refused(lambda actor=actor: approvals.approve(actor=actor, code=asked, at=at)) == code
        assert refused(lambda actor=actor: approvals.stop(actor=actor, code=asked, reason="x", at=at)) == code


def test_nothing_changes_while_the_centre_reads_it(cast: World, at: datetime, asked: str) -> None:
    leader = {"actor": cast.actor(cast.ali), "code": asked, "at": at}
    assert refused(lambda: activities.edit(changes={"title": "别的"}, **leader)) == C.ACTIVITY_WAITING
    approvals.withdraw(**leader)
    activities.edit(changes={"title": "别的"}, **leader)
    assert (row(asked).approval, Approval.get().state) == ("none", "withdrawn")
    assert refused(lambda: approvals.withdraw(**leader)) == C.APPROVAL_STATE


def test_activity_that_is_called_off_waits_no_longer(cast: World, at: datetime, asked: str) -> None:
    activities.cancel(actor=cast.actor(cast.ali), code=asked, reason="不办了", at=at)
    assert Approval.get().state == "withdrawn"


def test_answer_after_its_start_is_too_late(cast: World, at: datetime, asked: str) -> None:
    late = row(asked).starts_at
    assert refused(lambda: approvals.approve(actor=cast.actor(cast.officer), code=asked, at=late)) == (
        C.APPROVAL_LATE
    )


def test_unanswered_request_goes_one_centre_up_once(
    cast: World, at: datetime, asked: str, city: Volunteer
) -> None:
    assert approvals.raise_due(at=at + 24 * HOUR) == 0
    due = Approval.get().due_at
    assert [approvals.raise_due(at=due), approvals.raise_due(at=due)] == [1, 0]
    one = Approval.get()
    assert (one.region_code, one.raised, one.due_at > due) == (CITY, 1, True)
    assert told("approval_waiting") == [cast.officer.id, city.id]
    assert refused(lambda: approvals.approve(actor=cast.actor(cast.officer), code=asked, at=due)) == (
        C.NOT_ALLOWED
    )
    approvals.approve(actor=cast.actor(city), code=asked, at=due)


def test_topmost_centre_keeps_what_it_has_not_answered(cast: World, at: datetime, asked: str) -> None:
    due = Approval.get().due_at
    assert approvals.raise_due(at=due) == 0
    assert (Approval.get().region_code, Approval.get().raised, Approval.get().due_at > due) == (COUNTY, 0, True)


def test_published_routine_cannot_become_what_must_be_asked_for(
    cast: World, at: datetime, write_down: Write, clinic: ActivityDraft
) -> None:
    code = write_down(replace(clinic, sub_domain="care"))
    leader = {"actor": cast.actor(cast.ali), "code": code, "at": at}
    activities.publish(**leader)
    change = {"sub_domain": "clinic"}
    assert refused(lambda: activities.edit(changes=change, **leader)) == C.APPROVAL_NEEDED
    assert row(code).sub_domain == "care"


def test_centre_stops_an_activity_and_everybody_hears_why(cast: World, at: datetime) -> None:
    def make() -> Activity:
        activity, shift = make_activity(at, cast.team)
        sign_up(at, shift, cast.xiaobo)
        return activity

    activity = store.write(make)
    approvals.stop(actor=cast.actor(cast.officer), code=activity.code, reason="有暴雨预警", at=at)
    assert row(activity.code).state == "cancelled"
    assert (told("activity_cancelled"), told("activity_stopped")) == ([cast.xiaobo.id], [cast.ali.id])
    assert "有暴雨预警" in Delivery.get(Delivery.kind == "activity_cancelled").body
    assert [line.verb for line in History.select().where(History.subject == f"activity:{activity.id}")] == ["stopped"]
    assert AuditEntry.select().where(AuditEntry.verb == "activity.stopped").count() == 1
    stopped = {"actor": cast.actor(cast.officer), "code": activity.code, "at": at}
    assert refused(lambda: approvals.stop(reason="再停", **stopped)) == C.ACTIVITY_STATE


def test_stop_without_a_reason_is_refused(cast: World, at: datetime) -> None:
    officer = cast.actor(cast.officer)
    assert refused(lambda: approvals.stop(actor=officer, code=cast.activity.code, reason=" ", at=at)) == (
        C.REASON_REQUIRED
    )


# Trust -------------------------------------------------------------------------------------------------------


def test_trusted_team_publishes_without_asking_until_the_day(cast: World, at: datetime, write_down: Write) -> None:
    trust = {"actor": cast.actor(cast.officer), "team_code": cast.team.code, "reason": "三年没出过事"}
    delegations.give(until=at + 48 * HOUR, at=at, **trust)
    assert told("delegation_given") == [cast.ali.id]
    assert activities.publish(actor=cast.actor(cast.ali), code=write_down(), at=at + 47 * HOUR) is True
    assert approvals.trusted(team_id=cast.team.id, at=at + 48 * HOUR) is None


def test_trust_is_taken_back_with_a_reason(cast: World, at: datetime, write_down: Write) -> None:
    trust = {"actor": cast.actor(cast.officer), "team_code": cast.team.code}
    delegations.give(reason="可靠", until=None, at=at, **trust)
    assert refused(lambda: delegations.take_back(reason="", at=at, **trust)) == C.REASON_REQUIRED
    delegations.take_back(reason="换了队长", at=at + HOUR, **trust)
    delegations.take_back(reason="换了队长", at=at + HOUR, **trust)
    assert told("delegation_ended") == [cast.ali.id]
    assert activities.publish(actor=cast.actor(cast.ali), code=write_down(), at=at + HOUR) is False


def test_trust_needs_a_reason_and_an_end_that_lies_ahead(cast: World, at: datetime) -> None:
    trust = {"actor": cast.actor(cast.officer), "team_code": cast.team.code, "at": at}
    assert refused(lambda: delegations.give(reason=" ", until=None, **trust)) == C.REASON_REQUIRED
    assert refused(lambda: delegations.give(reason="x", until=at - timedelta(1), **trust)) == C.FIELD_WRONG


def test_nobody_trusts_the_team_he_leads(cast: World, at: datetime) -> None:
    store.write(lambda: grant(at, cast.ali, "region_admin", region=COUNTY))
    give = {"team_code": cast.team.code, "reason": "x", "until": None, "at": at}
    assert refused(lambda: delegations.give(actor=cast.actor(cast.ali), **give)) == C.OWN_RECORD
    assert refused(lambda: delegations.give(actor=cast.actor(cast.chali), **give)) == C.NOT_FOUND
