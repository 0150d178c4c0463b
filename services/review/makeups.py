"""补录: somebody was there and no scan says so (S111; domain §2.13, U5, U7).

He asks himself, or his leader asks for him, with a reason and, if there is one, a photo; somebody else says yes. A yes
makes a record of the source supplement and posts it; it never counts more than the shift was planned for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Activity, Makeup, MakeupBatch, ServiceRecord, Shift, Signup, StoredFile, Volunteer, store
from models.dialect import IntegrityError
from services import audit, decisions, permissions, rules
from services.accounts.people import person_id
from services.actors import Actor
from services.bookkeeping import classes, records
from services.bookkeeping.reckoning import MINUTE
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.messaging import telling
from services.messaging.notices import duration, leaders
from services.parts import Parts
from services.review.reach import registered, words_of

C = RefusalCode
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


def ask(
    *, parts: Parts, actor: Actor, shift_code: str, from_at: datetime, to_at: datetime, reason: str,
    public_no: str = "", photo: bytes = b"", at: datetime,
) -> str:  # fmt: skip
    """Ask for a make-up, for oneself or, as a leader of the activity's team, for somebody; answers its code.

    Refusals in order: NOT_REGISTERED, NOT_FOUND (no such shift or person) / NOT_ALLOWED (not the team's leader),
    REASON_REQUIRED, TEXT_TOO_LONG, those of `_span` and of `files.taken`, STORAGE_AWAY, MAKEUP_RECORDED.
    """
    asker = registered(actor)
    shift = shift_of(shift_code)
    person = asker
    if public_no:
        found = person_id(public_no)
        if found is None:
            raise Refusal(C.NOT_FOUND)
        person = found
    if person != asker:
        permissions.require_lead(actor=actor, team_id=shift.activity.team_id, at=at)
    text = words_of(reason)
    span = span_of(shift, from_at, to_at, at)
    kept = _laid_down(parts, photo)

    def act() -> str:
        not_recorded(span.shift.id, person)
        proof = None if kept is None else keep_photo(kept, person, at)
        made = create(span, person, actor, text, at, proof=proof)
        _tell_asked(made, at)
        return str(made.code)

    return once(act)


def shift_of(code: str) -> Shift:
    """The shift with its activity. Refusals: NOT_FOUND."""
    shift = Shift.select(Shift, Activity).join(Activity).where(Shift.code == code).first()
    if shift is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(shift, Shift)
    return shift


def span_of(shift: Shift, from_at: datetime, to_at: datetime, at: datetime) -> Span:
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


def not_recorded(shift_id: int, volunteer_id: int) -> None:
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


def keep_photo(kept: tuple[str, int], owner_id: int, at: datetime) -> StoredFile:
    """The row of a photo that was laid down (path, size); inside a write."""
    return files.keep(name="makeup.jpg", path=kept[0], size=kept[1], owner_id=owner_id, at=at)


def create(
    span: Span, person: int, actor: Actor, reason: str, at: datetime, *, batch: MakeupBatch | None = None,
    proof: StoredFile | None = None,
) -> Makeup:  # fmt: skip
    """A request of the actor's that waits; inside a write."""
    activity = span.shift.activity
    made = Makeup.create(
        code=new_code(12), batch=batch, activity=activity, shift=span.shift, team=activity.team_id,
        region_code=activity.region_code, volunteer=person, asked_by=actor.volunteer_id,
        from_at=span.from_at, to_at=span.to_at, minutes=span.minutes, reason=reason, proof=proof,
        state="requested", created_at=at,
    )  # fmt: skip
    assert isinstance(made, Makeup)
    audit.changed(
        actor=actor, verb="makeup.requested", subject=f"makeup:{made.id}", at=at,
        changes={"minutes": [0, span.minutes]},
    )  # fmt: skip
    return made


def once(act: Callable[[], Any]) -> Any:
    """Write it, if nobody has just asked for the same. Refusals: MAKEUP_RECORDED."""
    try:
        return store.write(act)
    except IntegrityError:  # two at once: the unique index let one through
        raise Refusal(C.MAKEUP_RECORDED) from None


def withdraw(*, actor: Actor, code: str, at: datetime) -> None:
    """Whoever asked takes a waiting request back. Refusals: NOT_REGISTERED, NOT_FOUND, MAKEUP_STATE."""
    mine = Makeup.get_or_none(Makeup.code == code, Makeup.asked_by == registered(actor))
    if mine is None:
        raise Refusal(C.NOT_FOUND)
    store.write(lambda: move(mine, "withdrawn", actor, at))


def approve(*, actor: Actor, code: str, at: datetime) -> None:
    """Say yes: the record is made, confirmed and posted.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (who asked or gains), MAKEUP_STATE (also: part of a list),
    MAKEUP_RECORDED (a scan has come in since).
    """
    makeup = deciding(actor=actor, code=code, at=at)

    def act() -> None:
        give(makeup, actor, at)
        tell_decided(makeup, "approved", at)

    store.write(act)


def refuse(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Say no, with a reason. Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, MAKEUP_STATE, REASON_REQUIRED,
    TEXT_TOO_LONG."""
    makeup = deciding(actor=actor, code=code, at=at)
    text = words_of(reason)

    def act() -> None:
        move(makeup, "refused", actor, at, text)
        tell_decided(makeup, "refused", at, text)

    store.write(act)


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


def parties(makeup: Makeup) -> set[int]:
    """Who asked, who gains, who wrote it for him on paper: none of them decides."""
    written = decisions.hands(volunteer_id=makeup.volunteer_id, about=(f"makeup:{makeup.shift.code}",))
    return {makeup.volunteer_id, makeup.asked_by_id, *written}


def recorded(makeup: Makeup) -> bool:
    """Whether a record of the person in this shift stands by now."""
    return bool(
        ServiceRecord.select()
        .where(
            ServiceRecord.shift == makeup.shift_id, ServiceRecord.volunteer == makeup.volunteer_id,
            ServiceRecord.state != "void",
        )
        .exists()
    )  # fmt: skip


def give(makeup: Makeup, actor: Actor, at: datetime) -> None:
    """The yes: a record of the source supplement, confirmed and posted; inside a write.

    Refusals: MAKEUP_RECORDED, MAKEUP_STATE.
    """
    if recorded(makeup):
        raise Refusal(C.MAKEUP_RECORDED)
    move(makeup, "approved", actor, at)
    activity: Activity = makeup.activity
    record = ServiceRecord.create(
        shift=makeup.shift_id, activity=activity, team=makeup.team_id, volunteer=makeup.volunteer_id,
        region_code=makeup.region_code, local_day=local_day(makeup.shift.starts_at).isoformat(), source="supplement",
        state="pending", in_at=makeup.from_at, in_mode="makeup", out_at=makeup.to_at, out_mode="makeup",
        closed_by="leader", **_counted(makeup), by_hand=True, rule_set=activity.hours_rule_id,
        makeup_id=makeup.id, created_at=at, updated_at=at,
    )  # fmt: skip
    Makeup.update(record=record).where(Makeup.id == makeup.id).execute()
    Signup.update(outcome="present", outcome_by=actor.volunteer_id, outcome_at=at).where(
        Signup.shift == makeup.shift_id, Signup.volunteer == makeup.volunteer_id, Signup.state == "confirmed"
    ).execute()
    records.enter(record=record, activity=activity, actor=actor, at=at)


def _counted(makeup: Makeup) -> dict[str, Any]:
    """What the record counts: the minutes asked for; at a training, no service."""
    if classes.is_class(makeup.activity.hours_rule_id):
        return {"minutes": 0, "why": "training"}
    return {"minutes": makeup.minutes, "why": "made_up"}


def move(makeup: Makeup, state: str, actor: Actor, at: datetime, answer: str = "") -> None:
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


def tell_decided(makeup: Makeup, state: str, at: datetime, reason: str = "", *, asker: bool = True) -> None:
    """Tell the person, and who asked for him, what came of it."""
    people = [makeup.volunteer_id, *([makeup.asked_by_id] if asker else [])]
    telling.tell(
        kind=f"makeup_{state}", people=people, key=str(makeup.id), at=at, title=makeup.activity.title, reason=reason,
        duration=duration(makeup.minutes), name=makeup.volunteer.name, url="/m/makeups",
    )  # fmt: skip
