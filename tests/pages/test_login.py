"""Logging in from a page: silent in WeChat, explained elsewhere, never in a circle, never out of the house."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from models import LoginTicket, Session, Volunteer, WechatIdentity
from services import codes
from services.accounts import console_login, sessions
from tests.support.fakes import make_parts
from wechat.gateway import WebLogin, WechatFailure

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def openid_of(person: Volunteer) -> str:
    return str(WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa").openid)


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def test_log_in_opens_a_session_and_goes_on(cast: Any, phone: Any, gateway: Any) -> None:
    gateway.web_logins["c"] = WebLogin(openid_of(cast.xiaobo))
    mine = phone()
    assert mine.get("/m/hours").location == "/m/login?next=/m/hours"
    away = mine.get("/m/login?next=/m/hours")
    assert away.status_code == 302
    assert "scope=snsapi_base" in away.location
    back = mine.get(f"/m/oauth?code=c&state={state_of(away.location)}")
    assert back.location == "/m/hours"
    assert mine.get("/m/hours").status_code == 200
    assert [row.kind for row in Session.select()] == ["h5"]


def test_used_code_starts_again_once_and_then_says_so(cast: Any, phone: Any) -> None:
    mine = phone()
    first = state_of(mine.get("/m/login?next=/m/points").location)
    again = mine.get(f"/m/oauth?code=used&state={first}")
    assert again.location == "/m/login?next=/m/points"
    second = state_of(mine.get(again.location).location)
    end = mine.get(f"/m/oauth?code=used&state={second}")
    assert end.status_code == 401
    assert "重新登录" in end.text


def test_state_of_another_browser_opens_nothing(cast: Any, phone: Any, gateway: Any) -> None:
    gateway.web_logins["c"] = WebLogin(openid_of(cast.xiaobo))
    state = state_of(phone().get("/m/login").location)
    assert phone().get(f"/m/oauth?code=c&state={state}").status_code == 401
    assert Session.select().count() == 0


def test_the_way_back_loaded_again_goes_home_quietly(cast: Any, phone: Any, gateway: Any) -> None:
    gateway.web_logins["c"] = WebLogin(openid_of(cast.xiaobo))
    mine = phone()
    path = f"/m/oauth?code=c&state={state_of(mine.get('/m/login').location)}"
    mine.get(path)
    assert mine.get(path).location == "/m"


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?code=%00&state=%00", "?code=" + "a" * 5000])
def test_bad_way_back_is_no_fault(cast: Any, phone: Any, query: str) -> None:
    assert phone().get(f"/m/oauth{query}").status_code in (303, 400, 401)


def test_wechat_that_is_down_is_said_in_words(cast: Any, phone: Any, gateway: Any) -> None:
    gateway.fail("web_login", WechatFailure("/sns/oauth2/access_token", -1, "busy"))
    mine = phone()
    state = state_of(mine.get("/m/login").location)
    assert mine.get(f"/m/oauth?code=c&state={state}").status_code == 503


def test_snapshot_user_is_not_logged_in(cast: Any, phone: Any, gateway: Any) -> None:
    gateway.web_logins["c"] = WebLogin("oa-virtual", snapshot=True)
    mine = phone()
    state = state_of(mine.get("/m/login").location)
    assert mine.get(f"/m/oauth?code=c&state={state}").status_code == 403
    assert Session.select().count() == 0


def test_closed_account_is_told_and_not_sent_in_a_circle(cast: Any, phone: Any, gateway: Any) -> None:
    Volunteer.update(state="left").where(Volunteer.id == cast.xiaobo.id).execute()
    gateway.web_logins["c"] = WebLogin(openid_of(cast.xiaobo))
    mine = phone()
    state = state_of(mine.get("/m/login").location)
    assert mine.get(f"/m/oauth?code=c&state={state}").status_code == 403


@pytest.mark.parametrize(
    "target",
    ["//evil.cn", "https://evil.cn", "/\\evil.cn", "\\\\evil.cn", "javascript:alert(1)", "/%2F/evil.cn", "/%0d%0aX:1",
     "evil.cn", "/m/login?next=//evil.cn", "/ /evil.cn", "///evil.cn", "/\t/evil.cn", "http:evil.cn", "/m@evil.cn", "/%09/evil.cn",
     "/%09//evil.cn", "/%5cevil.cn", "//evil.cn/%2f..", "/@evil.cn", "//user@evil.cn", "data:text/html,x", "/m\n/evil.cn"],
)  # fmt: skip
def test_next_never_leads_out_of_the_house(cast: Any, phone: Any, gateway: Any, target: str) -> None:
    mine = phone(cast.xiaobo)
    inside = mine.get("/m/login", query_string={"next": target}).location
    assert inside == "/m"
    gateway.web_logins["c"] = WebLogin(openid_of(cast.xiaobo))
    other = phone()
    state = state_of(other.get("/m/login", query_string={"next": target}).location)
    assert other.get(f"/m/oauth?code=c&state={state}").location == "/m"


def test_other_browser_is_told_to_open_wechat(cast: Any, phone: Any) -> None:
    page = phone(wechat=False).get("/m/hours", follow_redirects=True)
    assert page.status_code == 200
    assert "请用微信打开" in page.text
    assert "data:image/svg+xml" in page.text


@pytest.mark.parametrize("there", [True, False])
def test_other_browser_learns_how_to_find_the_account(
    cast: Any, phone: Any, gateway: Any, there: bool
) -> None:
    if not there:
        gateway.fail("create_qr", WechatFailure("/cgi-bin/qrcode/create", -1, "system error"))
    page = phone(wechat=False).get("/m/login").text
    assert ("data:image/png" in page, "保存图片" in page) == (there, there)
    assert "输入“红耀江淮”，选公众号" in page


def test_icon_is_there_at_its_usual_place_and_named_in_the_page(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    assert 'href="/static/favicon.svg"' in mine.get("/m").text
    icon = mine.get("/favicon.ico")
    assert (icon.status_code, icon.mimetype, b"<svg" in icon.data) == (200, "image/svg+xml", True)


def test_console_log_in_is_approved_by_a_leader(cast: Any, phone: Any, at: datetime) -> None:
    waiting = console_login.begin(device="办公室电脑 Edge", browser="b", at=at)
    leader = phone(cast.ali)
    page = leader.get(f"/l/{waiting.token}").text
    assert waiting.digits in page
    assert "办公室电脑 Edge" in page
    assert "登录页是 09:00 打开的" in page
    assert "是我本人登录" in page
    assert "已经登录" in leader.post(f"/l/{waiting.token}", {"answer": "yes"}).text
    opened = console_login.collect(token=waiting.token, browser="b", at=at)
    assert opened is not None
    assert sessions.authenticate(token=opened.token, kind="console", at=at).volunteer_id == cast.ali.id


@pytest.mark.parametrize(
    ("address", "words"), [("127.0.0.1", "在同一个网络里"), ("203.0.113.9", "电脑不在这部手机的网络里"), ("", "")]
)
def test_phone_says_whether_the_computer_is_in_its_network(
    cast: Any, phone: Any, at: datetime, address: str, words: str
) -> None:
    waiting = console_login.begin(device="x", browser="b", address=address, at=at)
    page = phone(cast.ali).get(f"/l/{waiting.token}").text
    assert (words in page, "网络里" in page) == (True, bool(words))


@pytest.mark.parametrize(("answer", "state"), [("yes", "approved"), ("no", "refused")])
def test_link_from_the_chat_compares_the_networks_and_answers_the_same_log_in(
    cast: Any, phone: Any, at: datetime, answer: str, state: str
) -> None:
    waiting = console_login.begin(device="x", browser="b", address="203.0.113.9", at=at)
    link = codes.desk_link(sign_key=make_parts().sign_key, token_hash=codes.token_hash(waiting.token))
    leader = phone(cast.ali)
    page = leader.get(f"/l/{link}").text
    assert ("电脑不在这部手机的网络里" in page, waiting.digits in page) == (True, True)
    leader.post(f"/l/{link}", {"answer": answer})
    assert LoginTicket.get().state == state


@pytest.mark.parametrize("with_key", [b"x" * 32, None])
def test_link_that_nobody_of_ours_signed_shows_no_computer(
    cast: Any, phone: Any, at: datetime, with_key: bytes | None
) -> None:
    hashed = codes.token_hash(console_login.begin(device="x", browser="b", at=at).token)
    link = hashed if with_key is None else codes.desk_link(sign_key=with_key, token_hash=hashed)
    assert phone(cast.ali).get(f"/l/{link}").status_code == 404


def test_phone_that_waits_itself_comes_in_by_a_click(cast: Any, phone: Any, at: datetime) -> None:
    waiting = console_login.begin(device="手机", browser="own", at=at)
    leader = phone(cast.ali)
    leader.client.set_cookie("browser", "own")
    door = f"/l/{waiting.token}?next=/console/activities/new"
    page = leader.get(door).text
    assert ("在这部手机上打开工作台" in page, waiting.digits in page) == (True, False)
    answer = leader.post(door, {"answer": "yes"})
    assert (answer.status_code, answer.location) == (303, "/console/activities/new")
    kinds = [(row.kind, row.identity.volunteer_id) for row in Session.select().where(Session.kind == "console")]
    assert kinds == [("console", cast.ali.id)]


def test_phone_with_another_browsers_code_does_not_come_in_itself(cast: Any, phone: Any, at: datetime) -> None:
    waiting = console_login.begin(device="电脑", browser="computer", at=at)
    leader = phone(cast.ali)
    leader.client.set_cookie("browser", "own")
    assert waiting.digits in leader.get(f"/l/{waiting.token}").text
    assert "已经登录" in leader.post(f"/l/{waiting.token}", {"answer": "yes"}).text
    assert Session.select().where(Session.kind == "console").count() == 0


def test_console_log_in_refused_on_the_phone_opens_nothing(cast: Any, phone: Any, at: datetime) -> None:
    waiting = console_login.begin(device="x", browser="b", at=at)
    assert "没有登录" in phone(cast.ali).post(f"/l/{waiting.token}", {"answer": "no"}).text
    assert Session.select().where(Session.kind == "console").count() == 0


def test_console_log_in_by_somebody_without_a_role_is_refused(cast: Any, phone: Any, at: datetime) -> None:
    waiting = console_login.begin(device="x", browser="b", at=at)
    assert phone(cast.xiaobo).post(f"/l/{waiting.token}", {"answer": "yes"}).status_code == 403
    assert Session.select().where(Session.kind == "console").count() == 0


def test_unknown_console_log_in_is_no_fault(cast: Any, phone: Any) -> None:
    assert phone(cast.ali).get("/l/unknown-token").status_code in (404, 409, 410)


def test_console_log_in_needs_the_phones_own_log_in(cast: Any, phone: Any, at: datetime) -> None:
    waiting = console_login.begin(device="x", browser="b", at=at)
    assert phone().get(f"/l/{waiting.token}").location == f"/m/login?next=/l/{waiting.token}"
