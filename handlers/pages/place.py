"""住的地方填错了: choose the village anew, as at registration, and say yes; only before the first team."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import me_id, need_volunteer
from handlers.pages.browser import field, redirected
from handlers.pages.register import places_page
from services import regions
from services.accounts import home
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("place", __name__, enable_openapi=False)

ADDRESS = "/m/me/place"


@bp.get(ADDRESS)
@need_volunteer("h5")
def choose() -> ResponseReturnValue:
    """The village, and once it is chosen whether it is right."""
    if not home.may_correct(volunteer_id=me_id()):
        raise Refusal(RefusalCode.HOME_FIXED)
    code = field("region", 12)
    if len(code) < 9:
        return places_page("/m/me", ADDRESS)
    return render_template("pages/place.html", tab="me", code=code, name=regions.path_name(regions.region(code).code))


@bp.post(ADDRESS)
@need_volunteer("h5")
def correct() -> ResponseReturnValue:
    """It is right so."""
    home.correct(actor=g.actor, region_code=field("region", 12), at=clock.now())
    return redirected("/m/me?done=moved")
