"""What I want pushed, whether a reminder reaches me, and what to ask my permission for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body
from handlers.auth import me_id, need_volunteer, who
from handlers.idempotency import idempotent
from services.messaging import choices, credits

bp = APIBlueprint("messages", __name__, tag="Messages")


class GroupOut(Answer):
    """One group of messages; `fixed` cannot be turned off."""

    group: str
    label: str
    about: str
    on: bool
    fixed: bool


class StandingOut(Answer):
    """Whether the next reminder reaches me: by the account I follow, or by subscription messages I allowed."""

    following: bool
    turned_off: bool
    credits: int
    reached: bool


class AskOut(Answer):
    """A template to ask for, and how many messages of it are left."""

    template_id: str
    name: str
    remaining: int


class ChoicesOut(Answer):
    """What is pushed to me; `fewer`: by day only emergencies, the rest in one message in the evening.

    `templates`: to ask for where I tap that I want to be reminded.
    """

    groups: list[GroupOut]
    fewer: bool
    standing: StandingOut
    templates: list[AskOut]


class SwitchIn(Body):
    """Push this group, or leave it to the inbox."""

    on: bool


class FewerIn(Body):
    """true: by day only emergencies. false: everything as at the beginning."""

    fewer: bool


class AskIn(Body):
    """What has just happened: a sign-up, a check-in, or 提醒我 was tapped."""

    moment: Literal["signup", "checkin", "remind"] = "remind"


class AsksOut(Answer):
    """For wx.requestSubscribeMessage, at most three; empty where enough are left."""

    templates: list[AskOut]


@bp.get("/me/message-choices")
@need_volunteer("api")
@bp.output(ChoicesOut)
@bp.doc(summary="What is pushed to me", responses=[401, 403], security="token")
def my_choices() -> Any:
    """Every group with its switch, and whether a reminder reaches me now."""
    mine = choices.choices(volunteer_id=me_id())
    standing = credits.standing(parts=parts(), volunteer_id=me_id(), at=clock.now())
    asked = credits.to_ask(parts=parts(), identity_id=who().identity_id, moment="remind")
    return {"groups": mine.groups, "fewer": mine.fewer, "standing": standing, "templates": asked}


@bp.put("/me/message-choices/<group>")
@need_volunteer("api")
@idempotent
@bp.input(SwitchIn)
@bp.output({}, 204)
@bp.doc(summary="Turn one group on or off", responses=[400, 401, 403, 404, 409], security="token")
def switch(group: Annotated[str, StringConstraints(max_length=20)], json_data: SwitchIn) -> Any:
    """404 for a group without a switch: emergencies, and what was decided about me."""
    choices.switch(actor=g.actor, group=group, on=json_data.on, at=clock.now())
    return "", 204


@bp.put("/me/message-choices")
@need_volunteer("api")
@idempotent
@bp.input(FewerIn)
@bp.output({}, 204)
@bp.doc(summary="Fewer messages, or all again", responses=[400, 401, 403, 409], security="token")
def fewer(json_data: FewerIn) -> Any:
    """All again also opens every group, and tries what WeChat refused once."""
    if json_data.fewer:
        choices.fewer(actor=g.actor, on=True, at=clock.now())
    else:
        choices.reopen(actor=g.actor, at=clock.now())
    return "", 204


@bp.get("/me/subscriptions")
@need_volunteer("api")
@bp.input(AskIn, location="query")
@bp.output(AsksOut)
@bp.doc(summary="Templates to ask me for at this moment", responses=[400, 401, 403], security="token")
def to_ask(query_data: AskIn) -> Any:
    """What I answer is told us by WeChat's own event, not by this API."""
    asked = credits.to_ask(parts=parts(), identity_id=who().identity_id, moment=query_data.moment)
    return {"templates": asked}
