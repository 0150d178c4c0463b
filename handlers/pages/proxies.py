"""What others did for me on a form that I signed, and the form itself."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.pictures import jpeg
from services.lives import proxies
from wording import say

bp = APIBlueprint("proxies", __name__, enable_openapi=False)


@bp.get("/m/proxies")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """Newest first."""
    lines = [(each, say(f"paper.mine.{each.act}")) for each in proxies.done_for(volunteer_id=me_id())]
    return render_template("pages/proxies.html", tab="me", lines=lines)


@bp.get("/m/proxies/<int:number>")
@need_volunteer("h5")
def form(number: int) -> ResponseReturnValue:
    """The photo of the form."""
    return jpeg(
        proxies.form_of(parts=parts(), actor=g.actor, number=number, at=clock.now()), f"form-{number}"
    )
