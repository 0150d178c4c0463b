"""The answer to 你去了吗: yes is kept; no opens a case, in which the one who answered is a witness."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Activity, PresenceQuestion, ServiceRecord, store
from services.actors import WORKER, Actor
from services.errors import Refusal, RefusalCode
from services.review import cases
from services.review.reach import registered
from wording import say

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Question:
    """A record that somebody is asked about, and his answer ("yes", "no", "" while he has not said)."""

    record_id: int
    title: str
    local_day: str
    minutes: int
    answer: str


def question(*, actor: Actor, record_id: int) -> Question:
    """A question to the actor. Refusals: NOT_REGISTERED, NOT_FOUND (not asked, or not him)."""
    row = (
        PresenceQuestion.select(PresenceQuestion, ServiceRecord, Activity)
        .join(ServiceRecord)
        .join(Activity)
        .where(PresenceQuestion.record == record_id, PresenceQuestion.volunteer == registered(actor))
        .first()
    )
    if row is None:
        raise Refusal(C.NOT_FOUND)
    return _question(row)


def newest(*, actor: Actor) -> Question | None:
    """The newest question to the actor that waits for his answer."""
    row = (
        PresenceQuestion.select(PresenceQuestion, ServiceRecord, Activity)
        .join(ServiceRecord)
        .join(Activity)
        .where(PresenceQuestion.volunteer == actor.volunteer_id, PresenceQuestion.answer.is_null())
        .order_by(PresenceQuestion.asked_at.desc())
        .first()
    )
    return _question(row) if row else None


def _question(row: PresenceQuestion) -> Question:
    record: ServiceRecord = row.record
    return Question(record.id, record.activity.title, record.local_day, record.minutes, row.answer or "")  # type: ignore[union-attr]


def answer(*, actor: Actor, record_id: int, was_there: bool, at: datetime) -> Question:
    """Say whether one was there. The first answer stands; a repeat gets it again.

    Refusals: NOT_REGISTERED, NOT_FOUND (not asked, or not him).
    """
    asked = question(actor=actor, record_id=record_id)

    def act() -> Question:
        said = PresenceQuestion.update(answer="yes" if was_there else "no", answered_at=at).where(
            PresenceQuestion.record == record_id, PresenceQuestion.answer.is_null()
        )
        if said.execute() and not was_there:
            _suspect(record_id, at)
        return question(actor=actor, record_id=asked.record_id)

    return store.write(act)


def _suspect(record_id: int, at: datetime) -> None:
    record = ServiceRecord.get_by_id(record_id)
    if record.state not in ("pending", "confirmed") or record.held_by_case is not None:
        return  # annulled meanwhile, or somebody looks already
    cases.hold(
        actor=WORKER, records=[record], suspicion=say("review.sources.presence"), source="presence", at=at
    )
