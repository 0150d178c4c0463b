"""The board of a call: one page to act on, one to hang on the wall; both look again every three seconds."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.dispatch import words
from handlers.console.frame import actor, attempt, back, need_role, number, render, said, words_of
from handlers.console.lists import XLSX
from handlers.pages.browser import field, known_form
from services.dispatch import board, calls, going_on, lending, situation, standing_down, waves
from services.errors import Refusal, RefusalCode

bp = APIBlueprint("console_dispatch_board", __name__, enable_openapi=False)

C = RefusalCode
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _facts(code: str) -> dict[str, Any]:
    """What moves on both pages; `mark` changes with anything of it."""
    at = clock.now()
    shown = board.board(actor=actor(), code=code, at=at)
    figures = situation.figures(shown)
    lines = situation.log(shown)
    seen = repr((shown, figures, len(lines)))
    return {
        "board": shown, "figures": figures, "log": lines, "at": at, "path": f"/console/dispatch/{shown.code}",
        "states": words.STATES, "team_states": words.TEAM_STATES, "way": words.way, "how": words.HOW,
        "mark": hashlib.sha256(seen.encode()).hexdigest()[:12],
    }  # fmt: skip


def _page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    facts = _facts(code)
    shown = facts["board"]
    asks = shown.commands and shown.state in ("draft", "calling")
    proposal = board.proposal(actor=actor(), code=code, at=facts["at"]) if asks else None
    body = render(
        "dispatch/board", tab="manage", proposal=proposal, problem=words_of(refusal),
        chain={"before": going_on.before(shown.id), "after": going_on.after(shown.id)},
        wrong=str(refusal.facts.get("field", "")) if refusal else "",
        messages=board.messages(actor=actor(), code=code, at=facts["at"]) if shown.drill and shown.commands else [],
        **facts,
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/dispatch/<code>")
@need_role
def show(code: str) -> ResponseReturnValue:
    """The page; before it goes out, whom it would ask."""
    return _page(known_form(code))


@bp.get("/dispatch/<code>/now")
@need_role
def now(code: str) -> ResponseReturnValue:
    """What moves on the page; 204 while it is what the page has."""
    facts = _facts(known_form(code))
    return ("", 204) if field("have", 20) == facts["mark"] else render("dispatch/_board", **facts)


@bp.get("/dispatch/<code>/screen")
@need_role
def screen(code: str) -> ResponseReturnValue:
    """The board for a projector."""
    return render("dispatch/screen", tab="manage", **_facts(known_form(code)))


@bp.get("/dispatch/<code>/screen/now")
@need_role
def screen_now(code: str) -> ResponseReturnValue:
    """What moves on the projector."""
    facts = _facts(known_form(code))
    return ("", 204) if field("have", 20) == facts["mark"] else render("dispatch/_screen", **facts)


@bp.get("/dispatch/<code>/report.xlsx")
@need_role
def excel(code: str) -> Response:
    """The situation report of this minute, in Excel."""
    code, at = known_form(code), clock.now()
    return _file(situation.excel(parts=parts(), actor=actor(), code=code, at=at), f"{code}.xlsx", XLSX)


@bp.get("/dispatch/<code>/report.docx")
@need_role
def word(code: str) -> Response:
    """The same in Word, to go on writing in."""
    code, at = known_form(code), clock.now()
    return _file(situation.word(parts=parts(), actor=actor(), code=code, at=at), f"{code}.docx", DOCX)


def _file(body: bytes, ending: str, kind: str) -> Response:
    answer = Response(body, mimetype=kind)
    name = f"情况报告-{clock.now().astimezone(clock.SHANGHAI):%m%d-%H%M}-{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/dispatch/<code>/<step>")
@need_role
def move(code: str, step: str) -> ResponseReturnValue:
    """Send it out, ask more teams, one by name, another number, end it, answer for the centre above, report figures."""
    code = known_form(code)
    told: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    acts: dict[str, tuple[Any, str]] = {
        "start": (lambda: calls.start(**told), "called"),
        "more": (lambda: waves.ask_more(after=number("wave") or 0, **told), "called"),
        "name": (lambda: waves.ask_team(team_code=field("team", 20), **told), "called"),
        "people": (
            lambda: calls.set_wanted(
                people=number("people") or 0, boats=number("boats"), vehicles=number("vehicles"), **told
            ), "saved",
        ),
        "end": (
            lambda: standing_down.close(outcome=field("outcome", 12), reason=field("reason", 200), **told), "over",
        ),
        "longer": (lambda: going_on.prolong(ends_at=_until(), **told), "saved"),
        "lend": (
            lambda: lending.decide(agrees=field("agrees", 1) == "1", answer=field("answer", 200), **told), "noted",
        ),
        "figures": (lambda: _figures(told), "noted"),
    }  # fmt: skip
    if step not in acts:
        raise Refusal(C.NOT_FOUND)
    act, done = acts[step]
    refusal = attempt(act)
    return _page(code, refusal) if refusal else back(f"/console/dispatch/{code}", done)


def _until() -> datetime:
    when = words.moment_of(field("ends", 16))
    if when is None:
        raise Refusal(C.FIELD_WRONG, field="ends_at")
    return when


def _figures(told: dict[str, Any]) -> None:
    """Every figure that was typed; the names stand beside them."""
    for name, value in zip(request.form.getlist("name")[:20], request.form.getlist("value")[:20], strict=False):
        if value.strip():
            situation.put_figure(name=name, value=value, **told)
