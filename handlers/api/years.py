"""My year: its figures, and the picture to pass on."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.api.schemas import Answer
from handlers.auth import me_id, need_volunteer
from handlers.pictures import png
from services.honours import yearly

bp = APIBlueprint("years", __name__, tag="Stars and benefits")


class YearOut(Answer):
    """Whole minutes confirmed; `served` are those whom the activities served by their leaders' reports; `empty`: there
    is no picture."""

    year: str
    name: str
    minutes: int
    activities: int
    served: int
    star: int
    honours: list[str]
    until: str
    empty: bool


class YearsOut(Answer):
    """The newest first; this year in any case."""

    years: list[str]


@bp.get("/me/years")
@need_volunteer("api")
@bp.output(YearsOut)
@bp.doc(summary="Years in which I served", responses=[401, 403], security="token")
def listed() -> Any:
    """Those with confirmed hours."""
    return {"years": yearly.years(volunteer_id=me_id(), at=clock.now())}


@bp.get("/me/years/<year>")
@need_volunteer("api")
@bp.output(YearOut)
@bp.doc(summary="My year", responses=[401, 403, 404], security="token")
def mine(year: str) -> Any:
    """Nobody else's numbers."""
    return yearly.of(volunteer_id=me_id(), year=year, at=clock.now())


@bp.get("/me/years/<year>/card.png")
@need_volunteer("api")
@bp.doc(summary="My year as a picture, PNG of 1080 by 1440 pixels", responses=[401, 403, 404], security="token")
def card(year: str) -> ResponseReturnValue:
    """To be saved and passed on; it holds no code and proves nothing."""
    return png(yearly.card(parts=parts(), volunteer_id=me_id(), year=year, at=clock.now()), f"{year}")
