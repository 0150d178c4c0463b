"""补录: somebody was there and no scan says so (S111; domain §2.13, U5, U7).

He asks himself, or his leader asks for him, with a reason and, if there is one, a photo; somebody else says yes. The
paper list of a day without phones is one request with a photo and many names, decided a level above the team. A yes
makes a record of the source supplement and posts it; it never counts more than the shift was planned for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clock import local_day
from models import Activity, Makeup, MakeupBatch, ServiceRecord, Shift, Signup, StoredFile, Volunteer, store
from models.dialect import IntegrityError
from services import audit, decisions, permissions, rules
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping import records
from services.bookkeeping.reckoning import MINUTE
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.messaging import telling
from services.messaging.notices import duration, leaders
from services.parts import Parts
from services.review.reach import registered, words_of
from wording import say

C = RefusalCode
#: Names on one paper list.
MOST = 200
OPEN_ACTIVITIES = ("published", "ended")


@dataclass(frozen=True, slots=True)
class Span:
    """When somebody served in a shift; both moments aware, inside the shift."""

    shift: Shift
    from_at: datetime
    to_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes."""
        return (self.to_at - self.from_at) // MINUTE


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """A list that was handed in; `skipped` are the names left out, with the code of each refusal."""

    code: str
    count: int
    skipped: list[tuple[str, str]]


def ask(
    *, parts: Parts, actor: Actor, shift_code: str, from_at: datetime, to_at: datetime, reason: str,
    public_no: str = "", photo: bytes = b"", at: datetime,
) -> str:  # fmt: skip
    """Ask for a make-up, for oneself or, as a leader of the activity's team, for somebody; answers its code.

    Refusals in order: NOT_REGISTERED, NOT_FOUND (no such shift or person) / NOT_ALLOWED (not the team's leader),
    REASON_REQUIRED, TEXT_TOO_LONG, those of `_span` and of `files.taken`, MAKEUP_RECORDED.
    """
    asker = registered(actor)
    shift = _shift(shift_code)
    person = asker
    if public_no:
        found = person_id(public_no)
        if found is None:
            raise Refusal(C.NOT_FOUND)
        person = found
    if person != asker:
        permissions.require_lead(actor=actor, team_id=shift.activity.team_id, at=at)
    text = words_of(reason)
    span = _span(shift, from_at, to_at, at)
    kept = _laid_down(parts, photo)

    def act() -> str:
        _not_recorded(span.shift.id, person)
        proof = None if kept is None else _keep(kept, person, at)
        made = _create(span, person, asker, text, at, proof=proof)
        _tell_asked(made, at)
        return str(made.code)

    return _once(act)


