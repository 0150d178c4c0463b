"""The paper list of a day without phones: one photo, many names, one decision above the team (users.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from frozen import dataclass
from models import Makeup, MakeupBatch, store
from services import audit, decisions
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping import records
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.messaging import telling
from services.parts import Parts
from services.review import makeups
from services.review.reach import registered, words_of
from wording import say

C = RefusalCode
#: Names on one paper list.
MOST = 200


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """A list that was handed in; `skipped` are the names left out, with the code of each refusal."""

    code: str
    count: int
    skipped: list[tuple[str, str]]


def ask_batch(
    *, parts: Parts, actor: Actor, activity_code: str, people: Iterable[tuple[str, str]], from_at: datetime,
    to_at: datetime, reason: str, photo: bytes, at: datetime,
) -> BatchAsked:  # fmt: skip
    """Hand in a paper list: (shift, number) of each name that was ticked, one photo, one decision above.

    Whoever has a record already, or is the leader himself, is left out and named. Refusals in order: NOT_FOUND /
    NOT_ALLOWED, REASON_REQUIRED, TEXT_TOO_LONG, NOBODY_TO_TELL (nobody ticked), `files.taken` (the photo is needed),
    STORAGE_AWAY, and, if nobody is left, the refusal of the first.
    """
    asker = registered(actor)
    activity = records.activity_led(actor=actor, activity_code=activity_code, at=at)
    text = words_of(reason)
    ticked = list(dict.fromkeys(people))[:MOST]
    if not ticked:
        raise Refusal(C.NOBODY_TO_TELL)
    taken = files.taken(photo)
    kept = (files.put_down(parts=parts, photo=taken), len(taken.body))

    def act() -> BatchAsked:
        proof = makeups.keep_photo(kept, asker, at)
        batch = MakeupBatch.create(
            code=new_code(12), activity=activity, region_code=activity.region_code, photo=proof, reason=text,
            asked_by=asker, state="requested", created_at=at,
        )  # fmt: skip
        refused: list[tuple[str, Refusal]] = []
        count = 0
        for shift_code, public_no in ticked:
            try:
                _add(batch, actor, shift_code, public_no, from_at, to_at, at)
                count += 1
            except Refusal as refusal:
                refused.append((public_no, refusal))
        if not count:
            raise refused[0][1]
        audit.changed(
            actor=actor, verb="batch.requested", subject=f"batch:{batch.id}", at=at,
            changes={"people": [0, count]},
        )  # fmt: skip
        _tell_batch(batch, count, at)
        return BatchAsked(batch.code, count, [(name, no.code.value) for name, no in refused])

    return makeups.once(act)


def _add(
    batch: MakeupBatch, actor: Actor, shift_code: str, public_no: str, from_at: datetime, to_at: datetime, at: datetime,
) -> None:  # fmt: skip
    shift = makeups.shift_of(shift_code)
    person = person_id(public_no)
    if shift.activity_id != batch.activity_id or person is None:
        raise Refusal(C.NOT_FOUND)
    if person == batch.asked_by_id:
        raise Refusal(C.OWN_RECORD)
    begin, end = max(from_at, shift.starts_at), min(to_at, shift.ends_at)
    span = makeups.span_of(shift, begin, min(end, begin + (shift.planned_ends_at - shift.starts_at)), at)
    makeups.not_recorded(shift.id, person)
    makeups.create(span, person, actor, batch.reason, at, batch=batch)


def decide_batch(
    *, actor: Actor, code: str, approves: bool, without: Iterable[str] = (), reason: str = "", at: datetime
) -> int:
    """Decide a whole list above the team; `without` are requests on it that get a no. How many were approved.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (who handed it in, or stands on it), MAKEUP_STATE,
    REASON_REQUIRED (a no, or names left out), TEXT_TOO_LONG.
    """
    batch = MakeupBatch.get_or_none(MakeupBatch.code == code)
    if batch is None:
        raise Refusal(C.NOT_FOUND)
    lines = list(
        Makeup.select().where(Makeup.batch == batch.id, Makeup.state == "requested").order_by(Makeup.id)
    )
    decisions.require_decider(
        actor=actor, region_code=batch.region_code, parties={batch.asked_by_id, *(row.volunteer_id for row in lines)},
        at=at,
    )  # fmt: skip
    left_out = set(without)
    text = words_of(reason) if left_out or not approves else reason.strip()

    def act() -> int:
        moved = MakeupBatch.update(
            state="approved" if approves else "refused",
            decided_by=actor.volunteer_id,
            decided_at=at,
            answer=text,
        ).where(MakeupBatch.id == batch.id, MakeupBatch.state == "requested")
        if not moved.execute():
            raise Refusal(C.MAKEUP_STATE)
        count = 0
        for row in lines:
            recorded = approves and makeups.recorded(row)
            if approves and row.code not in left_out and not recorded:
                makeups.give(row, actor, at)
                count += 1
                continue
            why = say("refusals.makeup_recorded") if recorded else text
            makeups.move(row, "refused", actor, at, why)
            makeups.tell_decided(row, "refused", at, why, asker=False)
        audit.changed(
            actor=actor, verb=f"batch.{'approved' if approves else 'refused'}", subject=f"batch:{batch.id}", at=at,
            reason=text, changes={"approved": [len(lines), count]},
        )  # fmt: skip
        telling.tell(
            kind="makeup_batch_decided", people=[batch.asked_by_id], key=str(batch.id), at=at, count=count,
            all=len(lines), title=batch.activity.title, url=f"/console/makeups/lists/{batch.code}",
        )  # fmt: skip
        return count

    return store.write(act)


def _tell_batch(batch: MakeupBatch, count: int, at: datetime) -> None:
    people = {row.volunteer_id for row in Makeup.select(Makeup.volunteer).where(Makeup.batch == batch.id)}
    above = decisions.deciders(region_code=batch.region_code, parties={batch.asked_by_id, *people}, at=at)
    telling.tell(
        kind="makeup_batch_waiting", people=sorted(above), key=str(batch.id), at=at, name=batch.asked_by.name,
        count=count, title=batch.activity.title, url=f"/console/makeups/lists/{batch.code}",
    )  # fmt: skip
