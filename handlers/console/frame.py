"""What every page of the console shares: who may come in, the frame around a page, how a "no" is said beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import log_in_registered, who
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from services import taking_out
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import console_views
from services.policy import modules

F = TypeVar("F", bound=Callable[..., Any])

#: These say that the page itself is none of his: they get a page of their own.
WHOLE_PAGE = frozenset(
    {RefusalCode.NOT_FOUND, RefusalCode.MODULE_OFF, RefusalCode.NOT_ALLOWED, RefusalCode.LOGIN_REQUIRED}
)
#: The pages of a module that a division may switch off.
MODULES = {
    "/console/dispatch": "dispatch",
    "/console/applications": "recruitment", "/console/imports": "imports", "/console/national": "national",
    "/console/assessment": "assessment", "/console/mall": "mall",
}  # fmt: skip
#: How the addresses of lists and folders as files end.
LISTS = (".xlsx", ".docx")
#: What was just done; the sentence stands in the frame's template.
DONE = frozenset(
    {
        "published", "saved", "again", "cancelled", "extended", "ticked", "named", "ended", "voided", "stopped", "sent",
        "created", "submitted", "approved", "refused", "returned", "withdrawn", "undone", "noted", "verified",
        "asked", "waits", "asked_centre", "stopped_it", "copied", "to_agree", "agreed", "called", "over", "recalled",
        "certifying", "revoked", "recoded",
    }
)  # fmt: skip


def actor() -> Actor:
    """The person behind this request, at the console's door."""
    return cast(Actor, g.actor)


def need_role(view: F) -> F:
    """The view needs a logged-in person who has any role at all; others see a kind page."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        log_in_registered("console")
        g.rights = console_views.rights(actor=actor(), at=clock.now())
        if not g.rights.any_role:
            return render("no_role"), 403
        if is_off(request.path, clock.now()):
            raise Refusal(RefusalCode.NOT_FOUND)
        if takes_a_list_out():
            taking_out.count(actor=actor(), at=clock.now())
        return view(*args, **kwargs)

    return cast(F, guarded)


def takes_a_list_out() -> bool:
    """Whether this request asks for a list or a folder as a file. A single paper (a certificate) is none."""
    return request.path.endswith(LISTS) or "xlsx" in (request.args.get("format"), request.form.get("format"))


def module_of(path: str) -> str:
    """The module that a page belongs to, "" for none."""
    if path.endswith("/recommend"):
        return "recruitment"
    return next((name for start, name in MODULES.items() if path.startswith(start)), "")


def is_off(path: str, at: datetime) -> bool:
    """Whether a page belongs to a module that is off wherever the person behind this request has a right."""
    module = module_of(path)
    return bool(module) and module not in modules.open_to(actor=actor(), at=at)


def done() -> str:
    """The word for what was just done, from the address after a post; "" if nothing we know."""
    word = request.args.get("done", "")
    return word if word in DONE else ""


def render(name: str, *, tab: str = "", **facts: Any) -> str:
    """A page of the console."""
    return render_template(
        f"console/{name}.html", tab=tab, rights=g.get("rights"), my_name=who().name, done=done(), **facts
    )


def from_htmx() -> bool:
    """Whether a part of a page is asked for, not a page."""
    return request.headers.get("HX-Request") == "true"


def attempt(act: Callable[[], Any]) -> Refusal | None:
    """Do it; a "no" about what was typed comes back, to be said on the same page; the others are raised."""
    try:
        act()
    except Refusal as refusal:
        if refusal.code in WHOLE_PAGE:
            raise
        return refusal
    return None


def said(page: str, refusal: Refusal | None) -> ResponseReturnValue:
    """A page with the status of the refusal it tells."""
    return (page, status_of(refusal.code)) if refusal else page


def words_of(refusal: Refusal | None) -> str:
    """The refusal as a sentence, "" for none."""
    return sentence(refusal) if refusal else ""


def back(path: str, word: str = "", anchor: str = "") -> Response:
    """To a page after a post, with the word for what was done."""
    return redirected(path + (f"?done={word}" if word else "") + (f"#{anchor}" if anchor else ""))


def pdf(body: bytes, name: str) -> Response:
    """A file to look at and to print, kept nowhere on the way."""
    answered = Response(body, mimetype="application/pdf")
    answered.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answered.headers["Cache-Control"] = "no-store"
    return answered


def number(name: str) -> int | None:
    """A whole number from a field, or None."""
    text = field(name, 9)
    return int(text) if text.isascii() and text.isdigit() else None
