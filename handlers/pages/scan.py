"""What a scanned code opens in a browser, and how a scan is redeemed (design §6.2, §6.3).

The GET of `/q/<code>` only keeps the moment: it opens a ticket, before anybody is known. `/m/scan` shows what will
happen and the POST does it; `static/pages.js` presses that button. Doing it twice gives the same answer.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timedelta

from apiflask import APIBlueprint
from flask import Response, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

import clock
from frozen import dataclass
from handlers import parts
from handlers.auth import identify, need_volunteer, opened_by_code
from handlers.pages.browser import (
    HeldScan,
    account_picture,
    field,
    go_login,
    held_scan,
    in_wechat,
    keep_browser,
    known_form,
    mark_of,
    redirected,
)
from services import leading, permissions
from services.accounts import documents, people
from services.actors import Actor
from services.codes import read_person_code
from services.errors import Refusal, RefusalCode
from services.lives import cards
from services.lives.card_codes import holder
from services.participation import activity_views, attendance, person_codes, scan_codes, venue

bp = APIBlueprint("scan", __name__, enable_openapi=False)

SCAN = "/m/scan"
#: A leader is offered what begins or ended this near; the scan window itself is the rule's.
AROUND = timedelta(hours=2)


@bp.get("/q/<code>")
def scanned(code: str) -> ResponseReturnValue:
    """The first request of a scan: activity, venue in or out, poster, person."""
    kind = known_form(code).split(".")[0]
    if kind == "a1" and code.count(".") == 1:
        return redirected(f"/m/activities/{code.split('.')[1]}")
    with opened_by_code("h5"):
        if kind == "v1":
            return _person(code)
        if kind == "k1":
            return _card(code)
        return _keep_moment(code)


def _keep_moment(code: str) -> Response:
    """Turn the code into a ticket for this browser; the same code again is the same ticket."""
    answer = redirected(SCAN)
    held, at = held_scan(), clock.now()
    if held is not None and held.mark == mark_of(code) and _state(held, at) == "waiting":
        return answer
    ticket = scan_codes.open_scan(code=code, door="pages", at=at)
    HeldScan(ticket.token, mark_of(code)).keep(answer)
    keep_browser(answer)
    return answer


def _identity_id() -> int | None:
    session = identify("h5")
    return session.identity_id if session else None


def _state(held: HeldScan, at: datetime) -> str:
    """`waiting`, `used` (by somebody else's identity: the chat's, where the digits were sent) or `expired`."""
    try:
        scan_codes.ticket_of(token=held.token, identity_id=_identity_id(), at=at)
    except Refusal as refusal:
        return "expired" if refusal.code is RefusalCode.TICKET_EXPIRED else "used"
    return "waiting"


@bp.get(SCAN)
def confirm() -> ResponseReturnValue:
    """The scan that this browser holds: the button, or the digits where the browser is not WeChat's."""
    held, session, at = held_scan(), identify("h5"), clock.now()
    if held is None:
        return render_template("pages/scan_over.html", state="none", signed_in=session is not None)
    if session is None and in_wechat():
        return go_login(SCAN)
    if session is None:
        return _digits(held, at)
    if session.volunteer_id is None:
        return redirected(f"/m/register?next={SCAN}")
    seen = scan_codes.ticket_of(token=held.token, identity_id=session.identity_id, at=at).seen
    return render_template("pages/scan.html", **_what(seen))


def _what(seen: scan_codes.Seen) -> dict[str, object]:
    found = venue.activity_of(seen.shift_code)
    return {"title": found[0] if found else "", "direction": seen.direction, "seen_at": seen.seen_at}


def _digits(held: HeldScan, at: datetime) -> ResponseReturnValue:
    """Six digits for the chat; shown again as they were when the page is loaded again."""
    if _state(held, at) == "used":
        return render_template("pages/scan_over.html", state="used", signed_in=False)
    seen = scan_codes.ticket_of(token=held.token, identity_id=None, at=at).seen
    kept = held if held.digits else replace(held, digits=scan_codes.ticket_digits(token=held.token, at=at))
    page = render_template(
        "pages/scan_digits.html", digits=kept.digits, account_picture=account_picture(), **_what(seen)
    )
    answer = make_response(page)
    if kept is not held:
        kept.keep(answer)
    return answer


