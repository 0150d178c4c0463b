"""代办: what somebody without a smartphone wants done, with the photo of the form he signed."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.pages.browser import field, known_form
from handlers.pictures import jpeg, pdf
from services.errors import Refusal, RefusalCode
from services.lives import proxies, proxy_desk, proxy_form
from services.lives.files import MOST_BYTES
from wording import known, say

bp = APIBlueprint("console_proxies", __name__, enable_openapi=False)

C = RefusalCode
#: Beside which field a refusal is said; the rest stands above the form.
BESIDE = {
    C.PHOTO_MISSING: "photo", C.PHOTO_TOO_LARGE: "photo", C.PHOTO_UNREADABLE: "photo",
    C.PHOTO_TOO_MANY_PIXELS: "photo", C.PHONE_INVALID: "value",
    C.NATIONAL_NO_INVALID: "value", C.ROW_NUMBER_TAKEN: "value", C.TEXT_EMPTY: "value", C.TEXT_TOO_LONG: "value",
    C.REASON_REQUIRED: "value", C.SCORE_RANGE: "value", C.NAME_INVALID: "value", C.DOCUMENT_INVALID: "value",
    C.UNDER_AGE: "value", C.PRACTICE_NUMBER: "value", C.CORRECTION_NOTHING: "value",
}  # fmt: skip
#: Acts that are about nothing but the person.
NO_CHOICE = ("phone", "correct_name", "correct_document", "national", "enrol")
LONGEST = 600
#: What is typed with an act.
TYPED = {
    "apply": "words", "reply": "words", "transfer": "words", "phone": "phone",
    "correct_name": "right", "correct_document": "right", "national": "number", "paper": "paper",
    "makeup": "words", "object": "words", "object_up": "words", "cancel": "words",
    "assess": "words", "assess_peer": "words", "assess_object": "words",
}  # fmt: skip
#: Acts that say nothing without his words.
SPOKEN = ("reply", "makeup", "object", "object_up", "assess", "assess_peer", "assess_object")


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


def _beside(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    if refusal.code is C.FIELD_WRONG:
        return "until" if refusal.facts.get("field") == "expires_on" else "value"
    return BESIDE.get(refusal.code, "")


def _day() -> date | None:
    """The day a paper runs out. Refusals: FIELD_WRONG."""
    text = field("until", 10)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field="expires_on") from None


def _page(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    typed = field("q", 30)
    desk = proxy_desk.desk(
        parts=parts(), actor=actor(), public_no=public_no, act=field("act", 20), text=typed, at=clock.now()
    )
    facts: dict[str, Any] = {
        "desk": desk, "act": desk.act, "act_word": act_word, "subject": field("subject", 40), "typed": typed,
        "value": field("value", LONGEST), "problem": words_of(refusal), "choosing": desk.act not in NO_CHOICE,
        "kind": TYPED.get(desk.act, ""), "searched": desk.act in proxy_desk.SEARCHED,
        "wrong": _beside(refusal), "spoken": desk.act in SPOKEN, "until": field("until", 10),
    }  # fmt: skip
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
            value=field("value", LONGEST), until=_day(), form=photo(), at=clock.now(),
        )
    )  # fmt: skip
    if refusal is not None and refusal.code is C.PROXY_GAINS:
        raise refusal
    return _page(public_no, refusal) if refusal else back(f"/console/people/{public_no}", "noted", "proxies")


@bp.get("/people/<public_no>/proxy/paper")
@need_role
def paper(public_no: str) -> ResponseReturnValue:
    """The form to print and to sign."""
    body = proxy_form.pdf(
        parts=parts(), actor=actor(), public_no=known_form(public_no), act=field("act", 20), at=clock.now()
    )
    return pdf(body, "form")


@bp.get("/people/forms/<int:number>")
@need_role
def signed(number: int) -> ResponseReturnValue:
    """The photo of a signed form; the look is noted."""
    return jpeg(
        proxies.form_of(parts=parts(), actor=actor(), number=number, at=clock.now()), f"form-{number}"
    )
