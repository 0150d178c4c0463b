"""Stars on the phone: mine, asking for one; the public notices (公示) that anybody reads and may object to (S100)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import identify, me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.complaints import objected
from handlers.pages.home import done
from handlers.pages.near import near
from services.errors import Refusal, RefusalCode
from services.stars import asking, objections, views
from wording import entry

bp = APIBlueprint("stars", __name__, enable_openapi=False)

C = RefusalCode
BESIDE = {C.STAR_HOURS, C.STAR_AGAIN, C.STAR_STATE, C.TEXT_TOO_LONG}


def _mine(refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/stars_mine.html", tab="me", mine=views.mine(volunteer_id=me_id(), at=clock.now()), done=done(),
        merits=field("merits", 900), problem=sentence(refusal) if refusal else "", additions=entry("stars.additions"),
        longest=asking.MERITS_LONGEST,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/stars")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """My star, what is on its way, what the next one takes."""
    return _mine()


@bp.post("/m/stars")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Ask for what my hours reach, or write down merits."""
    try:
        asking.ask(actor=g.actor, merits=field("merits", 900), at=clock.now())
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _mine(refusal)
    return redirected("/m/stars?done=applied")


@bp.get("/stars")
def notices() -> ResponseReturnValue:
    """The public notices that run, near a place that was searched for by name."""
    asked = near()
    return render_template(
        "pages/star_notices.html", found=views.notices(wanted=asked.wanted, at=clock.now()), asked=asked
    )


@bp.get("/stars/<code>")
def notice(code: str) -> ResponseReturnValue:
    """One public notice, with the form to object."""
    return _notice(known_form(code, limit=20))


def _notice(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    identify("h5")  # whoever is logged in objects in his own name: the form carries his token
    page = render_template(
        "pages/star_notice.html", tab="", shown=views.notice(code=code, at=clock.now()),
        additions=entry("stars.additions"), typed={name: field(name, 600) for name in ("text", "contact")},
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/stars/<code>")
def object_to(code: str) -> ResponseReturnValue:
    """Say that it is not right; the code to follow it by is shown once."""
    return objected(known_form(code, limit=20), objections.object_to, _notice)
