"""更正 in the browser: a new phone, and what the name and the ID number should be."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from services.accounts import home, registration
from services.errors import Refusal, RefusalCode
from services.privacy import correcting
from wording import entry

bp = APIBlueprint("correcting", __name__, enable_openapi=False)

C = RefusalCode
#: Beside which field the sentence of a refusal stands; "form" above both.
BESIDE = {
    C.NAME_INVALID: "name", C.DOCUMENT_INVALID: "document", C.UNDER_AGE: "document", C.PRACTICE_NUMBER: "document",
    C.CORRECTION_NOTHING: "form", C.CORRECTION_OPEN: "form", C.TOO_MANY_TRIES: "form",
}  # fmt: skip


def _page(refusal: Refusal | None = None, beside: str = "") -> ResponseReturnValue:
    asked = correcting.mine(volunteer_id=me_id())
    page = render_template(
        "pages/correct.html", tab="me", me=registration.me(parts=parts(), volunteer_id=me_id()),
        done=request.args.get("done", ""),
        waiting=next((each for each in asked if each.state == "asked"), None),
        over=[each for each in asked if each.state != "asked"], states=entry("corrections.states"),
        fields=entry("corrections.fields"), may_move=home.may_correct(volunteer_id=me_id()), where=beside,
        problem=sentence(refusal) if refusal else "",
        typed={name: field(name, 60) for name in ("name", "document", "phone")},
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/me/correct")
@need_volunteer("h5")
def show() -> ResponseReturnValue:
    """What we have, and the ways to put it right."""
    return _page()


@bp.post("/m/me/correct")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Say what name and number should be."""
    try:
        correcting.ask(
            parts=parts(), actor=g.actor, name=field("name", 60), document=field("document", 40), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _page(refusal, BESIDE[refusal.code])
    return redirected("/m/me/correct?done=asked")


@bp.post("/m/me/correct/withdraw")
@need_volunteer("h5")
def withdraw() -> ResponseReturnValue:
    """Take it back."""
    correcting.withdraw(actor=g.actor, at=clock.now())
    return redirected("/m/me/correct?done=taken_back")


@bp.post("/m/me/phone")
@need_volunteer("h5")
def phone() -> ResponseReturnValue:
    """A new phone, typed: the station vouches for it."""
    try:
        correcting.change_phone(parts=parts(), actor=g.actor, phone=field("phone", 40), at=clock.now())
    except Refusal as refusal:
        if refusal.code not in (C.PHONE_INVALID, C.TOO_MANY_TRIES):
            raise
        return _page(refusal, "phone")
    return redirected("/m/me/correct?done=phone")
