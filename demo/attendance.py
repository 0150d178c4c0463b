"""Scans as people really make them: early, late, twice, or not at all; then confirmed and posted to the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from clock import local_day
from demo.activities import Held
from demo.people import Person
from models import Attempt, RuleSet, ServiceRecord, Shift, Signup, Team
from services.bookkeeping import books, corrections
from services.bookkeeping.reckoning import credited_minutes

#: Activities that ended so lately wait for their leader's confirmation.
UNCONFIRMED = timedelta(days=2)
WAITING_TEAMS = ("donghu", "wangjieliu", "lecture")
#: The phone that is signed up for what is running and not there yet: his scan is the visitor's to do.
EXPECTED = 2
BATCH = 300
ROTATING, PERSON, LIST = "rotating", "person", "list"


@dataclass(slots=True)
class Stay:
    """One person's time at one activity; `out_at` None: still inside, or the check-out was forgotten."""

    held: Held
    person: Person
    shift: Shift
    mode: str
    in_at: datetime
    out_at: datetime | None
    forgotten: bool = False
    closed_by: str = "self"

    @property
    def minutes(self) -> int:
        if self.out_at is None:
            return 0
        return credited_minutes(
            in_at=self.in_at, out_at=self.out_at, starts_at=self.shift.starts_at, ends_at=self.shift.ends_at
        )


def attend_all(rng: Random, held: list[Held], *, at: datetime) -> list[Stay]:
    """Scan people in and out of everything that has begun, with every attempt kept; the records are pending."""
    stays: list[Stay] = []
    absent: list[tuple[int, int]] = []
    attempts: list[dict[str, Any]] = []
    for each in held:
        if each.occasion.starts_at > at:
            continue
        for person, shift, state in each.people:
            if state != "confirmed":
                continue
            stay = _stay(rng, each, person, shift, at)
            if stay is None:
                absent.append((shift.id, person.id))
                continue
            stays.append(stay)
            attempts += _attempts(rng, stay)
    rule = RuleSet.get(RuleSet.kind == "hours", RuleSet.region_code == "").id
    _insert(ServiceRecord, [_record(stay, rule, at) for stay in stays])
    _insert(Attempt, sorted(attempts, key=lambda row: row["at"]))
    _note_outcomes(held, absent, at)
    return stays


def _stay(rng: Random, each: Held, person: Person, shift: Shift, at: datetime) -> Stay | None:
    """How long somebody stayed; None if he never came."""
    running = each.occasion.tag == "running"
    if running and person.number == EXPECTED:
        return None
    if rng.random() < (0.12 if running else 0.02 + 0.1 * (1 - person.eager)) and person.number > 10:
        return None
    scans = bool(person.oa or person.mp)
    mode = rng.choices((ROTATING, PERSON, LIST), (80, 15, 5) if scans else (0, 55, 45))[0]
    mode = LIST if not scans and mode == ROTATING else mode
    late = min(28.0, max(-28.0, rng.gauss(-7, 9)))
    in_at = shift.starts_at + timedelta(minutes=late, seconds=rng.randint(0, 59))
    if running:
        return Stay(each, person, shift, mode, min(in_at, at - timedelta(minutes=5)), None)
    early = min(28.0, max(-55.0, rng.gauss(1, 11)))
    out_at = shift.ends_at + timedelta(minutes=early, seconds=rng.randint(0, 59))
    if rng.random() >= 0.03:
        by = "self" if mode == ROTATING else "leader"
        return Stay(each, person, shift, mode, in_at, max(out_at, in_at), closed_by=by)
    if at - shift.ends_at < timedelta(days=20) or person is each.leader:
        return Stay(each, person, shift, mode, in_at, None, forgotten=True, closed_by="worker")
    # Long ago: the leader has asked him and put the end in by hand.
    return Stay(each, person, shift, mode, in_at, shift.ends_at, forgotten=True, closed_by="leader")


def _record(stay: Stay, rule: int, at: datetime) -> dict[str, Any]:
    row = stay.held.row
    inside = stay.out_at is None and not stay.forgotten
    by_list = stay.forgotten and stay.out_at is not None
    why = (
        "inside"
        if inside
        else "forgotten"
        if stay.out_at is None
        else "counted"
        if stay.minutes
        else "too_short"
    )
    return {
        "shift": stay.shift.id, "activity": row.id, "team": row.team_id, "volunteer": stay.person.id,
        "region_code": row.region_code, "local_day": row.local_day, "in_at": stay.in_at, "in_mode": stay.mode,
        "out_at": stay.out_at, "out_mode": "" if stay.out_at is None else LIST if by_list else stay.mode,
        "closed_by": "" if inside else stay.closed_by, "minutes": stay.minutes, "why": why,
        "by_hand": stay.mode == LIST or by_list, "rule_set": rule, "created_at": stay.in_at,
        "updated_at": stay.out_at or min(stay.shift.ends_at + timedelta(minutes=31), at),
    }  # fmt: skip


