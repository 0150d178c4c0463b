"""Statistics of a division: by place, kind of team, speciality, domain, month or team, over a period (S119)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role
from handlers.console.lists import Choice, Column, Link, Sheet, answer
from handlers.console.organisation import team_words as words
from services import scopes
from services.dates import Period, period, periods
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.organisation import specialities
from services.participation import domains
from services.statistics import figures, months
from services.statistics.figures import Asked, Line

bp = APIBlueprint("console_statistics", __name__, enable_openapi=False)

BY = (
    ("kind", "按队伍类别"), ("speciality", "按服务方向"), ("domain", "按服务领域"), ("month", "按月份"),
    ("team", "按服务队"),
)  # fmt: skip
OWN = Choice("own", "范围", (("1", "只看本级"),), unset="连同下级")
COLUMNS = (
    Column("name", "", sort=True), Column("teams", "服务队", sort=True, figure=True),
    Column("members", "队员", sort=True, figure=True), Column("active", "有活动的队", sort=True, figure=True),
    Column("activities", "活动", sort=True, figure=True), Column("attendances", "参加人次", sort=True, figure=True),
    Column("minutes", "时长（小时）", sort=True, figure=True),
    Column("supplement", "其中补录", figure=True, under="minutes"),
    Column("transferred", "其中以前", figure=True, under="minutes"),
    Column("served", "服务群众", sort=True, figure=True),
    Column("hand_activities", "手工上报活动", sort=True, figure=True),
    Column("hand_attendances", "手工上报人次", figure=True, under="hand_activities"),
    Column("hand_minutes", "手工上报小时", figure=True, under="hand_activities"),
    Column("hand_served", "手工上报群众", figure=True, under="hand_activities"),
)  # fmt: skip
HEADINGS = {
    "division": "地区", "kind": "队伍类别", "speciality": "服务方向", "domain": "服务领域", "month": "月份",
    "team": "服务队",
}  # fmt: skip


def worded(chosen: Period) -> str:
    """A period as people say it: 2026年, 2026年第2季度, 2026年6月."""
    year, rest = chosen.text[:4], chosen.text[4:]
    if rest.startswith("Q"):
        return f"{year}年第{rest[1:]}季度"
    return f"{year}年{int(rest[1:])}月" if rest else f"{year}年"


def period_choice() -> Choice:
    """The periods to choose from: years, quarters, months."""
    found = [each for each in map(period, periods(clock.today())) if each is not None]
    named = request.args.get("period", "")
    asked = period(named)
    if asked is not None and asked not in found:
        found.append(asked)
    return Choice("period", "时间", [(each.text, worded(each)) for each in found], unset="今年")


@bp.get("/statistics")
@need_role
def page() -> ResponseReturnValue:
    """The rows with their sum first; each leads a step further down."""
    at = clock.now()
    mine = scopes.countable(actor=actor(), at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "统计", (),
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)), period_choice(), OWN,
            Choice("by", "怎么分", BY, unset="按地区"), Choice("kind", "队伍类别", words.options("kinds")),
            Choice("speciality", "服务方向", [(each.code, each.name) for each in specialities.listed()]),
            Choice("domain", "服务领域", [(each.code, each.name) for each in domains.all_domains()]),
        ),
    )  # fmt: skip
    question = figures.asked(actor=actor(), wanted=_filters(sheet), at=at)
    looks = scopes.covers(scopes.readable(actor=actor(), at=at), question.region_code)
    first = Column("name", HEADINGS[question.by], whole=True)
    left_out = {"teams", "members"} if question.by in ("domain", "team") else set()
    if question.by == "domain" or question.domain:
        left_out |= {each.key for each in COLUMNS if each.key.startswith("hand_")}
    kept = [each for each in COLUMNS[1:] if each.key not in left_out]
    sheet = Sheet("统计", (first, *kept), sheet.choices, empty="这段时间还没有数。")
    return answer(
        sheet, lambda wanted: figures.statistics(actor=actor(), wanted=wanted, at=at),
        lambda line: _cells(line, question, looks), template="figures/statistics", tab="manage",
        counted_at=months.counted_at(), place=question.region_code,
    )  # fmt: skip


def _filters(sheet: Sheet) -> Wanted:
    found = {each.key: request.args.get(each.key, "") for each in sheet.choices}
    return Wanted(filters={each.key: found[each.key] for each in sheet.choices if each.offers(found[each.key])})


def _cells(line: Line, question: Asked, looks: bool) -> Mapping[str, Any]:
    cells: dict[str, Any] = {each.key: getattr(line, each.key) for each in COLUMNS if each.key != "name"}
    for name in ("minutes", "supplement", "transferred", "hand_minutes"):
        cells[name] //= 60
    # Nothing is 0, but for what stands below another figure where there is something to say.
    cells |= {name: cells[name] or "" for name in (each.key for each in COLUMNS if each.under)}
    cells |= {name: cells[name] or 0 for name in ("teams", "members")}
    return cells | {"name": _name(line, question, looks)}


def _name(line: Line, question: Asked, looks: bool) -> Any:
    """The name, with the way one step further down: a place to its places, a kind to its teams, a team to its list."""
    if not line.key:
        return "合计"
    kept = {
        "region": question.region_code, "period": question.period.text, "kind": question.kind,
        "speciality": question.speciality, "domain": question.domain, "by": "", "own": "1" if question.own else "",
    }  # fmt: skip
    if question.by == "division":
        if line.key == question.region_code:
            return Link(f"{line.name}本级", _to("/console/statistics", kept | {"by": "team", "own": "1"}))
        return Link(line.name, _to("/console/statistics", kept | {"region": line.key}))
    if question.by == "month":
        named = period(line.key)
        return Link(worded(named) if named else line.key, _to("/console/statistics", kept | {"period": line.key}))
    if question.by != "team":
        return Link(line.name, _to("/console/statistics", kept | {question.by: line.key}))
    if not looks:
        return line.name
    list_of = {
        "team": line.team_code, "region": question.region_code, "from": question.period.first_day,
        "to": question.period.last_day, "domain": question.domain, "mark": "held",
    }  # fmt: skip
    return Link(line.name, _to("/console/all-activities", list_of))


def _to(path: str, kept: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({name: value for name, value in kept.items() if value})}"
