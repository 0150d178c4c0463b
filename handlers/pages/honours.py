"""Honours on the phone: mine, with the way to the wall and to the card of a year (S96, S105)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import me_id, need_volunteer
from handlers.pages.home import done
from services.honours import views

bp = APIBlueprint("honours", __name__, enable_openapi=False)


@bp.get("/m/honours")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """What I hold, what my teams hold, what I am proposed for."""
    return render_template(
        "pages/honours_mine.html", tab="me", mine=views.mine(volunteer_id=me_id(), at=clock.now()), done=done()
    )
