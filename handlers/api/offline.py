"""A leader's phone without a network: it opens its kit once, fetches it, and brings its scans back in pieces.

Who comes with an offline token may do these things and nothing else (`services.participation.kits`).
"""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g, jsonify
from pydantic import Field, StringConstraints

import clock
from clock import to_millis
from handlers import parts
from handlers.api.schemas import Answer, Body, Code, Moment
from handlers.auth import bearer, need_login, need_volunteer, opened_by_code
from handlers.errors import jsonable, sentence
from handlers.idempotency import idempotent
from handlers.pages.browser import device
from services.errors import Refusal, RefusalCode
from services.participation import kits, offline
from wording import entry, say

bp = APIBlueprint("offline", __name__, tag="Offline")

Secret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43,64}$")]


class LinkOut(Answer):
    """A one-time link for the phone's ordinary browser."""

    url: str
    link_until: Moment
    until: Moment


class OpenIn(Body):
    """The link's token, and a secret that the phone has just made: from now on its Bearer token."""

    link: Annotated[str, StringConstraints(min_length=8, max_length=64)]
    secret: Secret


class SentIn(Body):
    """What the phone's clocks say at the moment of the upload, milliseconds."""

    device: int | None = None
    mono: Annotated[float, Field(strict=False)] | None = None
    run: Annotated[str, StringConstraints(max_length=64)] = ""


class ScansIn(Body):
    """A piece of what the phone kept. Items are judged, and refused, one by one: see docs/checkin.md."""

    kit: Code
    items: Annotated[list[Any], Field(max_length=offline.MOST_ITEMS)]
    sent: SentIn | None = None


class ScanAnswerOut(Answer):
    """What came of one item; `message` is for the leader."""

    nonce: str
    outcome: str
    reason: str
    message: str
    flag: str
    name: str
    direction: str
    at: int | None


class ScansOut(Answer):
    """Answers in the order of the items, and our time for the phone's clock."""

    server_now: int
    answers: list[ScanAnswerOut]


@bp.post("/activities/<code>/offline-kits")
@need_volunteer("api")
@bp.output(LinkOut, 201)
@bp.doc(summary="Leader: a link for a phone without a network", responses=[401, 403, 404, 409], security="token")
def issue(code: str) -> Any:
    """The link opens on one phone, within two hours."""
    return kits.issue(parts=parts(), actor=g.actor, activity_code=code, at=clock.now())


@bp.post("/offline/open")
@bp.input(OpenIn)
@bp.doc(summary="Open a kit on this phone", responses=[400, 410, 429])
def open_kit(json_data: OpenIn) -> Any:
    """Needs no log-in: the link is one. Answers what `GET /offline/kit` does."""
    at = clock.now()
    with opened_by_code("offline"):
        kit = kits.open_link(link=json_data.link, secret=json_data.secret, device=device(), at=at)
    return jsonify(kits.contents(parts=parts(), kit=kit, at=at))


@bp.get("/offline/kit")
@need_login("offline")
@bp.doc(summary="List, key and revocations to take along", responses=[401, 403, 404, 410, 503], security="token")
def contents() -> Any:
    """Names and photos; no telephone, no document number."""
    kit = kits.of_session(bearer())
    return jsonify(kits.contents(parts=parts(), kit=kit, at=clock.now()))


@bp.post("/offline/scans")
@need_login("offline")
@idempotent
@bp.input(ScansIn)
@bp.output(ScansOut)
@bp.doc(summary="Bring scans that were kept", responses=[400, 401, 404, 410, 413], security="token")
def upload(json_data: ScansIn) -> Any:
    """Each item keeps its first answer: sending it again changes nothing."""
    at = clock.now()
    kit = kits.for_upload(kit=kits.of_session(bearer()), code=json_data.kit)
    said = json_data.sent or SentIn()
    sent = offline.Sent(said.device, said.mono, said.run)
    answers = offline.upload(parts=parts(), kit=kit, items=json_data.items, sent=sent, at=at)
    return ScansOut(server_now=to_millis(at), answers=[_out(each) for each in answers])


def _out(answer: offline.Answer) -> ScanAnswerOut:
    return ScanAnswerOut(
        nonce=answer.nonce, outcome=answer.outcome, reason=answer.reason, message=_message(answer), flag=answer.flag,
        name=answer.name, direction=answer.direction, at=answer.at,
    )  # fmt: skip


def _message(answer: offline.Answer) -> str:
    if answer.outcome == "refused":
        told: dict[str, str] = entry("offline.refused")
        facts = jsonable(dict(answer.facts or {}))
        return told.get(answer.reason) or sentence(Refusal(RefusalCode(answer.reason), **facts))
    if answer.outcome == "review":
        return say(f"offline.review.{answer.flag}")
    return say(f"offline.{answer.outcome}")


@bp.post("/offline/done")
@need_login("offline")
@bp.output({}, 204)
@bp.doc(summary="This phone has thrown its list away", responses=[401, 410], security="token")
def done() -> Any:
    """Its token opens nothing any more."""
    kits.wiped(kit=kits.of_session(bearer()), at=clock.now())
    return "", 204
