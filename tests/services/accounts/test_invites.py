"""Invitations: a leader enters a person, who says 是我 himself; once, within seven days, on one phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import BindInvite, Consent, Volunteer, WechatIdentity, store
from services.accounts import invites
from services.accounts.invites import LIFE, Invite
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE, World

NUMBER = "340000196006069013"


@pytest.fixture
def parts() -> Parts:
    return make_parts(FakeGateway())


def enter(parts: Parts, cast: World, at: datetime, **more: Any) -> Invite:
    facts = {
        "actor": cast.actor(cast.ali, "console"), "team_code": cast.team.code, "name": "陈新兵", "document": NUMBER,
        "phone": "", "region_code": VILLAGE, "identity": "veteran",
    } | more  # fmt: skip
    return invites.enter_person(parts=parts, at=at, **facts)


def newcomer(at: datetime, openid: str = "oa-new") -> WechatIdentity:
    return store.write(lambda: world.make_identity(at, None, "oa", openid=openid))


def refused(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


def test_entered_person_is_invited_and_has_consented_to_nothing(
    parts: Parts, cast: World, at: datetime
) -> None:
    made = enter(parts, cast, at)
    person = Volunteer.get(Volunteer.public_no == made.public_no)
    assert (person.state, person.entered_by_id) == ("invited", cast.ali.id)
    assert Consent.select().where(Consent.volunteer == person.id).count() == 0
    assert made.masked_name != "陈新兵"


def test_person_who_says_yes_is_bound_active_and_has_consented(
    parts: Parts, cast: World, at: datetime
) -> None:
    made = enter(parts, cast, at)
    mine = newcomer(at)
    invites.open_invite(token=made.token, openid=mine.openid, at=at)
    done = invites.accept(parts=parts, token=made.token, identity_id=mine.id, at=at)
    person = Volunteer.get_by_id(done.volunteer_id)
    assert person.state == "active"
    assert WechatIdentity.get_by_id(mine.id).volunteer_id == person.id
    purposes = {row.purpose for row in Consent.select().where(Consent.volunteer == person.id, Consent.given)}
    assert purposes >= {"service", "id_number", "veteran_status"}


def test_yes_said_twice_is_the_same_answer(parts: Parts, cast: World, at: datetime) -> None:
    made = enter(parts, cast, at)
    mine = newcomer(at)
    invites.open_invite(token=made.token, openid=mine.openid, at=at)
    first = invites.accept(parts=parts, token=made.token, identity_id=mine.id, at=at)
    assert invites.accept(parts=parts, token=made.token, identity_id=mine.id, at=at) == first


def test_invitation_belongs_to_the_first_phone_that_opened_it(
    parts: Parts, cast: World, at: datetime
) -> None:
    made = enter(parts, cast, at)
    invites.open_invite(token=made.token, openid="oa-first", at=at)
    assert refused(lambda: invites.open_invite(token=made.token, openid="oa-second", at=at)) is (
        RefusalCode.INVITE_INVALID
    )
    second = newcomer(at, "oa-second")
    assert refused(lambda: invites.accept(parts=parts, token=made.token, identity_id=second.id, at=at)) is (
        RefusalCode.INVITE_INVALID
    )


def test_invitation_lives_seven_days(parts: Parts, cast: World, at: datetime) -> None:
    made = enter(parts, cast, at)
    invites.open_invite(token=made.token, openid="oa-new", at=at + LIFE - timedelta(seconds=1))
    assert refused(lambda: invites.open_invite(token=made.token, openid="oa-new", at=at + LIFE)) is (
        RefusalCode.INVITE_INVALID
    )


def test_entering_again_ends_the_old_invitation(parts: Parts, cast: World, at: datetime) -> None:
    old = enter(parts, cast, at)
    new = enter(parts, cast, at)
    assert new.public_no == old.public_no
    assert (
        refused(lambda: invites.open_invite(token=old.token, openid="x", at=at)) is RefusalCode.INVITE_INVALID
    )
    assert BindInvite.select().where(BindInvite.used_at.is_null()).count() == 1


def test_entering_for_a_team_leaves_the_invitation_to_a_post(
    parts: Parts, cast: World, at: datetime
) -> None:
    made = enter(parts, cast, at)
    person = Volunteer.get(Volunteer.public_no == made.public_no)
    store.write(
        lambda: BindInvite.create(
            token="post", volunteer=person, role="team_leader", team_id=cast.other_team.id, created_by=cast.officer,
            created_at=at + timedelta(minutes=1), expires_at=at + LIFE,
        )
    )  # fmt: skip
    again = enter(parts, cast, at + timedelta(minutes=2))
    assert BindInvite.get_by_id("post").used_at is None
    shown = invites.standing(actor=cast.actor(cast.ali, "console"), public_no=made.public_no, at=at)
    assert shown.token == again.token


def test_phone_that_belongs_to_somebody_else_is_not_bound(parts: Parts, cast: World, at: datetime) -> None:
    made = enter(parts, cast, at)
    mine = cast.actor(cast.xiaobo, "bot").identity_id
    assert mine is not None
    openid = WechatIdentity.get_by_id(mine).openid
    invites.open_invite(token=made.token, openid=openid, at=at)
    assert refused(lambda: invites.accept(parts=parts, token=made.token, identity_id=mine, at=at)) is (
        RefusalCode.ALREADY_BOUND
    )
    assert Volunteer.get(Volunteer.public_no == made.public_no).state == "invited"


def test_no_ends_the_invitation(parts: Parts, cast: World, at: datetime) -> None:
    made = enter(parts, cast, at)
    invites.open_invite(token=made.token, openid="oa-new", at=at)
    invites.decline(token=made.token, openid="oa-new", at=at)
    assert (
        refused(lambda: invites.open_invite(token=made.token, openid="oa-new", at=at))
        is RefusalCode.INVITE_INVALID
    )


def test_no_of_another_phone_changes_nothing(parts: Parts, cast: World, at: datetime) -> None:
    made = enter(parts, cast, at)
    invites.open_invite(token=made.token, openid="oa-new", at=at)
    assert (
        refused(lambda: invites.decline(token=made.token, openid="oa-other", at=at))
        is RefusalCode.INVITE_INVALID
    )
    invites.open_invite(token=made.token, openid="oa-new", at=at)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"team_code": "nowhere"}, RefusalCode.NOT_FOUND),
        ({"document": "340000196006069014"}, RefusalCode.DOCUMENT_INVALID),
        ({"name": "<b>"}, RefusalCode.NAME_INVALID),
        ({"phone": "123"}, RefusalCode.PHONE_INVALID),
        ({"region_code": "99"}, RefusalCode.REGION_UNKNOWN),
    ],
)
def test_entry_that_cannot_be_is_refused_and_leaves_nothing(
    parts: Parts, cast: World, at: datetime, more: dict[str, str], code: RefusalCode
) -> None:
    before = Volunteer.select().count()
    assert refused(lambda: enter(parts, cast, at, **more)) is code
    assert Volunteer.select().count() == before


def test_member_enters_nobody(parts: Parts, cast: World, at: datetime) -> None:
    assert refused(lambda: enter(parts, cast, at, actor=cast.actor(cast.xiaobo))) is RefusalCode.NOT_ALLOWED


def test_number_that_was_entered_by_another_name_is_refused(parts: Parts, cast: World, at: datetime) -> None:
    enter(parts, cast, at)
    assert refused(lambda: enter(parts, cast, at, name="陈新冰")) is RefusalCode.DOCUMENT_TAKEN


def test_qr_code_is_asked_of_wechat_once(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway)
    made = enter(parts, cast, at)
    leader = cast.actor(cast.ali, "console")
    first = invites.invite_qr(parts=parts, actor=leader, token=made.token, at=at)
    assert invites.invite_qr(parts=parts, actor=leader, token=made.token, at=at).ticket == first.ticket


def test_qr_code_is_not_shown_to_strangers(parts: Parts, cast: World, at: datetime) -> None:
    made = enter(parts, cast, at)
    assert refused(
        lambda: invites.invite_qr(parts=parts, actor=cast.actor(cast.chali), token=made.token, at=at)
    ) is (RefusalCode.NOT_FOUND)
