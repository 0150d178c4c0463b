"""公示: who is about to be given a star or an honour, open to everybody without a log-in, and what somebody has against
it (S100, S104). The same notices as the pages /stars and /commendations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.complaints import ComplaintOut
from handlers.api.schemas import Answer, Body, Query, Words
from handlers.auth import identify
from handlers.idempotency import idempotent
from services import regions
from services.commending import objections as honour_objections
from services.commending import views as honours
from services.listing import Wanted
from services.stars import objections as star_objections
from services.stars import views as stars
from services.stars.asking import numeral
from wording import say

bp = APIBlueprint("notices", __name__, tag="Public")

PAGE = 20


class NoticesQuery(Query):
    """Stars or honours, near which division ("": everywhere), which page."""

    kind: Literal["stars", "honours"] = "stars"
    region: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,12})?$")] = ""
    page: Annotated[int, Field(ge=1, le=5000)] = 1


class NoticeLineOut(Answer):
    """A public notice: whom it is of (a person's name is masked), what for, where, its last day YYYY-MM-DD."""

    code: str
    name: str
    what: str
    place: str
    last: str


class NoticesOut(Answer):
    """`place`: the division they are of, `more`: whether there is a further page."""

    place: str
    notices: list[NoticeLineOut]
    more: bool


class FigureOut(Answer):
    """A figure of the service, with its name."""

    name: str
    value: str


class NoticeOut(NoticeLineOut):
    """A notice with what was done; `runs`: it may be objected to today; whom to ring up."""

    first: str
    merits: str
    figures: list[FigureOut]
    centre: str
    phone: str
    runs: bool


class AgainstIn(Body):
    """What is not right; whoever likes to be answered says how."""

    text: Words
    contact: Annotated[str, StringConstraints(max_length=60)] = ""


def _star(shown: Any) -> dict[str, Any]:
    return {
        "code": shown.code, "name": shown.name, "what": say("stars.public.star", star=numeral(shown.star)),
        "place": shown.place, "first": shown.first, "last": shown.last, "merits": shown.merits, "centre": shown.centre,
        "phone": shown.phone, "runs": True,
        "figures": [{"name": say("stars.public.hours"), "value": say("stars.public.at_least", hours=shown.hours)}],
    }  # fmt: skip


def _honour(shown: Any, runs: bool) -> dict[str, Any]:
    return {
        "code": shown.code, "name": shown.team, "what": shown.title, "place": shown.place, "first": shown.first,
        "last": shown.last, "merits": shown.merits, "centre": shown.centre, "phone": shown.phone, "runs": runs,
        "figures": [{"name": name, "value": str(value)} for name, value in honours.public_figures(shown)],
    }  # fmt: skip


@bp.get("/public/notices")
@bp.input(NoticesQuery, location="query")
@bp.output(NoticesOut)
@bp.doc(summary="Public notices of stars or honours that run", responses=[400])
def listed(query_data: NoticesQuery) -> Any:
    """The newest first; needs no log-in."""
    region = query_data.region or regions.widest()
    place = regions.path_name(region)
    wanted, at = Wanted(filters={"region": region}, page=query_data.page, size=PAGE), clock.now()
    if query_data.kind == "stars":
        stars_found = stars.notices(wanted=wanted, at=at)
        rows, pages = [_star(each) for each in stars_found.rows], stars_found.pages
    else:
        honours_found = honours.announced(wanted=wanted, at=at)
        rows, pages = [_honour(each, True) for each in honours_found.rows], honours_found.pages
    return {"place": place, "notices": rows, "more": query_data.page < pages}


@bp.get("/public/notices/stars/<code>")
@bp.output(NoticeOut)
@bp.doc(summary="One public notice of a star", responses=[404])
def star(code: str) -> Any:
    """While it runs; needs no log-in."""
    return _star(stars.notice(code=code, at=clock.now()))


@bp.get("/public/notices/honours/<code>")
@bp.output(NoticeOut)
@bp.doc(summary="One public notice of an honour", responses=[404])
def honour(code: str) -> Any:
    """Until it is decided; needs no log-in."""
    return _honour(*honours.notice(code=code, at=clock.now()))


def _against(act: Any, code: str, said: AgainstIn) -> Any:
    known = identify("api")
    return act(
        parts=parts(), actor=known.actor("api") if known and known.volunteer_id else None,
        address=request.remote_addr or "", code=code, text=said.text, contact=said.contact, at=clock.now(),
    )  # fmt: skip


@bp.post("/public/notices/stars/<code>")
@idempotent
@bp.input(AgainstIn)
@bp.output(ComplaintOut, 201)
@bp.doc(summary="Object to a star", responses=[400, 404, 409, 429])
def against_star(code: str, json_data: AgainstIn) -> Any:
    """With or without an account; the star waits for the answer."""
    return _against(star_objections.object_to, code, json_data)


@bp.post("/public/notices/honours/<code>")
@idempotent
@bp.input(AgainstIn)
@bp.output(ComplaintOut, 201)
@bp.doc(summary="Object to an honour", responses=[400, 404, 409, 429])
def against_honour(code: str, json_data: AgainstIn) -> Any:
    """With or without an account; the honour waits for the answer."""
    return _against(honour_objections.object_to, code, json_data)
