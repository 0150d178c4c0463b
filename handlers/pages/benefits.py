"""Benefits on the phone: mine, the card to show; what its provider opens by scanning it, without an account (S103)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.pages.browser import known_form
from handlers.qr import svg_uri
from services.benefits import cards, views
from wording import entry

bp = APIBlueprint("benefits", __name__, enable_openapi=False)


@bp.get("/m/benefits")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """Those I may have first, then what the others take."""
    return render_template(
        "pages/benefits.html", tab="me", found=views.mine(volunteer_id=me_id(), at=clock.now()),
        kinds=entry("benefits.kinds"), per=entry("benefits.per"),
    )  # fmt: skip


@bp.get("/m/benefits/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """One of them."""
    shown = views.one(volunteer_id=me_id(), code=known_form(code, limit=20), at=clock.now())
    return render_template(
        "pages/benefit.html", tab="me", shown=shown, kinds=entry("benefits.kinds"), per=entry("benefits.per")
    )


@bp.get("/m/benefits/<code>/card")
@need_volunteer("h5")
def card(code: str) -> ResponseReturnValue:
    """The code to show; the page asks for a new one before it is over."""
    at = clock.now()
    shown = cards.show(parts=parts(), volunteer_id=me_id(), code=known_form(code, limit=20), at=at)
    seconds = max(30, int((shown.expires_at - at).total_seconds()) - 20)
    return _kept_nowhere(
        render_template(
            "pages/benefit_card.html", tab="me", shown=shown, code=code, seconds=seconds, picture=svg_uri(shown.url),
            left=entry("benefits.left"),
        )
    )


@bp.get("/b/<token>")
def seen(token: str) -> ResponseReturnValue:
    """What the provider reads: valid or not, for whom, until when."""
    found = cards.check(
        parts=parts(), token=known_form(token), address=request.remote_addr or "", at=clock.now()
    )
    return _seen(token, found)


@bp.post("/b/<token>")
def use(token: str) -> ResponseReturnValue:
    """The provider counts a use."""
    found = cards.use(
        parts=parts(), token=known_form(token), address=request.remote_addr or "", at=clock.now()
    )
    return _seen(token, found, counted=found.state == "used")


def _seen(token: str, found: cards.Seen, *, counted: bool = False) -> Response:
    return _kept_nowhere(
        render_template(
            "pages/benefit_seen.html", tab="", seen=found, token=token, counted=counted, at=clock.now(),
            words=entry("benefits.cards"), left=entry("benefits.left"),
        )
    )  # fmt: skip


def _kept_nowhere(page: str) -> Response:
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer
