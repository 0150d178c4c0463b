"""Merits that a leader writes for his people's higher stars (S100)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services import leading
from services.errors import Refusal, RefusalCode
from services.stars import asking, merits
from wording import entry

bp = APIBlueprint("lead_stars", __name__, enable_openapi=False)

C = RefusalCode
BESIDE = {C.TEXT_EMPTY, C.TEXT_TOO_LONG, C.STAR_STATE}


def _page(refusal: Refusal | None = None, code: str = "") -> ResponseReturnValue:
    at = clock.now()
    if not leading.own_teams(actor=g.actor, at=at):
        raise Refusal(C.NOT_ALLOWED)
    page = render_template(
        "pages/lead_stars.html", tab="home", wanted=merits.wanted(actor=g.actor, at=at), done=done(), code=code,
        typed=field("merits", 900), additions=entry("stars.additions"), longest=asking.MERITS_LONGEST,
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/lead/stars")
@need_volunteer("h5")
def wanted() -> ResponseReturnValue:
    """Whose stars wait for merits."""
    return _page()


@bp.post("/m/lead/stars/<code>")
@need_volunteer("h5")
def write(code: str) -> ResponseReturnValue:
    """Write them down."""
    code = known_form(code)
    try:
        merits.write(actor=g.actor, code=code, merits=field("merits", 900), at=clock.now())
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _page(refusal, code)
    return redirected("/m/lead/stars?done=saved")
