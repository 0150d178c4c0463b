"""A call on the phone: the leader answers for his team, a member says yes or no; who telephoned is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import clock_near, field, known_form, redirected, whole_number
from services.dispatch import answers, mine, people, ringing
from services.dispatch.answers import Answer
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("dispatch_pages", __name__, enable_openapi=False)

C = RefusalCode
DONE = {"answered", "not_me", "accepted", "declined", "noted"}
#: These are none of a form's business.
ELSEWHERE = {C.NOT_FOUND, C.NOT_ALLOWED, C.NOT_REGISTERED, C.ACCOUNT_CLOSED}
TYPED = ("people", "boats", "vehicles", "there", "note")


def path_of(code: str) -> str:
    """The page of a call."""
    return f"/m/dispatch/{code}"


@bp.get("/m/dispatch")
@need_volunteer("h5")
def listed() -> ResponseReturnValue:
    """The running calls that want something of him; the only one opens itself."""
    found = mine.listed(actor=g.actor, at=clock.now())
    if len(found) == 1:
        return redirected(path_of(found[0].code))
    return render_template("pages/dispatch_list.html", tab="home", calls=found)


@bp.get("/m/dispatch/<code>")
@need_volunteer("h5")
def show(code: str) -> ResponseReturnValue:
    """The call, and what he is asked."""
    return _page(known_form(code))


def _page(code: str, refusal: Refusal | None = None, rung: tuple[str, str] | None = None) -> ResponseReturnValue:
    at, word = clock.now(), request.args.get("done", "")
    page = render_template(
        "pages/dispatch.html", tab="home", call=mine.one(actor=g.actor, code=code, at=at), here=path_of(code), at=at,
        done=word if word in DONE else "", problem=sentence(refusal) if refusal else "", rung=rung,
        wrong=str(refusal.facts.get("field", "")) if refusal else "", typed={name: field(name, 200) for name in TYPED},
        ways=[(each["minutes"], each["word"]) for each in entry("dispatch.said.soon")],
        reasons=entry("dispatch.said.reasons"),
        answering=field("team", 20), unread=refusal is not None and refusal.code is C.RISK_NOT_ACCEPTED,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _act(code: str, act: Any, word: str, other: Sequence[str] = ()) -> ResponseReturnValue:
    """Do it and say `word`, or what the act left in `other`; or the page again with the refusal."""
    try:
        act()
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _page(code, refusal)
    return redirected(f"{path_of(code)}?done={next(iter(other), word)}")


@bp.post("/m/dispatch/<code>/answer")
@need_volunteer("h5")
def answer(code: str) -> ResponseReturnValue:
    """The leader's answer; with a tick he goes himself, too."""
    code, at, done = known_form(code), clock.now(), list[str]()

    def act() -> None:
        coming = field("coming", 1) == "1"
        answers.answer(
            actor=g.actor, code=code, team_code=field("team", 20), answer=_said(at) if coming else Answer(0), at=at
        )
        if not coming or field("me", 1) != "1":
            return
        if mine.one(actor=g.actor, code=code, at=at).my_state:
            people.accept(actor=g.actor, code=code, risk_accepted=True, at=at)
        else:
            done.append("not_me")

    return _act(code, act, "answered", done)


def _said(at: datetime) -> Answer:
    there = field("there", 5)
    when = clock_near(there, at) if there else None
    if there and when is None:
        raise Refusal(C.FIELD_WRONG, field="there_at")
    many, boats, vehicles = (_number(field(name, 5)) for name in ("people", "boats", "vehicles"))
    return Answer(many or -1, boats, vehicles, when, field("note", 200))


def _number(text: str) -> int:
    """A whole number; -1, which nothing takes, for what is none, 0 for nothing."""
    return int(text) if text.isascii() and text.isdigit() else 0 if not text else -1


@bp.post("/m/dispatch/<code>/accept")
@need_volunteer("h5")
def accept(code: str) -> ResponseReturnValue:
    """A member's own yes."""
    code, at, risk, minutes = known_form(code), clock.now(), field("risk", 1) == "1", whole_number("minutes")
    return _act(
        code, lambda: people.accept(actor=g.actor, code=code, risk_accepted=risk, minutes=minutes, at=at), "accepted"
    )


@bp.post("/m/dispatch/<code>/decline")
@need_volunteer("h5")
def decline(code: str) -> ResponseReturnValue:
    """His own no, also after a yes."""
    code, at, why = known_form(code), clock.now(), field("reason", people.REASON_LENGTH)
    return _act(code, lambda: people.decline(actor=g.actor, code=code, reason=why, at=at), "declined")


@bp.post("/m/dispatch/<code>/people")
@need_volunteer("h5")
def record(code: str) -> ResponseReturnValue:
    """What a member told his leader on the telephone."""
    code = known_form(code)
    return _act(
        code,
        lambda: people.record(
            actor=g.actor, code=code, public_no=field("person", 20), accepts=field("goes", 1) == "1",
            risk_read=field("risk", 1) == "1", minutes=whole_number("minutes"),
            reason=field("reason", people.REASON_LENGTH), at=clock.now(),
        ),
        "noted",
    )  # fmt: skip


@bp.post("/m/dispatch/<code>/ring")
@need_volunteer("h5")
def ring(code: str) -> ResponseReturnValue:
    """One number in full, to ring up; the audit has it."""
    code = known_form(code)
    try:
        rung = ringing.ring(parts=parts(), actor=g.actor, code=code, public_no=field("person", 20), at=clock.now())
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _page(code, refusal)
    return _page(code, rung=rung)
