"""我的数据: a copy of everything we hold of a person, for himself, and the end of his account."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pictures import kept_nowhere
from services.errors import Refusal, RefusalCode
from services.privacy import closing, own_copy

bp = APIBlueprint("own_data", __name__, enable_openapi=False)

KINDS = {"json": "application/json", "pdf": "application/pdf"}
#: Refusals said on the page itself.
BESIDE = {RefusalCode.OWN_NUMBER_WRONG, RefusalCode.TOO_MANY_TRIES}


def _file(body: bytes, form: str) -> Response:
    return kept_nowhere(body, KINDS[form], f"my-data.{form}", attached=form == "json")


@bp.get("/m/me/data")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """What he may take with him, and his copies of the last day."""
    return _page()


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    copies = own_copy.mine(volunteer_id=me_id(), at=at)
    ready = next((each for each in copies if each.state == "ready"), None)
    links = {form: own_copy.link(parts=parts(), code=ready.code, form=form, at=at) for form in KINDS} if ready else {}
    page = render_template(
        "pages/own_data.html", tab="me", ready=ready, links=links, waits=any(c.state == "asked" for c in copies),
        problem=sentence(refusal) if refusal else "", closing=closing.look(volunteer_id=me_id(), at=at),
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/me/data")
@need_volunteer("h5")
def ask() -> ResponseReturnValue:
    """Ask for a copy; with the ID number his numbers stand in it in full."""
    try:
        own_copy.ask(parts=parts(), actor=g.actor, document=field("document", 40), at=clock.now())
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _page(refusal)
    return redirected("/m/me/data")


@bp.get("/m/me/data/<code>.<form>")
@need_volunteer("h5")
def file(code: str, form: str) -> ResponseReturnValue:
    """One of his copies, json or pdf."""
    body = own_copy.fetch(parts=parts(), actor=g.actor, code=known_form(code), form=form, at=clock.now())
    return _file(body, form)


@bp.get("/d/<link>")
def file_by_link(link: str) -> ResponseReturnValue:
    """The same for a browser that does not know him: WeChat hands files to another one. Good for ten minutes."""
    body, form = own_copy.by_link(parts=parts(), link=known_form(link), at=clock.now())
    return _file(body, form)


@bp.get("/m/me/closing")
@need_volunteer("h5")
def end() -> ResponseReturnValue:
    """What closing does and what stays, said before; where his request stands, and the way back."""
    return render_template(
        "pages/closing.html", tab="me", closing=closing.look(volunteer_id=me_id(), at=clock.now()),
        undone=request.args.get("done") == "undone",
    )  # fmt: skip


@bp.post("/m/me/closing")
@need_volunteer("h5")
def close() -> ResponseReturnValue:
    """He asks for it."""
    closing.ask(actor=g.actor, at=clock.now())
    return redirected("/m/me/closing")


@bp.post("/m/me/closing/undo")
@need_volunteer("h5")
def stay() -> ResponseReturnValue:
    """One tap, and he stays."""
    closing.undo(actor=g.actor, at=clock.now())
    return redirected("/m/me/closing?done=undone")
