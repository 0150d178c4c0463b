"""What records count, kept right: two records of one person credit the union, a changed one goes to the books anew.

Which of two overlapping records counts the common time does not depend on what came first: the one that begins
earlier (then the older one) does; a record that somebody reviewed stands before them all. So scans uploaded late,
makeups and corrections end in the same figures whatever their order. All inside the caller's write.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from models import History, ServiceRecord, Shift, Volunteer
from services import rules
from services.actors import WORKER, Actor
from services.bookkeeping import books, classes, milestones
from services.bookkeeping.reckoning import Credit, credit
from services.bookkeeping.saying import words
from services.errors import Refusal, RefusalCode
from services.messaging import notices

Interval = tuple[datetime, datetime]
#: Records that may count, now or later.
STANDING = ("pending", "confirmed", "disputed")
#: A record whose minutes somebody decided on (an answered objection): no rule changes it any more.
REVIEWED = "reviewed"
#: A record with a late scan that is doubted: it counts nothing until somebody has looked.
IN_REVIEW = "to_review"


def correct(
    record: ServiceRecord, now: Credit, *, actor: Actor, reason: str, at: datetime, waits: bool = True,
    told: bool = True,
) -> bool:  # fmt: skip
    """Give a record another credit; a confirmed one is reversed and posted anew under its next version.

    Whoever changes what he himself has served waits for somebody else's confirmation again (`waits`); corrections
    that only follow from another record do not ask for it. Where the books change, the person is `told`, unless the
    caller tells him. False if nothing changes.
    """
    before = (record.minutes, record.overlap, record.why)
    if before == (now.minutes, now.overlap, now.why):
        return False
    moved = now.minutes != record.minutes
    booked = moved and record.state == "confirmed"
    if booked:
        books.reverse(record=record, actor_id=actor.volunteer_id, at=at, note=reason)
        if waits and record.volunteer_id == actor.volunteer_id:
            record.state = "pending"
            record.save(only=("state",))
    record.minutes, record.why, record.overlap = now.minutes, now.why, now.overlap
    record.version += moved
    record.updated_at = at
    record.save(only=("minutes", "version", "why", "overlap", "updated_at"))
    if moved and record.state == "confirmed":
        books.post_service(record=record, actor_id=actor.volunteer_id, at=at, note=reason)
        milestones.tell_reached(volunteer_id=record.volunteer_id, gained=now.minutes - before[0], at=at)
    if moved:
        History.create(
            subject=f"record:{record.id}", verb="recompute", actor=actor.volunteer_id, reason=reason, at=at,
            changes={"minutes": [before[0], now.minutes]},
        )  # fmt: skip
    if booked and told:
        days = int(rules.rule_by_id(record.rule_set_id).params["objection_days"])
        notices.hours_changed(record=record, before=before[0], why=words(record).why, days=days, at=at)
    return True


def settle(
    *, record_id: int, at: datetime, actor: Actor = WORKER, reason: str = "", waits: bool = False
) -> list[int]:
    """Bring a record and all of the same person that touch it to what they count together; whose minutes changed.

    To be called after any act that gives a record its times, takes it away or brings it back.
    """
    changed = []
    taken: list[Interval] = []
    owner = ServiceRecord.select(ServiceRecord.volunteer).where(ServiceRecord.id == record_id)
    Volunteer.update(state=Volunteer.state).where(Volunteer.id.in_(owner)).execute()  # one at a time
    for row in _ordered(_touching(record_id)):
        before = row.minutes
        now = reckon(row, taken)
        if now.why not in ("too_short", "below_share", IN_REVIEW):
            taken.append(_span(row))
        correct(row, now, actor=actor, reason=reason, at=at, waits=waits and row.id == record_id)
        if row.state == "confirmed" and classes.is_class(row.rule_set_id):
            classes.follow(row, at)
        if row.minutes != before:
            changed.append(row.id)
    return changed


def reckon(record: ServiceRecord, taken: Iterable[Interval] = ()) -> Credit:
    """What a finished record counts by its frozen rule, beside what `taken` counts already."""
    if record.why == REVIEWED:
        return Credit(record.minutes, REVIEWED, record.overlap)
    if record.needs_review:
        return Credit(0, IN_REVIEW)
    shift: Shift = record.shift  # type: ignore[assignment]
    now = credit(
        in_at=record.in_at, out_at=record.out_at, starts_at=shift.starts_at, ends_at=shift.ends_at,
        params=rules.rule_by_id(record.rule_set_id).params, taken=taken,
    )  # fmt: skip
    made_up = now.why == "counted" and record.source == "supplement"
    return Credit(now.minutes, "made_up") if made_up else now


def touched(activity_id: int) -> set[int]:
    """The records of an activity whose times touch another standing record of the same person; one statement."""
    other: Any = ServiceRecord.alias()
    beside = other.select(other.id).where(
        other.volunteer == ServiceRecord.volunteer, other.id != ServiceRecord.id, other.state.in_(STANDING),
        other.in_at < ServiceRecord.out_at, other.out_at > ServiceRecord.in_at,
    )  # fmt: skip
    rows = ServiceRecord.select(ServiceRecord.id).where(
        ServiceRecord.activity == activity_id, ServiceRecord.state.in_(STANDING), fn.EXISTS(beside)
    )
    return {row.id for row in rows}


def _touching(record_id: int) -> list[ServiceRecord]:
    """The standing records whose times touch this one's, and those that touch these; this one, too, if it stands."""
    base = ServiceRecord.get_by_id(record_id)
    found: dict[int, ServiceRecord] = {}
    begin, end = base.in_at, base.out_at
    while begin is not None and end is not None:
        rows = (
            ServiceRecord.select(ServiceRecord, Shift)
            .join(Shift)
            .where(
                ServiceRecord.volunteer == base.volunteer_id, ServiceRecord.state.in_(STANDING),
                ServiceRecord.in_at < end, ServiceRecord.out_at > begin,
            )
        )  # fmt: skip
        new = {row.id: row for row in rows}
        if base.state in STANDING and base.id not in new:  # in and out within one moment
            new[base.id] = ServiceRecord.select(ServiceRecord, Shift).join(Shift).where(
                ServiceRecord.id == base.id
            ).get()  # fmt: skip
        if new.keys() <= found.keys():
            break
        found |= new
        begin = min([begin, *(row.in_at for row in found.values())])
        end = max([end, *(row.out_at for row in found.values())])
    return list(found.values())


def _ordered(records: Iterable[ServiceRecord]) -> list[ServiceRecord]:
    return sorted(records, key=lambda row: (row.why != REVIEWED, _span(row)[0], row.id))


def _span(record: ServiceRecord) -> Interval:
    """The time that a record stands for; where somebody decided on its minutes, so many from its beginning."""
    shift: Shift = record.shift  # type: ignore[assignment]
    begin = max(record.in_at, shift.starts_at)
    if record.why == REVIEWED:
        return begin, begin + timedelta(minutes=record.minutes)
    return begin, max(begin, min(record.out_at, shift.ends_at))


def review(record: ServiceRecord, minutes: int, *, actor: Actor, reason: str, at: datetime) -> None:
    """Somebody decided what a record counts: from now on no rule changes it.

    A confirmed one is reversed and posted anew; one that was annulled, or that has no end, waits for confirmation with
    these minutes. `records.enter` does the rest. The person is told by whoever decided. CLASS_TIME: nobody decides on
    class minutes, they are what was attended.
    """
    if classes.is_class(record.rule_set_id):
        raise Refusal(RefusalCode.CLASS_TIME)
    changes: dict[str, Any] = {"needs_naming": False, "needs_review": "", "closed_by": record.closed_by or "leader"}
    if record.in_at is None:
        changes["in_at"] = record.shift.starts_at if record.shift else record.created_at
    if record.out_at is None:
        changes["out_at"] = (changes.get("in_at") or record.in_at) + timedelta(minutes=minutes)
        changes["out_mode"] = "list"
    if record.state == "void":
        changes |= {"state": "pending", "version": record.version + 1}
    for name, value in changes.items():
        setattr(record, name, value)
    record.save(only=tuple(changes))
    correct(record, Credit(minutes, REVIEWED), actor=actor, reason=reason, at=at, waits=False, told=False)
    settle(record_id=record.id, actor=actor, reason=reason, at=at)
