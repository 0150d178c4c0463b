"""Open to everybody, without logging in: what is on, one activity, its poster and share card."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.pages.browser import field, known_form, prefetching
from services import regions
from services.participation import public, views

bp = APIBlueprint("public", __name__, enable_openapi=False)

PAGE = 20
#: A picture may be kept for ten minutes: an activity that moved is drawn anew soon.
KEPT = "public, max-age=600"


@bp.get("/activities")
def listed() -> ResponseReturnValue:
    """What is open to everybody, near a place that was searched for by name."""
    at, after, text = clock.now(), field("after", 60) or None, field("q", 20)
    chosen = field("region", 12) or regions.widest()
    found = public.open_ones(region_code=chosen, at=at, limit=PAGE + 1, after=after)
    places = regions.search(text, regions.widest(), 8) if text else []
    return render_template(
        "pages/public_list.html", found=found[:PAGE], more=found[PAGE - 1].cursor if len(found) > PAGE else "",
        at=at, q=text, places=[(each.code, each.path or each.name) for each in places], region=chosen,
        place=regions.path_name(chosen), first=after is None,
    )  # fmt: skip


@bp.get("/activities/<code>")
def one(code: str) -> ResponseReturnValue:
    """Everything that must be published of it (GB/T 40143 §6.1)."""
    view = public.one(code=known_form(code), at=clock.now())
    if not prefetching():
        views.opened(code=view.code, at=clock.now())
    return render_template("pages/public_one.html", view=view)


@bp.get("/activities/<code>/poster.png")
def poster(code: str) -> ResponseReturnValue:
    """To print and hang up."""
    return _picture(public.poster(parts=parts(), code=known_form(code)))


@bp.get("/activities/<code>/card.png")
def card(code: str) -> ResponseReturnValue:
    """To pass on in a chat."""
    return _picture(public.card(parts=parts(), code=known_form(code)))


def _picture(body: bytes) -> Response:
    answer = Response(body, mimetype="image/png")
    answer.headers["Cache-Control"] = KEPT
    return answer
