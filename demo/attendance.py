"""Who came: scans with human jitter, records, confirmed hours in the books, a few open ends.

The books are filled by the same code as in real life, so the totals prove themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from clock import local_day
from demo.activities import Held
from demo.people import Person
from models import Attempt, RuleSet, ServiceRecord, Shift, Signup, Team
from services import books
from services.reckoning import credited_minutes

#: Records younger than this wait for their leader's confirmation.
CONFIRMED_AFTER = timedelta(days=4)
BATCH = 500


def attend_all(rng: Random, held: list[Held], *, at: datetime) -> None:
    """Make the scans and records of everything that has begun, then post what is confirmed."""
    records: list[dict[str, Any]] = []
    attempts: list[dict[str, Any]] = []
    absent: list[tuple[int, int]] = []
    for each in held:
        if each.occasion.starts_at > at:
            continue
        for person, shift, state in each.people:
            if state != "confirmed":
                continue
            if _stays_away(rng, each, person):
                if each.occasion.ends_at < at:
                    absent.append((shift.id, person.id))
                continue
            record = _record(rng, each, person, shift, at)
            records.append(record)
            attempts += _attempts(record, person)
    _insert(ServiceRecord, records)
    _insert(Attempt, attempts)
    for shift_id, person_id in absent:
        Signup.update(outcome="absent").where(
            Signup.shift == shift_id, Signup.volunteer == person_id
        ).execute()


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        model.insert_many(rows[start : start + BATCH]).execute()


def _stays_away(rng: Random, each: Held, person: Person) -> bool:
    if each.occasion.tag == "running" and each.occasion.team.key == "donghu":
        return person.number == 2  # phone 2 is expected and not there yet: his scan is for the visitor to do
    return rng.random() < 0.06


def _record(rng: Random, each: Held, person: Person, shift: Shift, at: datetime) -> dict[str, Any]:
    one = each.occasion
    in_at = one.starts_at + timedelta(minutes=rng.triangular(-20, 15, -6), seconds=rng.randrange(60))
    in_at = min(in_at.replace(microsecond=0), at)
    out_at: datetime | None = one.ends_at + timedelta(
        minutes=rng.triangular(-25, 18, 3), seconds=rng.randrange(60)
    )
    running = one.ends_at > at
    forgotten = not running and rng.random() < 0.03
    if running or forgotten:
        out_at = None
    minutes = 0
    if out_at is not None:
        out_at = min(out_at.replace(microsecond=0), at)
        minutes = credited_minutes(
            in_at=in_at, out_at=out_at, starts_at=shift.starts_at, ends_at=shift.ends_at
        )
    confirmed = out_at is not None and one.ends_at + CONFIRMED_AFTER < at and minutes > 0
    by_hand = not (person.oa or person.mp)
    mode = "list" if by_hand else rng.choice(("rotating", "rotating", "rotating", "person"))
    confirmed_at = one.ends_at + timedelta(hours=rng.randint(1, 40)) if confirmed else None
    confirmer = None if person is each.leader else each.leader.id
    return {
        "shift": shift.id, "activity": each.row.id, "team": each.row.team_id, "volunteer": person.id,
        "region_code": each.row.region_code, "local_day": each.row.local_day, "source": "scan",
        "state": "confirmed" if confirmed else "pending", "in_at": in_at, "in_mode": mode, "out_at": out_at,
        "out_mode": mode if out_at else "", "closed_by": "worker" if forgotten else "self" if out_at else "",
        "minutes": minutes, "why": "forgotten" if forgotten else "counted" if out_at else "inside",
        "needs_naming": False, "named_by": None, "by_hand": by_hand, "rule_set": each.row.hours_rule_id,
        "confirmed_by": confirmer if confirmed else None, "confirmed_at": confirmed_at, "created_at": in_at,
        "updated_at": confirmed_at or out_at or in_at,
    }  # fmt: skip


def _attempts(record: dict[str, Any], person: Person) -> list[dict[str, Any]]:
    scans = [("in", record["in_at"]), ("out", record["out_at"])]
    return [
        {
            "shift": record["shift"], "volunteer": person.id, "direction": direction, "mode": record["in_mode"],
            "door": "api" if person.mp else "pages" if person.oa else "console", "outcome": "accepted",
            "at": moment, "received_at": moment,
        }
        for direction, moment in scans
        if moment is not None
    ]  # fmt: skip


def bring_hours(people: list[Person], *, teams: dict[str, Team], at: datetime) -> None:
    """Hours from before the system: transferred records, counted for stars, never for points."""
    rule = RuleSet.get(RuleSet.kind == "hours", RuleSet.region_code == "").id
    rows = [
        {
            "team": teams[person.home].id, "volunteer": person.id, "region_code": teams[person.home].region_code,
            "local_day": local_day(person.joined).isoformat(), "source": "transferred", "state": "confirmed",
            "minutes": person.hours * 60, "why": "transferred", "rule_set": rule, "confirmed_at": person.joined,
            "created_at": person.joined, "updated_at": person.joined,
        }
        for person in people
        if person.hours
    ]  # fmt: skip
    _insert(ServiceRecord, rows)


def post_all(*, at: datetime) -> int:
    """Post every confirmed record to the books, oldest first; how many."""
    posted = 0
    query = ServiceRecord.select().where(ServiceRecord.state == "confirmed").order_by(ServiceRecord.local_day)
    for record in list(query):
        actor = record.confirmed_by_id
        books.post_service(record=record, actor_id=actor, at=record.confirmed_at or at)
        posted += 1
    return posted
