"""Activeness of teams and divisions, idle teams and how they are to come alive again (S48, S50)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.figures.statistics import OWN, worded
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from services import scopes
from services.activeness import revival, views
from services.activeness.views import DivisionLine, TeamLine
from services.dates import month_after, month_of, period
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_activeness", __name__, enable_openapi=False)

IDLE = (("any", "有提醒的"), ("3", "最久的一档"), ("2", "第二档以上"))
PLANS = (("running", "正在激活"), ("none", "没有打算"))
OUTCOMES = (("revived", "活动办起来了"), ("failed", "没有办起来"), ("dropped", "不办了"))
TEAMS = (
    Column("name", "服务队"), Column("place", "地区", sort=True),
    Column("activeness", "活跃度", sort=True, figure=True),
    Column("members", "队员", sort=True, figure=True), Column("activities", "活动", sort=True, figure=True),
    Column("participants", "参加的人", sort=True, figure=True),
    Column("minutes", "时长（小时）", sort=True, figure=True),
    Column("active_months", "有活动的月份", sort=True, figure=True), Column("idle", "多久没有活动", whole=True),
    Column("plan", "激活打算", whole=True),
)  # fmt: skip
DIVISIONS = (
    Column("name", "地区", whole=True), Column("teams", "服务队", figure=True),
    Column("activeness", "平均活跃度", figure=True),
    Column("active", "有活动的队", figure=True), Column("lively", "活跃的队", figure=True),
    Column("idle", "久未活动", figure=True), Column("idle2", "其中第二档", figure=True, under="idle"),
    Column("idle3", "其中最久", figure=True, under="idle"), Column("at_start", "年初队员", figure=True),
    Column("joined", "入队", figure=True), Column("gone", "离队", figure=True),
    Column("retention", "留队率", figure=True), Column("excellent", "优秀占比", figure=True),
)  # fmt: skip


def month_choice(at: Any) -> Choice:
    """The last thirteen months; the last whole one where none is chosen."""
    now = month_of(clock.local_day(at))
    found = [month_after(now, -back) for back in range(13)]
    named = [(each, worded(chosen)) for each in found if (chosen := period(each)) is not None]
    return Choice("month", "月份", named, unset="上个月")


@bp.get("/activeness")
@need_role
def divisions() -> ResponseReturnValue:
    """By division: the mean index, idle teams, who stayed and went."""
    at = clock.now()
    mine = scopes.countable(actor=actor(), at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    month = request.args.get("month", "")[:7]
    sheet = Sheet(
        "活跃度", DIVISIONS, (Choice("region", "地区", words.areas(actor(), chosen, at)), month_choice(at)),
        empty="还没有数过，明天再看。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: views.divisions(actor=actor(), wanted=wanted, at=at),
        lambda line: _division(line, chosen or mine[0], month), template="figures/activeness", tab="manage",
        teams=False,
        kept=urlencode({name: value for name, value in (("region", chosen), ("month", month)) if value}),
    )  # fmt: skip


def _division(line: DivisionLine, chosen: str, month: str) -> Mapping[str, Any]:
    here = line.code == chosen or len(line.code) == 12
    own = {"own": "1"} if line.code == chosen and len(chosen) < 12 else {}
    down = {"region": line.code} | ({"month": month} if month else {}) | own
    path = "/console/activeness/teams?" if here else "/console/activeness?"
    named = f"{line.name}本级" if own else line.name
    name: Any = Link(named, path + urlencode(down)) if line.code else "合计"
    return {
        "name": name, "teams": line.teams, "activeness": line.activeness, "active": line.active,
        "lively": line.lively, "idle": line.idle[0], "idle2": line.idle[1] or "", "idle3": line.idle[2] or "",
        "at_start": line.at_start, "joined": line.joined, "gone": line.gone, "retention": share(line.retention),
        "excellent": share(line.excellent_share),
    }  # fmt: skip


def share(value: int | None) -> str:
    """Per cent; a dash where there is nothing to divide."""
    return "—" if value is None else f"{value}%"


@bp.get("/activeness/teams")
@need_role
def teams() -> ResponseReturnValue:
    """By team, the least active first."""
    at = clock.now()
    if not scopes.countable(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "各队活跃度", TEAMS,
        (
            Choice("region", "地区", words.areas(actor(), chosen, at)), month_choice(at), OWN,
            Choice("kind", "队伍类别", words.options("kinds")), Choice("idle", "久未活动", IDLE),
            Choice("plan", "激活打算", PLANS),
        ),
        search="队名", empty="没有符合条件的队。",
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: views.teams(actor=actor(), wanted=wanted, at=at), _team, template="figures/activeness",
        tab="manage", teams=True, kept="",
    )  # fmt: skip


def _team(line: TeamLine) -> Mapping[str, Any]:
    today = clock.today()
    days = (today - today.fromisoformat(line.since)).days if line.since else 0
    tone = {1: "wait", 2: "bad", 3: "bad"}.get(line.idle, "")
    return {
        "name": Link(line.name, f"/console/activeness/{line.code}"), "place": line.place,
        "activeness": line.activeness, "members": line.members, "activities": line.activities,
        "participants": line.participants, "minutes": line.minutes // 60, "active_months": line.active_months,
        "idle": Mark(f"{days} 天", tone) if line.idle else "", "plan": f"到 {line.plan}" if line.plan else "",
    }  # fmt: skip


@bp.get("/activeness/<code>")
@need_role
def team(code: str) -> ResponseReturnValue:
    """One team's months, marks and plans."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.page(actor=actor(), team_code=code, at=clock.now())
    body = render(
        "figures/team_activeness", tab="manage" if g.rights.oversees else "teams", shown=shown,
        problem=words_of(refusal), wrong=str(refusal.facts.get("field", "")) if refusal else "", outcomes=OUTCOMES,
        typed={name: field(name, 500) for name in ("text", "due_on", "outcome", "result")},
        today=clock.today(),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/activeness/<code>/plan")
@need_role
def plan(code: str) -> ResponseReturnValue:
    """What is going to be done, until when."""
    code = known_form(code)
    refusal = attempt(
        lambda: revival.make(
            actor=actor(), team_code=code, text=field("text", 600), due_on=field("due_on", 10), at=clock.now()
        )
    )
    return _page(code, refusal) if refusal else back(f"/console/activeness/{code}", "saved")


@bp.post("/activeness/<code>/outcome")
@need_role
def outcome(code: str) -> ResponseReturnValue:
    """What came of it."""
    code = known_form(code)
    refusal = attempt(
        lambda: revival.close(
            actor=actor(), team_code=code, outcome=field("outcome", 20), text=field("result", 600), at=clock.now()
        )
    )
    return _page(code, refusal) if refusal else back(f"/console/activeness/{code}", "saved")
