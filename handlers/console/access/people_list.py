"""The people of one's divisions: the list, and finding one by his ID number or phone without leaving it anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, from_htmx, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field
from handlers.pages.format import duration
from services.access import people_list
from services.access.people_list import PersonLine
from wording import entry

bp = APIBlueprint("console_people_list", __name__, enable_openapi=False)

COLUMNS = (
    Column("name", "姓名", sort=True, whole=True), Column("identity", "身份", whole=True),
    Column("state", "状态"), Column("team", "所在队"),
    Column("place", "住址"), Column("document", "身份证号码", whole=True), Column("phone", "手机号码", whole=True),
    Column("hours", "服务时长", figure=True),
    Column("supplement", "其中补录", figure=True, under="hours"),
    Column("before", "其中以前的", figure=True, under="hours"),
    Column("since", "登记日期", sort=True, whole=True),
)  # fmt: skip
TONES = {"active": "ok", "invited": "wait", "left": "", "deceased": ""}


def cells(line: PersonLine) -> Mapping[str, Any]:
    """A person as the list shows him."""
    return {
        "name": Link(line.name, f"/console/people/{line.public_no}"),
        "identity": entry("access.identities").get(line.identity, ""),
        "state": Mark(entry("access.states").get(line.state, ""), TONES.get(line.state, "")),
        "team": line.team, "place": line.place, "document": line.document, "phone": line.phone,
        "hours": duration(line.minutes),
        "supplement": duration(line.apart.supplement) if line.apart.supplement else "",
        "before": duration(line.apart.transferred) if line.apart.transferred else "",
        "since": clock.local_day(line.since).isoformat(),
    }  # fmt: skip


@bp.get("/people")
@need_role
def people() -> ResponseReturnValue:
    """The list; a number typed where a name belongs is taken out of the address at once."""
    at = clock.now()
    if people_list.looks_like_number(request.args.get("q", "")):
        return (
            ("", 204, {"HX-Redirect": "/console/people/find"})
            if from_htmx()
            else back("/console/people/find")
        )
    region, team = request.args.get("region", "")[:12], request.args.get("team", "")[:20]
    sheet = Sheet(
        "志愿者", COLUMNS, search="姓名",
        choices=(
            Choice("region", "地区", people_list.places(actor=actor(), chosen=region, at=at)),
            Choice("team", "服务队", people_list.teams(actor=actor(), region=region, chosen=team, at=at)),
            Choice("identity", "身份", tuple(entry("access.identities").items())),
            Choice("state", "状态", tuple(entry("access.states").items())),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: people_list.people(parts=parts(), actor=actor(), wanted=wanted, at=at), cells,
        template="access/people", tab="manage",
    )  # fmt: skip


@bp.get("/people/find")
@need_role
def ask() -> ResponseReturnValue:
    """The form for a number."""
    people_list.places(actor=actor(), chosen="", at=clock.now())
    return render("access/people_find", tab="manage", found=None, number="", problem="", wrong="")


@bp.post("/people/find")
@need_role
def find() -> ResponseReturnValue:
    """To the one who has this number; nobody, or several with one phone, are told on the page."""
    found: list[PersonLine] = []
    number = field("number", 40)
    refusal = attempt(
        lambda: found.extend(people_list.find(parts=parts(), actor=actor(), number=number, at=clock.now()))
    )
    if len(found) == 1:
        return back(f"/console/people/{found[0].public_no}")
    page = render(
        "access/people_find", tab="manage", found=None if refusal else [cells(each) for each in found], number=number,
        problem=words_of(refusal), wrong="number" if refusal else "",
    )  # fmt: skip
    return said(page, refusal)