def _attempts(rng: Random, stay: Stay) -> list[dict[str, Any]]:
    """Each scan that led here, and now and then one that was refused or made twice."""
    rows = [_attempt(stay, "in", stay.in_at)]
    early = stay.shift.starts_at - timedelta(minutes=rng.randint(31, 50))
    if rng.random() < 0.03:
        rows.append(_attempt(stay, "in", early, "refused", "too_early"))
    elif rng.random() < 0.05 and stay.mode == ROTATING:
        rows.append(_attempt(stay, "in", stay.in_at - timedelta(seconds=40), "refused", "code_expired"))
    elif rng.random() < 0.05:
        rows.append(_attempt(stay, "in", stay.in_at + timedelta(seconds=20), "repeat"))
    if stay.out_at is not None and not stay.forgotten:
        rows.append(_attempt(stay, "out", stay.out_at))
    return rows


def _attempt(
    stay: Stay, direction: str, moment: datetime, outcome: str = "accepted", reason: str = ""
) -> dict[str, Any]:
    led = stay.mode != ROTATING
    door = "console" if stay.mode == LIST else "pages" if stay.person.oa else "api"
    return {
        "shift": stay.shift.id, "volunteer": stay.person.id, "actor": stay.held.leader.id if led else None,
        "direction": direction, "mode": stay.mode, "door": door, "outcome": outcome, "reason": reason, "at": moment,
        "received_at": moment,
    }  # fmt: skip


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        model.insert_many(rows[start : start + BATCH]).execute()


def _note_outcomes(held: list[Held], absent: list[tuple[int, int]], at: datetime) -> None:
    """Who was there and who was not, on the sign-ups of what is over."""
    over = [each.row.id for each in held if each.row.ended_at is not None]
    confirmed = (Signup.activity.in_(over)) & (Signup.state == "confirmed")
    Signup.update(outcome="present").where(confirmed).execute()
    for shift_id, volunteer_id in absent:
        Signup.update(outcome="absent").where(
            confirmed, Signup.shift == shift_id, Signup.volunteer == volunteer_id
        ).execute()


def bring_along(people: list[Person], *, teams: dict[str, Team], at: datetime) -> None:
    """Hours served before the system came, confirmed by the county on the day he joined; they bring no points."""
    rule = RuleSet.get(RuleSet.kind == "hours", RuleSet.region_code == "").id
    director = next(person for person in people if person.role == "director")
    rows = [
        {
            "team": teams[person.home].id, "volunteer": person.id, "region_code": teams[person.home].region_code,
            "local_day": local_day(person.joined).isoformat(), "source": "transferred",
            "minutes": person.hours * 60, "why": "counted", "closed_by": "leader", "by_hand": True,
            "rule_set": rule, "created_at": person.joined, "updated_at": person.joined,
        }
        for person in people
        if person.hours
    ]  # fmt: skip
    ServiceRecord.insert_many(rows).execute()
    for record in ServiceRecord.select().where(ServiceRecord.source == "transferred"):
        _post(record, director, record.created_at + timedelta(hours=3))


def confirm_past(
    rng: Random, held: list[Held], people: list[Person], *, at: datetime
) -> list[tuple[ServiceRecord, books.Posted]]:
    """Leaders confirm what is over, never their own; those of the last days wait. Answers what was posted.

    A leader's own record is confirmed by the county's director.
    """
    director = next(person for person in people if person.role == "director")
    by_id = {each.row.id: each for each in held}
    moments = {
        each.row.id: each.occasion.ends_at + timedelta(minutes=rng.randint(20, 1500))
        for each in held
        if each.occasion.tag == "past" and not _waits(each, at)
    }
    for each in held:  # who was at two places at once counts the time once
        for number in corrections.touched(each.row.id):
            corrections.settle(record_id=number, at=at)
    done = []
    query = (
        ServiceRecord.select()
        .where(
            ServiceRecord.activity.in_(list(moments)),
            ServiceRecord.out_at.is_null(False),
            ServiceRecord.state == "pending",
        )
        .order_by(ServiceRecord.id)
    )
    for record in query:
        leader = by_id[record.activity_id].leader
        by = director if record.volunteer_id == leader.id else leader
        if by.id == record.volunteer_id:
            continue
        when = min(moments[record.activity_id], at - timedelta(minutes=10))
        done.append((record, _post(record, by, when)))
    return done


def _waits(each: Held, at: datetime) -> bool:
    ago = at - each.occasion.ends_at
    return ago < UNCONFIRMED or (each.occasion.team.key in WAITING_TEAMS and ago < timedelta(days=6))


def _post(record: ServiceRecord, by: Person, when: datetime) -> books.Posted:
    """Confirm one record and put it in the books, as `services.bookkeeping.records.confirm` does."""
    record.state, record.confirmed_by, record.confirmed_at, record.updated_at = "confirmed", by.id, when, when
    record.save(only=("state", "confirmed_by", "confirmed_at", "updated_at"))
    return books.post_service(record=record, actor_id=by.id, at=when)
