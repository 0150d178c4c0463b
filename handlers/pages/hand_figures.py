"""A leader reports a month by hand from his phone: what was done outside the system (手工上报)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from services import leading
from services.dates import month_after, month_of
from services.errors import Refusal, RefusalCode
from services.statistics import hand

bp = APIBlueprint("hand_figures", __name__, enable_openapi=False)

#: Figures as they are asked, and the months one may still report from here.
ASKED = (
    ("activities", "办了几次活动"), ("attendances", "来了多少人次"), ("hours", "一共多少小时"),
    ("served", "服务了多少群众"),
)  # fmt: skip
MONTHS = 4


@bp.get("/m/hand-figures")
@need_volunteer("h5")
def page() -> ResponseReturnValue:
    """The form of one team and month, with what was reported before."""
    return _page()


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    teams = leading.offered_teams(actor=g.actor, chosen=field("team", 40), at=at)
    if not teams:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    team = field("team", 40) or teams[0].code
    now = month_of(clock.local_day(at))
    month = field("month", 7) or month_after(now, -1)
    typed = {name: field(name, 6) for name, _ in ASKED} | {"note": field("note", hand.NOTE_LONGEST)}
    known = {} if refusal else hand.known(actor=g.actor, team_code=team, month=month, at=at)
    body = render_template(
        "pages/hand_figures.html", tab="home", teams=teams, team=team, month=month, asked=ASKED,
        months=[month_after(now, -back) for back in range(MONTHS)], values=typed if refusal else known,
        problem=sentence(refusal) if refusal else "", most=hand.MOST, each=hand.MOST_EACH,
        wrong=str(refusal.facts.get("field", "")) if refusal else "", done=field("done", 10) == "saved",
    )  # fmt: skip
    return (body, status_of(refusal.code)) if refusal else body


@bp.post("/m/hand-figures")
@need_volunteer("h5")
def report() -> ResponseReturnValue:
    """Put the month down, or correct it."""
    numbers = {name: _whole(field(name, 6)) for name, _ in ASKED}
    team, month = field("team", 40), field("month", 7)
    try:
        hand.report(
            actor=g.actor, team_code=team, month=month, note=field("note", hand.NOTE_LONGEST), at=clock.now(),
            **numbers,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in (RefusalCode.NOT_FOUND, RefusalCode.NOT_ALLOWED):
            raise
        return _page(refusal)
    return redirected(f"/m/hand-figures?team={team}&month={month}&done=saved")


def _whole(text: str) -> int:
    """A whole number; 0 for nothing, -1 (which is refused) for what is none."""
    return int(text) if text.isascii() and text.isdigit() else 0 if not text else -1
