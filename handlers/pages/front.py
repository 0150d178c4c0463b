"""The programme's face, open to everybody: what it is, how to join, its figures, the teams near a place one chooses."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import identify
from handlers.pages.browser import field, known_form
from services.participation import public
from services.publicity import figures, near
from services.stories import views

bp = APIBlueprint("front", __name__, enable_openapi=False)

NEXT = 4


@bp.get("/")
def home() -> ResponseReturnValue:
    """The home page; `?region=` a division, `?q=` a search for one."""
    at, text = clock.now(), field("q", 20)
    found, more = near.search(text)
    shown = near.place(field("region", 12))
    return render_template(
        "pages/front.html", place=shown, figures=figures.of(shown.code), q=text, found=found, more=more,
        chosen=bool(shown.up), known=identify("h5") is not None, at=at,
        stories=views.latest(region_code=shown.code if len(shown.up) < 3 else shown.up[2][0], limit=3),
        activities=public.next_ones(region_code=shown.code, at=at, limit=NEXT),
    )  # fmt: skip


@bp.get("/teams/<code>")
def team(code: str) -> ResponseReturnValue:
    """A team: what it is for, what it does next, how to join."""
    code = known_form(code, limit=20)
    return render_template(
        "pages/front_team.html", team=near.team(code), activities=public.next_of_team(team_code=code, at=clock.now())
    )
