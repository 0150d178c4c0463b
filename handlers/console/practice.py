"""The practice area: in with one's own log-in, and back out to one's own work."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import cookie_name, set_cookie, who
from handlers.console.frame import actor, back, need_role, render
from handlers.pages.browser import device, drop_cookie, redirected
from services.accounts import sessions
from services.practice import entering

bp = APIBlueprint("console_practice", __name__, enable_openapi=False)

#: The cookie that keeps the way back: the session one came from.
BACK = "console_back"


@bp.get("/practice")
@need_role
def show() -> ResponseReturnValue:
    """What the practice area is, with the button in, or out."""
    return render("practice", tab="practice", is_open=entering.is_open())


@bp.post("/practice")
@need_role
def enter() -> ResponseReturnValue:
    """Go in."""
    opened = entering.enter(actor=actor(), device=device(), at=clock.now())
    answer = back("/console")
    set_cookie(answer, BACK, request.cookies.get(cookie_name("console"), ""), days=1)
    set_cookie(answer, "console", opened.token, days=1)
    return answer


@bp.post("/practice/leave")
@need_role
def leave() -> ResponseReturnValue:
    """Back to one's own work; who came another way, or stayed too long, logs in anew."""
    if not who().practising:
        return redirected("/console")
    sessions.close(token=request.cookies.get(cookie_name("console"), ""), at=clock.now())
    own = request.cookies.get(cookie_name(BACK), "")
    answer = redirected("/console" if own else "/console/login")
    if own:
        set_cookie(answer, "console", own, days=1)
    else:
        drop_cookie(answer, "console")
    drop_cookie(answer, BACK)
    return answer
