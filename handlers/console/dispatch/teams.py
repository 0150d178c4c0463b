"""A called team: its leader's answer by telephone, its members, whom to ring up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.dispatch import words
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.planning.simple import whole
from handlers.pages.browser import clock_near, field, known_form, whole_number
from services.dispatch import answers, board, people, ringing
from services.dispatch.answers import Answer
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("console_dispatch_teams", __name__, enable_openapi=False)

TYPED = ("people", "boats", "vehicles", "there", "note", "said_by")


def said_answer(at: datetime, *, coming: bool) -> Answer:
    """The answer as it was typed; FIELD_WRONG for a time that is none."""
    if not coming:
        return Answer(0, note=field("note", 200))
    there = field("there", 5)
    when = clock_near(there, at) if there else None
    if there and when is None:
        raise Refusal(RefusalCode.FIELD_WRONG, field="there_at")
    many = whole(field("people", 8))
    return Answer(
        many if many > 0 else -1, whole(field("boats", 8)), whole(field("vehicles", 8)), when, field("note", 200)
    )


def _page(code: str, team: str, refusal: Refusal | None = None, rung: tuple[str, str] | None = None) -> Any:
    at = clock.now()
    shown = board.board(actor=actor(), code=code, at=at)
    page = board.team_page(actor=actor(), code=code, team_code=team, at=at)
    body = render(
        "dispatch/team", tab="manage", board=shown, page=page,
        path=f"/console/dispatch/{code}", states=words.TEAM_STATES, person_states=words.PERSON_STATES, how=words.HOW,
        way=words.way, rung=rung, words=entry("dispatch.said"), problem=words_of(refusal),
        wrong=str(refusal.facts.get("field", "")) if refusal else "", typed={name: field(name, 200) for name in TYPED},
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/dispatch/<code>/teams/<team>")
@need_role
def show(code: str, team: str) -> ResponseReturnValue:
    """The page."""
    return _page(known_form(code), known_form(team))


@bp.post("/dispatch/<code>/teams/<team>/answer")
@need_role
def answer(code: str, team: str) -> ResponseReturnValue:
    """What the leader said on the telephone."""
    code, team, at = known_form(code), known_form(team), clock.now()
    refusal = attempt(
        lambda: answers.record(
            actor=actor(), code=code, team_code=team, said_by=field("said_by", 20),
            answer=said_answer(at, coming=field("coming", 1) == "1"), at=at,
        )
    )  # fmt: skip
    return _page(code, team, refusal) if refusal else back(f"/console/dispatch/{code}/teams/{team}", "noted")


@bp.post("/dispatch/<code>/teams/<team>/people")
@need_role
def member(code: str, team: str) -> ResponseReturnValue:
    """What a member said on the telephone."""
    code, team = known_form(code), known_form(team)
    refusal = attempt(
        lambda: people.record(
            actor=actor(), code=code, public_no=field("person", 20), accepts=field("goes", 1) == "1",
            risk_read=field("risk", 1) == "1", minutes=whole_number("minutes"),
            reason=field("reason", people.REASON_LENGTH), at=clock.now(),
        )
    )  # fmt: skip
    return _page(code, team, refusal) if refusal else back(f"/console/dispatch/{code}/teams/{team}", "noted", "people")


@bp.post("/dispatch/<code>/teams/<team>/ring")
@need_role
def ring(code: str, team: str) -> ResponseReturnValue:
    """One number in full, to ring up; the audit has it."""
    code, team = known_form(code), known_form(team)
    found: list[tuple[str, str]] = []
    refusal = attempt(
        lambda: found.append(
            ringing.ring(
                parts=parts(), actor=actor(), code=code, public_no=field("person", 20), at=clock.now()
            )
        )
    )
    return _page(code, team, refusal, found[0] if found else None)
