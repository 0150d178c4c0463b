"""找联络员 on the phone: ask, read the answer, ask further, say that it is settled."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services.conversation import ticket_views, tickets
from services.errors import Refusal, RefusalCode
from services.organisation import liaisons

bp = APIBlueprint("questions", __name__, enable_openapi=False)

C = RefusalCode
LONGEST = 600
#: These say that it is none of his: they get a page of their own.
ELSEWHERE = {C.NOT_FOUND, C.NOT_REGISTERED}


@bp.get("/m/questions")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """All of his own, and the form."""
    return _mine()


def _mine(refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/questions.html", tab="me", mine=ticket_views.mine(actor=g.actor, at=clock.now()),
        text=field("text", LONGEST), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/questions")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Ask."""
    try:
        code = tickets.ask(actor=g.actor, text=field("text", LONGEST), at=clock.now())
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _mine(refusal)
    return redirected(f"/m/questions/{code}?done=asked")


@bp.post("/m/questions/liaison")
@need_volunteer("h5")
def liaison() -> ResponseReturnValue:
    """Whom he turns to, with the telephone; each look is kept."""
    shown = liaisons.mine(parts=parts(), actor=g.actor, at=clock.now())
    return render_template("pages/liaison.html", tab="me", shown=shown)


@bp.get("/m/questions/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """One of his own, with everything that was written."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = ticket_views.my_question(actor=g.actor, code=code, at=clock.now())
    page = render_template(
        "pages/question.html", tab="me", shown=shown, text=field("text", LONGEST), done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/questions/<code>")
@need_volunteer("h5")
def act(code: str) -> ResponseReturnValue:
    """Say more, or that it is settled."""
    code, at = known_form(code), clock.now()
    try:
        if "settled" in request.form:
            tickets.settle(actor=g.actor, code=code, at=at)
        else:
            tickets.go_on(actor=g.actor, code=code, text=field("text", LONGEST), at=at)
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _one(code, refusal)
    return redirected(f"/m/questions/{code}?done=saved")
