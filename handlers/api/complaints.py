"""投诉建议, open to everybody without an account (条例 §26; 国办函〔2026〕12号): take it in, follow it by its code."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import request
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import identify, opened_by_code
from handlers.idempotency import idempotent
from services.evaluation import complaints

bp = APIBlueprint("complaints", __name__, tag="Complaints")


class KindOut(Answer):
    """A kind of complaint, as the form offers it."""

    code: str
    name: str


class KindsOut(Answer):
    """What can be complained of."""

    kinds: list[KindOut]


class ComplaintIn(Body):
    """What is wrong; `kind` is one of `GET /complaints/kinds`."""

    kind: Annotated[str, StringConstraints(max_length=20)]
    text: Words
    contact: Annotated[str, StringConstraints(max_length=60)] = ""
    activity_code: Annotated[str, StringConstraints(max_length=20)] = ""
    team_code: Annotated[str, StringConstraints(max_length=20)] = ""
    region_code: Annotated[str, StringConstraints(max_length=12)] = ""


class ComplaintOut(Answer):
    """Its number, the secret code by which it is followed at /m/complaints/<token>, the day of the answer."""

    code: str
    token: str
    due_at: Moment


class FollowedOut(Answer):
    """How it stands: received, forwarded (to whom), answered, closed; `finding` upheld, unfounded, unclear or ""."""

    code: str
    kind: str
    text: str
    state: str
    at: Moment
    due_at: Moment
    answer: str
    finding: str
    forwarded_to: str


class MoreIn(Body):
    """What I add, or why I am not content."""

    text: Words


@bp.get("/complaints/kinds")
@bp.output(KindsOut)
@bp.doc(summary="What can be complained of")
def kinds() -> Any:
    """For the form."""
    return {"kinds": [{"code": code, "name": name} for code, name in complaints.offered().items()]}


@bp.post("/complaints")
@idempotent
@bp.input(ComplaintIn)
@bp.output(ComplaintOut, 201)
@bp.doc(summary="Complain, report or suggest; with or without an account", responses=[400, 404, 409, 429])
def file(json_data: ComplaintIn) -> Any:
    """It never goes to the one it is about. Who is logged in is told of the answer."""
    known = identify("api")
    return complaints.file(
        parts=parts(), actor=known.actor("api") if known and known.volunteer_id else None,
        address=request.remote_addr or "", kind=json_data.kind, text=json_data.text,
        contact=json_data.contact, region_code=json_data.region_code, activity_code=json_data.activity_code,
        team_code=json_data.team_code, at=clock.now(),
    )  # fmt: skip


@bp.get("/complaints/<token>")
@bp.output(FollowedOut)
@bp.doc(summary="How a complaint stands", responses=[404, 429])
def one(token: str) -> Any:
    """For whoever has its secret code."""
    with opened_by_code("api"):
        return _followed(token)


def _followed(token: str) -> Any:
    return complaints.follow(token=token)


@bp.post("/complaints/<token>/add")
@idempotent
@bp.input(MoreIn)
@bp.output(FollowedOut)
@bp.doc(summary="Add something to it", responses=[400, 404, 409, 429])
def add(token: str, json_data: MoreIn) -> Any:
    """While it is open."""
    with opened_by_code("api"):
        complaints.add(token=token, text=json_data.text, at=clock.now())
    return _followed(token)


@bp.post("/complaints/<token>/content")
@idempotent
@bp.output(FollowedOut)
@bp.doc(summary="Be content with the answer", responses=[404, 409, 429])
def content(token: str) -> Any:
    """It is closed."""
    with opened_by_code("api"):
        complaints.content(token=token, at=clock.now())
    return _followed(token)


@bp.post("/complaints/<token>/further")
@idempotent
@bp.input(MoreIn)
@bp.output(FollowedOut)
@bp.doc(summary="Ask the centre above", responses=[400, 404, 409, 429])
def further(token: str, json_data: MoreIn) -> Any:
    """The days run anew."""
    with opened_by_code("api"):
        complaints.go_further(token=token, text=json_data.text, at=clock.now())
    return _followed(token)
