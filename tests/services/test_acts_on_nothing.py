"""Acts on things that are not there, or are over: refused with a word, and nothing changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Activity, RoleGrant, ServiceRecord, Shift, Team, store
from services import permissions
from services.accounts import invites
from services.actors import OPERATOR
from services.bookkeeping import hours, records
from services.errors import RefusalCode
from services.participation import activities, stage_views
from tests.services.participation.test_attendance import MINUTES, refused, scan
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE, World
from wechat.gateway import WechatFailure

C = RefusalCode


def test_unknown_activity_is_not_published_cancelled_or_extended(cast: World, at: datetime) -> None:
    facts = {"actor": cast.actor(cast.ali), "code": "nowhere", "at": at}
    assert refused(lambda: activities.publish(**facts)) is C.NOT_FOUND
    assert refused(lambda: activities.cancel(**facts, reason="暴雨")) is C.NOT_FOUND
    assert refused(lambda: activities.extend(**facts, ends_at=None, reason="")) is C.NOT_FOUND


def test_unknown_shift_gets_no_quota(cast: World, at: datetime) -> None:
    facts = {"actor": cast.actor(cast.ali), "shift_code": "nowhere", "quota": 5, "at": at}
    assert refused(lambda: activities.set_quota(**facts)) is C.NOT_FOUND


@pytest.mark.parametrize(
    ("state", "code"), [("cancelled", C.ACTIVITY_CANCELLED), ("ended", C.ACTIVITY_STATE)]
)
def test_activity_that_is_over_keeps_its_quota(
    cast: World, at: datetime, state: str, code: RefusalCode
) -> None:
    store.write(lambda: Activity.update(state=state).where(Activity.id == cast.activity.id).execute())
    facts = {"actor": cast.actor(cast.ali), "shift_code": cast.shift.code, "quota": 5, "at": at}
    assert refused(lambda: activities.set_quota(**facts)) is code
    assert Shift.get_by_id(cast.shift.id).quota == cast.shift.quota


def test_unknown_shift_is_not_staged(cast: World, at: datetime) -> None:
    assert refused(lambda: stage_views.face(actor=cast.actor(cast.ali), shift_code="nowhere", at=at)) is (
        C.NOT_FOUND
    )


def test_annulled_record_is_neither_named_nor_ended(cast: World) -> None:
    start = cast.shift.starts_at
    record = scan(cast, "in", start).record_id
    store.write(lambda: ServiceRecord.update(state="void").where(ServiceRecord.id == record).execute())
    facts = {"actor": cast.actor(cast.ali), "record_id": record, "at": start + 30 * MINUTES}
    assert refused(lambda: records.name_present(**facts)) is C.RECORD_STATE
    assert refused(lambda: records.set_end(**facts, out_at=start + 10 * MINUTES, reason="忘记签退")) is (
        C.RECORD_STATE
    )


def test_nobody_has_no_hours(cast: World, at: datetime) -> None:
    assert refused(lambda: hours.summary(volunteer_id=0, at=at)) is C.NOT_FOUND


def test_role_at_an_unknown_team_is_not_given(cast: World, at: datetime) -> None:
    before = RoleGrant.select().count()
    assert refused(
        lambda: permissions.grant(
            actor=OPERATOR, volunteer_id=cast.xiaobo.id, role="deputy", team_id=0, reason="试", at=at
        )
    ) is (C.NOT_FOUND)
    assert RoleGrant.select().count() == before


def test_role_that_was_never_given_is_not_taken(cast: World, at: datetime) -> None:
    assert refused(lambda: permissions.revoke(actor=OPERATOR, grant_id=0, reason="试", at=at)) is C.NOT_FOUND


@pytest.mark.parametrize("place", [{}, {"region_code": VILLAGE, "team_id": 1}])
def test_role_without_one_place_is_our_mistake(cast: World, at: datetime, place: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a role is granted"):
        permissions.grant(
            actor=OPERATOR, volunteer_id=cast.xiaobo.id, role="deputy", reason="试", at=at, **place
        )


def enter(cast: World, at: datetime) -> invites.Invite:
    return invites.enter_person(
        parts=make_parts(), actor=cast.actor(cast.ali, "console"), team_code=cast.team.code, name="陈新兵",
        document="340000196006069013", phone="", region_code=VILLAGE, identity="veteran", at=at,
    )  # fmt: skip


@pytest.mark.parametrize("state", permissions.CLOSED_TEAMS)
def test_nobody_is_entered_for_a_team_that_is_no_more(cast: World, at: datetime, state: str) -> None:
    store.write(lambda: Team.update(state=state).where(Team.id == cast.team.id).execute())
    assert refused(lambda: enter(cast, at)) is C.TEAM_CLOSED


def test_invitations_code_waits_for_wechat(cast: World, at: datetime) -> None:
    made = enter(cast, at)
    gateway = FakeGateway()
    gateway.fail("create_qr", WechatFailure("/cgi-bin/qrcode/create", -1, "system error"))
    assert refused(
        lambda: invites.invite_qr(
            parts=make_parts(gateway), actor=cast.actor(cast.ali, "console"), token=made.token, at=at
        )
    ) is (C.WECHAT_UNAVAILABLE)
