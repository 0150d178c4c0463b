"""The centre above answers whether teams of its other divisions may be called; with a yes the next wave goes out (S44).

Who decides there did not write the call (`decisions`).
"""

from __future__ import annotations

from datetime import datetime

from models import AidRequest, Dispatch, store
from services import decisions
from services.actors import Actor
from services.dispatch import aid, waves
from services.dispatch.holding import held_calling, note
from services.errors import Refusal, RefusalCode

C = RefusalCode
REASON_LENGTH = 200


def decide(*, actor: Actor, code: str, agrees: bool, answer: str = "", at: datetime) -> int:
    """Say for the centre above whether its other divisions may be called; how many teams the next wave asked.

    Refusals in order: NOT_FOUND (also: nothing is asked of anybody), NOT_ALLOWED, OWN_RECORD (whoever wrote the call);
    DISPATCH_CLOSED; DISPATCH_DECIDED (another officer was first); REASON_REQUIRED for a no.
    """

    def act() -> int:
        dispatch = held_calling(code, at)
        asked = aid.newest(dispatch)
        if asked is None:
            raise Refusal(C.NOT_FOUND)
        decisions.require_decider(
            actor=actor, region_code=str(asked.region_code), parties=[dispatch.created_by_id], at=at
        )
        why = answer.strip()[:REASON_LENGTH]
        if not agrees and not why:
            raise Refusal(C.REASON_REQUIRED)
        moved = AidRequest.update(
            state="agreed" if agrees else "refused", decided_by=actor.volunteer_id, decided_at=at, answer=why
        ).where(AidRequest.id == asked.id, AidRequest.state == "waiting")
        if not moved.execute():
            raise Refusal(C.DISPATCH_DECIDED)
        note(dispatch, "aid_agreed" if agrees else "aid_refused", actor, at, reason=why)
        if not agrees:
            aid.short(dispatch, at)
            return 0
        dispatch.reach, dispatch.short_told = asked.region_code, 0
        dispatch.save(only=[Dispatch.reach, Dispatch.short_told])
        return waves.send(dispatch, actor=actor, at=at)

    return store.write(act)


def waiting_for(*, actor: Actor, dispatch: Dispatch, at: datetime) -> bool:
    """Whether the call waits for a word that the actor may give."""
    asked = aid.newest(dispatch)
    return (
        asked is not None and asked.state == "waiting" and dispatch.state == "calling"
        and decisions.may_decide(
            actor=actor, region_code=str(asked.region_code), parties=[dispatch.created_by_id], at=at
        )
    )  # fmt: skip
