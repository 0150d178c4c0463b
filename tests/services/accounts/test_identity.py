"""WeChat identities: logging in, following and leaving, the window for answers, joining by unionid."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import OAuthState, Session, Volunteer, WechatIdentity, store
from models.dialect import Database
from services.accounts import following, identity
from services.accounts.sessions import authenticate
from services.errors import Refusal, RefusalCode
from tests.support.fakes import MP, OA, FakeGateway, make_parts
from tests.support.world import World, make_identity, make_volunteer
from wechat.errcodes import Kind
from wechat.gateway import MiniLogin, WebLogin, WechatFailure


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


def row(openid: str) -> WechatIdentity:
    return WechatIdentity.get(WechatIdentity.openid == openid)


def code_of(no: pytest.ExceptionInfo[Refusal]) -> RefusalCode:
    return no.value.code


def test_a_stranger_gets_a_session_and_is_not_registered(
    db: Database, at: datetime, gateway: FakeGateway
) -> None:
    gateway.logins["c"] = MiniLogin("mp-new")
    session = identity.mini_login(parts=make_parts(gateway), code="c", at=at)
    assert (session.registered, session.name) == (False, "")
    who = authenticate(token=session.token, kind="api", at=at)
    assert who is not None
    assert (who.openid, who.identity_id, row("mp-new").appid) == ("mp-new", row("mp-new").id, MP)


def test_a_volunteer_is_greeted_by_name(cast: World, at: datetime, gateway: FakeGateway) -> None:
    gateway.logins["c"] = MiniLogin(row_of(cast.xiaobo, "mp").openid)
    session = identity.mini_login(parts=make_parts(gateway), code="c", at=at)
    assert (session.registered, session.name) == (True, "王小博")


def row_of(person: Volunteer, kind: str) -> WechatIdentity:
    return WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == kind)


@pytest.mark.parametrize(
    ("errcode", "kind", "refusal"),
    [
        (40029, None, RefusalCode.LOGIN_CODE_INVALID),
        (40163, None, RefusalCode.LOGIN_CODE_INVALID),
        (40226, None, RefusalCode.LOGIN_BLOCKED),
        (-1, None, RefusalCode.WECHAT_UNAVAILABLE),
        (45011, None, RefusalCode.WECHAT_UNAVAILABLE),
        (40125, None, RefusalCode.WECHAT_UNAVAILABLE),
        (None, Kind.UNKNOWN, RefusalCode.WECHAT_UNAVAILABLE),
    ],
)
def test_a_failed_login_call_opens_nothing(
    db: Database,
    at: datetime,
    gateway: FakeGateway,
    errcode: int | None,
    kind: Kind | None,
    refusal: RefusalCode,
) -> None:
    gateway.fail("session_for_code", WechatFailure("/sns/jscode2session", errcode, kind=kind))
    with pytest.raises(Refusal) as no:
        identity.mini_login(parts=make_parts(gateway), code="c", at=at)
    assert code_of(no) is refusal
    assert (Session.select().count(), WechatIdentity.select().count()) == (0, 0)


def test_a_closed_account_does_not_log_in(cast: World, at: datetime, gateway: FakeGateway) -> None:
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute())
    gateway.logins["c"] = MiniLogin(row_of(cast.xiaobo, "mp").openid)
    with pytest.raises(Refusal) as no:
        identity.mini_login(parts=make_parts(gateway), code="c", at=at)
    assert code_of(no) is RefusalCode.ACCOUNT_CLOSED
    assert Session.select().count() == 0


def test_a_unionid_at_login_finds_the_person_of_the_chat(
    cast: World, at: datetime, gateway: FakeGateway
) -> None:
    store.write(lambda: make_identity(at, cast.chali, "oa", openid="oa-x", unionid="u-1"))
    gateway.logins["c"] = MiniLogin("mp-x", unionid="u-1")
    assert identity.mini_login(parts=make_parts(gateway), code="c", at=at).name == "赵查理"
    assert row("mp-x").volunteer_id == cast.chali.id


# pages


def begin(gateway: FakeGateway, at: datetime, next_path: str = "/m/hours") -> str:
    url = identity.begin_web_login(parts=make_parts(gateway), next_path=next_path, browser="b-1", at=at)
    assert "redirect_uri=http://localhost:8000/m/oauth" in url
    return str(OAuthState.get().state)


def finish(
    gateway: FakeGateway, at: datetime, state: str, browser: str = "b-1", code: str = "w"
) -> tuple[int, str]:
    return identity.finish_web_login(
        parts=make_parts(gateway), state=state, code=code, browser=browser, at=at
    )


def test_a_page_learns_who_it_is(db: Database, at: datetime, gateway: FakeGateway) -> None:
    gateway.web_logins["w"] = WebLogin("oa-new")
    state = begin(gateway, at, "/q/i1.shift.1.mac?x=1")
    assert state.isalnum()
    assert finish(gateway, at, state) == (row("oa-new").id, "/q/i1.shift.1.mac?x=1")
    assert (row("oa-new").kind, row("oa-new").appid, row("oa-new").following) == ("oa", OA, False)


def test_a_state_is_good_once(db: Database, at: datetime, gateway: FakeGateway) -> None:
    gateway.web_logins.update(w=WebLogin("oa-new"), w2=WebLogin("oa-new"))
    state = begin(gateway, at)
    finish(gateway, at, state)
    with pytest.raises(Refusal) as no:
        finish(gateway, at, state, code="w2")
    assert code_of(no) is RefusalCode.LOGIN_CODE_INVALID
    assert len(gateway.named("web_login")) == 1


def test_a_state_of_another_browser_is_used_up_and_refused(
    db: Database, at: datetime, gateway: FakeGateway
) -> None:
    gateway.web_logins["w"] = WebLogin("oa-new")
    state = begin(gateway, at)
    with pytest.raises(Refusal):
        finish(gateway, at, state, browser="b-2")
    with pytest.raises(Refusal):
        finish(gateway, at, state)
    assert gateway.named("web_login") == []


def test_a_state_lives_ten_minutes(db: Database, at: datetime, gateway: FakeGateway) -> None:
    gateway.web_logins["w"] = WebLogin("oa-new")
    state = begin(gateway, at)
    with pytest.raises(Refusal):
        finish(gateway, at + timedelta(minutes=10), state)


@pytest.mark.parametrize(
    "path",
    ["", "m/hours", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/a b", "/a\\b", "/é",
     "/a\n", "/" + "a" * 600, "/%09/evil.example", "/%2f/evil.example", "/%5cevil.example", "/@evil.example",
     "/m@evil.example", "///evil.example", "javascript:x()", "/m/hours?next=/\\evil"],
)  # fmt: skip
def test_a_way_out_of_the_house_is_refused(
    db: Database, at: datetime, gateway: FakeGateway, path: str
) -> None:
    with pytest.raises(Refusal) as no:
        identity.begin_web_login(parts=make_parts(gateway), next_path=path, browser="b-1", at=at)
    assert code_of(no) is RefusalCode.BAD_REQUEST
    assert OAuthState.select().count() == 0


def test_the_virtual_user_of_a_snapshot_is_not_logged_in(
    db: Database, at: datetime, gateway: FakeGateway
) -> None:
    gateway.web_logins["w"] = WebLogin("oa-virtual", snapshot=True)
    with pytest.raises(Refusal) as no:
        identity.web_login(parts=make_parts(gateway), code="w", at=at)
    assert code_of(no) is RefusalCode.LOGIN_BLOCKED
    assert WechatIdentity.select().count() == 0


# the window


@pytest.mark.parametrize(
    ("kind", "life", "left"),
    [
        ("message", timedelta(hours=48), 5), ("click", timedelta(minutes=1), 3),
        ("follow", timedelta(minutes=1), 3), ("scan", timedelta(minutes=1), 3),
    ],
)  # fmt: skip
def test_a_touch_opens_the_window(db: Database, at: datetime, kind: str, life: timedelta, left: int) -> None:
    mine = following.followed(appid=OA, openid="oa-1", event_at=at, at=at)
    identity.touched(identity_id=mine.id, kind=kind, at=at, said_at=at)
    assert (row("oa-1").window_until, row("oa-1").window_left) == (at + life, left)


def test_a_tap_does_not_shorten_a_longer_window(db: Database, at: datetime) -> None:
    mine = following.followed(appid=OA, openid="oa-1", event_at=at, at=at)
    identity.touched(identity_id=mine.id, kind="message", at=at, said_at=at)
    identity.touched(identity_id=mine.id, kind="click", at=at + timedelta(hours=1), said_at=at)
    assert (row("oa-1").window_until, row("oa-1").window_left) == (at + timedelta(hours=48), 5)


def test_a_tap_opens_a_minute_where_the_longer_window_is_used_up(db: Database, at: datetime) -> None:
    mine = following.followed(appid=OA, openid="oa-1", event_at=at, at=at)
    identity.touched(identity_id=mine.id, kind="message", at=at, said_at=at)
    store.write(lambda: WechatIdentity.update(window_left=0).execute())
    identity.touched(identity_id=mine.id, kind="click", at=at + timedelta(hours=1), said_at=at)
    assert (row("oa-1").window_until, row("oa-1").window_left) == (at + timedelta(hours=1, minutes=1), 3)


# unionid


def test_a_unionid_binds_the_identity_without_a_person(cast: World, at: datetime) -> None:
    store.write(lambda: make_identity(at, cast.chali, "mp", openid="mp-x", unionid="u-1"))
    mine = following.followed(appid=OA, openid="oa-x", event_at=at, at=at)
    assert [f.openid for f in identity.unchecked_followers(limit=100) if f.volunteer_id is None] == ["oa-x"]
    identity.set_union(identity_id=mine.id, unionid="u-1", at=at)
    assert row("oa-x").volunteer_id == cast.chali.id
    assert "oa-x" not in [f.openid for f in identity.unchecked_followers(limit=100)]


def test_two_people_with_one_unionid_are_left_for_an_officer(db: Database, at: datetime) -> None:
    def make() -> tuple[WechatIdentity, WechatIdentity]:
        one, other = make_volunteer(at), make_volunteer(at)
        return make_identity(at, one, "mp", unionid="u-1"), make_identity(at, other, "oa")

    mine, theirs = store.write(make)
    assert identity.join_by_union(identity_id=theirs.id, unionid="u-1", at=at) == theirs.volunteer_id
    assert WechatIdentity.get_by_id(mine.id).volunteer_id == mine.volunteer_id


def test_a_follower_without_unionid_is_asked_once(db: Database, at: datetime) -> None:
    mine = following.followed(appid=OA, openid="oa-x", event_at=at, at=at)
    identity.set_union(identity_id=mine.id, unionid=None, at=at)
    assert identity.unchecked_followers(limit=10) == []
    following.followed(appid=OA, openid="oa-x", event_at=at + timedelta(days=1), at=at)
    assert [f.openid for f in identity.unchecked_followers(limit=10)] == ["oa-x"]
