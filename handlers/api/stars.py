"""My star: what was awarded, what is on its way, asking for one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services import recognition
from services.stars import asking, views
from wording import entry

bp = APIBlueprint("stars", __name__, tag="Stars and benefits")


class StarWayOut(Answer):
    """A star on its way or decided: state review, announced, awarded, refused, withdrawn or lapsed; `says` in Chinese;
    days as YYYY-MM-DD, "" for none."""

    code: str
    star: int
    state: str
    word: str
    says: str
    reviewer: str
    until: str
    awarded_on: str
    merits: str
    may_add: bool
    created_at: Moment


class MyStarsOut(Answer):
    """`star` was awarded, `reached` is the step of my hours alone; `counted` and `to_next` in minutes, the ladder in
    hours; `can_ask` is the star I may apply for now, 0 for none."""

    name: str
    star: int
    reached: int
    next_star: int | None
    to_next: int | None
    counted: int
    ladder: list[int]
    merits_from: int
    can_ask: int
    ways: list[StarWayOut]


class StarPageOut(MyStarsOut):
    """`progress`: per cent of the way from the star my hours reach to the next one; `additions`: what each star of
    `ladder` asks for beside hours, "" for nothing."""

    progress: int
    additions: list[str]


class StarAskIn(Body):
    """What the higher stars ask for beside hours."""

    merits: Annotated[str, StringConstraints(max_length=asking.MERITS_LONGEST)] = ""


def _page(at: datetime) -> dict[str, Any]:
    mine = views.mine(volunteer_id=me_id(), at=at)
    words = entry("stars.additions")
    asks = [words.get(str(star), "") if star >= mine.merits_from else "" for star in range(1, len(mine.ladder) + 1)]
    return {**asdict(mine), "progress": recognition.progress(mine), "additions": asks}


@bp.get("/me/stars")
@need_volunteer("api")
@bp.output(StarPageOut)
@bp.doc(summary="My star and the way to the next one", responses=[401, 403], security="token")
def mine() -> Any:
    """A star is awarded after review and a public notice; hours alone are no star."""
    return _page(clock.now())


@bp.post("/me/stars")
@need_volunteer("api")
@idempotent
@bp.input(StarAskIn)
@bp.output(StarPageOut)
@bp.doc(summary="Apply for the star my hours reach", responses=[400, 401, 403, 409], security="token")
def ask(json_data: StarAskIn) -> Any:
    """Sent again with merits, they go with what is in review."""
    at = clock.now()
    asking.ask(actor=g.actor, merits=json_data.merits, at=at)
    return _page(at)
