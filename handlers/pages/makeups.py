"""补录 on the phone: what I missed, what I asked for, the form."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import clock_near, field, known_form, redirected
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.lives.files import MOST_BYTES
from services.review import makeup_views, makeups

bp = APIBlueprint("makeups", __name__, enable_openapi=False)

C = RefusalCode
LONGEST = 600
#: These are none of the form's business.
ELSEWHERE = {C.NOT_FOUND, C.NOT_REGISTERED, C.NOT_ALLOWED, C.ACCOUNT_CLOSED, C.MAKEUP_EARLY}


@bp.before_request
def allow_photos() -> None:
    """A photo is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


@bp.get("/m/makeups")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """What I missed, and what became of my requests."""
    return render_template(
        "pages/makeups.html", tab="hours", mine=makeup_views.mine(actor=g.actor), done=done(),
        chances=makeup_views.chances(volunteer_id=me_id(), at=clock.now()),
    )  # fmt: skip


@bp.get("/m/makeups/new")
@need_volunteer("h5")
def form() -> ResponseReturnValue:
    """The form for one shift (`?shift=`)."""
    return _form()


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = makeup_views.chance(actor=g.actor, shift_code=known_form(field("shift", 20)), at=clock.now())
    page = render_template(
        "pages/makeup_new.html", tab="hours", shown=shown, reason=field("reason", LONGEST), begins=field("begins", 5),
        ends=field("ends", 5), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/makeups/new")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Ask for it."""
    shift, at = known_form(field("shift", 20)), clock.now()
    shown = makeup_views.chance(actor=g.actor, shift_code=shift, at=at)
    begins, ends = clock_near(field("begins", 5), shown.starts_at), clock_near(field("ends", 5), shown.ends_at)
    sent = request.files.get("photo")
    try:
        if begins is None or ends is None:
            raise Refusal(C.MAKEUP_TIMES)
        makeups.ask(
            parts=parts(), actor=g.actor, shift_code=shift, from_at=begins, to_at=ends, at=at,
            reason=field("reason", LONGEST), photo=sent.read() if sent else b"",
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _form(refusal)
    return redirected("/m/makeups?done=applied")


@bp.post("/m/makeups/<code>/withdraw")
@need_volunteer("h5")
def withdraw(code: str) -> ResponseReturnValue:
    """Take it back."""
    makeups.withdraw(actor=g.actor, code=known_form(code), at=clock.now())
    return redirected("/m/makeups?done=withdrawn")
