"""The monthly sheets of hours: a team's month on the screen and on paper, a person's on paper."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, need_role, render
from handlers.pages.browser import field, known_form
from handlers.pictures import pdf
from services.lives import monthly

bp = APIBlueprint("console_monthly", __name__, enable_openapi=False)


def _month() -> str:
    return monthly.month_of(field("month", 7), clock.now())


@bp.get("/teams/<code>/monthly")
@need_role
def team(code: str) -> ResponseReturnValue:
    """The team's month."""
    shown = monthly.team(actor=actor(), code=known_form(code), month=_month(), at=clock.now())
    return render("lives/monthly", tab="teams", shown=shown, most=monthly.MOST)


@bp.get("/teams/<code>/monthly/print")
@need_role
def team_paper(code: str) -> ResponseReturnValue:
    """As a PDF; with `?each=1`, a page of his own for everybody who served."""
    body = monthly.team_pdf(
        parts=parts(), actor=actor(), code=known_form(code), month=_month(), each=field("each", 1) == "1",
        at=clock.now(),
    )  # fmt: skip
    return pdf(body, _month())


@bp.get("/people/<public_no>/monthly")
@need_role
def person_paper(public_no: str) -> ResponseReturnValue:
    """A person's month as a PDF."""
    body = monthly.person_pdf(
        parts=parts(), actor=actor(), public_no=known_form(public_no), month=_month(), at=clock.now()
    )
    return pdf(body, _month())
