"""Centres and stations: the list with what is missing, and the form of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from services import scopes
from services.access.person_view import changes
from services.errors import Refusal, RefusalCode
from services.organisation import centres as service
from services.organisation.centres import CentreLine, CentrePage

bp = APIBlueprint("console_centres", __name__, enable_openapi=False)

C = RefusalCode
COLUMNS = (
    Column("name", "中心（站）"), Column("place", "地区", sort=False), Column("level", "级别", sort=True),
    Column("director", "主任（站长）", whole=True), Column("liaison", "联络员", whole=True),
    Column("phone", "电话", whole=True),
    Column("account", "全国系统账号"),
)  # fmt: skip
MISSING = (
    ("liaison", "没有联络员"), ("director", "没有主任（站长）"), ("account", "没有全国系统账号（县以上）"),
    ("centre", "还没有登记中心（站）"),
)  # fmt: skip
#: The form of a new centre and of one that is there.
FIELDS = (*service.TEXTS, "national_opened_on")


def _cells(line: CentreLine) -> Mapping[str, Any]:
    path = f"/console/centres/{line.region_code}"
    if not line.name:
        nothing = dict.fromkeys(("director", "liaison", "phone", "account"), "")
        return nothing | {
            "name": Link("登记", path), "place": line.place, "level": words.word("levels", line.level)
        }
    none = Mark("没有", "bad")
    return {
        "name": Link(line.name, path), "place": line.place, "level": words.word("levels", line.level),
        "director": line.director or none, "liaison": line.liaison or none, "phone": line.phone,
        "account": line.account or (none if line.level <= 3 else "挂靠县级"),
    }  # fmt: skip


@bp.get("/centres")
@need_role
def centres() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "中心和站", COLUMNS, search="名称或地名",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("level", "级别", words.levels()),
            Choice("missing", "缺什么", MISSING),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: service.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage"
    )


@bp.get("/centres/<code>")
@need_role
def centre(code: str) -> ResponseReturnValue:
    """One centre with its form."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = service.page(actor=actor(), region_code=code, at=at)
    sent = request.method == "POST"
    typed = {name: field(name, 200) if sent else shown.fields.get(name, "") for name in (*FIELDS, "q", "reason")}
    for post, held in (("director", shown.director), ("liaison", shown.liaison)):
        typed[post] = field(post, 20) if sent else (held[0] if held else "")
    people = _people(shown, typed["q"]) if shown.may_edit else []
    page = render(
        "organisation/centre", tab="manage", centre=shown, typed=typed, people=people, word=words.word, told=words.told,
        history=changes(subject=f"centre:{shown.id}") if shown.known else [], problem=words_of(refusal),
        wrong=_beside(refusal),
    )  # fmt: skip
    return said(page, refusal)


def _people(shown: CentrePage, text: str) -> list[tuple[str, str]]:
    found = {post[0]: post[1] for post in (shown.director, shown.liaison) if post}
    for number, name, place in service.people_for(region_code=shown.region_code, text=text):
        found.setdefault(number, f"{name} {place}")
    return list(found.items())


def _beside(refusal: Refusal | None) -> str:
    return str(refusal.facts.get("field", "")) if refusal and refusal.code is C.FIELD_WRONG else ""


@bp.post("/centres/<code>")
@need_role
def save(code: str) -> ResponseReturnValue:
    """Keep what was typed; searching for a person keeps the form."""
    code = known_form(code)
    if "search" in request.form:
        return _page(code)
    refusal = attempt(
        lambda: service.save(
            actor=actor(), region_code=code, fields={name: field(name, 200) for name in FIELDS},
            director=field("director", 20), liaison=field("liaison", 20), reason=field("reason", 200), at=clock.now(),
        )
    )  # fmt: skip
    if refusal:
        return _page(code, refusal)
    return back(f"/console/centres/{code}", "saved")
