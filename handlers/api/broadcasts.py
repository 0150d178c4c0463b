"""What a leader writes to many: looked at, confirmed, watched, stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Body, Moment, Page
from handlers.auth import need_volunteer
from handlers.idempotency import idempotent
from services.listing import Wanted
from services.messaging import broadcasts
from services.messaging.broadcasts import Choice, lists

bp = APIBlueprint("broadcasts", __name__, tag="Broadcasts")

Named = Annotated[str, StringConstraints(pattern=r"^[0-9a-z_]{0,40}$")]


class BroadcastIn(Body):
    """Words for many. `whole`: my team, a division, an activity or a shift, by its `code`; `who` of it; narrowed by
    `identity` and `skill`. `urgent` wants a reason (`why`) and an emergency.
    """

    whole: Literal["team", "area", "activity", "shift"] = "team"
    code: Named
    who: Literal["members", "leaders", "officers", "absent"] = "members"
    identity: Named = ""
    skill: Named = ""
    text: Annotated[str, StringConstraints(max_length=2000)]
    urgent: bool = False
    why: Annotated[str, StringConstraints(max_length=200)] = ""
    send_at: Moment | None = None


class DraftOut(Answer):
    """What would go to whom: `reach` by the best way of each (sub, tpl, cs; evening: in the digest, two pushes a day;
    off: turned off by himself; inbox: to be rung up), `examples` masked names; `needs_consent`: somebody else has to
    agree after my yes, `word`: because of this word; `pushed_from`: the end of the quiet hours, if it falls in them.
    """

    notice_id: int
    audience: str
    recipients: int
    reach: dict[str, int]
    preview: str
    examples: list[str]
    needs_consent: bool
    word: str
    pushed_from: datetime | None


class OutcomeOut(Answer):
    """What the yes came to: sent, due (the worker sends it now or at its time), waiting (for consent); to how many."""

    state: str
    count: int


class BroadcastOut(Answer):
    """One broadcast: draft, waiting, due, sent, refused or stopped."""

    id: int
    audience: str
    text: str
    state: str
    sender: str
    recipients: int
    created_at: datetime
    send_at: datetime | None
    mine: bool
    urgent: bool


class ProgressOut(Answer):
    """How far it got. `unreached`: neither pushed nor read: to be rung up; `unknown`: perhaps arrived and
    not sent twice; `evening`: had the day's pushes, the digest names it.
    """

    total: int
    sent: int
    waiting: int
    read: int
    unreached: int
    failed: int
    unknown: int
    evening: int


class BroadcastPageOut(BroadcastOut):
    """One broadcast and how far it got."""

    progress: ProgressOut


class BroadcastListOut(Answer):
    """Those I wrote and those of my teams, newest first."""

    broadcasts: list[BroadcastOut]
    total: int


class StoppedOut(Answer):
    """How many that still waited were taken back."""

    withdrawn: int


@bp.get("/broadcasts")
@need_volunteer("api")
@bp.input(Page, location="query")
@bp.output(BroadcastListOut)
@bp.doc(summary="Leader: notices that were written", responses=[400, 401], security="token")
def listed(query_data: Page) -> Any:
    """Without drafts; empty for who leads none. The newest `limit`."""
    found = lists.broadcasts(actor=g.actor, wanted=Wanted(size=query_data.limit), at=clock.now())
    return {"broadcasts": found.rows, "total": found.total}


@bp.post("/broadcasts")
@need_volunteer("api")
@idempotent
@bp.input(BroadcastIn)
@bp.output(DraftOut, 201)
@bp.doc(
    summary="Leader: write a notice and see whom it reaches", responses=[400, 401, 403, 404, 409, 429], security="token"
)
def draft(json_data: BroadcastIn) -> Any:
    """Nothing is sent before it is confirmed, within the hour."""
    choice = Choice(json_data.whole, json_data.code, json_data.who, json_data.identity, json_data.skill)
    return broadcasts.draft(
        actor=g.actor, choice=choice, text=json_data.text, at=clock.now(), urgent=json_data.urgent, why=json_data.why,
        send_at=json_data.send_at,
    )  # fmt: skip


@bp.get("/broadcasts/<int:notice_id>")
@need_volunteer("api")
@bp.output(BroadcastPageOut)
@bp.doc(summary="Leader: how far a notice got", responses=[401, 403, 404], security="token")
def one(notice_id: int) -> Any:
    """For who wrote it, leads the team, or looks at the division."""
    at = clock.now()
    line = lists.broadcast(actor=g.actor, notice_id=notice_id, at=at)
    progress = broadcasts.progress(actor=g.actor, notice_id=notice_id, at=at)
    return {name: getattr(line, name) for name in BroadcastOut.model_fields} | {"progress": progress}


@bp.post("/broadcasts/<int:notice_id>/confirm")
@need_volunteer("api")
@idempotent
@bp.output(OutcomeOut)
@bp.doc(summary="Leader: send a notice", responses=[401, 403, 404, 409], security="token")
def confirm(notice_id: int) -> Any:
    """Works once."""
    return broadcasts.confirm(actor=g.actor, notice_id=notice_id, at=clock.now())


@bp.post("/broadcasts/<int:notice_id>/stop")
@need_volunteer("api")
@idempotent
@bp.output(StoppedOut)
@bp.doc(summary="Leader: stop a notice", responses=[401, 403, 404, 409], security="token")
def stop(notice_id: int) -> Any:
    """What has not gone out is taken back."""
    return {"withdrawn": broadcasts.stop(actor=g.actor, notice_id=notice_id, at=clock.now())}
