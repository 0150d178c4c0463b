"""Following, leaving and coming back: WeChat's part goes, the person's own stays (design §6.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import (
    Balance,
    ChatState,
    History,
    InboundMessage,
    Session,
    SubscriptionCredit,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from models.dialect import Database
from services.accounts import enrolment, following
from services.accounts.sessions import open_session
from services.errors import Refusal, RefusalCode
from services.operation import housekeeping
from tests.support.fakes import MP, OA, FakeGateway, make_parts
from tests.support.world import World, make_identity, make_volunteer
from wechat.gateway import FollowerPage, WechatFailure


def row_of(person: Volunteer, kind: str) -> WechatIdentity:
    return WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == kind)


def row(openid: str) -> WechatIdentity:
    return WechatIdentity.get(WechatIdentity.openid == openid)


def leave(person: Volunteer, at: datetime) -> WechatIdentity:
    """His chat leaves the account; its identity afterwards."""
    openid = row_of(person, "oa").openid
    following.unfollowed(appid=OA, openid=openid, event_at=at, at=at)
    return row(openid)


def test_leaving_deletes_what_wechat_supplied(cast: World, at: datetime) -> None:
    mine = row_of(cast.xiaobo, "oa")

    def before() -> None:
        WechatIdentity.update(unionid="u-9", tag="volunteer", window_until=at, window_left=4).where(
            WechatIdentity.id == mine.id
        ).execute()
        ChatState.create(identity=mine, kind="question", payload={}, expires_at=at)
        SubscriptionCredit.create(identity=mine, template="notice", remaining=2)
        InboundMessage.create(
            dedupe_key="m:1", openid=mine.openid, reply="王小博，您的服务时长", received_at=at
        )

    store.write(before)
    left = leave(cast.xiaobo, at)
    assert (left.volunteer_id, left.unionid, left.tag, left.window_until, left.window_left, left.following) == (
        None, None, "", None, 0, False,
    )  # fmt: skip
    assert (ChatState.select().count(), SubscriptionCredit.select().count()) == (0, 0)
    assert [seen.reply for seen in InboundMessage.select()] == [""]


def test_leaving_takes_nothing_of_his_own(cast: World, at: datetime) -> None:
    mini = row_of(cast.xiaobo, "mp")
    session = open_session(kind="api", identity_id=mini.id, at=at)
    leave(cast.xiaobo, at)
    assert row_of(cast.xiaobo, "mp").id == mini.id
    assert Session.get(Session.identity == mini).revoked_at is None
    assert session.token
    assert (
        TeamMember.select().where(TeamMember.volunteer == cast.xiaobo, TeamMember.to_at.is_null()).count()
        == 1
    )
    assert Balance.select().where(Balance.volunteer == cast.xiaobo).count() == 1


def test_an_older_event_that_comes_late_changes_nothing(db: Database, at: datetime) -> None:
    following.followed(appid=OA, openid="oa-1", event_at=at, at=at)
    following.unfollowed(appid=OA, openid="oa-1", event_at=at + timedelta(seconds=9), at=at)
    late = following.followed(appid=OA, openid="oa-1", event_at=at + timedelta(seconds=8), at=at)
    assert late.following is False
    assert row("oa-1").follow_event_at == at + timedelta(seconds=9)


def test_older_leaving_that_comes_late_unties_nobody(cast: World, at: datetime) -> None:
    openid = row_of(cast.xiaobo, "oa").openid
    following.followed(appid=OA, openid=openid, event_at=at, at=at)
    following.unfollowed(appid=OA, openid=openid, event_at=at - timedelta(seconds=1), at=at)
    assert (row(openid).following, row(openid).volunteer_id) == (True, cast.xiaobo.id)


def test_leaving_told_twice_still_remembers_who_it_was(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    following.unfollowed(appid=OA, openid=left.openid, event_at=at, at=at)
    found = following.former(identity_id=left.id, at=at)
    assert found == following.Former(cast.xiaobo.id, "王*博")


def test_it_is_he_and_everything_is_tied_again(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    he = following.return_as_former(identity_id=left.id, at=at)
    assert (he.name, row(left.openid).volunteer_id, row(left.openid).former_id) == (
        "王小博",
        cast.xiaobo.id,
        None,
    )


def test_it_is_not_he_and_he_is_forgotten(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    following.not_the_former(identity_id=left.id)
    assert following.former(identity_id=left.id, at=at) is None
    with pytest.raises(Refusal) as no:
        following.return_as_former(identity_id=left.id, at=at)
    assert no.value.code is RefusalCode.NOT_FOUND


def test_whoever_was_merged_meanwhile_comes_back_as_the_one_that_was_kept(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    kept = store.write(lambda: make_volunteer(at, "王小波"))
    change = Volunteer.update(state="merged", merged_into=kept.id).where(Volunteer.id == cast.xiaobo.id)
    store.write(change.execute)
    assert following.return_as_former(identity_id=left.id, at=at).volunteer_id == kept.id


def test_closed_account_is_not_offered(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    store.write(Volunteer.update(state="deceased").where(Volunteer.id == cast.xiaobo.id).execute)
    assert following.former(identity_id=left.id, at=at) is None


def test_whoever_was_bound_meanwhile_is_asked_nothing(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    store.write(lambda: enrolment.bind(identity_id=left.id, volunteer_id=cast.chali.id, at=at))
    assert following.former(identity_id=left.id, at=at) is None


def test_after_half_a_year_nobody_is_remembered(cast: World, at: datetime) -> None:
    left = leave(cast.xiaobo, at)
    later = at + following.REMEMBERED + timedelta(seconds=1)
    assert following.former(identity_id=left.id, at=later) is None
    housekeeping.prune(at=later)
    assert (row(left.openid).former_id, row(left.openid).former_until) == (None, None)


# taking back what was let


@pytest.mark.parametrize(
    ("what", "proof", "kept"), [("8", "wechat", False), ("6,8", "wechat", False), ("6", "wechat", True),
                                ("8", "officer", True), ("18", "wechat", True), ("", "wechat", True)],
)  # fmt: skip
def test_revoked_phone_is_erased_only_where_wechat_gave_it(
    cast: World, at: datetime, what: str, proof: str, kept: bool
) -> None:
    person, parts = cast.xiaobo, make_parts()
    store.write(lambda: enrolment.set_phone(parts=parts, person=person, phone="13800000001", proof=proof))
    openid = row_of(person, "mp").openid
    store.write(lambda: following.authorisation_revoked(appid=MP, openid=openid, what=what, at=at))
    found = Volunteer.get_by_id(person.id)
    assert (found.phone_sealed is not None, found.phone_index is not None) == (kept, kept)
    assert History.select().where(History.verb == "phone.revoked").count() == (0 if kept else 1)


def test_cancelled_authorisation_ends_the_log_ins_of_that_account(cast: World, at: datetime) -> None:
    mini, chat = row_of(cast.xiaobo, "mp"), row_of(cast.xiaobo, "oa")
    open_session(kind="api", identity_id=mini.id, at=at)
    open_session(kind="h5", identity_id=chat.id, at=at)
    store.write(lambda: following.authorisation_cancelled(appid=MP, openid=mini.openid, at=at))
    assert Session.get(Session.identity == mini).revoked_at == at
    assert Session.get(Session.identity == chat).revoked_at is None
    assert (row(mini.openid).volunteer_id, row(mini.openid).former_id, row(chat.openid).volunteer_id) == (
        None, None, cast.xiaobo.id,
    )  # fmt: skip


def test_somebody_we_never_saw_can_take_back_what_he_likes(db: Database, at: datetime) -> None:
    following.authorisation_revoked(appid=MP, openid="nobody", what="8", at=at)
    following.authorisation_cancelled(appid=MP, openid="nobody", at=at)
    assert WechatIdentity.select().count() == 0


# the nightly comparison


def compare(gateway: FakeGateway, at: datetime, *pages: list[str]) -> int:
    rest = [FollowerPage(page, page[-1]) for page in pages]
    gateway.answer("follower_page", *rest, FollowerPage([], ""))
    return following.compare(parts=make_parts(gateway), at=at)


def test_list_mends_events_that_never_came(db: Database, at: datetime) -> None:
    gateway, events = FakeGateway(), at - timedelta(hours=1)
    for openid in ("o-1", "o-2", "o-3"):
        following.followed(appid=OA, openid=openid, event_at=events, at=at)
    following.unfollowed(appid=OA, openid="o-3", event_at=events, at=at)
    assert compare(gateway, at, ["o-1"], ["o-3", "o-stranger"]) == 2
    assert {each.openid: each.following for each in WechatIdentity.select()} == {
        "o-1": True, "o-2": False, "o-3": True,
    }  # fmt: skip
    assert [call["after"] for call in gateway.named("follower_page")] == ["", "o-1", "o-stranger"]


def test_event_that_came_while_the_list_was_read_knows_better(db: Database, at: datetime) -> None:
    following.followed(appid=OA, openid="o-1", event_at=at + timedelta(seconds=5), at=at)
    assert compare(FakeGateway(), at, ["o-2"]) == 0
    assert row("o-1").following is True


def test_list_without_most_of_our_followers_is_not_believed(db: Database, at: datetime) -> None:
    def many() -> None:
        for number in range(50):
            make_identity(at, None, "oa", openid=f"o-{number}", following=True)

    store.write(many)
    with pytest.raises(following.ListNotBelieved):
        compare(FakeGateway(), at, ["o-1", "o-2"])
    assert WechatIdentity.select().where(WechatIdentity.following == True).count() == 50  # noqa: E712


def test_platform_that_fails_in_the_middle_changes_nothing(db: Database, at: datetime) -> None:
    gateway = FakeGateway()
    following.followed(appid=OA, openid="o-1", event_at=at - timedelta(hours=1), at=at)
    gateway.answer("follower_page", FollowerPage(["o-2"], "o-2"), WechatFailure("/cgi-bin/user/get", -1))
    with pytest.raises(WechatFailure):
        following.compare(parts=make_parts(gateway), at=at)
    assert row("o-1").following is True
