"""The outbox for officers: what waits, what went out, what failed and why; and what rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import who
from handlers.console.frame import actor, need_role
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.lists import wanted as asked_for
from handlers.pages.format import moment
from services.messaging import catalogue, outbox_views
from services.messaging.outbox_views import DeliveryLine, TryLine
from wording import entry, say

bp = APIBlueprint("console_outbox", __name__, enable_openapi=False)

STATES: Mapping[str, str] = entry("outbox.states")
WAYS: Mapping[str, str] = entry("outbox.ways")
TONES = {"queued": "wait", "inflight": "wait", "sent": "ok", "unknown": "bad", "failed": "bad"}
#: The outbox looks again by itself after so many seconds.
EVERY = 3
OUTBOX = Sheet(
    "发送情况",
    (
        Column("name", "发给", whole=True), Column("team", "服务队"), Column("title", "内容"), Column("state", "状态"),
        Column("way", "走哪条路", whole=True), Column("at", "时间", sort=True, whole=True), Column("tries", "试过"),
    ),
    (
        Choice("state", "状态", tuple(STATES.items())), Choice("way", "走哪条路", tuple(WAYS.items())),
        Choice("group", "哪一类", tuple((name, str(line["label"])) for name, line in catalogue.groups().items())),
    ),
    search="姓名", empty="没有这样的消息。",
)  # fmt: skip


@bp.get("/outbox")
@need_role
def outbox() -> ResponseReturnValue:
    """What waits, what went out, what failed and why; and what rests."""
    at = clock.now()
    view = outbox_views.outbox(actor=actor(), name=asked_for(OUTBOX).text, at=at)
    words = dict(STATES, **entry("outbox.practice")) if who().practising else STATES
    return answer(
        OUTBOX,
        lambda wanted: outbox_views.deliveries(actor=actor(), wanted=wanted, at=at),
        lambda line: _outbox_cells(line, words),
        template="messaging/outbox", tab="outbox", every=EVERY, head="console/messaging/_outbox.html",
        view=view, states=words, accounts=entry("outbox.accounts"),
    )  # fmt: skip


def _outbox_cells(line: DeliveryLine, words: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "name": line.name, "team": line.team, "title": Link(line.title, f"/console/outbox/{line.id}"),
        "way": WAYS.get(line.channel, line.channel),
        "state": Mark(words[line.state], TONES.get(line.state, "")), "at": moment(line.sent_at or line.due_at),
        "tries": tried(line.tries, line.state),
    }  # fmt: skip


def tried(tries: Sequence[TryLine], state: str) -> str:
    """What was tried for a message and what came of it, in one line."""
    if not tries:
        untried: Mapping[str, str] = entry("outbox.untried")
        return untried.get(state, untried["other"])
    outcomes: Mapping[str, str] = entry("outbox.outcomes")
    return say("outbox.tries.separator").join(
        say(
            "outbox.tries.code" if one.errcode else "outbox.tries.one", way=WAYS.get(one.channel, ""),
            outcome=outcomes.get(one.outcome, one.outcome), errcode=one.errcode,
        ).strip()
        for one in tries
    )  # fmt: skip
