"""Once more, or every week: a copy of an activity, and series that the worker goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.participation.roster import path_of
from handlers.pages.browser import field, known_form
from handlers.pages.format import WEEKDAYS
from services import scopes
from services.errors import Refusal, RefusalCode
from services.participation import console_views
from services.planning import copies, series
from services.planning.series import SeriesLine

bp = APIBlueprint("console_series", __name__, enable_openapi=False)

STATES = (("running", "进行中"), ("over", "已停止"))
COLUMNS = (
    Column("title", "活动"), Column("team", "服务队", sort=True), Column("days", "每周"), Column("start", "开始"),
    Column("until", "到哪天", sort=True, whole=True), Column("state", "状态"),
)  # fmt: skip


def weekdays(days: tuple[int, ...]) -> str:
    """周二、周五."""
    return "、".join(f"周{WEEKDAYS[day]}" for day in days)


def _cells(line: SeriesLine) -> Mapping[str, Any]:
    return {
        "title": Link(line.title, f"/console/series/{line.code}"), "team": line.team, "days": weekdays(line.weekdays),
        "start": line.start, "until": line.until_on,
        "state": Mark("已停止", "") if line.ended else Mark("进行中", "ok"),
    }  # fmt: skip


@bp.get("/series")
@need_role
def every_one() -> ResponseReturnValue:
    """The list."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    sheet = Sheet(
        "重复的活动", COLUMNS, search="队名", empty="还没有每周重复的活动。打开一个活动，点“每周重复”。",
        choices=(Choice("state", "状态", STATES),),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: series.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage"
    )


@bp.post("/activities/<code>/copy")
@need_role
def copy(code: str) -> ResponseReturnValue:
    """A draft like it, next week."""
    made = copies.copy(actor=actor(), code=known_form(code), at=clock.now())
    return back(f"{path_of(made)}/edit", "copied")


@bp.get("/activities/<code>/repeat")
@need_role
def ask(code: str) -> ResponseReturnValue:
    """On which weekdays, until when."""
    return _form(known_form(code))


def _form(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    sheet = console_views.sheet(actor=actor(), code=code, at=at)
    start = clock.local_day(sheet.draft.starts_at)
    chosen = {int(day) for day in request.form.getlist("day") if day.isdigit()} or {start.weekday()}
    body = render(
        "planning/repeat", tab="desk", sheet=sheet, names=WEEKDAYS, chosen=chosen, problem=words_of(refusal),
        until=field("until", 10) or (start + timedelta(days=84)).isoformat(),
        skip=request.method == "GET" or bool(field("skip", 2)),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/activities/<code>/repeat")
@need_role
def start(code: str) -> ResponseReturnValue:
    """Begin the series; the worker makes the coming weeks."""
    code = known_form(code)
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            series.start(
                actor=actor(), code=code, weekdays=[int(day) for day in request.form.getlist("day") if day.isdigit()],
                until_on=field("until", 10), skip_holidays=bool(field("skip", 2)), at=clock.now(),
            )
        )
    )  # fmt: skip
    return _form(code, refusal) if refusal else back(f"/console/series/{made[0]}", "saved")


@bp.get("/series/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """The coming days."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = series.page(actor=actor(), code=code, at=clock.now())
    body = render(
        "planning/series", tab="manage", series=shown, days=weekdays(shown.line.weekdays), problem=words_of(refusal)
    )
    return said(body, refusal)


@bp.post("/series/<code>/end")
@need_role
def end(code: str) -> ResponseReturnValue:
    """No more of them."""
    code = known_form(code)
    refusal = attempt(
        lambda: series.end(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    return _page(code, refusal) if refusal else back(f"/console/series/{code}", "saved")
