"""找回 in the browser: a new WeChat finds its owner's registration; the old one can stop it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import need_login, need_volunteer, who
from handlers.errors import sentence, status_of
from handlers.pages.browser import HOME, field, known_form, redirected
from services.errors import Refusal, RefusalCode
from services.lives import recovery

bp = APIBlueprint("recovery", __name__, enable_openapi=False)

C = RefusalCode
#: Beside which field the sentence of a refusal stands; "form" above them all.
BESIDE = {
    C.DOCUMENT_INVALID: "document", C.PHONE_INVALID: "phone", C.RECOVERY_NO_MATCH: "form", C.TOO_MANY_TRIES: "form",
}  # fmt: skip


def _page(digits: str = "", refusal: Refusal | None = None) -> str:
    return render_template(
        "pages/recover.html", tab="home", digits=digits, where=BESIDE[refusal.code] if refusal else "",
        problem=sentence(refusal) if refusal else "", typed={name: field(name, 40) for name in ("document", "phone")},
    )  # fmt: skip


def _identity() -> int:
    if who().identity_id is None:
        raise Refusal(C.LOGIN_REQUIRED)
    return who().identity_id or 0


@bp.get("/m/recover")
@need_login("h5")
def begin() -> ResponseReturnValue:
    """The two ways; who is known already needs none."""
    return redirected(HOME) if who().volunteer_id is not None else _page()


@bp.post("/m/recover")
@need_login("h5")
def recover() -> ResponseReturnValue:
    """By ID number and old phone, at once."""
    try:
        recovery.by_phone(
            parts=parts(), identity_id=_identity(), document=field("document", 40), phone=field("phone", 40),
            at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code is C.ALREADY_REGISTERED:
            return redirected(HOME)
        if refusal.code not in BESIDE:
            raise
        return _page(refusal=refusal), status_of(refusal.code)
    return redirected("/m/inbox")


@bp.post("/m/recover/digits")
@need_login("h5")
def digits() -> ResponseReturnValue:
    """Six digits to show at the station."""
    return _page(digits=recovery.show_digits(identity_id=_identity(), at=clock.now()))


@bp.get("/m/recoveries/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """What the old WeChat was told about."""
    mine = recovery.mine(actor=g.actor, code=known_form(code))
    return render_template("pages/recovery.html", tab="me", mine=mine, code=code)


@bp.post("/m/recoveries/<code>")
@need_volunteer("h5")
def stop(code: str) -> ResponseReturnValue:
    """It was not me."""
    recovery.stop(actor=g.actor, code=known_form(code), at=clock.now())
    return redirected(f"/m/recoveries/{code}")
