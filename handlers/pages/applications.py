"""Joining a team: what one promises, one's own applications, the answer to a recommendation (个人自荐, 组织推荐)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.recruitment import applications, finding, views

bp = APIBlueprint("applications", __name__, enable_openapi=False)

LONGEST = 600
#: What is said on the form itself.
HERE = (RefusalCode.PROMISE_REQUIRED, RefusalCode.CONSENT_REQUIRED, RefusalCode.TEXT_TOO_LONG)
#: Teams on one page of the search.
SHOWN = 20


def _source() -> str:
    """Where the code that led here hung; what we do not know says nothing."""
    word = field("source", 20)
    return word if word in applications.SOURCES else ""


def _promised() -> bool:
    return field("promised", 3) == "yes"


def _agreed() -> list[str]:
    return request.form.getlist("consent")


@bp.get("/m/join")
@need_volunteer("h5")
def find() -> ResponseReturnValue:
    """Teams near by, or of that name; where there is none, the way to found one."""
    text = field("q", finding.LONGEST)
    found = finding.find(actor=g.actor, text=text, limit=SHOWN + 1)
    return render_template(
        "pages/join_find.html", tab="me", q=text, found=found[:SHOWN], more=len(found) > SHOWN,
        home=finding.at_home(volunteer_id=me_id()),
    )  # fmt: skip


@bp.get("/m/join/<code>")
@need_volunteer("h5")
def door(code: str) -> ResponseReturnValue:
    """The team, the pledge and the agreement, and the form."""
    return _door(code)


def _door(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.team_door(actor=g.actor, team_code=known_form(code), brand=parts().brand, at=clock.now())
    page = render_template(
        "pages/join.html", tab="me", door=shown, agreed=_agreed(), statement=field("statement", LONGEST),
        source=_source(), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/join/<code>")
@need_volunteer("h5")
def apply(code: str) -> ResponseReturnValue:
    """Apply; where no vetting is asked for, join at once."""
    try:
        made = applications.apply(
            actor=g.actor, team_code=known_form(code), statement=field("statement", LONGEST), promised=_promised(),
            agreed=_agreed(), source=_source(), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in HERE:
            raise
        return _door(code, refusal)
    return redirected("/m/me?done=joined" if made.member else f"/m/applications/{made.code}?done=applied")


@bp.get("/m/applications")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """All of his own, offers first."""
    found = views.mine(actor=g.actor, brand=parts().brand)
    return render_template("pages/applications.html", tab="me", mine=found)


@bp.get("/m/applications/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """One of his own: how it stands, what he can do."""
    return _one(code)


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.my_application(actor=g.actor, code=known_form(code), brand=parts().brand)
    page = render_template(
        "pages/application.html", tab="me", mine=shown, agreed=_agreed(), text=field("text", LONGEST), done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/applications/<code>")
@need_volunteer("h5")
def act(code: str) -> ResponseReturnValue:
    """Say yes or no to a recommendation, take an application back, answer a refusal."""
    facts = {"actor": g.actor, "code": known_form(code), "at": clock.now()}
    word = "saved"
    try:
        if "accept" in request.form:
            applications.answer_offer(**facts, accepts=True, promised=_promised(), agreed=_agreed())
            word = "applied"
        elif "decline" in request.form:
            applications.answer_offer(**facts, accepts=False)
        elif "withdraw" in request.form:
            applications.withdraw(**facts)
        else:
            applications.reply(**facts, text=field("text", LONGEST))
    except Refusal as refusal:
        if refusal.code in (RefusalCode.NOT_FOUND, RefusalCode.TEAM_CLOSED):
            raise
        return _one(code, refusal)
    return redirected(f"/m/applications/{known_form(code)}?done={word}")
