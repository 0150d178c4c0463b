"""How to register in the national volunteer system, and telling one's number there (S71)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from services.errors import Refusal, RefusalCode
from services.national import numbers

bp = APIBlueprint("national", __name__, enable_openapi=False)

BESIDE = {RefusalCode.NATIONAL_NO_INVALID, RefusalCode.ROW_NUMBER_TAKEN}


def _page(problem: str = "") -> str:
    mine = numbers.mine(volunteer_id=me_id())
    return render_template(
        "pages/national.html", tab="me", mine=mine, typed=field("number", 40) or mine.number, problem=problem,
        saved=field("done", 10) == "saved",
    )  # fmt: skip


@bp.get("/m/national")
@need_volunteer("h5")
def guide() -> ResponseReturnValue:
    """The steps, and the field for one's number."""
    return _page()


@bp.post("/m/national")
@need_volunteer("h5")
def report() -> ResponseReturnValue:
    """Keep the number; an officer verifies it."""
    try:
        numbers.report(actor=g.actor, number=field("number", 100), at=clock.now())
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _page(sentence(refusal)), status_of(refusal.code)
    return redirected("/m/national?done=saved")
