"""Soft rules set aside, and why; an explanation can be given later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, need_role
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.organisation.team_record import page
from handlers.pages.browser import field, known_form, redirected
from services import scopes
from services.errors import Refusal, RefusalCode
from services.organisation import exceptions as service
from services.organisation.exceptions import Deviation
from services.organisation.soft_rules import RULES

bp = APIBlueprint("console_exceptions", __name__, enable_openapi=False)

COLUMNS = (
    Column("team", "服务队"), Column("place", "地区"), Column("rule", "哪一条", sort=True),
    Column("facts", "情况"), Column("reason", "理由"), Column("who", "谁说明的", whole=True),
    Column("at", "日期", sort=True, whole=True),
)  # fmt: skip


def _cells(line: Deviation) -> Mapping[str, Any]:
    state = f"{clock.local_day(line.ended_at).isoformat()} 已符合" if line.ended_at else ""
    return {
        "team": Link(line.team, f"/console/teams/{line.team_code}#exceptions"), "place": line.place,
        "rule": words.rule_title(line.rule), "facts": words.facts(line.facts),
        "reason": line.reason or Mark("还没有说明", "bad"), "who": line.who or "系统发现",
        "at": state or clock.local_day(line.at).isoformat(),
    }  # fmt: skip


@bp.get("/exceptions")
@need_role
def exceptions() -> ResponseReturnValue:
    """The report."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "例外情况", COLUMNS, search="队名或理由", empty="没有例外情况。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("rule", "哪一条", [(rule, words.rule_title(rule)) for rule in RULES]),
            Choice("state", "状态", (("unexplained", "还没有说明的"), ("ended", "已经符合的"))),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: service.report(actor=actor(), wanted=wanted, at=at), _cells,
        template="organisation/exceptions",
        tab="manage",
    )  # fmt: skip


@bp.post("/teams/<code>/exceptions/<int:number>")
@need_role
def explain(code: str, number: int) -> ResponseReturnValue:
    """Give the reason, from the team's page."""
    code = known_form(code)
    refusal = attempt(
        lambda: service.explain(actor=actor(), exception_id=number, reason=field("reason", 200), at=clock.now())
    )
    if refusal:
        return page(code, refusal, form=f"exception{number}")
    return redirected(f"/console/teams/{code}?done=saved#exceptions")