def ask_batch(
    *, parts: Parts, actor: Actor, activity_code: str, people: Iterable[tuple[str, str]], from_at: datetime,
    to_at: datetime, reason: str, photo: bytes, at: datetime,
) -> BatchAsked:  # fmt: skip
    """Hand in a paper list: (shift, number) of each name that was ticked, one photo, one decision above.

    Whoever has a record already, or is the leader himself, is left out and named. Refusals in order: NOT_FOUND /
    NOT_ALLOWED, REASON_REQUIRED, TEXT_TOO_LONG, NOBODY_TO_TELL (nobody ticked), `files.taken` (the photo is needed),
    and, if nobody is left, the refusal of the first.
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
        proof = _keep(kept, asker, at)
        batch = MakeupBatch.create(
            code=new_code(12), activity=activity, region_code=activity.region_code, photo=proof, reason=text,
            asked_by=asker, state="requested", created_at=at,
        )  # fmt: skip
        refused: list[tuple[str, Refusal]] = []
        count = 0
        for shift_code, public_no in ticked:
            try:
                _add(batch, activity, shift_code, public_no, from_at, to_at, at)
                count += 1
            except Refusal as refusal:
                refused.append((public_no, refusal))
        if not count:
            raise refused[0][1]
        _tell_batch(batch, count, at)
        return BatchAsked(batch.code, count, [(name, no.code.value) for name, no in refused])

    return _once(act)


def _add(
    batch: MakeupBatch, activity: Activity, shift_code: str, public_no: str, from_at: datetime, to_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    shift = _shift(shift_code)
    person = person_id(public_no)
    if shift.activity_id != activity.id or person is None:
        raise Refusal(C.NOT_FOUND)
    if person == batch.asked_by_id:
        raise Refusal(C.OWN_RECORD)
    begin, end = max(from_at, shift.starts_at), min(to_at, shift.ends_at)
    span = _span(shift, begin, min(end, begin + (shift.planned_ends_at - shift.starts_at)), at)
    _not_recorded(shift.id, person)
    _create(span, person, batch.asked_by_id, batch.reason, at, batch=batch)


def _shift(code: str) -> Shift:
    shift = Shift.select(Shift, Activity).join(Activity).where(Shift.code == code).first()
    if shift is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(shift, Shift)
    return shift


def _span(shift: Shift, from_at: datetime, to_at: datetime, at: datetime) -> Span:
    """What may be asked for. Refusals: ACTIVITY_STATE, MAKEUP_EARLY, MAKEUP_LATE, MAKEUP_TIMES."""
    if shift.activity.state not in OPEN_ACTIVITIES:
        raise Refusal(C.ACTIVITY_STATE)
    if at < shift.ends_at:
        raise Refusal(C.MAKEUP_EARLY)
    days = int(rules.rule_by_id(shift.activity.hours_rule_id).params["makeup_days"])
    if at > shift.ends_at + timedelta(days=days):
        raise Refusal(C.MAKEUP_LATE, days=days)
    span = Span(shift, from_at, to_at)
    planned = (shift.planned_ends_at - shift.starts_at) // MINUTE
    inside = shift.starts_at <= from_at and to_at <= shift.ends_at
    if not inside or not 1 <= span.minutes <= planned:
        raise Refusal(C.MAKEUP_TIMES)
    return span


def _not_recorded(shift_id: int, volunteer_id: int) -> None:
    """Refusals: MAKEUP_RECORDED (there is a record that stands, or a request that waits)."""
    record = ServiceRecord.select().where(
        ServiceRecord.shift == shift_id,
        ServiceRecord.volunteer == volunteer_id,
        ServiceRecord.state != "void",
    )
    asked = Makeup.select().where(
        Makeup.shift == shift_id, Makeup.volunteer == volunteer_id, Makeup.state == "requested"
    )
    if record.exists() or asked.exists():
        raise Refusal(C.MAKEUP_RECORDED)


def _laid_down(parts: Parts, photo: bytes) -> tuple[str, int] | None:
    if not photo:
        return None
    taken = files.taken(photo)
    return files.put_down(parts=parts, photo=taken), len(taken.body)


def _keep(kept: tuple[str, int], owner_id: int, at: datetime) -> StoredFile:
    return files.keep(name="makeup.jpg", path=kept[0], size=kept[1], owner_id=owner_id, at=at)


def _create(
    span: Span, person: int, asker: int, reason: str, at: datetime, *, batch: MakeupBatch | None = None,
    proof: StoredFile | None = None,
) -> Makeup:  # fmt: skip
    activity = span.shift.activity
    made = Makeup.create(
        code=new_code(12), batch=batch, activity=activity, shift=span.shift, team=activity.team_id,
        region_code=activity.region_code, volunteer=person, asked_by=asker, from_at=span.from_at, to_at=span.to_at,
        minutes=span.minutes, reason=reason, proof=proof, state="requested", created_at=at,
    )  # fmt: skip
    assert isinstance(made, Makeup)
    return made


def _once(act: Callable[[], Any]) -> Any:
    try:
        return store.write(act)
    except IntegrityError:  # two at once: the unique index let one through
        raise Refusal(C.MAKEUP_RECORDED) from None


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Whoever asked takes a waiting request back. Refusals: NOT_REGISTERED, NOT_FOUND, MAKEUP_STATE."""
    mine = Makeup.get_or_none(Makeup.code == code, Makeup.asked_by == registered(actor))
    if mine is None:
        raise Refusal(C.NOT_FOUND)
    store.write(lambda: _move(mine, "withdrawn", actor, at))


