"""Coming in: the phone says yes to this computer, six digits in the chat, a one-time link. No passwords."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.accounts import console_login
from services.participation import digits
from tests.console.conftest import Desk, read_qr
from tests.rights.cookies import weak
from tests.support.fakes import make_parts
from tests.support.world import World

HTMX = {"HX-Request": "true"}


def shown(page: str) -> tuple[str, str]:
    """(token, digits) on the log-in page."""
    token = re.search(r'name="token" value="([^"]+)"', page)
    six = re.search(r"登录 (\d{6})", page)
    assert token
    assert six
    return token.group(1), six.group(1)


def test_page_shows_a_code_and_the_same_six_digits(db: Any, desk: Callable[..., Desk]) -> None:
    page = desk().get("/console/login").text
    token, six = shown(page)
    picture = re.search(r'src="(data:image/svg[^"]+)"', page)
    assert picture
    assert read_qr(picture.group(1)) == f"http://localhost:8000/l/{token}"
    assert page.count(six) == 2


def test_phone_is_shown_a_button_and_no_code_to_scan(db: Any, desk: Callable[..., Desk]) -> None:
    inside = {"User-Agent": "Mozilla/5.0 (Linux; Android 9) MicroMessenger/8.0.56"}
    page = desk().get("/console/login?next=/console/teams", **inside).text
    token, _ = shown(page)
    assert f'href="/l/{token}?next=/console/teams"' in page
    assert "data:image/svg" not in page


def test_phone_says_yes_and_the_computer_comes_in(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    browser = desk()
    token, _ = shown(browser.get("/console/login?next=/console/teams").text)
    waiting = browser.post("/console/login", {"token": token, "next": "/console/teams"}, **HTMX)
    actor = cast.actor(cast.ali, "pages")
    console_login.approve(token=token, actor=actor, identity_id=actor.identity_id, at=at)
    answer = browser.post("/console/login", {"token": token, "next": "/console/teams"}, **HTMX)
    assert (waiting.status_code, answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        200,
        "/console/teams",
    )
    assert "李阿丽，您好" in browser.get("/console").text


def test_button_does_the_same_without_a_script(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    browser = desk()
    token, _ = shown(browser.get("/console/login").text)
    actor = cast.actor(cast.ali, "pages")
    console_login.approve(token=token, actor=actor, identity_id=actor.identity_id, at=at)
    answer = browser.post("/console/login", {"token": token})
    assert (answer.status_code, answer.location) == (303, "/console")


def test_digits_in_the_chat_do_the_same(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    browser = desk()
    token, six = shown(browser.get("/console/login").text)
    claim = digits.redeem(digits=six, openid="oa-1", at=at)
    actor = cast.actor(cast.ali, "bot")
    console_login.approve(token_hash=claim.subject, actor=actor, identity_id=actor.identity_id, at=at)
    browser.post("/console/login", {"token": token})
    assert browser.get("/console").status_code == 200


def test_another_browser_cannot_collect(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    mine, other = desk(), desk()
    token, _ = shown(mine.get("/console/login").text)
    other.get("/console/login")
    actor = cast.actor(cast.ali, "pages")
    console_login.approve(token=token, actor=actor, identity_id=actor.identity_id, at=at)
    answer = other.post("/console/login", {"token": token}, **HTMX)
    assert "console=" not in str(answer.headers.getlist("Set-Cookie"))
    assert other.get("/console").status_code == 302
    assert shown(answer.text)[0] != token
    mine.post("/console/login", {"token": token})
    assert mine.get("/console").status_code == 200


def test_log_in_is_collected_once(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    browser = desk()
    token, _ = shown(browser.get("/console/login").text)
    actor = cast.actor(cast.ali, "pages")
    console_login.approve(token=token, actor=actor, identity_id=actor.identity_id, at=at)
    browser.post("/console/login", {"token": token})
    again = browser.post("/console/login", {"token": token}, **HTMX)
    assert "console=" not in str(again.headers.getlist("Set-Cookie"))
    assert shown(again.text)[0] != token


def test_expired_code_gives_way_to_a_new_one(
    cast: World, desk: Callable[..., Desk], at: datetime, frozen: Any
) -> None:
    browser = desk()
    token, _ = shown(browser.get("/console/login").text)
    frozen(at + console_login.LIFE)
    answer = browser.post("/console/login", {"token": token}, **HTMX)
    assert (answer.status_code, "刚才的码过期了" in answer.text) == (200, True)
    assert shown(answer.text)[0] != token


def test_no_on_the_phone_is_told_and_a_new_code_shown(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    browser = desk()
    token, _ = shown(browser.get("/console/login").text)
    console_login.refuse(token=token, actor=cast.actor(cast.ali, "pages"), at=at)
    answer = browser.post("/console/login", {"token": token}, **HTMX)
    assert ("不是我" in answer.text, shown(answer.text)[0] != token) == (True, True)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/m",
        "/console/../m",
        "/console/login",
        "/consoleevil",
        "/console\\x",
    ],
)
def test_log_in_leads_nowhere_but_into_the_console(
    cast: World, desk: Callable[..., Desk], at: datetime, path: str
) -> None:
    browser = desk()
    token, _ = shown(browser.get("/console/login").text)
    actor = cast.actor(cast.ali, "pages")
    console_login.approve(token=token, actor=actor, identity_id=actor.identity_id, at=at)
    assert browser.post("/console/login", {"token": token, "next": path}).location == "/console"


def test_one_time_link_works_once_and_only_by_its_button(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    token = console_login.grant_link(volunteer_id=cast.officer.id, at=at)
    browser, second = desk(), desk()
    for _ in range(2):  # a preview of the link uses nothing up
        assert browser.get(f"/console/once/{token}").status_code == 200
    assert browser.post(f"/console/once/{token}").location == "/console"
    assert "孙主任，您好" in browser.get("/console").text
    assert second.post(f"/console/once/{token}").status_code == 404


def test_one_time_link_dies_after_an_hour(
    cast: World, desk: Callable[..., Desk], at: datetime, frozen: Any
) -> None:
    token = console_login.grant_link(volunteer_id=cast.officer.id, at=at)
    frozen(at + timedelta(hours=1))
    assert desk().post(f"/console/once/{token}").status_code == 410


def test_foreign_page_cannot_log_this_browser_in(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    token = console_login.grant_link(volunteer_id=cast.officer.id, at=at)
    browser = desk()
    answer = browser.post(f"/console/once/{token}", Origin="https://evil.example")
    assert (answer.status_code, browser.get("/console").status_code) == (403, 302)


def test_logging_out_ends_the_session_itself(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    kept = browser.client.get_cookie("console")
    assert kept
    assert browser.post("/console/logout").location == "/console/login"
    browser.client.set_cookie("console", kept.value)
    assert browser.get("/console").status_code == 302


def test_cookie_is_out_of_reach_of_scripts_and_foreign_pages(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    token = console_login.grant_link(volunteer_id=cast.officer.id, at=at)
    cookie = desk().post(f"/console/once/{token}").headers["Set-Cookie"]
    assert ("HttpOnly" in cookie, "SameSite=Lax" in cookie) == (True, True)


def test_cookies_of_a_house_with_https_are_bound_to_it(
    cast: World, app: Any, desk: Callable[..., Desk], at: datetime
) -> None:
    app.extensions["parts"] = make_parts(public_url="https://hongyao.example", https=True)
    token = console_login.grant_link(volunteer_id=cast.officer.id, at=at)
    client = desk().client
    shown = client.get("/console/login", base_url="https://hongyao.example")
    inside = client.post(f"/console/once/{token}", base_url="https://hongyao.example")
    set_here = shown.headers.getlist("Set-Cookie") + inside.headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in set_here} == {"__Host-browser", "__Host-console"}
    assert [weak(each) for each in set_here] == [[]] * len(set_here)


def test_session_left_alone_for_half_an_hour_is_over(
    cast: World, desk: Callable[..., Desk], at: datetime, frozen: Any
) -> None:
    browser = desk(cast.ali)
    frozen(at + timedelta(minutes=31))
    assert browser.get("/console").status_code == 302
