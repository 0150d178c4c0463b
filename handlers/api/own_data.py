"""My data: a copy of everything about me, and the end of my account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.privacy import closing, own_copy
from services.privacy.own_copy import OwnCopy

bp = APIBlueprint("own_data", __name__, tag="Me")


class CopyOut(Answer):
    """A copy of my data: `state` asked or ready; `whole`: my numbers stand in it in full. `pdf` and `json_file` are
    addresses of ten minutes, "" until it is ready."""

    code: str
    state: str
    whole: bool
    asked_at: Moment
    until: Moment
    pdf: str
    json_file: str


class CopiesOut(Answer):
    """My copies of the last day, newest first."""

    copies: list[CopyOut]


class CopyIn(Body):
    """My ID number, for a copy with my numbers in full; "" for one in which they are masked."""

    document: Annotated[str, StringConstraints(max_length=40)] = ""


class ClosingOut(Answer):
    """The end of my account: `due_at` from when it is erased, None while I did not ask for it. `held`: what has to be
    done first, as a sentence, "" for nothing. The figures are what I leave behind."""

    asked_at: Moment | None
    due_at: Moment | None
    held: str
    minutes: int
    points: int
    certificates: int
    open_records: int
    signups: int
    redemptions: int


def _out(copy: OwnCopy, at: datetime) -> dict[str, Any]:
    def address(form: str) -> str:
        ready = copy.state == "ready"
        return parts().public_url + own_copy.link(parts=parts(), code=copy.code, form=form, at=at) if ready else ""

    return {
        "code": copy.code, "state": copy.state, "whole": copy.whole, "asked_at": copy.asked_at, "until": copy.until,
        "pdf": address("pdf"), "json_file": address("json"),
    }  # fmt: skip


@bp.get("/me/data")
@need_volunteer("api")
@bp.output(CopiesOut)
@bp.doc(summary="My copies of my data", responses=[401, 403], security="token")
def mine() -> Any:
    """Those that may still be fetched."""
    at = clock.now()
    return {"copies": [_out(each, at) for each in own_copy.mine(volunteer_id=me_id(), at=at)]}


@bp.post("/me/data")
@need_volunteer("api")
@idempotent
@bp.input(CopyIn)
@bp.output(CopyOut, 201)
@bp.doc(summary="Ask for a copy of my data", responses=[400, 401, 403, 409, 429], security="token")
def ask(json_data: CopyIn) -> Any:
    """The worker makes it; a message says when it is there."""
    at = clock.now()
    return _out(own_copy.ask(parts=parts(), actor=g.actor, document=json_data.document, at=at), at), 201


@bp.get("/me/closing")
@need_volunteer("api")
@bp.output(ClosingOut)
@bp.doc(summary="The end of my account", responses=[401, 403], security="token")
def state() -> Any:
    """Whether I asked for it, and what it would do."""
    return closing.look(volunteer_id=me_id(), at=clock.now())


@bp.post("/me/closing")
@need_volunteer("api")
@idempotent
@bp.output(ClosingOut, 201)
@bp.doc(summary="Ask for the end of my account", responses=[400, 401, 403, 409], security="token")
def close() -> Any:
    """Fourteen days to think it over."""
    closing.ask(actor=g.actor, at=clock.now())
    return closing.look(volunteer_id=me_id(), at=clock.now()), 201


@bp.delete("/me/closing")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Stay after all", responses=[401, 403, 404, 409], security="token")
def stay() -> Any:
    """At any time before it is done."""
    closing.undo(actor=g.actor, at=clock.now())
    return "", 204
