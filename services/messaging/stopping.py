"""停止群发 in one word: the sender's newest broadcast that is still on its way is stopped at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from frozen import dataclass
from models import Broadcast, Notice
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import broadcasts
from services.messaging.broadcasts.reading import KINDS

#: The newest of his that are looked at, and how old one may be that is fixed for a later day.
LOOKED_AT, OLDEST = 5, timedelta(days=61)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was stopped: its words, how many had been sent before, and how many will not get it any more."""

    text: str
    sent: int
    withdrawn: int


def stop_newest(*, actor: Actor, at: datetime) -> Stopped:
    """Stop the newest of the actor's own broadcasts that somebody still waits for. Refusals: NOT_FOUND (none runs)."""
    own = Notice.select().join(Broadcast, on=(Broadcast.notice == Notice.id)).where(
        Broadcast.state.in_(("waiting", "due", "sent")),
        Notice.sender == actor.volunteer_id, Notice.kind.in_(KINDS), Notice.state == "sent",
        Notice.created_at > at - OLDEST,
    )  # fmt: skip
    for notice in list(own.order_by(Notice.id.desc()).limit(LOOKED_AT)):
        told = broadcasts.progress(actor=actor, notice_id=notice.id, at=at)
        if told.waiting or told.evening or not told.total:  # nothing of it stands in the outbox yet
            withdrawn = broadcasts.broadcast_stop(actor=actor, notice_id=notice.id, at=at)
            return Stopped(notice.text, told.sent, withdrawn or notice.recipients)
    raise Refusal(RefusalCode.NOT_FOUND)
