"""How far a team is, for its leader: counts and the names of those who have not done theirs, never a score."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g
from flask.typing import ResponseReturnValue

import clock
from handlers.console.assessment.words import PHASES
from handlers.console.frame import actor, need_role, render
from handlers.pages.browser import known_form
from services.assessment import views
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_assessment_progress", __name__, enable_openapi=False)

#: Teams on one page.
MOST = 50


@bp.get("/assessment/teams")
@need_role
def teams() -> ResponseReturnValue:
    """The teams he leads."""
    if not g.rights.leads:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    found = views.led_progress(actor=actor(), at=clock.now(), most=MOST)
    assessed = [(team_code, each) for team_code, each in found.items() if each.all]
    return render("assessment/teams", tab="teams", teams=assessed, phases=PHASES)


@bp.get("/assessment/teams/<code>")
@need_role
def team(code: str) -> ResponseReturnValue:
    """One of them."""
    code = known_form(code)
    found = views.team_progress(actor=actor(), team_code=code, at=clock.now())
    return render(
        "assessment/teams", tab="teams", teams=[(code, found)] if found is not None else [], phases=PHASES
    )
