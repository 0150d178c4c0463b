"""The big screen with its rotating code, and the poster for places without a screen (design §6.2, §6.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import jsonify, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, need_role, render
from handlers.qr import svg_uri
from services.codes import STEP_SECONDS, step_of
from services.participation import stage_views, venue
from services.participation.console_views import Counts

DIRECTIONS = ("in", "out")

bp = APIBlueprint("console_stage", __name__, enable_openapi=False)


def _now(shift_code: str, direction: str) -> tuple[stage_views.Face, dict[str, Any]]:
    """What the screen shows at this moment: the same code for a whole step, drawn once (handlers/qr.py)."""
    at = clock.now()
    face = stage_views.face(actor=actor(), shift_code=shift_code, at=at)
    stage = venue.stage(parts=parts(), actor=actor(), shift_code=shift_code, direction=direction, at=at)
    left = stage.next_at - at
    return face, {
        "step": step_of(at),
        "server_ms": clock.to_millis(at),
        "picture": svg_uri(stage.url),
        "next_ms": max(0, left // timedelta(milliseconds=1)),
        "step_seconds": STEP_SECONDS,
        # How long this very picture can still be scanned; after that it must not stay on the screen.
        "good_ms": (left + timedelta(seconds=face.code_life - STEP_SECONDS)) // timedelta(milliseconds=1),
        "expected": face.total("expected"),
        "inside": face.total("inside"),
        "left": face.total("came") - face.total("inside"),
        "came": face.total("came"),
        "lines": [_numbers(line.counts, direction) for line in face.lines],
    }


def _numbers(counts: Counts, direction: str) -> list[int]:
    """[done, still to do] of one position: checked in and expected, or checked out and inside."""
    return (
        [counts.came, counts.expected] if direction == "in" else [counts.came - counts.inside, counts.inside]
    )


@bp.get("/stage/<shift>/<any('in', 'out'):direction>")
@need_role
def show(shift: str, direction: str) -> ResponseReturnValue:
    """The screen."""
    face, now = _now(shift, direction)
    return render("participation/stage", face=face, now=now, direction=direction)


@bp.get("/stage/<shift>/<any('in', 'out'):direction>/now")
@need_role
def now(shift: str, direction: str) -> ResponseReturnValue:
    """The screen's numbers as JSON, and its picture unless the screen has it (`have` is the step it shows)."""
    _, facts = _now(shift, direction)
    if request.args.get("have") == str(facts["step"]):
        del facts["picture"]
    return jsonify(facts)


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
