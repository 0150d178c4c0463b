"""Posts: taken up by saying 是我, followed until the person has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, BindInvite, Centre, RoleGrant, Team, Volunteer, WechatIdentity, store
from services import permissions
from services.access import posts
from services.accounts import invites
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.parts import Parts
from tests.support import world
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, World


@pytest.fixture
def parts() -> Parts:
    return make_parts(FakeGateway())


def invited(cast: World, at: datetime, role: str = "station_officer", **more: Any) -> BindInvite:
    def act() -> BindInvite:
        person = world.make_volunteer(at, "韩干部", state="invited", region_code=TOWN)
        facts = {"region_code": TOWN, "team_id": None, "created_by": cast.officer.id} | more
        return BindInvite.create(
            token=f"token-{person.id}",
            volunteer=person,
            role=role,
            created_at=at,
            expires_at=at + posts.LIFE,
            **facts,
        )

    return store.write(act)


def says_yes(parts: Parts, invite: BindInvite, at: datetime) -> int:
    mine = store.write(lambda: world.make_identity(at, None, "oa", openid="oa-new"))
    invites.open_invite(token=invite.token, openid=mine.openid, at=at)
    return invites.accept(parts=parts, token=invite.token, identity_id=mine.id, at=at).volunteer_id


def holds(person: int, at: datetime) -> list[tuple[str, str | None, int | None]]:
    return [
        (g.role.value, g.region_code, g.team_id) for g in permissions.roles_of(volunteer_id=person, at=at)
    ]


def names(cast: World, at: datetime, **asked: Any) -> list[str]:
    return [
        row.name for row in posts.awaited(actor=cast.actor(cast.officer), wanted=Wanted(**asked), at=at).rows
    ]


def refused(act: Any, **facts: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(**facts)
    return no.value.code


def test_officer_who_says_yes_holds_his_post(parts: Parts, cast: World, at: datetime) -> None:
    person = says_yes(parts, invited(cast, at), at)
    assert holds(person, at) == [("station_officer", TOWN, None)]
    assert names(cast, at) == []


def test_director_who_says_yes_is_named_at_his_centre(parts: Parts, cast: World, at: datetime) -> None:
    person = says_yes(parts, invited(cast, at, "director", region_code=cast.centre.region_code), at)
    assert Centre.get_by_id(cast.centre.id).director_id == person


def test_leader_who_says_yes_leads_his_team(parts: Parts, cast: World, at: datetime) -> None:
    person = says_yes(
        parts, invited(cast, at, "team_leader", region_code=None, team_id=cast.other_team.id), at
    )
    assert holds(person, at) == [("team_leader", None, cast.other_team.id)]
    assert Team.get_by_id(cast.other_team.id).leader_id == person


def test_officer_who_registered_by_himself_takes_his_post_up_by_his_code(
    parts: Parts, cast: World, at: datetime
) -> None:
    invite = invited(cast, at)

    def registers() -> Any:
        Volunteer.update(state="active").where(Volunteer.id == invite.volunteer_id).execute()
        return world.make_identity(at, invite.volunteer, "oa", openid="oa-own")

    mine = store.write(registers)
    assert (names(cast, at), holds(invite.volunteer_id, at)) == (["韩干部"], [])
    invites.open_invite(token=invite.token, openid=mine.openid, at=at)
    for _ in range(2):
        done = invites.accept(parts=parts, token=invite.token, identity_id=mine.id, at=at)
        assert (done.role, done.place) == ("station_officer", "六安市霍邱县城关镇")
    assert (names(cast, at), holds(invite.volunteer_id, at)) == ([], [("station_officer", TOWN, None)])


def test_strange_wechat_takes_up_no_post_of_somebody_registered(
    parts: Parts, cast: World, at: datetime
) -> None:
    invite = invited(cast, at)
    store.write(
        lambda: Volunteer.update(state="active").where(Volunteer.id == invite.volunteer_id).execute()
    )
    with pytest.raises(Refusal) as no:
        says_yes(parts, invite, at)
    assert (no.value.code, holds(invite.volunteer_id, at)) == (RefusalCode.DOCUMENT_TAKEN, [])


def test_officer_of_two_posts_takes_both_up(parts: Parts, cast: World, at: datetime) -> None:
    first = invited(cast, at)
    second = store.write(
        lambda: BindInvite.create(
            token="second", volunteer=first.volunteer, role="liaison", region_code=OTHER_TOWN,
            created_by=cast.officer, created_at=at, expires_at=at + posts.LIFE,
        )
    )  # fmt: skip
    person = says_yes(parts, first, at)
    mine = WechatIdentity.get(WechatIdentity.volunteer == person)
    invites.open_invite(token=second.token, openid=mine.openid, at=at)
    assert invites.accept(parts=parts, token=second.token, identity_id=mine.id, at=at).role == "liaison"
    assert holds(person, at) == [("station_officer", TOWN, None), ("liaison", OTHER_TOWN, None)]


def test_post_of_an_inviter_who_lost_his_right_stays_empty(parts: Parts, cast: World, at: datetime) -> None:
    invite = invited(cast, at)
    store.write(lambda: RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.officer).execute())
    person = says_yes(parts, invite, at)
    assert (holds(person, at), Volunteer.get_by_id(person).state) == ([], "active")
    assert AuditEntry.get(AuditEntry.verb == "role.not_taken_up").subject == f"volunteer:{person}"


def test_who_has_not_come_is_listed_in_ones_own_divisions(cast: World, at: datetime) -> None:
    invited(cast, at)
    assert names(cast, at) == ["韩干部"]
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=OTHER_TOWN))
    assert posts.awaited(actor=cast.actor(cast.chali), wanted=Wanted(), at=at).total == 0


def test_list_tells_codes_that_ran_out(cast: World, at: datetime) -> None:
    invited(cast, at)
    later = at + posts.LIFE
    assert (names(cast, later, filters={"over": "yes"}), names(cast, later, filters={"over": "no"})) == (
        ["韩干部"],
        [],
    )


def test_new_code_ends_the_old_one(parts: Parts, cast: World, at: datetime) -> None:
    old = invited(cast, at)
    later = at + posts.LIFE + timedelta(days=1)
    fresh = posts.invite_again(actor=cast.actor(cast.officer), token=old.token, at=later)
    assert names(cast, later) == ["韩干部"]
    assert says_yes(parts, BindInvite.get_by_id(fresh), later)
    assert refused(invites.open_invite, token=old.token, openid="x", at=later) is RefusalCode.INVITE_INVALID


def test_invitation_of_another_county_is_not_there(cast: World, at: datetime) -> None:
    invite = invited(cast, at)
    assert (
        refused(posts.invitation, actor=cast.actor(cast.ali), token=invite.token, at=at)
        is RefusalCode.NOT_FOUND
    )


def test_code_of_a_post_at_a_division_can_be_shown_by_its_manager(
    parts: Parts, cast: World, at: datetime
) -> None:
    invite = invited(cast, at)
    assert invites.invite_qr(parts=parts, actor=cast.actor(cast.officer), token=invite.token, at=at).url
    facts = {"parts": parts, "actor": cast.actor(cast.ali), "token": invite.token, "at": at}
    assert refused(invites.invite_qr, **facts) is RefusalCode.NOT_FOUND


def test_administrator_appoints_an_auditor_in_his_own_division(cast: World, at: datetime) -> None:
    for region in (COUNTY, "341522100"):
        permissions.grant(
            actor=cast.actor(cast.officer), volunteer_id=cast.chali.id, role=permissions.Role.AUDITOR,
            region_code=region, reason="纪检", at=at,
        )  # fmt: skip
    assert holds(cast.chali.id, at) == [("auditor", COUNTY, None), ("auditor", "341522100", None)]
