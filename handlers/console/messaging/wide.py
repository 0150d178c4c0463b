"""Writing to more than one team, passing on what was received, and how far it came (群发到一个地方, 逐级传达)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, need_role, number, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.messaging.notices import BESIDE, LONG, MORE, drafted, more, show
from handlers.console.messaging.outbox import STATES, TONES, WAYS
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from services import leading, regions, scopes
from services.errors import Refusal, RefusalCode
from services.messaging.broadcasts import lists, passing
from services.messaging.broadcasts.audience import Choice as Audience
from services.messaging.broadcasts.lists import Receiver
from services.messaging.broadcasts.passing import Passed
from services.participation import place_views
from wording import entry, say

C = RefusalCode
bp = APIBlueprint("console_wide", __name__, enable_openapi=False)

FIELDS = (*MORE, "region", "who", "text")
HELD = entry("broadcasts.held")
#: A team among the places of the form, for a leader who passes on what he got.
TEAM, MOST_TEAMS = "team.", 20
#: Divisions offered below each of his own.
MOST_BELOW = 60
FORM = BESIDE | {C.BAD_REQUEST}
RECEIVERS = Sheet(
    "收到的人",
    (
        Column("name", "姓名", sort=True, whole=True), Column("state", "送到没有"),
        Column("way", "走哪条路", whole=True),
        Column("sent_at", "发出时间", sort=True, whole=True), Column("read_at", "看过时间", sort=True, whole=True),
    ),
    (
        Choice("state", "送到没有", (("call", "没通知到，要打电话"), *STATES.items())),
        Choice("read", "看过没有", (("yes", "看过"), ("no", "没看"))),
    ),
    search="姓名", empty="没有这样的人。",
)  # fmt: skip
TREE = Sheet(
    "传达到哪了",
    (
        Column("name", "地方", whole=True), Column("read", "几人看过", whole=True),
        Column("read_at", "最早看过", whole=True),
        Column("passed", "往下传了没有"), Column("reached", "传到几人", figure=True),
        Column("reached_read", "其中看过", figure=True),
    ),
    empty="下面没有地方。",
)  # fmt: skip


def _places(at: datetime) -> list[tuple[str, str]]:
    """His divisions and those right below."""
    mine = scopes.managed(actor=actor(), at=at)
    below = [(each.code, each.name) for code in mine[:5] for each in regions.children(code)[:MOST_BELOW]]
    return [(code, regions.path_name(code)) for code in mine] + below


def _teams(at: datetime) -> list[tuple[str, str]]:
    """For a leader, who has no division: his teams, as places of the form."""
    led = leading.led_teams(actor=actor(), at=at, most=MOST_TEAMS)
    return [(f"{TEAM}{team.code}", team.short_name) for team in led]


def _form(heading: str, at: datetime, refusal: Refusal | None = None, **facts: Any) -> ResponseReturnValue:
    places = _places(at)
    teams = _teams(at) if "received" in facts and not places else []
    if not places and not teams:
        raise Refusal(C.NOT_ALLOWED)
    offered = more() | {"typed": {name: field(name, LONG) for name in FIELDS}}
    body = render(
        "messaging/wide", tab="notices", heading=heading, places=places or teams, whole="area" if places else "team",
        who=entry("broadcasts.who"), problem=words_of(refusal), wrong=refusal.code.value if refusal else "", **facts,
        **offered,
    )  # fmt: skip
    return said(body, refusal)


def _passed_to() -> Audience:
    place = field("region", 40)
    if place.startswith(TEAM):
        return Audience("team", place.removeprefix(TEAM))
    return Audience("area", place, field("who", 20) or "members")


@bp.route("/notices/wide", methods=["GET", "POST"])
@need_role
def wide() -> ResponseReturnValue:
    """To the members, leaders or officers of a division."""
    at = clock.now()
    if request.method == "GET":
        return _form("发给一个地方", at)
    try:
        return show(drafted("area", field("region", 12), field("who", 20) or "members"), "/console/notices/wide")
    except Refusal as refusal:
        if refusal.code in FORM:
            return _form("发给一个地方", at, refusal)
        raise


@bp.route("/notices/<int:notice_id>/pass", methods=["GET", "POST"])
@need_role
def pass_on(notice_id: int) -> ResponseReturnValue:
    """What was received goes on to those below, with or without own words."""
    at = clock.now()
    line = next((each for each in lists.received(actor=actor(), at=at) if each.id == notice_id), None)
    if line is None:
        raise Refusal(C.NOT_FOUND)
    if request.method == "GET":
        return _form("往下传达", at, received=line)
    try:
        onward = passing.pass_on(
            actor=actor(), notice_id=notice_id, choice=_passed_to(), own_words=field("text", LONG), at=at
        )
    except Refusal as refusal:
        if refusal.code in FORM:
            return _form("往下传达", at, refusal, received=line)
        raise
    return show(onward, f"/console/notices/{notice_id}/pass")


@bp.route("/activities/<code>/write", methods=["GET", "POST"])
@need_role
def to_activity(code: str) -> ResponseReturnValue:
    """To those who signed up for an activity, for one shift of it, or have not arrived."""
    code, at = known_form(code), clock.now()
    shown = place_views.places(actor=actor(), activity_code=code, at=at)
    choices = [("activity", code, "members", say("broadcasts.to_activity.all"))]
    for one in shown.shifts:
        when = f"{one.position} {moment(one.starts_at)}"
        choices.append(("shift", one.code, "absent", say("broadcasts.to_activity.absent", when=when)))
        if len(shown.shifts) > 1:
            choices.append(("shift", one.code, "members", say("broadcasts.to_activity.shift", when=when)))
    place, text = number("to") or 0, field("text", LONG)
    problem: Refusal | None = None
    if request.method == "POST" and place < len(choices):
        whole, key, who, _ = choices[place]
        try:
            return show(drafted(whole, key, who), f"/console/activities/{code}/write")
        except Refusal as refusal:
            if refusal.code not in BESIDE:
                raise
            problem = refusal
    body = render(
        "messaging/to_activity", tab="notices", title=shown.title, back_to=f"/console/activities/{code}", text=text,
        choices=[words for *_, words in choices], chosen=place, problem=words_of(problem),
        **more(),
    )  # fmt: skip
    return said(body, problem)


@bp.get("/notices/<int:notice_id>/receivers")
@need_role
def receivers(notice_id: int) -> ResponseReturnValue:
    """Who it is for and what came of each, also as Excel."""
    at = clock.now()
    return answer(
        RECEIVERS, lambda wanted: lists.receivers(actor=actor(), notice_id=notice_id, wanted=wanted, at=at),
        _receiver_cells, template="messaging/receivers", tab="notices", notice_id=notice_id,
    )  # fmt: skip


def _receiver_cells(line: Receiver) -> Mapping[str, Any]:
    state = Mark(HELD, "wait") if line.held else Mark(STATES[line.state], TONES.get(line.state, ""))
    return {
        "name": Link(line.name, f"/console/outbox/{line.id}"), "state": state,
        "way": WAYS.get(line.channel, ""), "sent_at": moment(line.sent_at) if line.sent_at else "",
        "read_at": moment(line.read_at) if line.read_at else "",
    }  # fmt: skip


@bp.get("/notices/<int:notice_id>/tree")
@need_role
def tree(notice_id: int) -> ResponseReturnValue:
    """How it came on in each division below, also as Excel."""
    at = clock.now()
    return answer(
        TREE, lambda wanted: passing.listed(actor=actor(), notice_id=notice_id, wanted=wanted, at=at), _tree_cells,
        template="messaging/receivers", tab="notices", notice_id=notice_id,
    )  # fmt: skip


def _tree_cells(line: Passed) -> Mapping[str, Any]:
    passed = Mark(f"{moment(line.passed_at)} 传了", "ok") if line.passed_at else Mark("还没传", "wait")
    return {
        "name": line.name, "read": f"{line.read} / {line.told}" if line.told else "没有工作人员",
        "read_at": moment(line.read_at) if line.read_at else "", "passed": passed, "reached": line.reached,
        "reached_read": line.reached_read,
    }  # fmt: skip
