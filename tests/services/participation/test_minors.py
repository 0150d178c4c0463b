"""The law's ages (S58, S117, 条例 §15): who signs up, who just comes, and who stands there when something changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Attempt, Delivery, GuardianConsent, Insurance, Shift, Signup, store
from services.errors import Refusal, RefusalCode
from services.participation import activities, attendance, signups
from tests.support.world import World, sign_up

HOUR = timedelta(hours=1)
CODE = RefusalCode


def take(cast: World, at: datetime) -> str:
    actor = cast.actor(cast.xiaobo)
    return signups.sign_up(
        actor=actor, shift_code=cast.shift.code, risk_accepted=True, channel="api", at=at
    ).state


def refused(cast: World, at: datetime) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        take(cast, at)
    return no.value.code


def change(record: Any, **fields: Any) -> None:
    store.write(lambda: type(record).update(**fields).where(type(record).id == record.id).execute())


def make(model: Any, **fields: Any) -> Any:
    return store.write(lambda: model.create(**fields))


def test_child_under_fourteen_is_not_taken(cast: World, at: datetime) -> None:
    change(cast.xiaobo, birth_date="2012-06-11")
    assert refused(cast, at) == CODE.TOO_YOUNG


def consent(cast: World, at: datetime, **more: Any) -> GuardianConsent:
    fields = {"guardian_name": "王建国", "relation": "father", "state": "verified", **more}
    return make(GuardianConsent, volunteer=cast.xiaobo, created_at=at, **fields)


def test_minor_needs_a_guardians_verified_word(cast: World, at: datetime) -> None:
    change(cast.xiaobo, birth_date="2012-06-10")
    assert refused(cast, at) == CODE.GUARDIAN_NEEDED
    consent(cast, at, state="stated")
    assert refused(cast, at) == CODE.GUARDIAN_NEEDED
    consent(cast, at)
    assert take(cast, at) == "confirmed"


@pytest.mark.parametrize("wrong", [{"until_on": "2026-06-09"}, {"scope": "activity"}])
def test_consent_that_does_not_reach_the_day_or_the_activity_is_none(
    cast: World, at: datetime, wrong: dict[str, str]
) -> None:
    change(cast.xiaobo, birth_date="2010-06-10")
    consent(cast, at, **wrong)
    assert refused(cast, at) == CODE.GUARDIAN_NEEDED


def test_no_minor_goes_into_danger_whoever_agrees(cast: World, at: datetime) -> None:
    change(cast.xiaobo, birth_date="2010-06-10")
    change(cast.activity, dangerous=True)
    consent(cast, at)
    assert refused(cast, at) == CODE.ADULTS_ONLY


def minor(cast: World) -> None:
    """小博 is fifteen."""
    change(cast.xiaobo, birth_date="2011-06-10")


def come(cast: World, **more: Any) -> str:
    """Walk in: the leader ticks him present."""
    attendance.tick(
        actor=cast.actor(cast.ali), shift_code=cast.shift.code, public_no=cast.xiaobo.public_no, direction="in",
        at=cast.shift.starts_at, **more,
    )  # fmt: skip
    return Signup.get().state


@pytest.mark.parametrize("danger", [{"dangerous": True}, {"domain": "D3", "sub_domain": "flood"}])
def test_minor_who_just_comes_is_kept_from_danger_even_by_his_leader(
    cast: World, at: datetime, danger: dict[str, Any]
) -> None:
    minor(cast)
    consent(cast, at)
    change(cast.activity, **danger)
    with pytest.raises(Refusal) as no:
        come(cast)
    assert (no.value.code, Signup.select().count(), Attempt.get().reason) == (CODE.ADULTS_ONLY, 0, "adults_only")


def test_minor_who_just_comes_needs_his_guardians_word(cast: World, at: datetime) -> None:
    minor(cast)
    with pytest.raises(Refusal) as no:
        come(cast)
    assert no.value.code == CODE.GUARDIAN_NEEDED
    consent(cast, at)
    assert come(cast) == "confirmed"


def test_activity_that_becomes_dangerous_lets_go_of_minors_alone(cast: World, at: datetime) -> None:
    minor(cast)
    consent(cast, at)
    take(cast, at)
    store.write(lambda: sign_up(at, cast.shift, cast.chali))
    change(cast.activity, approval="approved")
    make(
        Insurance, code="cover", region_code="34", insurer="人保", product="意外险", policy_no="P1", created_at=at,
        covers_from=at, covers_until=at + 48 * HOUR,
    )  # fmt: skip
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"dangerous": True}, at=at)
    states = {row.volunteer_id: (row.state, row.reason) for row in Signup.select()}
    assert states == {
        cast.xiaobo.id: ("cancelled", "活动改为有危险，未成年人不能参加"), cast.chali.id: ("confirmed", ""),
    }  # fmt: skip
    assert Shift.get_by_id(cast.shift.id).taken == 1
    assert [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "minor_danger")] == [cast.xiaobo.id]
