"""What moved in time or place, and that I have read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import g

import clock
from handlers.api.schemas import Answer, Moment
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.participation import changes

bp = APIBlueprint("changes", __name__, tag="Activities")


class ChangeOut(Answer):
    """A field that moved: what was and what is; moments as ISO 8601."""

    field: str
    old: str
    new: str


class MoveOut(Answer):
    """A move of time or place that I have not acknowledged; `shift` is the position whose shift alone moved, "" for the
    whole activity."""

    version: int
    at: Moment
    fields: list[ChangeOut]
    shift: str


class MovesOut(Answer):
    """What I have not read yet, oldest first."""

    moves: list[MoveOut]


@bp.get("/activities/<code>/moves")
@need_volunteer("api")
@bp.output(MovesOut)
@bp.doc(summary="What moved and I have not read", responses=[401, 403, 404], security="token")
def moves(code: str) -> Any:
    """Old and new time and place; empty for who stands on no list of it."""
    found = changes.mine(actor=g.actor, code=code)
    return {
        "moves": [
            {
                "version": each.version, "at": each.at, "shift": each.shift,
                "fields": [{"field": name, "old": _plain(old), "new": _plain(new)} for name, old, new in each.fields],
            }
            for each in found
        ]
    }  # fmt: skip


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@bp.post("/activities/<code>/moves/read")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="I have read what moved", responses=[401, 403, 404, 409], security="token")
def read_moves(code: str) -> Any:
    """Twice is once; the leader sees who has not."""
    changes.acknowledge(actor=g.actor, code=code, at=clock.now())
    return "", 204
