"""The rotating code on the leader's own phone, where there is no computer and no big screen."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import stages
from handlers.auth import need_volunteer
from handlers.pages.browser import known_form
from services.participation import stage_views

bp = APIBlueprint("lead_show", __name__, enable_openapi=False)


@bp.get("/m/lead/<code>/show/<any('in', 'out'):direction>")
@need_volunteer("h5")
def show(code: str, direction: str) -> ResponseReturnValue:
    """The code of the shift that runs, or comes next; it serves every position of that time."""
    shift = stage_views.running_shift(actor=g.actor, activity_code=known_form(code), at=clock.now())
    face, now = stages.now(actor=g.actor, shift_code=shift, direction=direction)
    return render_template("pages/lead_show.html", face=face, now=now, direction=direction, back=f"/m/lead/{code}")


@bp.get("/m/lead/<code>/show/<any('in', 'out'):direction>/now")
@need_volunteer("h5")
def now(code: str, direction: str) -> ResponseReturnValue:
    """Its next code and the numbers, as JSON."""
    shift = stage_views.running_shift(actor=g.actor, activity_code=known_form(code), at=clock.now())
    have = request.args.get("have")
    return jsonify(stages.now(actor=g.actor, shift_code=shift, direction=direction, have=have)[1])
