"""My honours: what I hold, what my teams were given, what I am proposed for."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

import clock
from handlers.api.schemas import Answer, Moment
from handlers.auth import me_id, need_volunteer
from services.honours import views

bp = APIBlueprint("honours", __name__, tag="Stars and benefits")


class HonourOut(Answer):
    """An honour; `kind` assessment or nomination, `awarded_on` YYYY-MM-DD."""

    code: str
    name: str
    year: str
    awarded_by: str
    awarded_on: str
    kind: str
    at: Moment


class TeamHonourOut(Answer):
    """What one of my teams was given while I was in it."""

    team: str
    name: str
    awarded_by: str
    awarded_on: str


class HonourWayOut(Answer):
    """What I am proposed for: state review or announced; `until` is the last day of the public notice, "" for none."""

    code: str
    name: str
    state: str
    word: str
    until: str


class MyHonoursOut(Answer):
    """`on_wall`: my name stands on the honour wall (consent `honour_wall`), else only my surname."""

    held: list[HonourOut]
    teams: list[TeamHonourOut]
    ways: list[HonourWayOut]
    on_wall: bool


@bp.get("/me/honours")
@need_volunteer("api")
@bp.output(MyHonoursOut)
@bp.doc(summary="My honours", responses=[401, 403], security="token")
def mine() -> Any:
    """Those that stand; a revoked one is not among them."""
    found = views.mine(volunteer_id=me_id(), at=clock.now())
    teams = [dict(zip(("team", "name", "awarded_by", "awarded_on"), each, strict=True)) for each in found.teams]
    return {"held": found.held, "teams": teams, "ways": found.ways, "on_wall": found.on_wall}
