"""The public notice (公示) of teams and people about to be honoured: open to everybody, without logging in (S104)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import identify, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.complaints import objected
from handlers.pages.near import near
from services.commending import nominations, objections, views
from services.errors import Refusal

bp = APIBlueprint("public_commendations", __name__, enable_openapi=False)


@bp.get("/commendations")
def listed() -> ResponseReturnValue:
    """Which teams and people, for what, until when, near a place that was searched for by name."""
    asked = near()
    found = views.announced(wanted=asked.wanted, at=clock.now())
    return render_template("pages/commendations.html", found=found, asked=asked)


@bp.get("/commendations/<code>")
def notice(code: str) -> ResponseReturnValue:
    """One public notice, with the form to object."""
    return _notice(known_form(code, limit=20))


def _notice(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    identify("h5")  # whoever is logged in objects in his own name: the form carries his token
    shown, runs = views.notice(code=code, at=clock.now())
    page = render_template(
        "pages/commendation.html", tab="", shown=shown, runs=runs, lines=views.public_figures(shown),
        typed={name: field(name, 600) for name in ("text", "contact")}, problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/commendations/<code>")
def object_to(code: str) -> ResponseReturnValue:
    """Say that it is not right; the code to follow it by is shown once."""
    return objected(known_form(code, limit=20), objections.object_to, _notice)


@bp.post("/m/honours/<code>/decline")
@need_volunteer("h5")
def decline(code: str) -> ResponseReturnValue:
    """I do not want it."""
    nominations.decline(actor=g.actor, code=known_form(code, limit=20), at=clock.now())
    return redirected("/m/honours?done=withdrawn")
