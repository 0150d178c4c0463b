"""Mass sends of the official account: the month's four, who wrote, who agreed, how it ended (群发次数)."""

from __future__ import annotations

from collections.abc import Mapping

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.pages.browser import field
from services.errors import Refusal
from services.messaging import mass
from wording import entry

bp = APIBlueprint("console_mass", __name__, enable_openapi=False)

AUDIENCES: Mapping[str, str] = entry("broadcasts.mass.audiences")
TONES = {"waiting": "wait", "due": "wait", "begun": "wait", "sent": "ok"}
#: Tone and word of each state; what is none of the above went wrong.
STATES = {name: (TONES.get(name, "bad"), word) for name, word in entry("broadcasts.mass.states").items()}
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
