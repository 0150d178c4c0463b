"""What moves in time, place or number: the leader's word, what moved for me, and that I have read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent, idempotent_outside
from services.participation import activities, changes

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


class MoveIn(Body):
    """What is different now; what is not named stays."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None
    place: Annotated[str, StringConstraints(max_length=200)] | None = None


class QuotaIn(Body):
    """How many it takes."""

    quota: Annotated[int, Field(ge=1, le=100_000)]


class ReadingOut(Answer):
    """How the last move has come over; `open`: who has not said 知道了, by name."""

    at: Moment
    told: int
    read: int
    open: list[str]


class ReadersOut(Answer):
    """None where nothing moved yet."""

    last: ReadingOut | None


@bp.post("/activities/<code>/move")
@need_volunteer("api")
@idempotent_outside
@bp.input(MoveIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: change time or place", responses=[400, 401, 403, 404, 409], security="token")
def move(code: str, json_data: MoveIn) -> Any:
    """Everybody signed up is told what was and what is now; nobody is told of a draft."""
    wanted = {name: value for name, value in json_data.model_dump().items() if value is not None}
    activities.move(parts=parts(), actor=g.actor, code=code, changes=wanted, at=clock.now())
    return "", 204


@bp.put("/shifts/<code>/quota")
@need_volunteer("api")
@idempotent
@bp.input(QuotaIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: how many a shift takes", responses=[400, 401, 403, 404, 409], security="token")
def set_quota(code: str, json_data: QuotaIn) -> Any:
    """Never below those who have a place; new places go to those who queue."""
    activities.set_quota(actor=g.actor, shift_code=code, quota=json_data.quota, at=clock.now())
    return "", 204


@bp.get("/activities/<code>/moves/readers")
@need_volunteer("api")
@bp.output(ReadersOut)
@bp.doc(summary="Leader: who has not read the last move", responses=[401, 403, 404], security="token")
def readers(code: str) -> Any:
    """Of those signed up now."""
    found = changes.reading(actor=g.actor, code=code, at=clock.now())
    if found is None:
        return {"last": None}
    names = [name for _, name in found.open]
    return {"last": {"at": found.change.at, "told": found.told, "read": found.read, "open": names}}


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
