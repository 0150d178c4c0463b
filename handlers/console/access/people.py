"""Teams and their people: members with masked phones, and entering a person who then says 是我 in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, back, from_htmx, need_role, render, said, words_of
from handlers.console.lists import Column, Link, Sheet, answer
from handlers.pages.browser import field, known_form
from handlers.qr import svg_uri
from services import leading, regions
from services.accounts import invites
from services.errors import Refusal, RefusalCode
from services.organisation import team_list
from services.organisation.team_list import LedLine
from services.regions import RegionBrief

bp = APIBlueprint("console_people", __name__, enable_openapi=False)

C = RefusalCode
#: Beside which field a refusal is said.
FIELDS = {
    C.NAME_INVALID: "name", C.DOCUMENT_INVALID: "document", C.DOCUMENT_TAKEN: "document", C.UNDER_AGE: "document",
    C.PHONE_INVALID: "phone", C.REGION_UNKNOWN: "region", C.TEAM_CLOSED: "team", C.BAD_REQUEST: "identity",
    C.PRACTICE_NUMBER: "document",
}  # fmt: skip
#: Townships and villages: nobody lives in a county at large.
SMALLEST = 9
TEAMS = Sheet(
    "服务队",
    (
        Column("name", "名称", sort=True), Column("place", "地区"), Column("leader", "队长", whole=True),
        Column("members", "队员", figure=True),
    ),
    search="队名", empty="您现在没有带的服务队。",
)  # fmt: skip


@bp.get("/teams")
@need_role
def teams() -> ResponseReturnValue:
    """The teams the actor leads or whose division he manages."""
    return answer(
        TEAMS, lambda wanted: team_list.led(actor=actor(), wanted=wanted, at=clock.now()), _team_cells,
        template="access/teams", tab="teams",
    )  # fmt: skip


def _team_cells(line: LedLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"/console/teams/{line.code}"), "place": line.place, "leader": line.leader,
        "members": line.members,
    }  # fmt: skip


def _places(team_region: str, chosen: str, query: str) -> list[tuple[str, str]]:
    """Divisions to choose from: what was searched, else the team's own neighbourhood."""
    if query:
        hits = regions.search(query, team_region[:4])
        found = [(each.code, each.path) for each in hits if len(each.code) >= SMALLEST]
    else:
        above = team_region[:9] if len(team_region) > 9 else team_region
        near: list[RegionBrief] = regions.children(above) if above else []
        found = [(each.code, each.name) for each in near if len(each.code) >= SMALLEST]
    if chosen and chosen not in {code for code, _ in found}:
        found.insert(0, (chosen, regions.path_name(chosen)))
    return found


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    wanted = field("team", 20)
    led = leading.offered_teams(actor=actor(), chosen=wanted, at=clock.now())
    chosen = next((each for each in led if each.code == wanted), led[0] if led else None)
    area = chosen.region_code if chosen else ""
    region = field("region", 12) or (area if len(area) >= SMALLEST else "")
    if refusal and refusal.code is C.REGION_UNKNOWN:
        region = ""
    beside = FIELDS.get(refusal.code, "") if refusal else ""
    body = render(
        "access/person_new", tab="teams",
        teams=led, team=chosen, places=_places(area, region, field("q", 30)), region=region,
        values={name: field(name, 40) for name in ("name", "document", "phone", "identity", "q")},
        problem=words_of(refusal), wrong=beside,
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/people/new")
@need_role
def new() -> ResponseReturnValue:
    """The form."""
    return _form()


@bp.post("/people/new")
@need_role
def enter() -> ResponseReturnValue:
    """Enter the person, then on to the QR code that he scans himself: loaded again, that page enters nobody."""
    if "search" in request.form:
        return _form()
    at = clock.now()
    try:
        entered = invites.enter_person(
            parts=parts(), actor=actor(), team_code=field("team", 20), name=field("name", 60),
            document=field("document", 40), phone=field("phone", 40), region_code=field("region", 12),
            identity=field("identity", 20), at=at,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in FIELDS:
            return _form(refusal)
        raise
    return back(f"/console/people/{entered.public_no}/invite")


@bp.get("/people/<public_no>/invite")
@need_role
def invite(public_no: str) -> ResponseReturnValue:
    """The QR code that he scans himself; the page asks every three seconds whether he has said yes (204: not yet)."""
    at = clock.now()
    shown = invites.standing(actor=actor(), public_no=known_form(public_no), at=at)
    if shown.state != "waiting":
        return render("access/person_qr", tab="teams", invite=shown, picture="", public_no=public_no)
    if from_htmx():
        return "", 204
    ticket = invites.invite_qr(parts=parts(), actor=actor(), token=shown.token, at=at)
    return render("access/person_qr", tab="teams", invite=shown, picture=svg_uri(ticket.url), public_no=public_no)
