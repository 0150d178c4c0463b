"""My messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

import clock
from handlers.api.schemas import Answer, Body, Moment, Page
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services import mini_pages
from services.messaging import inbox

bp = APIBlueprint("inbox", __name__, tag="Messages")


class MessageOut(Answer):
    """One message; `url` is a path of this service or empty, `page` the mini-program's page behind it ("" for none)."""

    id: int
    title: str
    body: str
    url: str
    page: str
    created_at: Moment
    read: bool


class InboxOut(Answer):
    """A page of messages, newest first, and how many of all are unread."""

    unread: int
    messages: list[MessageOut]


class ReadIn(Body):
    """The ids of messages that have been read."""

    ids: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(min_length=1, max_length=100)]


class ReadOut(Answer):
    """How many are still unread."""

    unread: int


@bp.get("/me/inbox")
@need_volunteer("api")
@bp.input(Page, location="query")
@bp.output(InboxOut)
@bp.doc(summary="My messages", responses=[400, 401, 403], security="token")
def my_inbox(query_data: Page) -> Any:
    """Newest first; pass the last id as `after` for the next page."""
    messages = inbox.inbox(volunteer_id=me_id(), at=clock.now(), limit=query_data.limit, after=query_data.after)
    shown = [{**asdict(each), "page": mini_pages.page_behind(each.url) or ""} for each in messages]
    return {"unread": inbox.unread(me_id()), "messages": shown}


@bp.post("/me/inbox/read")
@need_volunteer("api")
@idempotent
@bp.input(ReadIn)
@bp.output(ReadOut)
@bp.doc(summary="Mark messages as read", responses=[400, 401, 403, 409, 422], security="token")
def read(json_data: ReadIn) -> Any:
    """Ids that are not mine, or read already, change nothing."""
    inbox.mark_read(actor=g.actor, ids=json_data.ids, at=clock.now())
    return {"unread": inbox.unread(me_id())}
