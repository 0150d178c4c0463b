"""Cookies on a house that is reached by https: no sub-domain sets them, no script reads them, no plain line carries them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import WechatIdentity
from services import codes
from tests.rights.cookies import weak
from tests.support.fakes import make_parts
from wechat.gateway import WebLogin

HOUSE = "https://hongyao.example"
on_sqlite = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def browser(app: Any, phone: Callable[..., Any], gateway: Any) -> Any:
    """WeChat's browser at a house with https."""
    app.extensions["parts"] = make_parts(gateway, public_url=HOUSE, https=True)
    mine = phone()

    def call(method: str, path: str, **more: Any) -> Any:
        return mine.client.open(
            path, method=method, base_url=HOUSE, headers={"User-Agent": mine.agent, **more.pop("headers", {})}, **more
        )

    return call


@on_sqlite
def test_every_cookie_of_a_log_in_is_bound_to_the_house(cast: Any, browser: Any, gateway: Any) -> None:
    own = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    gateway.web_logins["c"] = WebLogin(own.openid)
    away = browser("GET", "/m/login?next=/m/hours")
    state = away.location.partition("state=")[2].partition("#")[0].partition("&")[0]
    back = browser("GET", f"/m/oauth?code=c&state={state}")
    set_here = away.headers.getlist("Set-Cookie") + back.headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in set_here} >= {"__Host-browser", "__Host-next", "__Host-h5"}
    assert [weak(each) for each in set_here] == [[]] * len(set_here)


@on_sqlite
def test_ticket_of_a_scan_is_bound_to_the_house(cast: Any, browser: Any, at: datetime) -> None:
    code = codes.poster_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in")
    set_here = browser("GET", f"/q/{code}").headers.getlist("Set-Cookie")
    assert "__Host-ticket" in {each.partition("=")[0] for each in set_here}
    assert [weak(each) for each in set_here] == [[]] * len(set_here)


@on_sqlite
def test_cookie_of_a_plain_name_opens_nothing_there(cast: Any, browser: Any, phone: Any) -> None:
    """A sub-domain can set `h5`; nobody can set `__Host-h5` but the house."""
    known = phone(cast.xiaobo).client.get_cookie("h5")
    answer = browser("GET", "/m/hours", headers={"Cookie": f"h5={known.value}"})
    assert answer.location == "/m/login?next=/m/hours"


@on_sqlite
def test_sender_without_https_is_foreign_there(cast: Any, browser: Any, at: datetime) -> None:
    """Who sits on the line can answer for http, not for https."""
    sent = {"data": {"kind": "other", "text": "x"}}
    assert browser("POST", "/m/complaints", headers={"Origin": "http://hongyao.example"}, **sent).status_code == 403
    assert browser("POST", "/m/complaints", headers={"Origin": HOUSE}, **sent).status_code != 403


@pytest.mark.parametrize(
    "cookie",
    ["h5=x; Secure; HttpOnly; Path=/; SameSite=Lax", "__Host-h5=x; HttpOnly; Path=/; SameSite=Lax",
     "__Host-h5=x; Secure; Path=/; SameSite=Lax", "__Host-h5=x; Secure; HttpOnly; Path=/m; SameSite=Lax",
     "__Host-h5=x; Secure; HttpOnly; Path=/", "__Host-h5=x; Secure; HttpOnly; Path=/; SameSite=None",
     "__Host-h5=x; Domain=hongyao.example; Secure; HttpOnly; Path=/; SameSite=Lax"],
)  # fmt: skip
def test_weak_cookie_is_told(cookie: str) -> None:
    """The control of the tests above."""
    assert len(weak(cookie)) == 1