@bp.get(f"{SCAN}/state")
def state() -> ResponseReturnValue:
    """For the page that waits: have the digits arrived?"""
    held = held_scan()
    return jsonify(state=_state(held, clock.now()) if held else "expired")


@bp.post(SCAN)
@need_volunteer("h5")
def redeem() -> ResponseReturnValue:
    """Check in or out by the moment of the first request."""
    held = held_scan()
    if held is None:
        raise Refusal(RefusalCode.TICKET_INVALID)
    result = attendance.scan_with_ticket(actor=g.actor, ticket=held.token, at=clock.now())
    return render_template("pages/scanned.html", scanned=result)


@dataclass(frozen=True, slots=True)
class Choice:
    """An activity of a leader's day; its first shift stands for all: the scan finds the person's own."""

    shift_code: str
    title: str
    starts_at: datetime
    ends_at: datetime


def _choices(actor: Actor, at: datetime) -> list[Choice]:
    """The leader's activities that people are coming to, are at, or are leaving now."""
    return [
        Choice(activity.shifts[0].code, activity.title, activity.starts_at, activity.ends_at)
        for activity in activity_views.today(actor=actor, at=at)
        if activity.state not in ("draft", "cancelled") and activity.shifts
        if activity.starts_at - AROUND <= at <= activity.ends_at + AROUND
    ]


def _person(code: str) -> ResponseReturnValue:
    """A person's own code: the leader of today's activity checks him in or out, others see whose kind it is."""
    at, session = clock.now(), identify("h5")
    if session is None and in_wechat():
        return go_login(f"/q/{code}")
    state, public_no = read_person_code(sign_key=parts().sign_key, code=code, at=at)
    if state == "forged":
        raise Refusal(RefusalCode.CODE_FORGED)
    name = people.kept_name(public_no)
    if name is None:
        raise Refusal(RefusalCode.CODE_UNKNOWN)
    if person_codes.read(parts=parts(), code=code, at=at)[0] is RefusalCode.CODE_REVOKED:
        raise Refusal(RefusalCode.CODE_REVOKED)
    actor = session.actor("pages") if session else Actor(door="pages")
    choices = (
        _choices(actor, at)
        if state == "good" and permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
        else []
    )
    return render_template(
        "pages/person.html", code=code, name=name if choices else "", masked=documents.mask_name(name),
        choices=choices, expired=state == "expired", signed_in=session is not None,
        leading=leading.leads_any(actor=actor, at=at),
    )  # fmt: skip


def _card(code: str) -> ResponseReturnValue:
    """A printed card: the leader of today's activity sees whose it is; anybody else, only what it is for."""
    at, session = clock.now(), identify("h5")
    if session is None and in_wechat():
        return go_login(f"/q/{code}")
    problem, _ = holder(code)
    if problem is not None:
        raise Refusal(problem)
    actor = session.actor("pages") if session else Actor(door="pages")
    leads = leading.leads_any(actor=actor, at=at)
    choices = _choices(actor, at) if leads else []
    name, photo = cards.face(parts=parts(), actor=actor, code=code, at=at) if choices else ("", b"")
    return render_template(
        "pages/card.html", code=code, name=name, choices=choices, leading=leads, signed_in=session is not None,
        face="data:image/jpeg;base64," + base64.b64encode(photo).decode() if photo else "",
    )  # fmt: skip


@bp.post("/m/person")
@need_volunteer("h5")
def check_person() -> ResponseReturnValue:
    """The leader's tap on a scanned person."""
    direction = "out" if field("direction") == "out" else "in"
    with opened_by_code("h5"):
        result = attendance.scan_person(
            parts=parts(), actor=g.actor, person_code=known_form(field("code", 200)), shift_code=field("shift", 20),
            direction=direction, at=clock.now(),
        )  # fmt: skip
    return render_template("pages/person_done.html", scanned=result)
