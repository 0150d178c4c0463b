"""Activities on the phone: what is open near the reader, one in full, signing up and leaving (报名, 取消报名)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_login, need_volunteer, who
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services import regions
from services.errors import Refusal, RefusalCode
from services.participation import activity_views, changes, domains, signups

bp = APIBlueprint("activities", __name__, enable_openapi=False)

PAGE = 20
#: These have a page of their own; every other no is said on the activity's page.
ELSEWHERE = {
    RefusalCode.NOT_FOUND, RefusalCode.NOT_REGISTERED, RefusalCode.ACCOUNT_CLOSED, RefusalCode.BUSY,
    RefusalCode.ACTIVITY_HIDDEN,
}  # fmt: skip


def _my_region() -> str:
    """Where the reader lives; the whole province for somebody not registered yet."""
    return who().region_code or next((each.code for each in regions.children("")), "34")


@bp.get("/m/activities")
@need_login("h5")
def near() -> ResponseReturnValue:
    """What is open, nearest first."""
    at, after = clock.now(), field("after", 60) or None
    found = activity_views.open_near(
        volunteer_id=who().volunteer_id, region_code=_my_region(), at=at, limit=PAGE + 1, after=after
    )
    more = found[PAGE - 1].cursor if len(found) > PAGE else ""
    return render_template(
        "pages/activities.html", tab="activities", found=found[:PAGE], more=more, first=after is None, at=at
    )


def _page(code: str, problem: str = "", shift: str = "") -> str:
    at = clock.now()
    view = activity_views.view(code=known_form(code), volunteer_id=who().volunteer_id, at=at)
    mine = [each for each in view.shifts if each.mine == "confirmed"]
    free = [each for each in view.shifts if each.mine != "confirmed" and each.taken < each.quota]
    open_now = view.state == "published" and view.signup_opens_at <= at < min(
        view.signup_closes_at, view.ends_at
    )
    return render_template(
        "pages/activity.html", tab="activities", view=view, mine=mine, free=free if open_now else [], chosen=shift,
        at=at, done=done(), problem=problem, several=len(view.shifts) > 1, venues=domains.venue_kinds(),
        moves=changes.mine(actor=g.actor, code=view.code) if who().volunteer_id and view.version > 1 else [],
    )  # fmt: skip


@bp.get("/m/activities/<code>")
@need_login("h5")
def activity(code: str) -> ResponseReturnValue:
    """Everything that must be published of it (GB/T 40143 §6.1), and the way in."""
    return _page(code)


@bp.post("/m/activities/<code>/signup")
@need_volunteer("h5")
def sign_up(code: str) -> ResponseReturnValue:
    """Take a place."""
    shift = field("shift", 20)
    try:
        signups.sign_up(
            actor=g.actor, shift_code=shift, risk_accepted=request.form.get("risk") == "yes", channel="h5",
            at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _said_here(code, refusal, shift)
    return redirected(f"/m/activities/{known_form(code)}?done=signed_up")


@bp.post("/m/activities/<code>/cancel")
@need_volunteer("h5")
def cancel(code: str) -> ResponseReturnValue:
    """Give the place back."""
    try:
        signups.cancel(actor=g.actor, shift_code=field("shift", 20), at=clock.now())
    except Refusal as refusal:
        return _said_here(code, refusal, "")
    return redirected(f"/m/activities/{known_form(code)}?done=cancelled")


@bp.post("/m/activities/<code>/read")
@need_volunteer("h5")
def read(code: str) -> ResponseReturnValue:
    """知道了: he has read where and when it takes place now."""
    changes.acknowledge(actor=g.actor, code=known_form(code), at=clock.now())
    return redirected(f"/m/activities/{known_form(code)}?done=read")


def _said_here(code: str, refusal: Refusal, shift: str) -> ResponseReturnValue:
    if refusal.code in ELSEWHERE:
        raise refusal
    return _page(code, sentence(refusal), shift), status_of(refusal.code)
