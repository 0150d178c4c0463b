"""A volunteer's own pages: what comes next, hours, points, his code, his messages."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_login, need_volunteer, who
from handlers.pages.browser import field, prefetching, redirected
from handlers.qr import svg_uri
from services import leading
from services.assessment import own
from services.bookkeeping import hours
from services.dispatch import mine as dispatched
from services.mall import catalogue
from services.messaging import credits, inbox
from services.participation import activity_views, revocations, venue
from services.participation.shift_views import LIVE
from services.recruitment import finding, promises
from services.review import bars, objectable

bp = APIBlueprint("home", __name__, enable_openapi=False)

PAGE = 20
#: The sentence of a refusal is said where it happens; these are said after an act that worked.
DONE = {
    "registered", "signed_up", "cancelled", "joined", "left", "agreed", "withdrawn", "applied", "saved", "queued",
    "asked", "read", "judged", "kept", "coming",
}  # fmt: skip


def done() -> str:
    """What was just done, from the address after a post; "" if nothing we know."""
    word = request.args.get("done", "")
    return word if word in DONE else ""


def after() -> int | None:
    """The id after which a list goes on; None for its beginning."""
    text = field("after", 18)
    return int(text) if text.isascii() and text.isdigit() else None


@bp.get("/m")
@need_login("h5")
def home() -> ResponseReturnValue:
    """The next activity, the hours, the ways on; for somebody not registered, how to begin."""
    if who().volunteer_id is None:
        return render_template("pages/welcome.html", tab="home")
    at = clock.now()
    every = activity_views.mine(volunteer_id=me_id(), at=at, states=LIVE)
    mine = [each for each in every if each.state == "confirmed"]
    live = [each for each in mine if each.activity_state == "published"]
    open_ends = [each for each in every if each.state != "confirmed" and each.activity_state == "published"]
    return render_template(
        "pages/home.html", tab="home", done=done(), name=who().name, mine=live, open_ends=open_ends,
        cancelled=[each for each in mine if each.activity_state == "cancelled"],
        summary=hours.summary(volunteer_id=me_id(), at=at), unread=inbox.unread(me_id()), at=at,
        barred=bars.running(volunteer_id=me_id(), at=at),
        asked_again=promises.waiting(volunteer_id=me_id()), at_home=finding.at_home(volunteer_id=me_id()),
        may_miss=bool(live) and not credits.standing(parts=parts(), volunteer_id=me_id(), at=at).reached,
        assessed=own.newest(actor=g.actor, at=at),
        calls=dispatched.listed(actor=g.actor, at=at), leading=bool(leading.led_teams(actor=g.actor, at=at, most=1)),
    )  # fmt: skip


@bp.get("/m/hours")
@need_volunteer("h5")
def my_hours() -> ResponseReturnValue:
    """Totals, and each service with its state in words."""
    records = hours.recent(volunteer_id=me_id(), limit=PAGE + 1, after=after())
    ended = [each.id for each in records[:PAGE] if each.out_at or each.why == "forgotten"]
    return render_template(
        "pages/hours.html", tab="hours", lines=records[:PAGE],
        objectable=objectable.open_ones(volunteer_id=me_id(), ids=ended, at=clock.now()), first=after() is None,
        more=records[PAGE - 1].id if len(records) > PAGE else None,
        summary=hours.summary(volunteer_id=me_id(), at=clock.now()),
    )  # fmt: skip


@bp.get("/m/points")
@need_volunteer("h5")
def my_points() -> ResponseReturnValue:
    """The balance and the newest entries."""
    view = hours.points(volunteer_id=me_id(), limit=PAGE + 1, after=after())
    more = view.entries[PAGE - 1].id if len(view.entries) > PAGE else None
    return render_template(
        "pages/points.html", tab="hours", balance=view.balance, entries=view.entries[:PAGE], more=more,
        mall=catalogue.uses_mall(volunteer_id=me_id(), at=clock.now()),
    )  # fmt: skip


@bp.get("/m/code")
@need_volunteer("h5")
def my_code() -> ResponseReturnValue:
    """The person's own code, big, good as a screenshot too."""
    personal = venue.person_code(parts=parts(), volunteer_id=me_id(), at=clock.now())
    return render_template("pages/code.html", tab="me", personal=personal, picture=svg_uri(personal.url))


@bp.post("/m/code")
@need_volunteer("h5")
def new_code() -> ResponseReturnValue:
    """Somebody took a picture of it: another one, and the old one opens nothing any more."""
    revocations.revoke(actor=g.actor, public_no=who().public_no, reason="", at=clock.now())
    return redirected("/m/code")


@bp.get("/m/inbox")
@need_volunteer("h5")
def my_inbox() -> ResponseReturnValue:
    """The messages; opening the page means they were read, so a browser that only looks ahead opens nothing."""
    at = clock.now()
    items = inbox.inbox(volunteer_id=me_id(), at=at, limit=PAGE, after=after())
    new = [item.id for item in items if not item.read]
    if new and not prefetching():
        inbox.mark_read(actor=g.actor, ids=new, at=at)
    more = items[-1].id if len(items) == PAGE else None
    return render_template("pages/inbox.html", tab="home", items=items, more=more, first=after() is None)
