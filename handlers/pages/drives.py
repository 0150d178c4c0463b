"""What a recruitment drive's code opens in a browser (`/r/<code>`): what it is about, and the way into a team (S87)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, make_response, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import browser_key, identify, need_login
from handlers.pages.browser import keep_browser, known_form, prefetching, redirected
from services.codes import token_hash
from services.recruitment import drives

bp = APIBlueprint("drives", __name__, enable_openapi=False)


def _visitor() -> str:
    return token_hash(browser_key())[:32]


@bp.get("/r/<code>")
def door(code: str) -> ResponseReturnValue:
    """The drive; a browser that only looks ahead is counted when it really comes."""
    code, session = known_form(code, limit=20), identify("h5")
    if prefetching():
        return "", 204
    shown = drives.opened(
        code=code, visitor=_visitor(), identity_id=session.identity_id if session else None, door="pages",
        at=clock.now(),
    )  # fmt: skip
    answer = make_response(render_template("pages/drive.html", door=shown, signed_in=session is not None))
    keep_browser(answer)
    return answer


@bp.get("/r/<code>/join")
@need_login("h5")
def join(code: str) -> ResponseReturnValue:
    """On to the team, or to the search for one near by; registration comes in between for whoever needs it."""
    shown = drives.go_on(actor=g.actor, code=known_form(code, limit=20), visitor=_visitor(), at=clock.now())
    return redirected(f"/m/join/{shown.team_code}" if shown.team_code else "/m/join")
