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
from handlers.console.lists import Choice, Column, Mark, Sheet, answer
from handlers.console.messaging.notices import BESIDE, LONG, show
from handlers.console.messaging.outbox import STATES, TONES, WAYS
from handlers.pages.browser import field, known_form
from handlers.pages.format import moment
from services import regions, scopes
from services.errors import Refusal, RefusalCode
from services.messaging import broadcasts
from services.messaging.broadcasts import lists, passing
from services.messaging.broadcasts.audience import Choice as Audience
from services.messaging.broadcasts.lists import Receiver
from services.messaging.broadcasts.passing import Passed
from services.participation import place_views
from services.recruitment import skills
from wording import entry, say

C = RefusalCode
bp = APIBlueprint("console_wide", __name__, enable_openapi=False)

FIELDS = ("region", "who", "identity", "skill", "text", "send_at", "urgent", "why")
#: Divisions offered below each of his own.
MOST_BELOW = 60
FORM = BESIDE | {C.REASON_REQUIRED, C.NOT_URGENT, C.BAD_REQUEST}
RECEIVERS = Sheet(
    "收到的人",
    (
        Column("name", "姓名", sort=True, whole=True), Column("state", "送到没有"),
        Column("way", "走哪条路", whole=True),
        Column("sent_at", "发出时间", sort=True, whole=True), Column("read_at", "看过时间", sort=True, whole=True),
    ),
    (
        Choice("state", "送到没有", tuple(STATES.items())),
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


def _form(heading: str, at: datetime, refusal: Refusal | None = None, **facts: Any) -> ResponseReturnValue:
    places = _places(at)
    if not places:
        raise Refusal(C.NOT_ALLOWED)
    body = render(
        "messaging/wide", tab="notices", heading=heading, places=places, who=entry("broadcasts.who"),
        identities=entry("access.identities"), skills=skills.catalogue(),
        typed={name: field(name, LONG) for name in FIELDS},
        problem=words_of(refusal), wrong=refusal.code.value if refusal else "", **facts,
    )  # fmt: skip
    return said(body, refusal)


def _audience() -> Audience:
    who = field("who", 20) or "members"
    return Audience("area", field("region", 12), who, field("identity", 20), field("skill", 40))


@bp.route("/notices/wide", methods=["GET", "POST"])
@need_role
def wide() -> ResponseReturnValue:
    """To the members, leaders or officers of a division."""
    at = clock.now()
    if request.method == "GET":
        return _form("发给一个地方", at)
    urgent = field("urgent", 5) == "yes"
    try:
        drafted = broadcasts.draft(
            actor=actor(), choice=_audience(), text=field("text", LONG), at=at, urgent=urgent,
            why=field("why", 200) if urgent else "", send_at=None if urgent else _moment("send_at"),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in FORM:
            return _form("发给一个地方", at, refusal)
        raise
    return show(drafted, "/console/notices/wide")


def _moment(name: str) -> datetime | None:
    """What a field for day and time holds, Shanghai time. Refusals: BAD_REQUEST (no moment at all)."""
    text = field(name, 20)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise Refusal(C.BAD_REQUEST, why=name) from None


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
        drafted = passing.pass_on(
            actor=actor(), notice_id=notice_id, choice=_audience(), own_words=field("text", LONG), at=at
        )
    except Refusal as refusal:
        if refusal.code in FORM:
            return _form("往下传达", at, refusal, received=line)
        raise
    return show(drafted, f"/console/notices/{notice_id}/pass")


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
            drafted = broadcasts.draft(actor=actor(), choice=Audience(whole, key, who), text=text, at=at)
            return show(drafted, f"/console/activities/{code}/write")
        except Refusal as refusal:
            if refusal.code not in BESIDE:
                raise
            problem = refusal
    body = render(
        "messaging/to_activity", tab="notices", title=shown.title, back_to=f"/console/activities/{code}", text=text,
        choices=[words for *_, words in choices], chosen=place, problem=words_of(problem),
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
    return {
        "name": line.name, "state": Mark(STATES[line.state], TONES.get(line.state, "")),
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
