"""The desk: the activities of today and what each waits for."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role, render
from services.participation import console_views

bp = APIBlueprint("console_desk", __name__, enable_openapi=False)


@bp.get("", strict_slashes=False)
@need_role
def desk() -> ResponseReturnValue:
    """Running first, then what waits for confirmation, then what comes."""
    at = clock.now()
    return render("desk", tab="desk", desk=console_views.desk(actor=actor(), at=at), at=at)
