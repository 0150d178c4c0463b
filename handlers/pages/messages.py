"""What a person wants pushed, and whether a reminder reaches him (消息设置)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services.messaging import choices, credits

bp = APIBlueprint("messages", __name__, enable_openapi=False)


@bp.get("/m/me/messages")
@need_volunteer("h5")
def show() -> ResponseReturnValue:
    """Each group with its button; whether the next reminder would reach him, and what to tap if not."""
    return render_template(
        "pages/messages.html", tab="me", done=done(), choices=choices.choices(volunteer_id=me_id()),
        standing=credits.standing(parts=parts(), volunteer_id=me_id(), at=clock.now()),
    )  # fmt: skip


@bp.post("/m/me/messages/<group>")
@need_volunteer("h5")
def switch(group: str) -> ResponseReturnValue:
    """Push a group, or leave it to the inbox."""
    choices.switch(actor=g.actor, group=known_form(group), on=field("on", 3) == "yes", at=clock.now())
    return redirected("/m/me/messages?done=kept")


@bp.post("/m/me/messages")
@need_volunteer("h5")
def fewer() -> ResponseReturnValue:
    """Nothing by day but emergencies; or everything as at the beginning."""
    if field("fewer", 3) == "yes":
        choices.fewer(actor=g.actor, on=True, at=clock.now())
    else:
        choices.reopen(actor=g.actor, at=clock.now())
    return redirected("/m/me/messages?done=kept")
