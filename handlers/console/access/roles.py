"""Rights: who holds what in one's divisions, giving and taking it for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.access.person_view import word
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field, known_form
from services.access import oversight, people_list, person_view
from services.access.oversight import Holder
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("console_roles", __name__, enable_openapi=False)

C = RefusalCode
COLUMNS = (
    Column("name", "姓名", sort=True, whole=True), Column("role", "权限", sort=True), Column("place", "在哪里"),
    Column("since", "从", sort=True, whole=True), Column("until", "到", sort=True, whole=True),
    Column("by", "谁给的", whole=True),
    Column("reason", "理由"), Column("act", "操作", whole=True),
)  # fmt: skip


def cells(line: Holder) -> Mapping[str, Any]:
    """A role as the list shows it."""
    role = entry("access.roles").get(line.role, line.role)
    stead = f"（代 {line.acting_for}）" if line.acting_for else ""
    only = f"（{line.speciality}）" if line.speciality else ""
    return {
        "name": Link(line.name, f"/console/people/{line.public_no}") if line.opens else line.name,
        "role": f"{role}{stead}{only}", "place": line.place, "since": clock.local_day(line.since).isoformat(),
        "until": clock.local_day(line.until).isoformat() if line.until else "", "by": line.given_by,
        "reason": line.reason,
        "act": Mark("已结束") if line.ended else _act(line),
    }  # fmt: skip


def _act(line: Holder) -> Any:
    return Link("收回、交接、代班", f"/console/roles/{line.grant_id}/revoke") if line.may_end else ""


@bp.get("/roles")
@need_role
def roles() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    region = request.args.get("region", "")[:12]
    try:
        places = people_list.places(actor=actor(), chosen=region, at=at)
    except Refusal:  # a team's leader sees his team's
        places = []
    sheet = Sheet(
        "权限", COLUMNS, search="姓名",
        choices=(
            Choice("role", "权限", tuple(entry("access.roles").items())),
            Choice("state", "有效", (("now", "现在有效"), ("ended", "已经结束"))),
            *([Choice("region", "地区", places)] if places else []),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: oversight.holders(actor=actor(), wanted=wanted, at=at), cells, template="access/roles",
        tab="manage",
    )  # fmt: skip


@bp.get("/roles/new")
@need_role
def new() -> ResponseReturnValue:
    """First the person, then the role."""
    return _form() if field("person", 40) else _pick()


def _pick() -> ResponseReturnValue:
    typed = field("q", 30)
    if people_list.looks_like_number(typed):
        return back("/console/people/find")
    found = people_list.candidates(parts=parts(), actor=actor(), text=typed, at=clock.now())
    return render("access/role_person", tab="manage", typed=typed, found=found, word=word)


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    at, public_no = clock.now(), known_form(field("person", 40))
    person = person_view.person(parts=parts(), actor=actor(), public_no=public_no, at=at)
    places = oversight.places(actor=actor(), public_no=public_no, text=field("q", 30), at=at)
    if not places and not field("q", 30):
        raise Refusal(C.NOT_ALLOWED)
    wrong = ""
    if refusal is not None:
        wrong = "reason" if refusal.code is C.REASON_REQUIRED else str(refusal.facts.get("field", ""))
    page = render(
        "access/role_new", tab="manage", person=person, places=places, roles=entry("access.roles"), wrong=wrong,
        specialities=oversight.specialities(), problem=words_of(refusal),
        typed={name: field(name, 200) for name in ("role", "place", "until", "speciality", "reason", "q")},
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/roles/new")
@need_role
def give() -> ResponseReturnValue:
    """Give the role."""
    if "search" in request.form:
        return _form()
    refusal = attempt(
        lambda: oversight.give(
            actor=actor(), public_no=known_form(field("person", 40)), role=field("role", 30), place=field("place", 40),
            until=day(field("until", 10), "until"), speciality=field("speciality", 30), reason=field("reason", 200),
            at=clock.now(),
        )
    )  # fmt: skip
    return _form(refusal) if refusal else back("/console/roles", "saved")


def day(text: str, name: str) -> date | None:
    """A day as a date field sends it. Refusals: BAD_REQUEST (`field` its name)."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(C.BAD_REQUEST, why=name, field=name) from None


@bp.get("/roles/<int:grant_id>/revoke")
@need_role
def ask(grant_id: int) -> ResponseReturnValue:
    """Really?"""
    return _revoke(grant_id)


def _revoke(grant_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    held = oversight.holder(actor=actor(), grant_id=grant_id, at=clock.now())
    page = render(
        "access/role_revoke", tab="manage", held=held, role=entry("access.roles").get(held.role, held.role),
        reason=field("reason", 200), problem=words_of(refusal), wrong="reason" if refusal else "",
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/roles/<int:grant_id>/revoke")
@need_role
def revoke(grant_id: int) -> ResponseReturnValue:
    """End it now."""
    refusal = attempt(
        lambda: oversight.take(actor=actor(), grant_id=grant_id, reason=field("reason", 200), at=clock.now())
    )
    return _revoke(grant_id, refusal) if refusal else back("/console/roles", "saved")
