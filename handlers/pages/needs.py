"""点单 on the phone: what I need, sent to my station, and how it stands."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.evaluation import chosen_score
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.participation import domains
from services.planning import need_views, needs
from services.planning.needs import NeedDraft

bp = APIBlueprint("needs", __name__, enable_openapi=False)

TEXTS = ("title", "content", "wanted_from", "wanted_until", "contact")


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/needs.html", tab="me", mine=need_views.mine(volunteer_id=me_id(), at=clock.now()), done=done(),
        domains=domains.all_domains(), typed={name: field(name, 600) for name in (*TEXTS, "domain")},
        home="private_home" in request.form, problem=sentence(refusal) if refusal else "",
        wrong=str(refusal.facts.get("field", "")) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/needs")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """What I asked for, and the form."""
    return _page()


@bp.post("/m/needs")
@need_volunteer("h5")
def send() -> ResponseReturnValue:
    """Send it to my station."""
    domain, _, sub = field("domain", 40).partition(".")
    kind = "veteran" if request.form.get("kind") == "veteran" else "public"
    draft = NeedDraft(
        domain=domain, sub_domain=sub, kind=kind, private_home="private_home" in request.form,
        **{name: field(name, 600) for name in TEXTS},
    )  # fmt: skip
    try:
        needs.send_own(parts=parts(), actor=g.actor, draft=draft, at=clock.now())
    except Refusal as refusal:
        return _page(refusal)
    return redirected("/m/needs?done=applied")


@bp.post("/m/needs/<code>/withdraw")
@need_volunteer("h5")
def withdraw(code: str) -> ResponseReturnValue:
    """I need it no longer."""
    try:
        needs.withdraw(actor=g.actor, code=known_form(code), at=clock.now())
    except Refusal as refusal:
        if refusal.code is not RefusalCode.NEED_STATE:
            raise
        return _page(refusal)
    return redirected("/m/needs?done=withdrawn")


@bp.post("/m/needs/<code>/judge")
@need_volunteer("h5")
def judge(code: str) -> ResponseReturnValue:
    """How it was."""
    try:
        needs.judge(
            actor=g.actor, code=known_form(code), score=chosen_score(), words=field("words", 600), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code is RefusalCode.NOT_FOUND:
            raise
        return _page(refusal)
    return redirected("/m/needs?done=judged")
