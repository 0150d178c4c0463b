"""What is taken away about activities: the one-page file of one, and what was done by kind of venue and service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.figures.files import word
from handlers.console.frame import actor, need_role, pdf
from handlers.console.lists import Choice, Column, Link, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import known_form
from handlers.pages.format import FILTERS
from services import scopes
from services.conversation import account_codes
from services.errors import Refusal, RefusalCode
from services.participation import activity_file
from services.planning import kind_report
from services.planning.kind_report import KindLine
from services.reporting import folders

bp = APIBlueprint("console_activity_reports", __name__, enable_openapi=False)

BY = (("domain", "按四个领域"), ("sub_domain", "按服务类别"))
KINDS = (
    Column("name", "种类"), Column("activities", "活动", figure=True), Column("people", "参加（人次）", figure=True),
    Column("hours", "时长", figure=True), Column("served", "服务群众", figure=True),
)  # fmt: skip


@bp.get("/activities/<code>/file.pdf")
@need_role
def file(code: str) -> ResponseReturnValue:
    """One page for the folder; after the end with what came of it."""
    code = known_form(code)
    body = activity_file.paper(parts=parts(), actor=actor(), code=code, at=clock.now())
    return pdf(body, f"activity-{code}.pdf")


@bp.get("/activities/<code>/file.docx")
@need_role
def word_file(code: str) -> ResponseReturnValue:
    """The whole folder of one activity, to go on writing in: notice, list, sign-in sheet, summary, photos."""
    name, body = folders.activity(parts=parts(), actor=actor(), code=known_form(code), at=clock.now())
    return word(body, name)


@bp.get("/teams/<code>/binder/<int:year>.docx")
@need_role
def binder(code: str, year: int) -> ResponseReturnValue:
    """All that a team held in a year."""
    if not 2000 <= year <= clock.today().year:
        raise Refusal(RefusalCode.NOT_FOUND)
    name, body = folders.binder(actor=actor(), team_code=known_form(code), year=year, at=clock.now())
    return word(body, name)


@bp.get("/activities/<code>/account.pdf")
@need_role
def account_code(code: str) -> ResponseReturnValue:
    """A sheet with the official account's own code: whoever scans it is asked whether he signs up."""
    code = known_form(code)
    made = account_codes.activity_sheet(parts=parts(), actor=actor(), code=code, at=clock.now())
    return pdf(made, f"signup-{code}.pdf")


@bp.get("/kinds")
@need_role
def kinds() -> ResponseReturnValue:
    """By kind of venue, domain or service; what took place, who came, how long, whom it served."""
    at = clock.now()
    if not scopes.countable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    looks = g.rights.leads or bool(scopes.readable(actor=actor(), at=at))  # who only counts gets no list
    kept = {name: request.args.get(name, "") for name in ("region", "from", "to")}

    def cells(line: KindLine) -> Mapping[str, Any]:
        found = {"venue": line.venue, "domain": line.domain, "sub": line.sub, "mark": "held"} | kept
        path = "/console/all-activities?" + urlencode({name: value for name, value in found.items() if value})
        name = line.name or "没有写是六进哪一类"
        return {
            "name": Link(name, path) if looks and (line.venue or line.domain) else name,
            "activities": line.result.activities, "people": line.result.people,
            "hours": FILTERS["as_duration"](line.result.minutes), "served": line.result.served,
        }  # fmt: skip

    sheet = Sheet(
        "六进和领域", KINDS,
        choices=(
            Choice("by", "怎么分", BY, unset="按六进"), Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("from", "从", day=True), Choice("to", "到", day=True),
        ),
    )  # fmt: skip
    return answer(sheet, lambda wanted: kind_report.listed(actor=actor(), wanted=wanted, at=at), cells, tab="manage")
