"""Somebody's own words to many (群发): written, looked at, confirmed, agreed to, sent, watched, stopped, passed on."""

from __future__ import annotations

from datetime import datetime

from services.actors import Actor
from services.messaging.broadcasts.audience import Choice
from services.messaging.broadcasts.drafts import Draft, Outcome, confirm, draft
from services.messaging.broadcasts.reaching import Unreached, not_reached, unreached
from services.messaging.broadcasts.reading import Progress, newest, progress, require_reader
from services.messaging.broadcasts.sending import stop

__all__ = [
    "Choice", "Draft", "Outcome", "Progress", "Unreached", "broadcast_draft", "broadcast_send", "broadcast_stop",
    "confirm", "draft", "newest", "not_reached", "progress", "require_reader", "stop", "unreached",
]  # fmt: skip


def broadcast_draft(*, actor: Actor, team_code: str, text: str, at: datetime) -> Draft:
    """A draft to a whole team, as most are; refusals as `drafts.draft`."""
    return draft(actor=actor, choice=Choice("team", team_code), text=text, at=at)


def broadcast_send(*, actor: Actor, notice_id: int, at: datetime) -> int:
    """The sender's yes; how many it goes to. Refusals as `drafts.confirm`."""
    return confirm(actor=actor, notice_id=notice_id, at=at).count


def broadcast_stop(*, actor: Actor, notice_id: int, at: datetime) -> int:
    """Stop a broadcast: what waits is withdrawn; how many. Refusals as `sending.stop`."""
    return stop(actor=actor, notice_id=notice_id, at=at)
