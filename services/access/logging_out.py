"""Logging somebody out everywhere from the office: his phone is gone and he stands at the station without it."""

from __future__ import annotations

from datetime import datetime

from models import store
from services import audit
from services.access import belonging
from services.accounts import sessions
from services.actors import Actor
from services.errors import Refusal, RefusalCode


def log_out(*, actor: Actor, public_no: str, reason: str, at: datetime) -> int:
    """End every session of a person; how many there were. For those who manage his division, with a reason, into the
    audit. His WeChat stays his: whoever holds it logs in again, until it is replaced (`lives.recovery`).

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not manage his division), REASON_REQUIRED.
    """
    person = belonging.require_over(actor=actor, public_no=public_no, at=at)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> int:
        ended = sessions.close_all(volunteer_id=person.id, at=at)
        audit.note(
            actor=actor, verb="person.log_out", subject=f"volunteer:{person.id}",
            detail={"count": ended, "reason": reason.strip()}, at=at, region_code=belonging.divisions_of(person)[0],
        )  # fmt: skip
        return ended

    return store.write(act)
