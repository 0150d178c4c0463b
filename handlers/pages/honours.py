"""Honours on the phone: mine, the card of my year; the honour wall and, where it is on, the ranking (S9, S96, S105)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import identify, me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from handlers.pages.home import done
from handlers.pages.near import near
from handlers.pictures import png
from services import leading, regions
from services.commending import proposing
from services.errors import Refusal, RefusalCode
from services.honours import ranking, views, wall, yearly
from services.policy import modules

bp = APIBlueprint("honours", __name__, enable_openapi=False)

C = RefusalCode
BESIDE = {C.FIELD_WRONG, C.HONOUR_AGAIN, C.NOMINATION_STATE, C.HONOUR_KIND}


@bp.get("/m/honours")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """What I hold, what my teams hold, what I am proposed for."""
    return render_template(
        "pages/honours_mine.html", tab="me", mine=views.mine(volunteer_id=me_id(), at=clock.now()), done=done(),
        years=yearly.years(volunteer_id=me_id(), at=clock.now()),
        proposes=bool(proposing.own_kinds(volunteer_id=me_id())),
        leads=leading.leads_any(actor=g.actor, at=clock.now()),
    )  # fmt: skip


@bp.route("/m/honours/new", methods=["GET", "POST"])
@need_volunteer("h5")
def propose() -> ResponseReturnValue:
    """To propose oneself, for the honours that allow it."""
    refusal = None
    offered = proposing.own_kinds(volunteer_id=me_id())
    if not offered:
        raise Refusal(RefusalCode.NOT_FOUND)
    if request.method == "POST":
        try:
            proposing.propose_self(
                actor=g.actor, kind_code=field("kind", 20), merits=field("merits", 900), at=clock.now()
            )
            return redirected("/m/honours?done=applied")
        except Refusal as no:
            if no.code not in BESIDE:
                raise
            refusal = no
    page = render_template(
        "pages/honour_new.html", tab="me", offered=offered, problem=sentence(refusal) if refusal else "",
        typed={"kind": field("kind", 20), "merits": field("merits", 900)}, longest=proposing.MERITS_LONGEST,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/year/<year>")
@need_volunteer("h5")
def year(year: str) -> ResponseReturnValue:
    """My year: the picture, to be pressed and passed on, and what stands on it."""
    found = yearly.of(volunteer_id=me_id(), year=year[:4], at=clock.now())
    return render_template(
        "pages/year.html", tab="me", year=found, years=yearly.years(volunteer_id=me_id(), at=clock.now())
    )


@bp.get("/m/year/<year>.png")
@need_volunteer("h5")
def year_card(year: str) -> ResponseReturnValue:
    """The picture; no code on it leads to a person."""
    return png(yearly.card(parts=parts(), volunteer_id=me_id(), year=year[:4], at=clock.now()), year[:4])


@bp.get("/honours")
def on_wall() -> ResponseReturnValue:
    """The honour wall, near a place that was searched for by name; people by name only as far as they agreed."""
    at, asked, whom = clock.now(), near(), "team" if field("whom", 6) == "team" else "person"
    found = wall.teams(wanted=asked.wanted) if whom == "team" else wall.people(wanted=asked.wanted, at=at)
    return render_template(
        "pages/honour_wall.html", found=found, asked=asked, whom=whom,
        ranked=modules.is_on(module=ranking.MODULE, region_code=asked.region, at=at),
    )  # fmt: skip


@bp.get("/ranking")
def ranked() -> ResponseReturnValue:
    """Who served most this year, where the division has turned it on."""
    chosen, known = field("region", 12) or regions.widest(), identify("h5")
    if not regions.path_name(chosen):
        raise Refusal(RefusalCode.NOT_FOUND)
    return render_template(
        "pages/ranking.html", place=regions.path_name(chosen), region=chosen, year=clock.today().year,
        rows=ranking.best(region_code=chosen, me=known.volunteer_id if known else None, at=clock.now()),
    )  # fmt: skip
