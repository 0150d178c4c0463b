"""Activities that wait for their centre's word, what it says, what it stops, whom it trusts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.organisation import team_words as words
from handlers.console.organisation.team_record import page as team_page
from handlers.console.participation.roster import page, path_of
from handlers.console.planning import simple
from handlers.pages.browser import field, known_form
from handlers.pages.format import FILTERS
from services import scopes
from services.errors import Refusal, RefusalCode
from services.organisation import team_list
from services.participation import console_views, domains
from services.planning import all_activities, approval_views, approvals, campaigns, delegations
from services.planning.all_activities import ActivityLine
from services.planning.approval_views import ApprovalLine
from services.times import day_starts, last_day

bp = APIBlueprint("console_approvals", __name__, enable_openapi=False)

C = RefusalCode
STATES = (
    ("waiting", "等审核"), ("approved", "已同意"), ("returned", "已退回"), ("refused", "不同意"),
    ("withdrawn", "已撤回"),
)  # fmt: skip
TONES = {"waiting": "wait", "approved": "ok", "returned": "bad", "refused": "bad", "withdrawn": ""}
ACTIVITY_STATES = (("draft", "草稿"), ("published", "已发布"), ("ended", "已结束"), ("cancelled", "已取消"))
ACTIVITY_TONES = {"draft": "", "published": "ok", "ended": "", "cancelled": "bad"}
MARKS = (("model", "示范活动"), ("waiting", "等审核"), ("emergency", "应急行动"), ("dangerous", "有危险"))
#: Offered where one team is looked at, as statistics lead to it: over a province it would read every record.
HELD = ("held", "有确认时长的")
COLUMNS = (
    Column("title", "活动"), Column("team", "服务队"), Column("place", "地区"),
    Column("starts", "活动时间", sort=True, whole=True), Column("state", "状态"),
    Column("asked", "送审日期", sort=True, whole=True), Column("due", "几时前答复", sort=True, whole=True),
)  # fmt: skip
ALL = (
    Column("title", "活动", sort=True), Column("team", "服务队", sort=True), Column("place", "地区"),
    Column("kind", "类别"), Column("starts", "时间", sort=True, whole=True), Column("state", "状态"),
    Column("signed", "报名", figure=True), Column("served", "参加", figure=True), Column("hours", "时长", figure=True),
    Column("supplement", "其中补录", figure=True, under="hours"),
    Column("views", "浏览", figure=True),
)  # fmt: skip


def _cells(line: ApprovalLine) -> Mapping[str, Any]:
    state = "等您审核" if line.mine else dict(STATES)[line.state]
    return {
        "title": Link(line.title, path_of(line.code)), "team": line.team, "place": line.place,
        "starts": FILTERS["as_moment"](line.starts_at),
        "state": Mark(state + ("（已上转）" if line.raised else ""), "bad" if line.mine else TONES[line.state]),
        "asked": clock.local_day(line.asked_at).isoformat(),
        "due": last_day(line.due_at).isoformat() if line.state == "waiting" else "",
    }  # fmt: skip


@bp.get("/approvals")
@need_role
def waiting() -> ResponseReturnValue:
    """The requests."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at):
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    sheet = Sheet(
        "活动审核", COLUMNS, search="活动或队名", empty="没有等审核的活动。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)),
            Choice("state", "状态", [*STATES, ("all", "连同办完的")]),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: approval_views.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage"
    )


def _all_cells(line: ActivityLine) -> Mapping[str, Any]:
    kind = domains.sub_domain(line.domain, line.sub_domain)
    state = "等审核" if line.approval == "waiting" else dict(ACTIVITY_STATES)[line.state]
    tone = "wait" if line.approval == "waiting" else ACTIVITY_TONES[line.state]
    marks = ("（示范）" if line.model else "") + ("（应急）" if line.emergency else "")
    return {
        "title": Link(line.title + marks, path_of(line.code)), "team": line.team, "place": line.place,
        "kind": kind.name if kind else line.sub_domain, "starts": FILTERS["as_moment"](line.starts_at),
        "state": Mark(state, tone), "signed": line.signed_up, "served": line.served,
        "hours": FILTERS["as_duration"](line.minutes) if line.minutes else "",
        "supplement": FILTERS["as_duration"](line.supplement) if line.supplement else "",
        "views": line.views,
    }  # fmt: skip


