"""The seal of a centre and the two names under its certificates."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.pages.browser import field, known_form
from services.certificates import seals
from services.errors import Refusal
from services.lives.files import MOST_BYTES

bp = APIBlueprint("console_seals", __name__, enable_openapi=False)


@bp.get("/centres/<code>/seal")
@need_role
def page(code: str) -> ResponseReturnValue:
    """What stands under this centre's certificates."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = seals.page(actor=actor(), region_code=code, at=clock.now())
    sent = request.method == "POST"
    typed = {
        "head": field("head", 30) if sent else shown.head, "handler": field("handler", 30) if sent else shown.handler
    }
    return said(
        render("certificates/seal", tab="manage", shown=shown, typed=typed, problem=words_of(refusal)), refusal
    )


@bp.post("/centres/<code>/seal")
@need_role
def put(code: str) -> ResponseReturnValue:
    """Keep the picture, if there is a new one, and the names."""
    code = known_form(code)
    sent = request.files.get("picture")
    body = sent.read(MOST_BYTES + 1) if sent else b""
    refusal = attempt(
        lambda: seals.put(
            parts=parts(), actor=actor(), region_code=code, head=field("head", 30), handler=field("handler", 30),
            picture=body, at=clock.now(),
        )
    )  # fmt: skip
    return _page(code, refusal) if refusal else back(f"/console/centres/{code}/seal", "saved")


@bp.get("/centres/<code>/seal.png")
@need_role
def picture(code: str) -> ResponseReturnValue:
    """The seal, for those who manage there."""
    body = seals.picture(parts=parts(), actor=actor(), region_code=known_form(code), at=clock.now())
    answer = Response(body, content_type="image/png")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
