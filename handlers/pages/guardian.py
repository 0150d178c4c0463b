"""监护人同意: a minor tells his guardian's consent with a photo of the signed form (S117)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from handlers.pages.home import done
from handlers.pictures import jpeg
from services.errors import Refusal, RefusalCode
from services.gates import ages, guardians
from services.lives.files import MOST_BYTES

bp = APIBlueprint("guardian", __name__, enable_openapi=False)

BESIDE = {RefusalCode.NAME_INVALID: "guardian_name", RefusalCode.PHONE_INVALID: "phone"}
ELSEWHERE = {RefusalCode.NOT_REGISTERED, RefusalCode.NOT_FOUND, RefusalCode.ACCOUNT_CLOSED, RefusalCode.BUSY}


@bp.before_request
def allow_photos() -> None:
    """A photo of a form is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    wrong = BESIDE.get(refusal.code, str(refusal.facts.get("field", "form"))) if refusal else ""
    page = render_template(
        "pages/guardian.html", tab="me", mine=guardians.mine(parts=parts(), volunteer_id=me_id()), done=done(),
        minor=ages.is_minor(volunteer_id=me_id(), at=at), wrong=wrong,
        typed={name: field(name, 60) for name in ("guardian_name", "relation", "phone")},
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/guardian")
@need_volunteer("h5")
def show() -> ResponseReturnValue:
    """What was told, and the form."""
    return _page()


@bp.post("/m/guardian")
@need_volunteer("h5")
def tell() -> ResponseReturnValue:
    """Tell one."""
    sent = request.files.get("form")
    try:
        guardians.state(
            parts=parts(), actor=g.actor, guardian_name=field("guardian_name", 60), relation=field("relation", 20),
            phone=field("phone", 20), form=sent.read() if sent else b"", at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _page(refusal)
    return redirected("/m/guardian?done=saved")


@bp.get("/m/guardian/<int:number>/form")
@need_volunteer("h5")
def form(number: int) -> ResponseReturnValue:
    """The photo that was sent."""
    return jpeg(guardians.form_of(parts=parts(), actor=g.actor, number=number, at=clock.now()), f"form-{number}")


@bp.post("/m/guardian/<int:number>/withdraw")
@need_volunteer("h5")
def withdraw(number: int) -> ResponseReturnValue:
    """Take it back."""
    guardians.withdraw(actor=g.actor, number=number, at=clock.now())
    return redirected("/m/guardian?done=withdrawn")
