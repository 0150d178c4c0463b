"""Questions of members at the desk: the list, one whole, the answer (找联络员)."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.story import steps
from handlers.pages.browser import field, known_form
from services.conversation import ticket_views, tickets
from services.errors import Refusal
from services.times import last_day

bp = APIBlueprint("console_questions", __name__, enable_openapi=False)

LONG = 600
STATES = {"open": ("等答复", "wait"), "answered": ("已答复", "ok"), "closed": ("办好了", "")}
LIST = Sheet(
    "队员提问",
    (
        Column("name", "谁问", sort=True, whole=True), Column("text", "问什么"), Column("team", "服务队"),
        Column("place", "地方"), Column("state", "状态"), Column("due", "期限", sort=True, whole=True),
        Column("at", "问于", sort=True, whole=True),
    ),
    (Choice("state", "状态", (*((key, words[0]) for key, words in STATES.items()), ("late", "过期没有答复"))),),
    search="姓名或内容", empty="没有人提问。",
)  # fmt: skip


@bp.get("/questions")
@need_role
def listed() -> ResponseReturnValue:
    """Those of the actor's teams and divisions."""
    at = clock.now()
    return answer(
        LIST, lambda wanted: ticket_views.listed(actor=actor(), wanted=wanted, at=at), _cells,
        template="messaging/questions", tab="desk",
    )  # fmt: skip


def _cells(row: ticket_views.Line) -> dict[str, Any]:
    state = ("过期", "bad") if row.late else STATES[row.state]
    return {
        "name": Link(row.name, f"/console/questions/{row.code}"), "text": row.text, "team": row.team,
        "place": row.place, "state": Mark(*state), "due": last_day(row.due_at).isoformat(),
        "at": clock.local_day(row.at).isoformat(),
    }  # fmt: skip


@bp.get("/questions/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One question with everything that was written."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = ticket_views.one(actor=actor(), code=code, at=clock.now())
    page = render(
        "messaging/question", tab="desk", shown=shown, states=STATES, text=field("text", LONG),
        problem=words_of(refusal), past=steps("ticket", shown.number),
    )  # fmt: skip
    return said(page, refusal)


@bp.post("/questions/<code>")
@need_role
def reply(code: str) -> ResponseReturnValue:
    """Answer."""
    code = known_form(code)
    refusal = attempt(
        lambda: tickets.answer(actor=actor(), code=code, text=field("text", LONG), at=clock.now())
    )
    return _one(code, refusal) if refusal else back(f"/console/questions/{code}", "noted")
