"""建队 on the phone: where, what for, who joins; the draft with its conditions, handed up, returned, put right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from handlers.pages.home import done
from handlers.qr import png_uri
from services import regions
from services.errors import Refusal, RefusalCode
from services.organisation import founding, founding_views
from services.organisation.founding import FoundingDraft
from services.organisation.soft_rules import Condition
from services.organisation.teams import TeamDraft
from wording import entry

bp = APIBlueprint("found", __name__, enable_openapi=False)

C = RefusalCode
#: These say that the page itself is none of his.
WHOLE_PAGE = frozenset({C.NOT_FOUND, C.NOT_ALLOWED, C.REGION_UNKNOWN})
BESIDE = {C.TEAM_NAME_WRONG: "name", C.TEAM_NAME_NUMBER: "national_no", C.TEAM_NAME_TAKEN: "speciality"}
VILLAGE_LENGTH = 12


@bp.get("/m/found")
@need_volunteer("h5")
def begin() -> ResponseReturnValue:
    """One's own applications, and where one could found."""
    return render_template(
        "pages/found.html", tab="me", mine=founding_views.mine(volunteer_id=me_id()),
        states=entry("organisation.foundings"), places=founding_views.places(volunteer_id=me_id()), done=done(),
    )  # fmt: skip


def _typed(kept: FoundingDraft | None = None) -> FoundingDraft:
    """What the form says; the reason is asked for when it is handed up, so it stays as it was."""
    site = field("site_kind", 20)
    team = TeamDraft(
        speciality=field("speciality", 20), name=field("name", 80), keeps_name=bool(field("keeps_name", 2)),
        national_no=field("national_no", 60), feature=field("feature", 60), site_kind=site,
        site_name=field("site_name", 40) if site else "",
        covers=tuple(dict.fromkeys(request.form.getlist("covers")))[:30],
    )  # fmt: skip
    return FoundingDraft(
        team, liaison=field("liaison", 20), statement=field("statement", 600), pilot=bool(field("pilot", 2)),
        reason=kept.reason if kept else "",
    )  # fmt: skip


def _form(
    region_code: str, typed: FoundingDraft, refusal: Refusal | None = None, number: int | None = None
) -> ResponseReturnValue:
    at = clock.now()
    region = regions.region(region_code)
    village = len(region_code) == VILLAGE_LENGTH
    near = [each for each in regions.children(region_code[:9]) if each.code != region_code] if village else []
    wrong = ""
    if refusal is not None:
        wrong = str(refusal.facts["field"]) if refusal.code is C.FIELD_WRONG else BESIDE.get(refusal.code, "")
    page = render_template(
        "pages/found_form.html", tab="me", number=number, region=region_code, place=regions.path_name(region_code),
        here=region.place_name, village=village, near=[(each.code, each.name) for each in near],
        kinds=founding_views.kinds_here(region_code=region_code, brand=parts().brand, at=at),
        sites=entry("organisation.sites"), draft=typed.team, typed=typed, wrong=wrong,
        joined=founding_views.joined(actor=g.actor, founding_id=number, at=at) if number else [],
        taken=refusal is not None and refusal.code is C.TEAM_NAME_TAKEN, problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/found/new")
@need_volunteer("h5")
def new() -> ResponseReturnValue:
    """The form for a place."""
    code = field("region", 12)
    founding.require_apply(actor=g.actor, region_code=code, at=clock.now())
    return _form(code, FoundingDraft(TeamDraft("")))


@bp.post("/m/found/new")
@need_volunteer("h5")
def start() -> ResponseReturnValue:
    """Keep it as a draft, then look at the conditions."""
    code = field("region", 12)
    try:
        number = founding.start(
            actor=g.actor, region_code=code, draft=_typed(), brand=parts().brand, at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code in WHOLE_PAGE:
            raise
        return _form(code, _typed(), refusal)
    return redirected(f"/m/found/{number}?done=saved")


@bp.get("/m/found/<int:number>")
@need_volunteer("h5")
def one(number: int) -> ResponseReturnValue:
    """How it stands: the conditions, who joined, the code to join by, what to do next."""
    return _page(number)


def _page(number: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = founding_views.page(actor=g.actor, founding_id=number, at=at)
    link = f"{parts().public_url}/m/join/{shown.team_code}"
    open_one = shown.state in founding.OPEN
    page = render_template(
        "pages/found_one.html", tab="me", founding=shown, open=open_one, done=done(), link=link,
        picture=png_uri(link) if open_one else "", state=entry("organisation.foundings")[shown.state],
        joined=founding_views.joined(actor=g.actor, founding_id=number, at=at) if shown.may_edit else [],
        conditions=[(entry("organisation.conditions")[each.key], _told(each), each.met) for each in shown.checklist],
        rules=[entry("organisation.rules")[rule] for rule in shown.broken], reason=field("reason", 200) or shown.reason,
        problem=sentence(refusal) if refusal else "",
        lacks=refusal is not None and refusal.code is C.REASON_REQUIRED,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _told(one: Condition) -> str:
    if one.need == 1:
        return "有了" if one.met else "还没有"
    return f"现在 {one.have} 人，要 {one.need} 人"


@bp.get("/m/found/<int:number>/edit")
@need_volunteer("h5")
def edit(number: int) -> ResponseReturnValue:
    """The form of one that is not handed up."""
    at = clock.now()
    kept = founding_views.kept(actor=g.actor, founding_id=number, at=at)
    return _form(founding_views.page(actor=g.actor, founding_id=number, at=at).region_code, kept, number=number)


@bp.post("/m/found/<int:number>/edit")
@need_volunteer("h5")
def keep(number: int) -> ResponseReturnValue:
    """Keep it."""
    at = clock.now()
    kept = founding_views.kept(actor=g.actor, founding_id=number, at=at)
    typed = _typed(kept)
    own = replace(typed, leader=kept.leader)
    facts: dict[str, Any] = {"actor": g.actor, "founding_id": number, "at": at}
    try:
        founding.edit(**facts, draft=own, brand=parts().brand)
    except Refusal as refusal:
        if refusal.code in WHOLE_PAGE:
            raise
        region = founding_views.page(**facts).region_code
        return _form(region, typed, refusal, number)
    return redirected(f"/m/found/{number}?done=saved")


@bp.post("/m/found/<int:number>/<step>")
@need_volunteer("h5")
def move(number: int, step: str) -> ResponseReturnValue:
    """Hand it up, or give it up."""
    facts: dict[str, Any] = {"actor": g.actor, "founding_id": number, "at": clock.now()}
    if step not in ("submit", "withdraw"):
        raise Refusal(C.NOT_FOUND)
    try:
        if step == "submit":
            founding.submit(**facts, reason=field("reason", 200))
        else:
            founding.withdraw(**facts)
    except Refusal as refusal:
        if refusal.code in WHOLE_PAGE:
            raise
        return _page(number, refusal)
    return redirected(f"/m/found/{number}?done=applied" if step == "submit" else "/m/found?done=withdrawn")
