"""Coming in without a password: the phone says yes to this computer, or a one-time link does (design §6.4)."""

from __future__ import annotations

import re

from apiflask import APIBlueprint
from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import browser_key, cookie_name, identify, need_login, opened_by_code, set_cookie
from handlers.console.frame import from_htmx
from handlers.pages.browser import device, drop_cookie, field, in_wechat, keep_browser, known_form, redirected
from handlers.qr import svg_uri
from services.accounts import console_login, sessions
from services.errors import Refusal

bp = APIBlueprint("console_login", __name__, template_folder="templates", enable_openapi=False)

HOME = "/console"
#: A session lasts half a day; its cookie need not last longer.
DAYS = 1
_INSIDE = re.compile(r"/console(/[A-Za-z0-9_\-./]*)?", re.ASCII)


def _next() -> str:
    """Where the person wanted to go: a page of the console, never the door itself."""
    path = field("next", 200)
    shut = ("/console/login", "/console/once", "/console/logout")
    return path if _INSIDE.fullmatch(path) and ".." not in path and not path.startswith(shut) else HOME


def _again() -> bool:
    return field("again", 1) == "1"


@bp.get("/login")
def show() -> ResponseReturnValue:
    """A fresh code and six digits, bound to this browser for ten minutes; in WeChat a button instead of the code.

    With `again` also for who is logged in: before he reads a number in full, his phone says yes anew.
    """
    if identify("console") is not None and not _again():
        return redirected(_next())
    return _waiting("login.html")


def _waiting(template: str, problem: str = "") -> Response:
    begun = console_login.begin(
        device=device(), browser=browser_key(), address=request.remote_addr or "", at=clock.now()
    )
    page = render_template(
        f"console/{template}", token=begun.token, digits=begun.digits, next=_next(), problem=problem,
        picture=svg_uri(f"{parts().public_url}/l/{begun.token}"), here=in_wechat(), door=True,
        again=_again(),
    )  # fmt: skip
    answer = make_response(page)
    keep_browser(answer)
    return answer


@bp.post("/login")
def collect() -> ResponseReturnValue:
    """Has the phone said yes? Then come in. Asked every three seconds by the page, or by its button.

    204: not yet. A code that is over, or refused on the phone, gives way to a new one.
    """
    token = known_form(field("token", 100))
    try:
        with opened_by_code("console"):
            opened = console_login.collect(token=token, browser=browser_key(), at=clock.now())
    except Refusal as refusal:
        return _waiting("_login.html" if from_htmx() else "login.html", refusal.code.value)
    if opened is None:
        again = "again=1&" if _again() else ""
        return ("", 204) if from_htmx() else redirected(f"/console/login?{again}next={_next()}")
    sessions.take_over(old=request.cookies.get(cookie_name("console"), ""), new=opened.token, at=clock.now())
    return _come_in(opened, _next())


def _come_in(opened: sessions.Opened, path: str) -> Response:
    if from_htmx():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = path
    else:
        answer = redirected(path)
    set_cookie(answer, "console", opened.token, days=DAYS)
    return answer


@bp.get("/once/<token>")
def once(token: str) -> ResponseReturnValue:
    """A one-time link: a page with one button, so that a preview of the link uses nothing up."""
    return render_template("console/once.html", token=known_form(token), door=True)


@bp.post("/once/<token>")
def use_once(token: str) -> ResponseReturnValue:
    """Use the link up and come in."""
    with opened_by_code("console"):
        opened = console_login.use_grant(token=known_form(token), device=device(), at=clock.now())
    return _come_in(opened, HOME)


@bp.post("/logout")
@need_login("console")
def log_out() -> ResponseReturnValue:
    """End this session."""
    sessions.close(token=request.cookies.get(cookie_name("console"), ""), at=clock.now())
    sessions.close(token=request.cookies.get(cookie_name("console_back"), ""), at=clock.now())  # from practising
    answer = redirected("/console/login")
    drop_cookie(answer, "console_back")
    drop_cookie(answer, "console")
    return answer
