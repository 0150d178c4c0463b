"""The overview of a division and the list of places without a team: numbers without names."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role, render
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer, excel
from services import audit, regions, scopes
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.statistics import coverage
from services.statistics.overview import Figures, Overview, overview
from services.workbooks import workbook
from wording import entry

bp = APIBlueprint("console_overview", __name__, enable_openapi=False)

#: What the page says below the hours, where there is something; the file has columns for it.
BELOW_HOURS = (("其中补录", "supplement_hours"), ("其中以前", "transferred_hours"))
#: Heading and figure of each column, in the page and in Excel.
COLUMNS = (
    ("应建", "expected"), ("没有队的", "gaps"), ("服务队", "teams"), ("专业队", "professional"), ("活跃队", "active"),
    ("受表彰队", "commended"), ("志愿者", "volunteers"), ("队员", "members"), ("退役军人占比", "veteran_share"),
    ("今年活动", "activities"), ("今年时长（小时）", "hours"), *BELOW_HOURS, ("今年服务人数", "served"),
)  # fmt: skip
#: What a phone shows of each division; the rest is for wider screens and Excel.
MAIN = ("gaps", "teams", "members", "hours")
LEVELS = (("3", "县（市、区）"), ("4", "乡镇（街道）"), ("5", "村（社区）"))


@bp.get("/overview")
@need_role
def page() -> ResponseReturnValue:
    """The figures of a division and of those right below it, with a picture; `?format=xlsx` for Excel."""
    at = clock.now()
    mine = scopes.countable(actor=actor(), at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    code = request.args.get("region", "")[:12] or mine[0]
    shown = overview(actor=actor(), region_code=code, at=at)
    if request.args.get("format") == "xlsx":
        return _excel(shown, code)
    return render(
        "overview", tab="manage", shown=shown, told=_told, below=BELOW_HOURS,
        columns=[each for each in COLUMNS if each not in BELOW_HOURS], mine=mine, chart=_chart(shown), code=code,
        main=MAIN, domains=[(domains.domain_name(key), number) for key, number in sorted(shown.domains.items())],
        others=[(each, regions.name_of(each)) for each in mine if not code.startswith(each)],
    )  # fmt: skip


def _told(figures: Figures, name: str) -> str:
    value = getattr(figures, name)
    if name == "veteran_share":
        return "—" if value is None else f"{value}%"
    return str(value)


def _chart(shown: Overview) -> dict[str, Any]:
    """What static/chart.js draws: hours and activities of the year where there are any, the most hours first."""
    busy = [
        part for part in shown.parts if part.code != shown.total.code and (part.minutes or part.activities)
    ]
    parts = sorted(busy, key=lambda part: -part.minutes)[:15]
    return {
        "names": [part.name for part in parts],
        "paths": [_below(part) for part in parts],
        "series": [
            {"name": "今年时长（小时）", "data": [part.hours for part in parts]},
            {"name": "今年活动（次）", "data": [part.activities for part in parts]},
        ],
    }


def _below(part: Figures) -> str:
    """Where the division's own overview is; "" for a village, which has nothing below it."""
    return f"/console/overview?region={part.code}" if len(part.code) < 12 else ""


def _excel(shown: Overview, code: str) -> ResponseReturnValue:
    rows = [[part.name, *(_number(part, key) for _, key in COLUMNS)] for part in [*shown.parts, shown.total]]
    body = workbook(
        title=f"{shown.total.name}总览", headings=["地区", *(heading for heading, _ in COLUMNS)], rows=rows
    )
    audit.note(
        actor=actor(), verb="export", subject=f"overview:{code}", detail={"rows": len(rows)}, at=clock.now()
    )
    return excel(body, f"{shown.total.name}总览-{clock.today().isoformat()}")


def _number(part: Figures, key: str) -> int | str | None:
    return _told(part, key) if key == "veteran_share" else getattr(part, key)


@bp.get("/gaps")
@need_role
def gaps() -> ResponseReturnValue:
    """Places where a team is expected and none is."""
    at = clock.now()
    mine = scopes.countable(actor=actor(), at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    below = [(each.code, each.name) for each in regions.children(mine[0]) if len(each.code) < 12]
    managed = scopes.managed(actor=actor(), at=at)
    sheet = Sheet(
        "空白地区",
        (
            Column("name", "地方", sort=False), Column("above", "属于"), Column("level", "级别", sort=True, whole=True),
            Column("target", "目标日期", whole=True), Column("state", "进展"), Column("act", "怎么办", whole=True),
        ),
        (
            Choice("level", "级别", LEVELS), Choice("region", "地区", below),
            Choice("founding", "进展", (("yes", "正在筹建"), ("no", "还没动"))),
        ),
        search="地名", empty="没有空白地区。",
    )  # fmt: skip
    return answer(
        sheet,
        lambda wanted: coverage.gaps(actor=actor(), wanted=wanted, at=at),
        lambda gap: _gap_cells(gap, scopes.covers(managed, gap.code)),
        template="gaps",
        tab="manage",
    )


def _gap_cells(gap: coverage.Gap, may: bool) -> dict[str, Any]:
    state = (
        Mark("正在筹建", "wait")
        if gap.founding
        else Mark("已过目标日期", "bad")
        if gap.late
        else Mark("还没动")
    )
    return {
        "name": gap.name, "above": gap.above, "level": entry("notices.levels")[str(gap.level)],
        "target": gap.target.isoformat() if gap.target else "还没有定", "state": state,
        "act": gap.founding or (Link("发起建队", f"/console/foundings/new?region={gap.code}") if may else ""),
    }  # fmt: skip
