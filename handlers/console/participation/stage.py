"""The big screen with its rotating code, and the poster for places without a screen (design §6.2, §6.3)."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from flask import jsonify, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts, stages
from handlers.console.frame import actor, need_role, render
from handlers.qr import svg_uri
from handlers.stages import DIRECTIONS
from services.participation import stage_views, venue

bp = APIBlueprint("console_stage", __name__, enable_openapi=False)


@bp.get("/stage/<shift>/<any('in', 'out'):direction>")
@need_role
def show(shift: str, direction: str) -> ResponseReturnValue:
    """The screen."""
    face, now = stages.now(actor=actor(), shift_code=shift, direction=direction)
    return render("participation/stage", face=face, now=now, direction=direction)


@bp.get("/stage/<shift>/<any('in', 'out'):direction>/now")
@need_role
def now(shift: str, direction: str) -> ResponseReturnValue:
    """The screen's numbers as JSON, and its picture unless the screen has it (`have` is the step it shows)."""
    have = request.args.get("have")
    return jsonify(stages.now(actor=actor(), shift_code=shift, direction=direction, have=have)[1])


@bp.get("/poster/<shift>")
@need_role
def poster(shift: str) -> ResponseReturnValue:
    """Two sheets to print: in and out. Who scans them is counted once the leader has named him."""
    at = clock.now()
    face = stage_views.face(actor=actor(), shift_code=shift, at=at)
    asked = {"parts": parts(), "actor": actor(), "shift_code": shift, "at": at}
    sheets = [(direction, svg_uri(venue.poster(direction=direction, **asked))) for direction in DIRECTIONS]
    return render("participation/poster", tab="desk", face=face, sheets=sheets, chat=False, until=None)


@bp.get("/poster/<shift>/chat")
@need_role
def chat_poster(shift: str) -> ResponseReturnValue:
    """The same with the official account's own codes: they check in within the chat, and lead to the account first."""
    at = clock.now()
    face = stage_views.face(actor=actor(), shift_code=shift, at=at)
    asked = {"parts": parts(), "actor": actor(), "shift_code": shift, "at": at}
    made = [venue.chat_poster(direction=direction, **asked) for direction in DIRECTIONS]
    sheets = [(direction, svg_uri(each.url)) for direction, each in zip(DIRECTIONS, made, strict=True)]
    until = at + timedelta(seconds=min(each.seconds or 0 for each in made))
    return render("participation/poster", tab="desk", face=face, sheets=sheets, chat=True, until=until)