def approve(*, actor: Actor, code: str, at: datetime) -> None:
    """Say yes: the record is made, confirmed and posted.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (who asked or gains), MAKEUP_STATE (also: part of a list),
    MAKEUP_RECORDED (a scan has come in since).
    """
    makeup = deciding(actor=actor, code=code, at=at)

    def act() -> None:
        _approve(makeup, actor, at)
        _tell_decided(makeup, "approved", at)

    store.write(act)


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Say no, with a reason. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, MAKEUP_STATE, REASON_REQUIRED,
    TEXT_TOO_LONG."""
    makeup = deciding(actor=actor, code=code, at=at)
    text = words_of(reason)

    def act() -> None:
        _move(makeup, "refused", actor, at, text)
        _tell_decided(makeup, "refused", at, text)

    store.write(act)


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
            recorded = approves and _recorded(row)
            if approves and row.code not in left_out and not recorded:
                _approve(row, actor, at)
                count += 1
                continue
            why = say("refusals.makeup_recorded") if recorded else text
            _move(row, "refused", actor, at, why)
            _tell_decided(row, "refused", at, why, asker=False)
        telling.tell(
            kind="makeup_batch_decided", people=[batch.asked_by_id], key=str(batch.id), at=at, count=count,
            all=len(lines), title=batch.activity.title, url=f"/console/makeups/lists/{batch.code}",
        )  # fmt: skip
        return count

    return store.write(act)


def deciding(*, actor: Actor, code: str, at: datetime) -> Makeup:
    """A single request, for one who may decide on it. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, MAKEUP_STATE."""
    makeup = Makeup.get_or_none(Makeup.code == code)
    if makeup is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(
        actor=actor, region_code=makeup.region_code, parties=parties(makeup), at=at, team_id=makeup.team_id
    )
    if makeup.batch_id is not None:
        raise Refusal(C.MAKEUP_STATE)
    assert isinstance(makeup, Makeup)
    return makeup


def parties(makeup: Makeup) -> tuple[int, int]:
    """Who asked and who gains: neither decides."""
    return (makeup.volunteer_id, makeup.asked_by_id)


def _recorded(makeup: Makeup) -> bool:
    return bool(
        ServiceRecord.select()
        .where(
            ServiceRecord.shift == makeup.shift_id, ServiceRecord.volunteer == makeup.volunteer_id,
            ServiceRecord.state != "void",
        )
        .exists()
    )  # fmt: skip


def _approve(makeup: Makeup, actor: Actor, at: datetime) -> None:
    if _recorded(makeup):
        raise Refusal(C.MAKEUP_RECORDED)
    _move(makeup, "approved", actor, at)
    activity: Activity = makeup.activity
    record = ServiceRecord.create(
        shift=makeup.shift_id, activity=activity, team=makeup.team_id, volunteer=makeup.volunteer_id,
        region_code=makeup.region_code, local_day=local_day(makeup.shift.starts_at).isoformat(), source="supplement",
        state="pending", in_at=makeup.from_at, in_mode="makeup", out_at=makeup.to_at, out_mode="makeup",
        closed_by="leader", minutes=makeup.minutes, why="made_up", by_hand=True, rule_set=activity.hours_rule_id,
        makeup_id=makeup.id, created_at=at, updated_at=at,
    )  # fmt: skip
    Makeup.update(record=record).where(Makeup.id == makeup.id).execute()
    Signup.update(outcome="present", outcome_by=actor.volunteer_id, outcome_at=at).where(
        Signup.shift == makeup.shift_id, Signup.volunteer == makeup.volunteer_id, Signup.state == "confirmed"
    ).execute()
    records.enter(record=record, activity=activity, actor=actor, at=at)


def _move(makeup: Makeup, state: str, actor: Actor, at: datetime, answer: str = "") -> None:
    """From waiting to an end, by whoever comes first. Refusals: MAKEUP_STATE."""
    moved = Makeup.update(
        state=state, decided_by=actor.volunteer_id, decided_at=at, answer=answer
    ).where(Makeup.id == makeup.id, Makeup.state == "requested")  # fmt: skip
    if not moved.execute():
        raise Refusal(C.MAKEUP_STATE)
    audit.changed(
        actor=actor, verb=f"makeup.{state}", subject=f"makeup:{makeup.id}", at=at, reason=answer,
        changes={"state": ["requested", state]},
    )  # fmt: skip


def _tell_asked(makeup: Makeup, at: datetime) -> None:
    """Those who may decide learn that it waits; a person for whom somebody asked learns of it."""
    involved = parties(makeup)
    people = [each for each in leaders(team_id=makeup.team_id, at=at) if each not in involved]
    people = people or sorted(decisions.deciders(region_code=makeup.region_code, parties=involved, at=at))
    person = Volunteer.get_by_id(makeup.volunteer_id)
    facts: dict[str, Any] = {"title": makeup.activity.title, "duration": duration(makeup.minutes)}
    telling.tell(
        kind="makeup_waiting", people=people, key=str(makeup.id), at=at, name=person.name,
        url=f"/console/makeups/{makeup.code}", **facts,
    )  # fmt: skip
    if makeup.asked_by_id != makeup.volunteer_id:
        telling.tell(
            kind="makeup_for_you", people=[person.id], key=str(makeup.id), at=at, name=makeup.asked_by.name,
            url="/m/makeups", **facts,
        )  # fmt: skip


def _tell_batch(batch: MakeupBatch, count: int, at: datetime) -> None:
    people = {row.volunteer_id for row in Makeup.select(Makeup.volunteer).where(Makeup.batch == batch.id)}
    above = decisions.deciders(region_code=batch.region_code, parties={batch.asked_by_id, *people}, at=at)
    telling.tell(
        kind="makeup_batch_waiting", people=sorted(above), key=str(batch.id), at=at, name=batch.asked_by.name,
        count=count, title=batch.activity.title, url=f"/console/makeups/lists/{batch.code}",
    )  # fmt: skip


def _tell_decided(makeup: Makeup, state: str, at: datetime, reason: str = "", *, asker: bool = True) -> None:
    people = [makeup.volunteer_id, *([makeup.asked_by_id] if asker else [])]
    telling.tell(
        kind=f"makeup_{state}", people=people, key=str(makeup.id), at=at, title=makeup.activity.title, reason=reason,
        duration=duration(makeup.minutes), name=makeup.volunteer.name, url="/m/makeups",
    )  # fmt: skip
