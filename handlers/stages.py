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


def now(
    *, actor: Actor, shift_code: str, direction: str, have: str | None = None
) -> tuple[stage_views.Face, dict[str, Any]]:
    """What the screen shows at this moment: the same code for a whole step, drawn once (handlers/qr.py).

    A screen that has the picture of this step already (`have`) gets none, and none is looked for: more screens may
    ask than pictures are kept.
    """
    at = clock.now()
    face = stage_views.face(actor=actor, shift_code=shift_code, at=at)
    stage = venue.stage(parts=parts(), actor=actor, shift_code=shift_code, direction=direction, at=at)
    left, step = stage.next_at - at, step_of(at)
    picture = {} if have == str(step) else {"picture": svg_uri(stage.url)}
    return face, {
        "step": step,
        "server_ms": clock.to_millis(at),
        "next_ms": max(0, left // timedelta(milliseconds=1)),
        "step_seconds": STEP_SECONDS,
        # How long this very picture can still be scanned; after that it must not stay on the screen.
        "good_ms": (left + timedelta(seconds=face.code_life - STEP_SECONDS)) // timedelta(milliseconds=1),
        "expected": face.total("expected"),
        "inside": face.total("inside"),
        "left": face.total("came") - face.total("inside"),
        "came": face.total("came"),
        "lines": [_numbers(line.counts, direction) for line in face.lines],
        **picture,
    }


def _numbers(counts: Counts, direction: str) -> list[int]:
    """[done, still to do] of one position: checked in and expected, or checked out and inside."""
    return (
        [counts.came, counts.expected] if direction == "in" else [counts.came - counts.inside, counts.inside]
    )
