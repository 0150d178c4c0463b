"""Figures that teams report by hand: the list, and the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.figures.activeness import month_choice
from handlers.console.frame import actor, attempt, back, need_role
from handlers.console.lists import Choice, Column, Link, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.planning import simple
from services import leading, scopes
from services.dates import month_after, month_of
from services.errors import Refusal, RefusalCode
from services.statistics import hand
from services.statistics.hand import HandLine

bp = APIBlueprint("console_hand", __name__, enable_openapi=False)

COLUMNS = (
    Column("team", "服务队"), Column("place", "地区"), Column("month", "月份", sort=True, whole=True),
    Column("activities", "活动", sort=True, figure=True), Column("attendances", "人次", figure=True),
    Column("hours", "小时", sort=True, figure=True), Column("served", "服务群众", figure=True),
    Column("note", "说明"), Column("who", "谁报的", whole=True), Column("at", "哪天报的", whole=True),
)  # fmt: skip
FIGURES = ("activities", "attendances", "hours", "served")


def _cells(line: HandLine) -> Mapping[str, Any]:
    path = f"/console/hand-figures/new?team={line.team_code}&month={line.month}"
    return {
        "team": Link(line.team, path) if g.rights.leads else line.team, "place": line.place, "month": line.month,
        "activities": line.activities, "attendances": line.attendances, "hours": line.hours, "served": line.served,
        "note": line.note, "who": line.who, "at": clock.local_day(line.at).isoformat(),
    }  # fmt: skip


@bp.get("/hand-figures")
@need_role
def page() -> ResponseReturnValue:
    """What was reported."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    months = month_choice(at)
    sheet = Sheet(
        "手工上报", COLUMNS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at) if g.rights.oversees else ()),
            Choice("month", "月份", months.options),
        ),
        search="队名", empty="没有手工上报的数。",
    )  # fmt: skip
    reports = g.rights.leads and leading.offered_teams(actor=actor(), at=at)
    return answer(
        sheet, lambda wanted: hand.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="planning/list_new", tab="manage" if g.rights.oversees else "teams",
        new_path="/console/hand-figures/new" if reports else "", new_word="上报一个月",
    )  # fmt: skip


@bp.route("/hand-figures/new", methods=["GET", "POST"])
@need_role
def new() -> ResponseReturnValue:
    """Report a month of a team, or correct it."""
    at = clock.now()
    chosen = request.values.get("team", "")[:40]
    teams = [(each.code, each.name) for each in leading.offered_teams(actor=actor(), chosen=chosen, at=at)]
    if not teams:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    fields: list[simple.Field] = [
        ("team", "服务队", "select", teams),
        ("month", "月份", "select", [*month_choice(at).options]),
        ("activities", "活动（次），系统里已有的不要再报", "number", None),
        ("attendances", "参加（人次）", "number", None),
        ("hours", f"时长（小时，平均每人次不超过 {hand.MOST_EACH}）", "number", None),
        ("served", "服务群众（人）", "number", None), ("note", "说明：从哪里来的数", "text", hand.NOTE_LONGEST),
    ]  # fmt: skip
    if request.method == "GET":
        month = request.args.get("month", "")[:7] or month_after(month_of(clock.today()), -1)
        start = hand.known(actor=actor(), team_code=chosen or teams[0][0], month=month, at=at)
        return simple.form("手工上报一个月", fields, start, "/console/hand-figures")
    typed = simple.typed(fields)
    numbers = {name: simple.whole(typed[name]) for name in FIGURES}
    refusal = attempt(
        lambda: hand.report(
            actor=actor(), team_code=typed["team"], month=typed["month"], note=typed["note"], at=at, **numbers
        )
    )
    if refusal:
        return simple.form("手工上报一个月", fields, {}, "/console/hand-figures", refusal)
    return back("/console/hand-figures", "saved")
