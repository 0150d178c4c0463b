"""异议 on the phone: object to a record, read the answer, go to the county."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.review import objection_views, objections

bp = APIBlueprint("objections", __name__, enable_openapi=False)

C = RefusalCode
LONGEST = 600


def _number(name: str, most: int = 18) -> int | None:
    text = field(name, most)
    return int(text) if text.isascii() and text.isdigit() else None


@bp.get("/m/objections")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """All of his own."""
    return render_template("pages/objections.html", tab="hours", mine=objection_views.mine(actor=g.actor))


@bp.get("/m/objections/new")
@need_volunteer("h5")
def form() -> ResponseReturnValue:
    """The form about one record (`?record=`)."""
    return _form()


def _form(refusal: Refusal | None = None) -> ResponseReturnValue:
    about = objection_views.about(actor=g.actor, record_id=_number("record") or 0, at=clock.now())
    page = render_template(
        "pages/objection_new.html", tab="hours", about=about, text=field("text", LONGEST), hours=field("hours", 2),
        minutes=field("minutes", 2), problem=sentence(refusal) if refusal else "",
        closed=sentence(about.closed) if about.closed else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/objections/new")
@need_volunteer("h5")
def object_to() -> ResponseReturnValue:
    """Object."""
    hours, minutes = _number("hours", 2), _number("minutes", 2)
    wanted = None if hours is None and minutes is None else (hours or 0) * 60 + (minutes or 0)
    try:
        code = objections.object_to(
            actor=g.actor, record_id=_number("record") or 0, text=field("text", LONGEST), wanted_minutes=wanted,
            at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in (C.NOT_FOUND, C.NOT_REGISTERED):
            raise
        return _form(refusal)
    return redirected(f"/m/objections/{code}?done=applied")


@bp.get("/m/objections/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """How it stands, and what he can do."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = objection_views.my_objection(actor=g.actor, code=code)
    page = render_template(
        "pages/objection.html", tab="hours", shown=shown, text=field("text", LONGEST), done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/objections/<code>")
@need_volunteer("h5")
def act(code: str) -> ResponseReturnValue:
    """Take it back, be content, or go to the county."""
    code, at = known_form(code), clock.now()
    try:
        if "withdraw" in request.form:
            objections.withdraw(actor=g.actor, code=code, at=at)
        elif "accept" in request.form:
            objections.accept(actor=g.actor, code=code, at=at)
        else:
            objections.go_further(actor=g.actor, code=code, why=field("text", LONGEST), at=at)
    except Refusal as refusal:
        if refusal.code in (C.NOT_FOUND, C.NOT_REGISTERED):
            raise
        return _one(code, refusal)
    return redirected(f"/m/objections/{code}?done=saved")
