"""你去了吗, answered by one tap; and a case of hours, read and answered by whom it is about."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.review import case_views, cases, presence

bp = APIBlueprint("presence", __name__, enable_openapi=False)

LONGEST = 600


@bp.get("/m/presence/<int:record_id>")
@need_volunteer("h5")
def asked(record_id: int) -> ResponseReturnValue:
    """The question with its two buttons, or the answer that stands."""
    shown = presence.question(actor=g.actor, record_id=record_id)
    return render_template("pages/presence.html", tab="hours", asked=shown)


@bp.post("/m/presence/<int:record_id>")
@need_volunteer("h5")
def answer(record_id: int) -> ResponseReturnValue:
    """Yes or no."""
    word = field("there", 3)
    if word not in ("yes", "no"):
        raise Refusal(RefusalCode.BAD_REQUEST, why="there")
    presence.answer(actor=g.actor, record_id=record_id, was_there=word == "yes", at=clock.now())
    return redirected(f"/m/presence/{record_id}")


@bp.get("/m/cases/<code>")
@need_volunteer("h5")
def case(code: str) -> ResponseReturnValue:
    """What is doubted, what he said, what was decided."""
    return _case(known_form(code))


def _case(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = case_views.mine(actor=g.actor, code=code, at=clock.now())
    page = render_template(
        "pages/case.html", tab="hours", shown=shown, text=field("text", LONGEST) or shown.statement, done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/cases/<code>")
@need_volunteer("h5")
def speak(code: str) -> ResponseReturnValue:
    """His side."""
    code = known_form(code)
    try:
        cases.speak(actor=g.actor, code=code, text=field("text", LONGEST), at=clock.now())
    except Refusal as refusal:
        if refusal.code in (RefusalCode.NOT_FOUND, RefusalCode.NOT_REGISTERED):
            raise
        return _case(code, refusal)
    return redirected(f"/m/cases/{code}?done=saved")
