"""The public notice (公示) of teams about to be commended: open to everybody, without logging in (S104)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

import clock
from services.commending import views
from wording import entry

bp = APIBlueprint("public_commendations", __name__, enable_openapi=False)


@bp.get("/commendations")
def listed() -> ResponseReturnValue:
    """Which teams, for what, until when, and whom to tell that it is not right."""
    return render_template(
        "pages/commendations.html", found=views.announced(at=clock.now()), labels=entry("commending.figures")
    )
