"""转队 on the phone: where to, the new team's agreement, the waiting; the answer to what one's team asked."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.lives import transfer_views, transfers
from services.recruitment import views
from services.recruitment.finding import FoundTeam

bp = APIBlueprint("transfer", __name__, enable_openapi=False)

LONG = 600


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    mine = transfer_views.mine(volunteer_id=me_id())
    running = next((each for each in mine if each.state in ("asked", "requested")), None)
    team, goal, door = field("team", 20), None, None
    found: list[FoundTeam] = []
    if running is None and team:
        try:
            goal = transfer_views.destination(actor=g.actor, team_code=known_form(team.lower()))
        except Refusal as problem:  # no code: a name, or a place
            found = transfer_views.destinations(volunteer_id=me_id(), text=team)
            refusal = refusal if found else problem
    if goal is not None or (running is not None and running.state == "asked"):
        code = goal.code if goal else running.to_code if running else ""
        door = views.team_door(actor=g.actor, team_code=code, brand=parts().brand, at=clock.now())
    page = render_template(
        "pages/transfer.html", tab="me", running=running, past=[each for each in mine if each is not running],
        goal=goal, found=found, promises=door.promises if door else [], team=team, reason=field("reason", LONG),
        done=done(), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/transfer")
@need_volunteer("h5")
def transfer() -> ResponseReturnValue:
    """How it stands, or the form."""
    return _page()


@bp.post("/m/transfer")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Ask."""
    try:
        transfers.ask(
            actor=g.actor, team_code=field("team", 20).lower(), reason=field("reason", LONG),
            promised=field("promised", 3) == "yes", at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(refusal)
    return redirected("/m/transfer?done=applied")


@bp.post("/m/transfer/<code>")
@need_volunteer("h5")
def act(code: str) -> ResponseReturnValue:
    """Say yes or no to what one's team asked, or take one's own request back."""
    facts: dict[str, Any] = {"actor": g.actor, "code": known_form(code), "at": clock.now()}
    try:
        if "accept" in request.form:
            transfers.agree(**facts, accepts=True, promised=field("promised", 3) == "yes")
        elif "decline" in request.form:
            transfers.agree(**facts, accepts=False)
        else:
            transfers.withdraw(**facts)
    except Refusal as refusal:
        if refusal.code is RefusalCode.NOT_FOUND:
            raise
        return _page(refusal)
    return redirected(f"/m/transfer?done={'applied' if 'accept' in request.form else 'withdrawn'}")
