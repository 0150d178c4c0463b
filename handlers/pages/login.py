"""Logging in by WeChat's silent page authorisation, and saying yes to a console log-in (S4 of the H5 door)."""

from __future__ import annotations

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import browser_key, cookie_name, identify, need_login, opened_by_code, set_cookie, who
from handlers.pages.browser import (
    account_picture,
    device,
    drop_cookie,
    field,
    go_login,
    in_wechat,
    keep_browser,
    known_form,
    put_cookie,
    redirected,
    safe_next,
)
from handlers.qr import svg_uri
from services import codes
from services.accounts import console_login, identity, sessions
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("login", __name__, template_folder="templates", enable_openapi=False)

#: A log-in that failed for these reasons is begun once more before the person hears of it.
TRY_AGAIN = {RefusalCode.LOGIN_CODE_INVALID, RefusalCode.BAD_REQUEST}
AGAIN_SECONDS = 60
NEXT_SECONDS = 600


@bp.get("/m/login")
def begin() -> ResponseReturnValue:
    """To WeChat and back; in any other browser, how to open the page in WeChat."""
    path = safe_next(request.args.get("next"))
    if identify("h5") is not None:
        return redirected(path)
    if not in_wechat():
        picture = svg_uri(parts().public_url + path)
        return render_template(
            "pages/open_in_wechat.html", picture=picture, account_picture=account_picture()
        )
    url = identity.begin_web_login(parts=parts(), next_path=path, browser=browser_key(), at=clock.now())
    answer = make_response(redirect(url, 302))
    keep_browser(answer)
    put_cookie(answer, "next", path, seconds=NEXT_SECONDS)
    return answer


@bp.get("/m/oauth")
def finish() -> ResponseReturnValue:
    """WeChat sends the person back with a code; a used or foreign one starts again once."""
    at = clock.now()
    try:
        identity_id, path = identity.finish_web_login(
            parts=parts(), state=field("state", 200), code=field("code", 200), browser=browser_key(), at=at
        )
    except Refusal as refusal:
        return _once_more(refusal)
    opened = sessions.open_session(kind="h5", identity_id=identity_id, device=device(), at=at)
    if sessions.authenticate(token=opened.token, kind="h5", at=at) is None:
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)  # else he would be sent round in a circle
    answer = redirected(safe_next(path))
    set_cookie(answer, "h5", opened.token)
    drop_cookie(answer, "next")
    drop_cookie(answer, "again")
    return answer


def _once_more(refusal: Refusal) -> Response:
    """Begin the log-in again, once in a minute, and only in a browser that keeps cookies."""
    path = safe_next(request.cookies.get(cookie_name("next")))
    if identify("h5") is not None:  # the way back led here once more after a log-in that worked
        return redirected(path)
    keeps_cookies = cookie_name("browser") in request.cookies
    if refusal.code not in TRY_AGAIN or not keeps_cookies or cookie_name("again") in request.cookies:
        raise refusal
    answer = go_login(path)
    put_cookie(answer, "again", "1", seconds=AGAIN_SECONDS)
    return answer


@bp.get("/l/<token>")
@need_login("h5")
def look(token: str) -> ResponseReturnValue:
    """Which computer wants to log in, since when and from where, with its six digits; or that it is this phone, where a
    click is enough."""
    with opened_by_code("h5"):
        shown = console_login.look(
            token_hash=_meant(token), at=clock.now(), browser=browser_key(), address=request.remote_addr or ""
        )
    return render_template("pages/console_login.html", shown=shown, done="")


@bp.post("/l/<token>")
@need_login("h5")
def answer_console(token: str) -> ResponseReturnValue:
    """`是我本人登录` or `不是我`. The browser that waits itself comes in at once: nobody scans his own screen."""
    with opened_by_code("h5"):
        return _answered(token, clock.now())


def _meant(token: str) -> str:
    return codes.behind_desk(sign_key=parts().sign_key, token=known_form(token))


def _answered(token: str, at: datetime) -> ResponseReturnValue:
    meant = _meant(token)
    if field("answer") == "yes":
        here = console_login.look(token_hash=meant, at=at, browser=browser_key()).here
        console_login.approve(token_hash=meant, actor=g.actor, identity_id=who().identity_id, at=at)
        opened = console_login.collect(token_hash=meant, browser=browser_key(), at=at) if here else None
        if opened is not None:
            path = safe_next(field("next", 200))
            answer = redirected(path if path.startswith("/console") else "/console")
            set_cookie(answer, "console", opened.token, days=1)
            return answer
        return render_template("pages/console_login.html", shown=None, done="approved")
    console_login.refuse(token_hash=meant, actor=g.actor, at=at)
    return render_template("pages/console_login.html", shown=None, done="refused")
