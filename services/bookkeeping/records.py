"""Service records on the leader's side: the list, naming, ends, confirmation, corrections (S111).

The one who confirms is never the one who served (条例 §19; domain U6). Confirmed minutes go to the books.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clock import to_millis
from frozen import dataclass
from models import Activity, History, ServiceRecord, Shift, store
from models.store import Write
from queries import books as sql
from services import decisions, permissions, rules
from services.actors import WORKER, Actor
from services.bookkeeping import books, classes, corrections, milestones
from services.bookkeeping.reckoning import credit
from services.errors import Refusal, RefusalCode
from services.messaging import notices
from services.review import asking

#: Forgotten check-outs closed in one write.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation did: how many records, whole minutes and points; and what was left out, with why.
    `class_minutes` are those of a training, which are no service."""

    count: int
    minutes: int
    points: int
    skipped: list[tuple[int, str]] = field(default_factory=list)
    class_minutes: int = 0


def activity_led(*, actor: Actor, activity_code: str, at: datetime) -> Activity:
    """The activity, if the actor leads its team or manages its division; NOT_FOUND otherwise."""
    activity = Activity.get_or_none(Activity.code == activity_code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return activity


def _record_led(*, actor: Actor, record_id: int, at: datetime) -> ServiceRecord:
    """The record, for one who leads its team or manages its division and did not serve himself.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD.
    """
    record = ServiceRecord.get_or_none(ServiceRecord.id == record_id)
    if record is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    decisions.require_decider(
        actor=actor,
        region_code=record.region_code,
        parties=[record.volunteer_id],
        at=at,
        team_id=record.team_id,
    )
    return record


def _note(
    record: ServiceRecord, verb: str, actor: Actor, at: datetime, reason: str, **changes: object
) -> None:
    History.create(
        subject=f"record:{record.id}",
        verb=verb,
        actor=actor.volunteer_id,
        changes=changes,
        reason=reason,
        at=at,
    )


def name_present(*, actor: Actor, record_id: int, at: datetime) -> None:
    """The leader says that someone who scanned a static code was really there.

    Refusals: NOT_FOUND, OWN_RECORD, RECORD_STATE (no longer pending).
    """
    record = _record_led(actor=actor, record_id=record_id, at=at)
    if record.state != "pending":
        raise Refusal(RefusalCode.RECORD_STATE)

    def act() -> None:
        named = (
            ServiceRecord.update(named_by=actor.volunteer_id, needs_naming=False, updated_at=at)
            .where(ServiceRecord.id == record_id, ServiceRecord.needs_naming)
            .execute()
        )
        if named:
            _note(record, "name_present", actor, at, "", needs_naming=[True, False])

    store.write(act)


def set_end(*, actor: Actor, record_id: int, out_at: datetime, reason: str, at: datetime) -> int:
    """Give a record without a check-out its end; returns the whole minutes it counts then.

    For people who forgot and have been closed by the worker, and for those still inside when the leader ends
    the activity. After the rule's days only the person's own objection helps (domain §2.13), but in a declared
    emergency there is no such limit. Refusals: NOT_FOUND, OWN_RECORD, RECORD_STATE, REASON_REQUIRED, END_LATE,
    END_INVALID (the end lies before the check-in, in the future, or past the scan window).
    """
    record = _record_led(actor=actor, record_id=record_id, at=at)
    if record.state != "pending" or record.in_at is None:
        raise Refusal(RefusalCode.RECORD_STATE)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    shift: Shift = Shift.select(Shift, Activity).join(Activity).where(Shift.id == record.shift_id).get()
    params = rules.rule_by_id(record.rule_set_id).params
    if at > shift.ends_at + timedelta(days=params["end_days"]) and not shift.activity.emergency:
        raise Refusal(RefusalCode.END_LATE, days=params["end_days"])
    latest = shift.ends_at + timedelta(minutes=params["scan_after"])
    if not record.in_at <= out_at <= min(at, latest):
        raise Refusal(RefusalCode.END_INVALID)
    now = credit(
        in_at=record.in_at, out_at=out_at, starts_at=shift.starts_at, ends_at=shift.ends_at, params=params
    )

    def act() -> int:
        before = None if record.out_at is None else record.out_at.isoformat()
        ServiceRecord.update(
            out_at=out_at, out_mode="list", closed_by="leader", by_hand=True, minutes=now.minutes, why=now.why,
            overlap=now.overlap, updated_at=at,
        ).where(ServiceRecord.id == record_id, ServiceRecord.state == "pending").execute()  # fmt: skip
        corrections.settle(record_id=record_id, actor=actor, reason=reason, at=at)
        minutes = int(ServiceRecord.get_by_id(record_id).minutes)
        _note(
            record,
            "set_end",
            actor,
            at,
            reason,
            out_at=[before, out_at.isoformat()],
            minutes=[record.minutes, minutes],
        )
        return minutes

    return store.write(act)


def confirm(
    *, actor: Actor, activity_code: str, at: datetime, record_ids: list[int] | None = None
) -> Confirmed:
    """Confirm the finished records of an activity in one act; minutes and points enter the books.

    Left out, each with its code: his own (OWN_RECORD), no check-out yet (STILL_RUNNING), a static code not yet
    named (NAMING_REQUIRED), a late scan not yet looked at (REVIEW_FIRST), no longer pending (RECORD_STATE).
    Refusals: NOT_FOUND (not his activity), NOTHING_TO_CONFIRM (nothing was confirmed and nothing left out).
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)

    def act() -> Confirmed:
        query = ServiceRecord.select().where(ServiceRecord.activity == activity.id).order_by(ServiceRecord.id)
        if record_ids is None:
            query = query.where(ServiceRecord.state == "pending")
        else:
            query = query.where(ServiceRecord.id.in_(record_ids))
        count = minutes = points = learnt = 0
        skipped: list[tuple[int, str]] = []
        own = decisions.own_matters(
            actor=actor, region_code=activity.region_code, at=at, team_id=activity.team_id
        )
        touched = corrections.touched(activity.id)
        for record in list(query):
            wrong = obstacle(record, own)
            posted = None
            if wrong is None:
                posted = enter(
                    record=record, activity=activity, actor=actor, at=at, touched=record.id in touched
                )
            if posted is None:
                skipped.append((record.id, (wrong or RefusalCode.RECORD_STATE).value))
                continue
            count, minutes, points = count + 1, minutes + posted.minutes, points + posted.points
            learnt += posted.class_minutes
        return Confirmed(count, minutes, points, skipped, learnt)

    done = store.write(act)
    if done.count == 0 and not done.skipped:
        raise Refusal(RefusalCode.NOTHING_TO_CONFIRM)
    return done


def enter(
    *, record: ServiceRecord, activity: Activity, actor: Actor, at: datetime, touched: bool = True
) -> books.Posted | None:
    """Confirm one record, post it to the books and tell its person; None if it is not pending any more.

    Inside the write of one who has been found to be allowed. `touched`: another record of his may share its time.
    """
    if touched:
        corrections.settle(record_id=record.id, actor=actor, at=at)
        record = ServiceRecord.get_by_id(record.id)
    if not sql.confirm(record_id=record.id, actor_id=actor.volunteer_id, now=to_millis(at)):
        return None
    posted = books.post_service(record=record, actor_id=actor.volunteer_id, at=at)
    if posted.is_class:
        told = classes.told(posted.class_minutes, rules.rule_by_id(record.rule_set_id).params[classes.CLASS])
        notices.class_confirmed(record=record, activity=activity, told=told, at=at)
        return posted
    notices.hours_confirmed(
        record=record, activity=activity, minutes=posted.minutes, points=posted.points, at=at
    )
    milestones.tell_reached(volunteer_id=record.volunteer_id, gained=posted.minutes, at=at)
    asking.ask_if_chosen(record=record, title=activity.title, at=at)
    return posted


def obstacle(record: ServiceRecord, own: set[int]) -> RefusalCode | None:
    """Why this record cannot be confirmed now; `own` are the people whose matters are the actor's own."""
    if record.state != "pending":
        return RefusalCode.RECORD_STATE
    if record.volunteer_id in own:
        return RefusalCode.OWN_RECORD
    if record.out_at is None:
        return RefusalCode.STILL_RUNNING
    if record.needs_naming:
        return RefusalCode.NAMING_REQUIRED
    if record.needs_review:
        return RefusalCode.REVIEW_FIRST
    return None


def void(*, actor: Actor, record_id: int, reason: str, at: datetime) -> None:
    """Annul a record (a wrong scan, someone who was not there); what it brought is reversed, the row stays, and its
    person is told.

    Refusals: NOT_FOUND, OWN_RECORD, REASON_REQUIRED, RECORD_STATE (void already, or a case holds it).
    """
    record = _record_led(actor=actor, record_id=record_id, at=at)
    if not reason.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> bool:
        changed = (
            ServiceRecord.update(state="void", why="void", updated_at=at)
            .where(
                ServiceRecord.id == record_id, ServiceRecord.state != "void", ServiceRecord.held_by_case.is_null()
            )  # fmt: skip
            .execute()
        )
        if not changed:
            return False
        books.reverse(record=record, actor_id=actor.volunteer_id, at=at, note=reason)
        _note(record, "void", actor, at, reason, state=[record.state, "void"])
        if record.activity_id is not None:
            days = int(rules.rule_by_id(record.rule_set_id).params["objection_days"])
            notices.hours_void(record=record, reason=reason.strip(), days=days, at=at)
        corrections.settle(record_id=record_id, actor=actor, reason=reason, at=at)
        return True

    if not store.write(act):
        raise Refusal(RefusalCode.RECORD_STATE)


def close_forgotten(*, at: datetime, limit: int = 200, write: Write = store.write) -> int:
    """Close shifts whose scan window is over: whoever is still checked in becomes `forgotten`, counting nothing
    until the leader sets the end; he and the leader are told once. Returns how many people.

    The moment of the job does not matter: late and twice give the same.
    """
    closed = 0
    candidates = (
        Shift.select(Shift, Activity)
        .join(Activity)
        .where(Shift.closed_at.is_null(), Shift.ends_at <= at, Activity.state != "draft")
        .order_by(Shift.ends_at)
        .limit(limit)
    )
    for shift in list(candidates):  # a cursor left open would hold on to an old state of the database
        params = rules.rule_by_id(shift.activity.hours_rule_id).params
        grace = timedelta(minutes=max(params["scan_after"], params["auto_close_after"]))
        if shift.ends_at + grace < at:
            done = AT_ONCE
            while done == AT_ONCE:
                done = write(partial(_close_some, shift, at))
                closed += done
    return closed


def _close_some(shift: Shift, at: datetime) -> int:
    """Close up to `AT_ONCE` records of a shift, and with the last of them the shift; how many records.

    The empty update holds the shift, so that its end cannot be moved meanwhile.
    """
    still = Shift.update(closed_at=None).where(
        Shift.id == shift.id, Shift.closed_at.is_null(), Shift.ends_at == shift.ends_at
    )
    if not still.execute():
        return 0
    open_records = list(
        ServiceRecord.select()
        .where(
            ServiceRecord.shift == shift.id, ServiceRecord.out_at.is_null(),
            ServiceRecord.state == "pending", ServiceRecord.closed_by == "",
        )
        .order_by(ServiceRecord.id)
        .limit(AT_ONCE)
    )  # fmt: skip
    if len(open_records) < AT_ONCE:
        Shift.update(closed_at=at).where(Shift.id == shift.id).execute()
    for record in open_records:
        ServiceRecord.update(closed_by="worker", why="forgotten", minutes=0, updated_at=at).where(
            ServiceRecord.id == record.id
        ).execute()
        notices.check_out_forgotten(record=record, activity=shift.activity, at=at)
    return len(open_records)


def recompute(*, activity_id: int, at: datetime, actor: Actor = WORKER, reason: str = "") -> int:
    """After an activity's end was moved: credit its finished records anew; inside the caller's write.

    Pending ones are recalculated; confirmed ones are reversed and posted again under the next version. The record
    of the one who moved the end waits for somebody else again: nobody gives himself hours. Shifts that are open
    again may be scanned again. Returns how many records changed.
    """
    Shift.update(closed_at=None).where(Shift.activity == activity_id, Shift.ends_at > at).execute()
    query = (
        ServiceRecord.select(ServiceRecord, Shift)
        .join(Shift)
        .where(
            ServiceRecord.activity == activity_id, ServiceRecord.out_at.is_null(False),
            ServiceRecord.source == "scan", ServiceRecord.state.in_(("pending", "confirmed")),
            ServiceRecord.held_by_case.is_null(),
        )
    )  # fmt: skip
    facts: dict[str, Any] = {"actor": actor, "reason": reason, "at": at}
    touched, changed = corrections.touched(activity_id), set()
    for record in list(query):
        if record.id in touched:
            changed.update(corrections.settle(record_id=record.id, waits=True, **facts))
            continue
        before = record.minutes
        if record.state == "confirmed" and classes.is_class(record.rule_set_id):
            classes.follow(record, at)
        if corrections.correct(record, corrections.reckon(record), **facts) and record.minutes != before:
            changed.add(record.id)
    return len(changed)
