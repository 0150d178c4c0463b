"""应急调度: the list of calls, and the form of a new one, filled in by somebody who was asleep five minutes ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.dispatch import words
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.planning.simple import whole
from handlers.pages.browser import field, known_form
from handlers.pages.format import local, moment
from services import regions, scopes
from services.dispatch import call_list, calls, going_on, holding, points
from services.dispatch.call_list import CallLine
from services.dispatch.calls import CallDraft
from services.errors import Refusal, RefusalCode
from services.organisation import specialities
from services.participation import domains
from services.recruitment import skills

bp = APIBlueprint("console_dispatch", __name__, enable_openapi=False)

C = RefusalCode
SHEET = Sheet(
    "应急调度",
    (
        Column("title", "任务"), Column("place", "地点"), Column("state", "状态", sort=True, whole=True),
        Column("people", "人员", whole=True), Column("drill", "演练", whole=True),
        Column("created", "什么时候", sort=True, whole=True),
    ),
    (
        Choice("state", "状态", tuple((name, word) for name, (word, _) in words.STATES.items())),
        Choice("drill", "演练", (("yes", "是演练"), ("no", "不是演练"))),
    ),
    search="任务、地点", empty="还没有调度。",
)  # fmt: skip
TEXTS = ("title", "content", "place", "command", "contact", "risks", "safeguards", "fields")
FIELDS = (*TEXTS, "region", "kind", "people", "boats", "vehicles", "point", "speciality", "starts", "ends", "urgent",
          "after")  # fmt: skip
LONG, MOST_BELOW, MOST_SKILLS = 1200, 80, 10
#: How long a call lasts unless somebody says otherwise.
USUAL = timedelta(hours=8)
DEFAULT_KIND = "D3.flood"


@bp.get("/dispatch")
@need_role
def listed() -> ResponseReturnValue:
    """The calls of one's divisions."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)
    return answer(
        SHEET, lambda wanted: call_list.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="dispatch/calls", tab="manage", may=bool(holding.commanded(actor=actor(), at=at)),
    )  # fmt: skip


def _cells(row: CallLine) -> Mapping[str, Any]:
    return {
        "title": Link(row.title, f"/console/dispatch/{row.code}"), "place": row.place, "state": words.mark(row.state),
        "people": f"{row.accepted} / {row.wanted} 人", "drill": Mark("演练", "wait") if row.drill else "",
        "created": moment(row.created_at),
    }  # fmt: skip


@bp.route("/dispatch/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """The form."""
    at = clock.now()
    mine = holding.commanded(actor=actor(), at=at)
    if not mine:
        raise Refusal(C.NOT_ALLOWED)
    if request.method == "GET":
        return _form(_following(at) if field("after", 20) else _fresh(mine[0], at), mine, at)
    made: list[str] = []
    refusal = attempt(lambda: made.append(calls.write_down(actor=actor(), draft=_draft(mine, at), at=at)))
    return _form(_typed(), mine, at, refusal) if refusal else back(f"/console/dispatch/{made[0]}", "saved")


def _fresh(region: str, at: datetime) -> dict[str, Any]:
    return dict.fromkeys(FIELDS, "") | {
        "kind": DEFAULT_KIND, "starts": local(at), "ends": local(at + USUAL), "people": "20", "boats": "0",
        "vehicles": "0", "urgent": "1", "drill": False, "skills": [],
        "fields": "\n".join(calls.fields_before(region_code=region)),
    }  # fmt: skip


def _following(at: datetime) -> dict[str, Any]:
    """The next shift of another call."""
    draft = going_on.next_shift(actor=actor(), code=known_form(field("after", 20)), at=at)
    same = ("title", "content", "place", "command", "contact", "risks", "safeguards", "point", "speciality", "drill")
    return {name: getattr(draft, name) for name in same} | {
        "region": draft.place_region, "kind": f"{draft.domain}.{draft.sub_domain}", "starts": local(draft.starts_at),
        "ends": local(draft.ends_at), "people": str(draft.people), "boats": str(draft.boats),
        "vehicles": str(draft.vehicles), "urgent": "1" if draft.urgent else "0", "skills": list(draft.skills),
        "fields": "\n".join(draft.fields), "after": draft.follows,
    }  # fmt: skip


def _typed() -> dict[str, Any]:
    return {name: field(name, LONG) for name in FIELDS} | {
        "drill": "drill" in request.form, "skills": request.form.getlist("skills")[:MOST_SKILLS],
    }  # fmt: skip


def _draft(mine: list[str], at: datetime) -> CallDraft:
    typed = _typed()
    place = str(typed["region"])
    domain, _, sub = str(typed["kind"]).partition(".")
    starts, ends = words.moment_of(str(typed["starts"])), words.moment_of(str(typed["ends"]))
    if starts is None or ends is None:
        raise Refusal(C.FIELD_WRONG, field="starts_at" if starts is None else "ends_at")
    return CallDraft(
        region_code=next((code for code in mine if place.startswith(code)), mine[0]), place_region=place,
        domain=domain, sub_domain=sub, starts_at=starts, ends_at=ends, point=str(typed["point"]),
        skills=tuple(typed["skills"]), speciality=str(typed["speciality"]), urgent=typed["urgent"] == "1",
        drill=bool(typed["drill"]), fields=tuple(str(typed["fields"]).splitlines()), follows=str(typed["after"]),
        **{name: str(typed[name]) for name in TEXTS if name != "fields"},
        **{name: whole(str(typed[name])) for name in ("people", "boats", "vehicles")},
    )  # fmt: skip


def _places(mine: list[str]) -> list[tuple[str, str]]:
    """The divisions he commands, each before those one level below."""
    found = []
    for code in mine[:5]:
        below = [(each.code, each.name) for each in regions.children(code)[:MOST_BELOW]]
        found += [(code, f"{regions.path_name(code)}（全境）"), *below]
    return found


def _form(
    values: dict[str, Any], mine: list[str], at: datetime, refusal: Refusal | None = None
) -> ResponseReturnValue:
    wrong = str(refusal.facts.get("field", "")) if refusal else ""
    body = render(
        "dispatch/form", tab="manage", typed=values, places=_places(mine), domains=domains.all_domains(),
        points=[each for code in mine[:5] for each in points.offered(region_code=code)],
        skills=skills.catalogue(), specialities=specialities.listed(), problem=words_of(refusal), wrong=wrong,
    )  # fmt: skip
    return said(body, refusal)
