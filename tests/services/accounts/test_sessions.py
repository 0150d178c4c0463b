"""Sessions: a token opens one kind of door, for a time, until it is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Session, Volunteer, WechatIdentity, store
from services.accounts import console_login, joining
from services.accounts.sessions import authenticate, close, close_all, open_session
from services.actors import Actor
from services.codes import token_hash
from services.errors import Refusal
from services.participation import digits, kits
from tests.support.fakes import make_parts
from tests.support.world import World, make_identity


def identity_of(person: Volunteer, kind: str = "mp") -> WechatIdentity:
    return WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == kind)


def test_a_token_tells_who_is_behind_it(cast: World, at: datetime) -> None:
    mine = identity_of(cast.xiaobo)
    opened = open_session(kind="api", identity_id=mine.id, at=at, device="Mate 30")
    who = authenticate(token=opened.token, kind="api", at=at)
    assert who is not None
    assert (who.name, who.volunteer_id, who.public_no) == ("王小博", cast.xiaobo.id, cast.xiaobo.public_no)
    assert (who.openid, who.identity_id, who.csrf) == (mine.openid, mine.id, opened.csrf)
    assert (who.state, who.region_code) == ("active", cast.xiaobo.region_code)
    assert who.actor("api") == Actor("api", cast.xiaobo.id, mine.id)


def test_only_the_hash_of_a_token_is_stored(cast: World, at: datetime) -> None:
    opened = open_session(kind="api", identity_id=identity_of(cast.xiaobo).id, at=at)
    assert Session.get().token_hash == token_hash(opened.token)
    assert opened.token not in repr(opened)


def test_somebody_not_registered_has_a_session_without_a_person(cast: World, at: datetime) -> None:
    guest = store.write(lambda: make_identity(at, None, "mp"))
    opened = open_session(kind="api", identity_id=guest.id, at=at)
    who = authenticate(token=opened.token, kind="api", at=at)
    assert who is not None
    assert (who.volunteer_id, who.name, who.state) == (None, "", "")


def test_a_grant_session_needs_no_identity(cast: World, at: datetime) -> None:
    opened = open_session(kind="console", volunteer_id=cast.ali.id, at=at)
    who = authenticate(token=opened.token, kind="console", at=at)
    assert who is not None
    assert (who.volunteer_id, who.identity_id, who.openid) == (cast.ali.id, None, "")


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 5000, "'; DROP TABLE session; --"])
def test_a_foreign_token_is_nobody(cast: World, at: datetime, token: str) -> None:
    assert authenticate(token=token, kind="api", at=at) is None


def test_a_token_of_another_door_is_nobody(cast: World, at: datetime) -> None:
    opened = open_session(kind="h5", identity_id=identity_of(cast.xiaobo, "oa").id, at=at)
    assert authenticate(token=opened.token, kind="api", at=at) is None
    assert authenticate(token=opened.token, kind="console", at=at) is None
    assert authenticate(token=opened.token, kind="nonsense", at=at) is None


@pytest.mark.parametrize(
    ("kind", "idle"),
    [("api", timedelta(days=30)), ("h5", timedelta(days=30)), ("console", timedelta(minutes=30))],
)
def test_a_session_ends_when_it_is_not_used(cast: World, at: datetime, kind: str, idle: timedelta) -> None:
    opened = open_session(kind=kind, volunteer_id=cast.ali.id, at=at)
    assert authenticate(token=opened.token, kind=kind, at=at + idle) is None
    assert authenticate(token=opened.token, kind=kind, at=at + idle - timedelta(seconds=1)) is not None


@pytest.mark.parametrize(
    ("kind", "step", "limit"),
    [
        ("console", timedelta(minutes=20), timedelta(hours=12)),
        ("api", timedelta(days=20), timedelta(days=180)),
        ("offline", timedelta(days=10), timedelta(days=30)),
    ],
)
def test_a_session_in_use_ends_at_its_limit(
    cast: World, at: datetime, kind: str, step: timedelta, limit: timedelta
) -> None:
    opened = open_session(kind=kind, volunteer_id=cast.ali.id, at=at)
    assert opened.expires_at == at + limit
    moment = at + step
    while moment < at + limit:
        assert authenticate(token=opened.token, kind=kind, at=moment) is not None
        moment += step
    assert authenticate(token=opened.token, kind=kind, at=at + limit) is None


def test_its_last_use_is_written_every_ten_minutes_at_most(
    cast: World, at: datetime, count_statements: Callable[[], Any]
) -> None:
    opened = open_session(kind="api", identity_id=identity_of(cast.xiaobo).id, at=at)
    with count_statements() as seen:
        authenticate(token=opened.token, kind="api", at=at + timedelta(minutes=9))
    assert len(seen) == 1
    authenticate(token=opened.token, kind="api", at=at + timedelta(minutes=10))
    assert Session.get().seen_at == at + timedelta(minutes=10)


def test_a_closed_session_opens_nothing(cast: World, at: datetime) -> None:
    opened = open_session(kind="api", identity_id=identity_of(cast.xiaobo).id, at=at)
    other = open_session(kind="api", identity_id=identity_of(cast.xiaobo).id, at=at)
    close(token=opened.token, at=at)
    close(token="unknown", at=at)
    assert authenticate(token=opened.token, kind="api", at=at) is None
    assert authenticate(token=other.token, kind="api", at=at) is not None


def test_a_lost_phone_is_logged_out_everywhere(cast: World, at: datetime) -> None:
    mine = [
        open_session(kind="api", identity_id=identity_of(cast.ali).id, at=at),
        open_session(kind="h5", identity_id=identity_of(cast.ali, "oa").id, at=at),
        open_session(kind="console", volunteer_id=cast.ali.id, at=at),
    ]
    foreign = open_session(kind="api", identity_id=identity_of(cast.xiaobo).id, at=at)
    assert close_all(volunteer_id=cast.ali.id, at=at) == 3
    kinds = ("api", "h5", "console")
    assert [authenticate(token=s.token, kind=k, at=at) for s, k in zip(mine, kinds, strict=True)] == [
        None
    ] * 3
    assert authenticate(token=foreign.token, kind="api", at=at) is not None


def test_nothing_is_left_that_would_open_a_session_of_his(cast: World, at: datetime) -> None:
    """A yes to a console that has not come in, a one-time link, a list's link, six digits of the lost phone."""
    mine, parts = identity_of(cast.ali, "oa"), make_parts()
    waiting = console_login.begin(device="d", browser="b", at=at)
    console_login.approve(token=waiting.token, actor=cast.actor(cast.ali, "pages"), identity_id=mine.id, at=at)
    once = console_login.grant_link(volunteer_id=cast.ali.id, at=at)
    link = kits.issue(parts=parts, actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at).url
    shown = joining.show_digits(identity_id=mine.id, at=at)
    close_all(volunteer_id=cast.ali.id, at=at)
    for act in (
        lambda: console_login.collect(token=waiting.token, browser="b", at=at),
        lambda: console_login.use_grant(token=once, device="d", at=at),
        lambda: kits.open_link(link=link.rsplit("/", 1)[-1], secret="s" * 43, device="d", at=at),
        lambda: digits.redeem(digits=shown, openid="oa-thief", at=at),
    ):
        with pytest.raises(Refusal):
            act()
    assert Session.select().count() == 0


def test_phone_without_a_network_is_logged_out_with_the_rest(cast: World, at: datetime) -> None:
    link = kits.issue(parts=make_parts(), actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at).url
    kits.open_link(link=link.rsplit("/", 1)[-1], secret="s" * 43, device="d", at=at)
    assert authenticate(token="s" * 43, kind="offline", at=at) is not None
    assert close_all(volunteer_id=cast.ali.id, at=at) == 1
    assert authenticate(token="s" * 43, kind="offline", at=at) is None
    kits.open_link(link=link.rsplit("/", 1)[-1], secret="s" * 43, device="d", at=at)  # again from the same phone
    assert authenticate(token="s" * 43, kind="offline", at=at) is None


@pytest.mark.parametrize("state", ["left", "deceased", "merged"])
def test_a_closed_account_opens_nothing(cast: World, at: datetime, state: str) -> None:
    opened = open_session(kind="api", identity_id=identity_of(cast.xiaobo).id, at=at)
    store.write(lambda: Volunteer.update(state=state).where(Volunteer.id == cast.xiaobo.id).execute())
    assert authenticate(token=opened.token, kind="api", at=at) is None
