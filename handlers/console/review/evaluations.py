"""服务评价 of an activity at the desk: what was said, judging those who served, a link for those served."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, number, render, said, words_of
from handlers.pages.browser import field, known_form
from handlers.qr import svg_uri
from services.errors import Refusal
from services.evaluation import evaluations, links

bp = APIBlueprint("console_evaluations", __name__, enable_openapi=False)

LONG = 600


def _page(code: str, refusal: Refusal | None = None, token: str = "") -> ResponseReturnValue:
    at = clock.now()
    shown = evaluations.summary(actor=actor(), activity_code=code, at=at)
    people = []
    try:
        people = evaluations.to_judge(actor=actor(), activity_code=code, at=at)
        leads = True
    except Refusal:
        leads = False
    url = f"{parts().public_url}/e/{token}" if token else ""
    page = render(
        "review/evaluations", tab="desk", code=code, shown=shown, people=people, leads=leads, url=url,
        picture=svg_uri(url) if url else "", problem=words_of(refusal),
    )  # fmt: skip
    return said(page, refusal)


@bp.get("/activities/<code>/evaluations")
@need_role
def show(code: str) -> ResponseReturnValue:
    """What was said; for the team's leaders, the forms."""
    return _page(known_form(code))


@bp.post("/activities/<code>/evaluations")
@need_role
def judge(code: str) -> ResponseReturnValue:
    """One volunteer."""
    code = known_form(code)
    refusal = attempt(
        lambda: evaluations.judge_volunteer(
            actor=actor(), activity_code=code, public_no=field("person", 20), score=number("score") or 0,
            words=field("words", LONG), at=clock.now(),
        )
    )  # fmt: skip
    return _page(code, refusal) if refusal else back(f"/console/activities/{code}/evaluations", "noted")


@bp.post("/activities/<code>/evaluation-link")
@need_role
def link(code: str) -> ResponseReturnValue:
    """A link for those served, shown once, as a code too."""
    code = known_form(code)
    made: list[str] = []
    refusal = attempt(
        lambda: made.append(
            links.make(actor=actor(), activity_code=code, uses=number("uses") or 0, at=clock.now())
        )
    )
    return _page(code, refusal) if refusal else _page(code, token=made[0])
