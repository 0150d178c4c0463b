"""A leader proposes his team, or one of its members, for an honour on his phone (S104, S105)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from handlers.pages.home import done
from services.commending import from_phone, proposing, views
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("honours_led", __name__, enable_openapi=False)

C = RefusalCode
BESIDE = {C.FIELD_WRONG, C.HONOUR_AGAIN, C.NOMINATION_STATE, C.HONOUR_KIND, C.HONOUR_GONE, C.HONOUR_DECEASED}


@bp.get("/m/honours/led")
@need_volunteer("h5")
def choose() -> ResponseReturnValue:
    """Which team, then whom of it; what he proposed before."""
    at = clock.now()
    teams, code = from_phone.teams(actor=g.actor, at=at), field("team", 20)
    if not teams:
        raise Refusal(C.NOT_ALLOWED)
    if not code and len(teams) == 1:
        code = teams[0][0]
    chosen = from_phone.choice(actor=g.actor, team_code=code, at=at) if code else None
    return render_template(
        "pages/honours_led.html", tab="me", teams=teams, chosen=chosen, proposed=from_phone.proposed(actor=g.actor),
        done=done(),
    )  # fmt: skip


@bp.route("/m/honours/led/new", methods=["GET", "POST"])
@need_volunteer("h5")
def propose() -> ResponseReturnValue:
    """For what, and what he or they did; `team` is where one came from, without `person` it is the team itself."""
    at, refusal = clock.now(), None
    typed = {"team": field("team", 20), "person": field("person", 20), "kind": field("kind", 20)}
    whom = {"public_no": typed["person"]} if typed["person"] else {"team_code": typed["team"]}
    merits = field("merits", 900)
    offer = views.offer(actor=g.actor, **whom, at=at)
    if request.method == "POST":
        try:
            if not typed["kind"]:
                raise Refusal(C.FIELD_WRONG, field="kind")
            proposing.nominate(actor=g.actor, **whom, kind_code=typed["kind"], merits=merits, at=at)
            return redirected(f"/m/honours/led?team={typed['team']}&done=applied")
        except Refusal as no:
            if no.code not in BESIDE:
                raise
            refusal = no
    page = render_template(
        "pages/honours_led_new.html", tab="me", offer=offer, typed=typed, merits=merits,
        problem=sentence(refusal) if refusal else "", longest=proposing.MERITS_LONGEST,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page
