"""Mass sends of the official account: the month's four, who wrote, who agreed, how it ended (群发次数)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.pages.browser import field
from services.errors import Refusal
from services.messaging import mass

bp = APIBlueprint("console_mass", __name__, enable_openapi=False)

AUDIENCES = {"all": "所有关注的人", "volunteer": "志愿者", "leader": "队长"}
STATES = {
    "waiting": ("wait", "等别人同意"), "due": ("wait", "马上发"), "begun": ("wait", "正在发"), "sent": ("ok", "已发"),
    "unknown": ("bad", "不知道发出没有"), "failed": ("bad", "没发成"), "refused": ("bad", "没同意"),
}  # fmt: skip
LONG = 2000


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    lines = mass.listed(actor=actor(), at=at)
    body = render(
        "messaging/mass", tab="manage", budget=mass.budget(at), lines=lines, audiences=AUDIENCES, states=STATES,
        text=field("text", LONG), audience=field("audience", 20), problem=words_of(refusal),
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/mass")
@need_role
def listed() -> ResponseReturnValue:
    """The budget and what was sent."""
    return _page()


@bp.post("/mass")
@need_role
def write() -> ResponseReturnValue:
    """One more, for somebody else to look at."""
    refusal = attempt(
        lambda: mass.write(actor=actor(), text=field("text", LONG), audience=field("audience", 20), at=clock.now())
    )
    return _page(refusal) if refusal else back("/console/mass", "to_agree")


@bp.post("/mass/<int:mass_id>/decide")
@need_role
def decide(mass_id: int) -> ResponseReturnValue:
    """Somebody else's yes or no."""
    yes = field("answer", 5) == "yes"
    refusal = attempt(
        lambda: mass.decide(actor=actor(), mass_id=mass_id, yes=yes, reason=field("reason", 200), at=clock.now())
    )
    return _page(refusal) if refusal else back("/console/mass", "agreed" if yes else "refused")
