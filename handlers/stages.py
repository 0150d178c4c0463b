"""The rotating code as a screen shows it: the big one of the console and the leader's own phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import clock
from handlers import parts
from handlers.qr import svg_uri
from services.actors import Actor
from services.codes import STEP_SECONDS, step_of
from services.participation import stage_views, venue
from services.participation.console_views import Counts

DIRECTIONS = ("in", "out")


def now(*, actor: Actor, shift_code: str, direction: str) -> tuple[stage_views.Face, dict[str, Any]]:
    """What the screen shows at this moment: the same code for a whole step, drawn once (handlers/qr.py)."""
    at = clock.now()
    face = stage_views.face(actor=actor, shift_code=shift_code, at=at)
    stage = venue.stage(parts=parts(), actor=actor, shift_code=shift_code, direction=direction, at=at)
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


def fresh(facts: dict[str, Any], have: str | None) -> dict[str, Any]:
    """The same for a screen that has a picture already: without it, if `have` is the step it shows."""
    return {name: fact for name, fact in facts.items() if name != "picture" or have != str(facts["step"])}


def _numbers(counts: Counts, direction: str) -> list[int]:
    """[done, still to do] of one position: checked in and expected, or checked out and inside."""
    return (
        [counts.came, counts.expected] if direction == "in" else [counts.came - counts.inside, counts.inside]
    )
