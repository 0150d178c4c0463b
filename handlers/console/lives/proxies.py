"""代办: what somebody without a smartphone wants done, with the photo of the form he signed."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.pages.browser import field, known_form
from handlers.pictures import jpeg
from services.errors import Refusal, RefusalCode
from services.lives import proxies
from services.lives.files import MOST_BYTES
from wording import known, say

bp = APIBlueprint("console_proxies", __name__, enable_openapi=False)

C = RefusalCode
#: Beside which field a refusal is said; the rest stands above the form.
BESIDE = {
    C.PHOTO_MISSING: "photo", C.PHOTO_TOO_LARGE: "photo", C.PHOTO_UNREADABLE: "photo",
    C.PHOTO_TOO_MANY_PIXELS: "photo", C.PHONE_INVALID: "value",
}  # fmt: skip
#: What each act asks for.
SHIFTS = ("sign_up", "cancel", "check_in", "check_out")


@bp.before_request
def allow_photos() -> None:
    """A photo of a form is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


def photo() -> bytes:
    """The photo that was sent."""
    sent = request.files.get("photo")
    return sent.read() if sent else b""


def act_word(act: str) -> str:
    """What an act is called."""
    return say(f"paper.acts.{act}") if known(f"paper.acts.{act}") else act


def _fitting(act: str, desk: proxies.Desk) -> list[proxies.Chance]:
    if act == "sign_up":
        return [one for one in desk.shifts if not one.signed_up]
    if act == "cancel":
        return [one for one in desk.shifts if one.signed_up]
    return [one for one in desk.shifts if one.today]


def _page(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    desk = proxies.desk(parts=parts(), actor=actor(), public_no=public_no, at=clock.now())
    act = field("act", 20)
    facts: dict[str, Any] = {
        "desk": desk, "act": act if act in desk.acts else "", "act_word": act_word, "subject": field("subject", 40),
        "value": field("value", 20), "problem": words_of(refusal),
        "wrong": BESIDE.get(refusal.code, "") if refusal else "",
    }  # fmt: skip
    facts["shifts"] = _fitting(act, desk) if act in SHIFTS else []
    return said(render("lives/person_proxy", tab="manage", **facts), refusal)


@bp.get("/people/<public_no>/proxy")
@need_role
def form(public_no: str) -> ResponseReturnValue:
    """What can be done for him; with `?act=`, its form."""
    return _page(known_form(public_no))


@bp.post("/people/<public_no>/proxy")
@need_role
def do(public_no: str) -> ResponseReturnValue:
    """Do it."""
    public_no = known_form(public_no)
    refusal = attempt(
        lambda: proxies.act_for(
            parts=parts(), actor=actor(), public_no=public_no, act=field("act", 20), subject=field("subject", 40),
            value=field("value", 20), form=photo(), at=clock.now(),
        )
    )  # fmt: skip
    if refusal is not None and refusal.code is C.PROXY_GAINS:
        raise refusal
    return _page(public_no, refusal) if refusal else back(f"/console/people/{public_no}", "noted", "proxies")


@bp.get("/people/forms/<int:number>")
@need_role
def signed(number: int) -> ResponseReturnValue:
    """The photo of a signed form; the look is noted."""
    return jpeg(
        proxies.form_of(parts=parts(), actor=actor(), number=number, at=clock.now()), f"form-{number}"
    )
