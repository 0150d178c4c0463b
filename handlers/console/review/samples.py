"""抽查 at the desk: the weekly list, one activity looked at; leaders' own hours that wait for the centre."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.pages.browser import field
from services.errors import Refusal, RefusalCode
from services.review import own_hours, samples

bp = APIBlueprint("console_samples", __name__, enable_openapi=False)

C = RefusalCode
LONG = 600
STATES = {"open": ("等抽查", "wait"), "fine": ("没有问题", "ok"), "case": ("已立案", "bad")}
LIST = Sheet(
    "抽查",
    (
        Column("title", "活动"), Column("team", "服务队", sort=True), Column("signs", "为什么抽到"),
        Column("state", "状态"), Column("week", "哪一周", sort=True, whole=True),
    ),
    (Choice("state", "状态", tuple((key, words[0]) for key, words in STATES.items())),),
    search="活动或队名", empty="没有要抽查的活动。",
)  # fmt: skip
OWN = Sheet(
    "队长的时长",
    (
        Column("name", "姓名", sort=True, whole=True), Column("team", "服务队"), Column("title", "活动"),
        Column("minutes", "分钟", figure=True), Column("day", "日期", sort=True, whole=True),
    ),
    search="姓名或队名", empty="没有等确认的队长时长。",
)  # fmt: skip


@bp.get("/samples")
@need_role
def listed() -> ResponseReturnValue:
    """What the week's list holds for the actor's divisions."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: samples.listed(actor=actor(), wanted=wanted, at=at), _cells, template="review/samples",
        tab="manage",
    )  # fmt: skip


def _cells(row: samples.Row) -> dict[str, Any]:
    return {
        "title": Link(row.title, f"/console/samples/{row.id}"), "team": row.team, "signs": "；".join(row.signs),
        "state": Mark(*STATES[row.state]), "week": row.week,
    }  # fmt: skip


@bp.get("/samples/<int:number>")
@need_role
def one(number: int) -> ResponseReturnValue:
    """One activity with its signs and records."""
    return _one(number)


def _one(number: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = samples.one(actor=actor(), number=number, at=clock.now())
    page = render(
        "review/sample", tab="manage", shown=shown, states=STATES, problem=words_of(refusal), note=field("note", LONG),
        wrong="note" if refusal and refusal.code in (C.REASON_REQUIRED, C.TEXT_TOO_LONG) else "",
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/samples/<int:number>")
@need_role
def check(number: int) -> ResponseReturnValue:
    """All is well, or a case."""
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            samples.check(
                actor=actor(), number=number, fine="fine" in request.form, note=field("note", LONG), at=clock.now()
            )
        )
    )
    if refusal:
        return _one(number, refusal)
    return back(f"/console/cases/{made[0]}" if made[0] else "/console/samples?state=open", "noted" if made[0] else "")


@bp.get("/own-hours")
@need_role
def own() -> ResponseReturnValue:
    """Leaders' own hours, which only the centre confirms."""
    at = clock.now()
    return answer(
        OWN, lambda wanted: own_hours.listed(actor=actor(), wanted=wanted, at=at), _own_cells,
        template="review/own_hours", tab="manage",
    )  # fmt: skip


def _own_cells(row: own_hours.Row) -> dict[str, Any]:
    return {
        "name": Link(row.name, f"/console/activities/{row.activity_code}/records/{row.record_id}"), "team": row.team,
        "title": Link(row.title, f"/console/activities/{row.activity_code}"), "minutes": row.minutes,
        "day": row.local_day,
    }  # fmt: skip
