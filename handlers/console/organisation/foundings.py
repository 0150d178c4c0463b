"""Founding a team: the list of applications, the form, handing up, the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.organisation.team_record import beside, draft, neighbours
from handlers.pages.browser import field
from services import regions, scopes
from services.access.person_view import changes
from services.errors import Refusal, RefusalCode
from services.organisation import founding, founding_views, specialities
from services.organisation.founding import FoundingDraft
from services.organisation.founding_views import FoundingLine

bp = APIBlueprint("console_foundings", __name__, enable_openapi=False)

C = RefusalCode
COLUMNS = (
    Column("team", "服务队", sort=True), Column("place", "地区"), Column("kind", "类别", whole=True),
    Column("state", "状态", sort=True), Column("applicant", "申请人", whole=True),
    Column("submitted", "提交日期", sort=True, whole=True),
)  # fmt: skip
MOST_PLACES = 20


def _cells(line: FoundingLine) -> Mapping[str, Any]:
    tone = "bad" if line.mine else words.TONES[line.state]
    return {
        "team": Link(line.team, f"/console/foundings/{line.id}"), "place": line.place,
        "kind": words.word("kinds", line.kind),
        "state": Mark("等您审核" if line.mine else words.word("foundings", line.state), tone),
        "applicant": line.applicant,
        "submitted": clock.local_day(line.submitted_at).isoformat() if line.submitted_at else "",
    }  # fmt: skip


@bp.get("/foundings")
@need_role
def foundings() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "建队申请", COLUMNS, search="队名", empty="没有建队申请。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("state", "状态", [*words.options("foundings"), ("all", "连同办完的")]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: founding_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="organisation/foundings", tab="manage",
    )  # fmt: skip


def _typed() -> FoundingDraft:
    return FoundingDraft(
        draft(), field("leader", 20), field("liaison", 20), field("statement", 600), bool(field("pilot", 2)),
        field("reason", 200),
    )  # fmt: skip


@bp.get("/foundings/new")
@need_role
def new() -> ResponseReturnValue:
    """Which place, then the form."""
    code = field("region", 12)
    return _form(code) if code else _where()


def _where() -> ResponseReturnValue:
    """Choose the place: searched by name, or the first ones without a team."""
    mine = scopes.managed(actor=actor(), at=clock.now())
    if not mine:
        raise Refusal(C.NOT_ALLOWED)
    text = field("q", 30)
    found = [hit for code in mine[:5] for hit in regions.search(text, code, MOST_PLACES)] if text else []
    if not text:
        found = regions.children(mine[0])[:60]
    return render(
        "organisation/founding_where",
        tab="manage",
        found=[(hit.code, hit.path or hit.name) for hit in found],
        q=text,
    )


def _form(code: str, refusal: Refusal | None = None, number: int | None = None) -> ResponseReturnValue:
    at = clock.now()
    region = regions.region(code)
    if number is None:
        founding.require_apply(actor=actor(), region_code=code, at=at)
    fresh = request.method == "GET"
    people = founding_views.candidates(region_code=code, text=field("person", 30))
    if fresh and number is not None:
        typed = founding_views.kept(actor=actor(), founding_id=number, at=at)
    else:
        typed = _typed()
        if fresh and people:
            typed = FoundingDraft(typed.team, leader=people[0][0])
    body = render(
        "organisation/founding_form", tab="manage",
        region=region, place=regions.path_name(code), typed=typed, people=people,
        kinds=specialities.listed(), near=neighbours(code), sites=words.options("sites"), fresh=fresh,
        person=field("person", 30), problem=words_of(refusal), wrong=beside(refusal), number=number,
        post=f"/console/foundings/{number}/edit" if number else f"/console/foundings/new?region={code}",
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/foundings/new")
@need_role
def start() -> ResponseReturnValue:
    """Begin it; searching for a person keeps the form."""
    code = request.args.get("region", "")[:12]
    if "search" in request.form:
        return _form(code)
    made: list[int] = []
    refusal = attempt(
        lambda: made.append(
            founding.start(
                actor=actor(), region_code=code, draft=_typed(), brand=parts().brand, at=clock.now()
            )
        )
    )
    if refusal:
        if refusal.code is C.REGION_UNKNOWN:
            raise refusal
        return _form(code, refusal)
    return back(f"/console/foundings/{made[0]}", "saved")


@bp.get("/foundings/<int:number>/edit")
@need_role
def edit(number: int) -> ResponseReturnValue:
    """The form of one that is not handed up."""
    return _form(_region_of(number), number=number)


def _region_of(number: int) -> str:
    return founding_views.page(actor=actor(), founding_id=number, at=clock.now()).region_code


@bp.post("/foundings/<int:number>/edit")
@need_role
def keep(number: int) -> ResponseReturnValue:
    """Keep it."""
    if "search" in request.form:
        return _form(_region_of(number), number=number)
    refusal = attempt(
        lambda: founding.edit(
            actor=actor(), founding_id=number, draft=_typed(), brand=parts().brand, at=clock.now()
        )
    )
    if refusal:
        return _form(_region_of(number), refusal, number)
    return back(f"/console/foundings/{number}", "saved")


@bp.get("/foundings/<int:number>")
@need_role
def one(number: int) -> ResponseReturnValue:
    """The application: its conditions, what can be done with it."""
    return _page(number)


def _page(number: int, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    shown = founding_views.page(actor=actor(), founding_id=number, at=clock.now())
    body = render(
        "organisation/founding", tab="manage", founding=shown, words=words, form=form, problem=words_of(refusal),
        wrong="reason" if refusal and refusal.code is C.REASON_REQUIRED else "",
        typed={name: field(name, 200) for name in ("reason", "answer")},
        history=changes(subject=f"team:{shown.team_id}"),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/foundings/<int:number>/<step>")
@need_role
def move(number: int, step: str) -> ResponseReturnValue:
    """Hand up, take back, decide."""
    shared: dict[str, Any] = {"actor": actor(), "founding_id": number, "at": clock.now()}
    words_said = field("answer", 200)
    acts: dict[str, tuple[Any, str]] = {
        "submit": (lambda: founding.submit(**shared, reason=field("reason", 200)), "submitted"),
        "withdraw": (lambda: founding.withdraw(**shared, reason=field("reason", 200)), "withdrawn"),
        "approve": (lambda: founding.approve(**shared, pilot=False, answer=words_said), "approved"),
        "pilot": (lambda: founding.approve(**shared, pilot=True, answer=words_said), "approved"),
        "return": (lambda: founding.send_back(**shared, answer=words_said), "returned"),
        "refuse": (lambda: founding.refuse(**shared, answer=words_said), "refused"),
    }
    if step not in acts:
        raise Refusal(C.NOT_FOUND)
    act, word = acts[step]
    refusal = attempt(act)
    if refusal:
        return _page(number, refusal, "apply" if step in ("submit", "withdraw") else "review")
    return back(f"/console/foundings/{number}", word)
