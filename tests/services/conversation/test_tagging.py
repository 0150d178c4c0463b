"""WeChat's tags follow what people are, fifty at a time, and a stranger among them stops nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import RoleGrant, WechatIdentity, store
from models.dialect import Database
from services.conversation import tagging
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World, make_identity, make_volunteer
from wechat.gateway import WechatFailure


def tags() -> dict[str, str]:
    """Tag by openid, of those who bear one."""
    return {row.openid: row.tag for row in WechatIdentity.select() if row.tag}


def openid(person: object) -> str:
    return str(WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa").openid)


def crowd(at: datetime, count: int) -> None:
    def make() -> None:
        for number in range(count):
            make_identity(at, make_volunteer(at), "oa", openid=f"o-{number:03}", following=True)

    store.write(make)


def test_leaders_and_volunteers_get_their_own_tag(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    store.write(WechatIdentity.update(following=True).execute)
    tagging.keep(parts=make_parts(gateway), at=at)
    found = tags()
    assert (found[openid(cast.xiaobo)], found[openid(cast.ali)]) == ("volunteer", "leader")
    given = {call["tag_id"]: set(call["openids"]) for call in gateway.named("tag")}
    assert openid(cast.ali) in given[gateway.known_tags["队长"]]
    assert openid(cast.xiaobo) in given[gateway.known_tags["志愿者"]]


def test_nothing_to_do_asks_wechat_nothing(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    store.write(WechatIdentity.update(following=True).execute)
    tagging.keep(parts=make_parts(gateway), at=at)
    gateway.calls.clear()
    assert tagging.keep(parts=make_parts(gateway), at=at) == 0
    assert gateway.calls == []


def test_leader_whose_post_ends_becomes_a_volunteer_and_loses_the_old_tag(cast: World, at: datetime) -> None:
    gateway = FakeGateway()
    store.write(WechatIdentity.update(following=True).execute)
    tagging.keep(parts=make_parts(gateway), at=at)
    store.write(RoleGrant.update(until=at).where(RoleGrant.volunteer == cast.ali).execute)
    gateway.calls.clear()
    assert tagging.keep(parts=make_parts(gateway), at=at + timedelta(seconds=1)) == 1
    assert [call["tag_id"] for call in gateway.named("untag")] == [gateway.known_tags["队长"]]
    assert tags()[openid(cast.ali)] == "volunteer"


def test_more_than_fifty_go_in_several_calls(db: Database, at: datetime) -> None:
    gateway = FakeGateway()
    crowd(at, 120)
    assert tagging.keep(parts=make_parts(gateway), at=at) == 120
    assert [len(call["openids"]) for call in gateway.named("tag")] == [50, 50, 20]


def test_openid_that_wechat_does_not_know_stops_nobody(db: Database, at: datetime) -> None:
    gateway = FakeGateway()
    crowd(at, 3)
    stranger = WechatFailure("/cgi-bin/tags/members/batchtagging", 49003)
    gateway.answer("tag", stranger, None, stranger, None)
    assert tagging.keep(parts=make_parts(gateway), at=at) == 3
    assert [call["openids"] for call in gateway.named("tag")] == [
        ["o-000", "o-001", "o-002"], ["o-000"], ["o-001"], ["o-002"],
    ]  # fmt: skip
    assert tagging.keep(parts=make_parts(gateway), at=at) == 0


def test_openid_that_was_tagged_too_often_waits_alone(db: Database, at: datetime) -> None:
    gateway = FakeGateway()
    crowd(at, 3)
    partly = WechatFailure("/cgi-bin/tags/members/batchtagging", 45171)
    gateway.answer("tag", partly, None, partly, None)
    assert tagging.keep(parts=make_parts(gateway), at=at) == 2
    assert sorted(tags()) == ["o-000", "o-002"]
    assert tagging.keep(parts=make_parts(gateway), at=at) == 1


def test_platform_at_rest_leaves_the_others_for_the_next_beat(db: Database, at: datetime) -> None:
    gateway = FakeGateway()
    crowd(at, 60)
    gateway.answer("tag", None, WechatFailure("/cgi-bin/tags/members/batchtagging", 45009))
    with pytest.raises(WechatFailure):
        tagging.keep(parts=make_parts(gateway), at=at)
    assert len(tags()) == 50
    assert tagging.keep(parts=make_parts(gateway), at=at) == 10


def test_people_who_do_not_follow_are_not_tagged(db: Database, at: datetime) -> None:
    store.write(lambda: make_identity(at, make_volunteer(at), "oa", openid="o-away", following=False))
    gateway = FakeGateway()
    assert tagging.keep(parts=make_parts(gateway), at=at) == 0
    assert gateway.calls == []