@bp.get("/all-activities")
@need_role
def every_one() -> ResponseReturnValue:
    """Everything that teams of his do, whoever allowed it."""
    at = clock.now()
    if not scopes.readable(actor=actor(), at=at) and not g.rights.leads:
        raise Refusal(C.NOT_ALLOWED)
    chosen = request.args.get("region", "")[:12]
    tags = [(each.code, each.name) for each in campaigns.seen(actor=actor(), at=at)]
    team = request.args.get("team", "")[:40]
    name = team_list.name_of(actor=actor(), team_code=team, at=at) if team else ""
    sheet = Sheet(
        "全部活动", ALL, search="活动或队名", empty="没有符合条件的活动。",
        choices=(
            Choice("region", "地区", words.areas(actor(), chosen, at)), Choice("state", "状态", ACTIVITY_STATES),
            Choice("domain", "领域", [(each.code, each.name) for each in domains.all_domains()]),
            Choice("venue", "六进", list(domains.venue_kinds().items())), Choice("campaign", "专题", tags),
            Choice("mark", "其他", (*MARKS, HELD)),
            Choice("from", "从", day=True), Choice("to", "到", day=True),
            *([Choice("team", "服务队", [(team, name)])] if name else []),
            *([Choice("sub", "服务", simple.kinds())] if request.args.get("sub") else []),
        ),
    )  # fmt: skip
    return answer(
        sheet, lambda wanted: all_activities.listed(actor=actor(), wanted=wanted, at=at), _all_cells, tab="manage"
    )


@bp.post("/activities/<code>/approval/<step>")
@need_role
def decide(code: str, step: str) -> ResponseReturnValue:
    """Yes, back, no; or the team takes its request back."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    answered = field("answer", 200)
    acts: dict[str, tuple[Any, str]] = {
        "approve": (lambda: approvals.approve(**facts, answer=answered), "approved"),
        "return": (lambda: approvals.send_back(**facts, answer=answered), "returned"),
        "refuse": (lambda: approvals.refuse(**facts, answer=answered), "refused"),
        "withdraw": (lambda: approvals.withdraw(**facts), "withdrawn"),
    }
    if step not in acts:
        raise Refusal(C.NOT_FOUND)
    act, word = acts[step]
    refusal = attempt(act)
    return page(code, refusal) if refusal else back(path_of(code), word)


@bp.get("/activities/<code>/stop")
@need_role
def ask_stop(code: str) -> ResponseReturnValue:
    """Ask for the reason first."""
    return _stop_page(code)


def _stop_page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    sheet = console_views.sheet(actor=actor(), code=code, at=at)
    if not approval_views.standing(actor=actor(), code=code, at=at).may_stop and refusal is None:
        raise Refusal(C.NOT_ALLOWED)
    return said(render("planning/stop", tab="desk", sheet=sheet, problem=words_of(refusal)), refusal)


@bp.post("/activities/<code>/stop")
@need_role
def stop(code: str) -> ResponseReturnValue:
    """Stop it; everybody is told why."""
    code = known_form(code)
    refusal = attempt(
        lambda: approvals.stop(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    return _stop_page(code, refusal) if refusal else back(path_of(code), "stopped_it")


@bp.post("/teams/<code>/trust")
@need_role
def trust(code: str) -> ResponseReturnValue:
    """The centre trusts a team, until a day or for good; or no longer."""
    code = known_form(code)
    facts: dict[str, Any] = {"actor": actor(), "team_code": code, "reason": field("reason", 200), "at": clock.now()}

    def act() -> None:
        if field("end", 2):
            delegations.take_back(**facts)
        else:
            delegations.give(**facts, until=_until(field("until", 10)))

    refusal = attempt(act)
    return team_page(code, refusal, "trust") if refusal else back(f"/console/teams/{code}", "saved")


def _until(text: str) -> Any:
    """The end of the day that was typed; None where nothing was."""
    if not text:
        return None
    try:
        return day_starts(date.fromisoformat(text) + timedelta(days=1))
    except (ValueError, OverflowError):
        raise Refusal(C.FIELD_WRONG, field="until") from None
