"""Activities on the phone: what is open near the reader, one in full, signing up and leaving (报名, 取消报名)."""

from __future__ import annotations

from urllib.parse import quote

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_login, need_volunteer, who
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, prefetching, redirected
from handlers.pages.home import done
from services import regions
from services.errors import Refusal, RefusalCode
from services.gates import agreements
from services.participation import (
    activity_views,
    changes,
    coming,
    domains,
    signups,
    similar,
    views,
    ways,
)
from services.participation.shift_views import LIVE
from services.training import sessions
from wording import say

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


#: Where somebody puts right what keeps him from a place, by `ways.remedy`.
REMEDIES = {
    "mine": "/m", "guardian": "/m/guardian", "join": "/m/join/{team}", "skills": "/m/skills",
    "training": "/m/trainings?course={course}",
}  # fmt: skip


def _remedy(no: Refusal, team_code: str) -> tuple[str, str]:
    remedy = ways.remedy(no)
    if not remedy:
        return "", ""
    course = quote(str(no.facts.get("training", "")))
    return REMEDIES[remedy].format(team=team_code, course=course), say(f"signup.remedies.{remedy}")


def _page(code: str, refusal: Refusal | None = None, shift: str = "", form: str = "") -> str:
    """The page; `form` is the one that was refused: signup, queue, claim or cancel."""
    at, me = clock.now(), who().volunteer_id
    view = activity_views.view(code=known_form(code), volunteer_id=me, at=at)
    live = [each for each in view.shifts if each.mine in LIVE]
    open_now, found = ways.is_open(view, at), ways.ways(view=view, volunteer_id=me, at=at)
    hindered = {
        shift: (sentence(way.no), *_remedy(way.no, view.team_code))
        for shift, way in found.items()
        if way.no is not None
    }
    full = [each for each in view.shifts if found[each.code].can == "queue"]
    free = [each for each in view.shifts if found[each.code].can in ("signup", "ask")]
    waits = any(each.mine == "waitlisted" for each in live) or (bool(full) and not free)
    return render_template(
        "pages/activity.html", tab="activities", view=view, live=live, mine=[e for e in live if e.mine == "confirmed"],
        free=free, full=full, hindered=hindered, chosen=shift, at=at,
        done=done(), problem=sentence(refusal) if refusal else "", refused=form,
        warned=refusal is not None and refusal.code is RefusalCode.LOAD_WARNING, several=len(view.shifts) > 1,
        agreement=agreements.read(code=view.code, volunteer_id=me) if view.agreement and (open_now or live) else None,
        similar=similar.similar(code=view.code, volunteer_id=me, region_code=_my_region(), at=at) if waits else [],
        late_from=view.cancel_hours, asked_from=coming.SOON.total_seconds(), venues=domains.venue_kinds(),
        taught=sessions.taught_in(view.code) if view.domain == domains.TRAINING else None,
        moves=changes.mine(actor=g.actor, code=view.code) if me and live else [],
    )  # fmt: skip


def _said_yes(name: str) -> bool:
    return request.form.get(name) == "yes"


@bp.get("/m/activities/<code>")
@need_login("h5")
def activity(code: str) -> ResponseReturnValue:
    """Everything that must be published of it (GB/T 40143 §6.1), and the way in."""
    page = _page(code)
    if not prefetching():
        views.opened(code=code, at=clock.now())
    return page


@bp.post("/m/activities/<code>/signup")
@need_volunteer("h5")
def sign_up(code: str) -> ResponseReturnValue:
    """Take a place, wait for one, or ask for one, as the activity is."""
    shift, queue = field("shift", 20), _said_yes("queue")
    try:
        view = signups.sign_up(
            actor=g.actor, shift_code=shift, risk_accepted=_said_yes("risk"), channel="h5", at=clock.now(), queue=queue,
            load_accepted=_said_yes("load"), agreement_accepted=_said_yes("agreement"),
        )  # fmt: skip
    except Refusal as refusal:
        return _said_here(code, refusal, shift, "queue" if queue else "signup")
    word = {"confirmed": "signed_up", "waitlisted": "queued", "pending": "asked"}[view.state]
    return redirected(f"/m/activities/{known_form(code)}?done={word}")


@bp.post("/m/activities/<code>/claim")
@need_volunteer("h5")
def claim(code: str) -> ResponseReturnValue:
    """Say yes to a place that is offered."""
    shift = field("shift", 20)
    try:
        signups.claim(
            actor=g.actor, shift_code=shift, risk_accepted=_said_yes("risk"), at=clock.now(),
            load_accepted=_said_yes("load"), agreement_accepted=_said_yes("agreement"),
        )  # fmt: skip
    except Refusal as refusal:
        return _said_here(code, refusal, shift, "claim")
    return redirected(f"/m/activities/{known_form(code)}?done=signed_up")


@bp.post("/m/activities/<code>/risk")
@need_volunteer("h5")
def read_risk(code: str) -> ResponseReturnValue:
    """The safety notice changed and was read again."""
    signups.acknowledge_risk(actor=g.actor, shift_code=field("shift", 20), at=clock.now())
    return redirected(f"/m/activities/{known_form(code)}?done=saved")


@bp.post("/m/activities/<code>/coming")
@need_volunteer("h5")
def come(code: str) -> ResponseReturnValue:
    """我会来."""
    coming.say(actor=g.actor, shift_code=field("shift", 20), at=clock.now())
    return redirected(f"/m/activities/{known_form(code)}?done=coming")


@bp.post("/m/activities/<code>/cancel")
@need_volunteer("h5")
def cancel(code: str) -> ResponseReturnValue:
    """Give the place back, leave the queue, or say no to an offer."""
    shift = field("shift", 20)
    try:
        signups.cancel(actor=g.actor, shift_code=shift, reason=field("reason", 200), at=clock.now())
    except Refusal as refusal:
        return _said_here(code, refusal, shift, "cancel")
    return redirected(f"/m/activities/{known_form(code)}?done=cancelled")


@bp.post("/m/activities/<code>/read")
@need_volunteer("h5")
def read(code: str) -> ResponseReturnValue:
    """知道了: he has read where and when it takes place now."""
    changes.acknowledge(actor=g.actor, code=known_form(code), at=clock.now())
    return redirected(f"/m/activities/{known_form(code)}?done=read")


def _said_here(code: str, refusal: Refusal, shift: str, form: str) -> ResponseReturnValue:
    if refusal.code in ELSEWHERE:
        raise refusal
    return _page(code, refusal, shift, form), status_of(refusal.code)
