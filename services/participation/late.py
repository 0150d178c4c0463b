"""What a scan does that comes late: from a phone that had no network (reliability.md §4.4; docs/checkin.md).

A sure time stands before a doubtful one; of two alike the earlier stands, the other is kept as `duplicate`. What is
doubted earns nothing until somebody has looked: `ServiceRecord.needs_review` says which side and why, `in:old,
out:outside`. A check-out without a check-in is kept as `orphan` and finds its check-in when that arrives. A record
that was settled already is corrected by new book entries. All inside the caller's write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import from_millis, local_day, to_millis
from models import History, ServiceRecord, Shift
from queries import attendance as sql
from queries import offline as late_sql
from services import audit, rules
from services.actors import Actor
from services.bookkeeping import corrections
from services.bookkeeping.reckoning import Credit, credit
from services.errors import Refusal, RefusalCode
from services.participation.scans import Scanned, Try, scanned

#: An upload older than this goes to review, except in a declared emergency.
OLDEST = timedelta(hours=72)
#: So far before the start and after the end of his shift a scan is believed.
AROUND_MS = 2 * 3600 * 1000
#: Check-outs that wait for an earlier check-in: none was there, or only a later one.
ORPHAN, EARLY = "orphan", "early"
#: The activity has another time now, far from the check-in.
MOVED = "moved"
#: Flags of refused late scans by their refusal.
REFUSED_FLAGS = {
    RefusalCode.NO_CHECK_IN: ORPHAN, RefusalCode.NOT_ALLOWED: "role", RefusalCode.NOT_REGISTERED: "unknown",
}  # fmt: skip


def read(text: str) -> dict[str, str]:
    """The doubts about a record by side: {"in": "old"}."""
    return dict(pair.split(":", 1) for pair in text.split(",") if ":" in pair)


def said(doubts: dict[str, str]) -> str:
    """`read` the other way; "" where nothing is doubted."""
    return ",".join(f"{side}:{why}" for side, why in sorted(doubts.items()) if why)


def doubt_of(attempt: Try, target: sql.Standing) -> str:
    """Why this scan earns nothing until somebody has looked; "" for one that is sure, as every scan of the day is.

    `revoked` (its code had been), `cancelled` (the activity), `old` (more than 72 h ago, no declared emergency),
    `outside` (more than two hours before or after the shift).
    """
    if attempt.late is None:
        return ""
    if attempt.late.doubt:
        return attempt.late.doubt
    if target.activity_state == "cancelled":
        return "cancelled"
    if (attempt.late.came_at or attempt.received_at) - attempt.when > OLDEST and not target.emergency:
        return "old"
    when = to_millis(attempt.when)
    inside = target.starts_at - AROUND_MS <= when <= target.ends_at + AROUND_MS
    return "" if inside else "outside"


def left_behind(target: sql.Standing) -> bool:
    """Whether the activity has moved away from this check-in: the next sure one takes its place."""
    return target.record_state == "pending" and read(target.needs_review).get("in") == MOVED


def moved(*, activity_id: int, actor: Actor, at: datetime) -> None:
    """An activity got another time after people had checked in; inside the write that moved it.

    Their records stay and belong to its new day. A check-in more than two hours before or after the new time is
    doubted: it counts when the leader believes it, and gives way to the next one that is sure (reliability.md §4.3).
    """
    query = (
        ServiceRecord.select(ServiceRecord, Shift)
        .join(Shift)
        .where(
            ServiceRecord.activity == activity_id, ServiceRecord.source == "scan", ServiceRecord.state == "pending",
            ServiceRecord.in_at.is_null(False),
        )
    )  # fmt: skip
    for record in list(query):
        shift: Shift = record.shift  # type: ignore[assignment]
        day, doubts = local_day(shift.starts_at).isoformat(), _doubts_after_move(record)
        if (doubts, day) == (record.needs_review, record.local_day):
            continue
        ServiceRecord.update(needs_review=doubts, local_day=day, updated_at=at).where(
            ServiceRecord.id == record.id
        ).execute()
        changes = {"needs_review": [record.needs_review, doubts], "local_day": [record.local_day, day]}
        audit.changed(actor=actor, verb="moved", subject=f"record:{record.id}", changes=changes, at=at)
        corrections.settle(record_id=record.id, actor=actor, at=at)


def _doubts_after_move(record: ServiceRecord) -> str:
    shift: Shift = record.shift  # type: ignore[assignment]
    assert record.in_at is not None
    first, last = to_millis(shift.starts_at) - AROUND_MS, to_millis(shift.ends_at) + AROUND_MS
    away = not first <= to_millis(record.in_at) <= last
    doubts = read(record.needs_review)
    for side, moment in (("in", record.in_at), ("out", record.out_at)):
        if moment is not None and doubts.get(side, MOVED) == MOVED:
            doubts[side] = MOVED if away else ""
    return said(doubts)


def flag_of(attempt: Try, code: RefusalCode) -> str:
    """The flag under which a refused scan is kept."""
    return REFUSED_FLAGS.get(code, "rejected") if attempt.late else ""


def waits(attempt: Try, outcome: Scanned | Refusal) -> bool:
    """Whether this was a check-out that now waits for its check-in."""
    flag = outcome.flag if isinstance(outcome, Scanned) else flag_of(attempt, outcome.code)
    return flag in (ORPHAN, EARLY)


def first_flag(attempt: Try, doubts: str) -> str:
    """The flag of an accepted scan: its doubt, else what was odd about its time."""
    if attempt.late is None:
        return ""
    return read(doubts).get(attempt.seen.direction) or attempt.late.flag


def merge(attempt: Try, target: sql.Standing) -> Scanned:
    """Bring a late scan together with the record that is there. Refusal: RECORD_STATE (it changed twice meanwhile)."""
    return _merged(attempt, target, tries=2)


def _merged(attempt: Try, target: sql.Standing, tries: int) -> Scanned:
    side, when = attempt.seen.direction, to_millis(attempt.when)
    doubts = read(target.needs_review)
    doubt, flag = doubt_of(attempt, target), ""
    if side == "out" and when < (target.in_at or 0):
        doubt, flag, when = "clock", EARLY, target.in_at or 0
    old = target.in_at if side == "in" else target.out_at
    assert target.record_id is not None
    stands = old is not None and (bool(doubts.get(side)), old) <= (bool(doubt), when)
    if stands or target.record_state == "disputed":
        return scanned("repeat", side, target, target.record_id, flag or "duplicate")
    doubts[side] = doubt
    mode = attempt.seen.mode
    changed = target._replace(needs_review=said(doubts))
    if side == "in":
        changed = changed._replace(in_at=when, in_mode=mode)
    else:
        changed = changed._replace(out_at=when, out_mode=mode, closed_by="leader")
    if side == "in":
        changed = _with_waiting_out(changed, attempt)
    done = _write(attempt, target, changed)
    if done is None:
        again = sql.look_up(shift_code=target.shift_code, volunteer_id=attempt.volunteer_id)
        now = next(each for each in again if each.record_id == target.record_id)
        if tries == 0:
            raise Refusal(RefusalCode.RECORD_STATE)
        return _merged(attempt, now, tries - 1)
    settled = "corrected" if target.record_state == "confirmed" else ""
    odd = attempt.late.flag if attempt.late else ""
    return scanned("accepted", side, done, target.record_id, flag or doubt or settled or odd)


def paired(attempt: Try, opened: sql.Standing) -> sql.Standing:
    """A record just opened, with the check-out that came before its check-in, if one waits."""
    changed = _with_waiting_out(opened, attempt)
    return opened if changed is opened else _write(attempt, opened, changed) or opened


def _with_waiting_out(target: sql.Standing, attempt: Try) -> sql.Standing:
    """The record with the earliest kept check-out after its check-in, where that beats the one it has."""
    assert attempt.volunteer_id is not None
    assert target.in_at is not None
    doubts = read(target.needs_review)
    waiting = (
        late_sql.waiting_outs(
            volunteer_id=attempt.volunteer_id, activity_id=target.activity_id, since=target.in_at
        )
        if attempt.late is None or attempt.late.waiting is None or attempt.volunteer_id in attempt.late.waiting
        else []
    )
    if target.out_at is not None and target.out_at < target.in_at:
        target, doubts["out"] = target._replace(out_at=target.in_at), "clock"
    for at, mode, received_at in waiting:
        fits = target.starts_at - AROUND_MS <= at <= target.ends_at + AROUND_MS
        fresh = target.emergency or received_at - at <= OLDEST / timedelta(milliseconds=1)
        doubt = "" if fits and fresh else ("outside" if not fits else "old")
        if target.out_at is None or (bool(doubt), at) < (bool(doubts.get("out")), target.out_at):
            doubts["out"] = doubt
            target = target._replace(out_at=at, out_mode=mode, closed_by="leader")
    return target._replace(needs_review=said(doubts)) if said(doubts) != target.needs_review else target


def _counted(target: sql.Standing) -> Credit:
    """What a record counts as it stands in `target`, leaving other records aside."""
    if target.in_at is None or target.out_at is None:
        return Credit(0, "inside")
    if target.needs_review:
        return Credit(0, corrections.IN_REVIEW)
    return credit(
        in_at=from_millis(target.in_at), out_at=from_millis(target.out_at), starts_at=from_millis(target.starts_at),
        ends_at=from_millis(target.ends_at), params=rules.rule_by_id(target.rule_id).params,
    )  # fmt: skip


def _write(attempt: Try, before: sql.Standing, after: sql.Standing) -> sql.Standing | None:
    """Write the changed times; the record with what it counts now, None if it changed meanwhile."""
    assert before.record_id is not None
    if before.record_state == "confirmed":
        return _correct(attempt, before, after)
    counts = _counted(after)
    beside = late_sql.amend(
        before=before, after=after, minutes=counts.minutes, why=counts.why, by_hand=attempt.seen.mode == "list",
        now=to_millis(attempt.received_at),
    )  # fmt: skip
    if beside is None:
        return None
    if not beside:
        return after._replace(minutes=counts.minutes)
    corrections.settle(record_id=before.record_id, at=attempt.received_at)
    return after._replace(minutes=sql.minutes_of(before.record_id))


def _correct(attempt: Try, before: sql.Standing, after: sql.Standing) -> sql.Standing:
    """A confirmed record gets its earlier time; what it counts then goes to the books by reversal and a new entry."""
    if after.needs_review:  # nothing is taken from the books for a doubt
        return before
    at = attempt.received_at
    changes = {
        name: [_iso(getattr(before, name)), _iso(getattr(after, name))] for name in ("in_at", "out_at")
    }  # fmt: skip
    ServiceRecord.update(
        in_at=from_millis(after.in_at or 0), out_at=from_millis(after.out_at or 0), updated_at=at
    ).where(ServiceRecord.id == before.record_id).execute()
    History.create(
        subject=f"record:{before.record_id}", verb="late_scan", actor=attempt.leader_id, changes=changes, at=at
    )  # fmt: skip
    corrections.settle(record_id=before.record_id or 0, actor=attempt.actor, reason="offline", at=at)
    return after._replace(minutes=sql.minutes_of(before.record_id or 0))


def _iso(millis: int | None) -> str | None:
    return None if millis is None else from_millis(millis).isoformat()
