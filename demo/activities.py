"""Activities, their positions and shifts, and who signed up: rows made in bulk from the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from clock import local_day
from demo import names
from demo.cast import IN_COUNTY
from demo.occasions import Occasion
from demo.people import Person, leader_of
from demo.places import LANDLINE
from models import Activity, Position, RuleSet, Shift, Signup, Team
from services.participation.signups import risk_version

#: After its end an activity of the past is closed as the worker would have done it.
CLOSED_AFTER = timedelta(minutes=31)
CONDITIONS = "身体健康，能站立服务。"
SAFEGUARDS = "统一购买意外保险，现场备有急救包和饮用水。"


@dataclass(slots=True)
class Held:
    """An activity as it was made, with who signed up for which shift."""

    occasion: Occasion
    code: str
    leader: Person
    shift_codes: list[str]
    activity: Activity | None = None
    shifts: list[Shift] = field(default_factory=list)
    people: list[tuple[Person, Shift, str]] = field(default_factory=list)  # with the state of the sign-up

    @property
    def row(self) -> Activity:
        assert self.activity is not None
        return self.activity


def hold(
    rng: Random, occasions: list[Occasion], *, people: list[Person], teams: dict[str, Team], at: datetime
) -> list[Held]:
    """Make the rows of all activities with positions and shifts; nobody is signed up yet."""
    rule = RuleSet.get(RuleSet.kind == "hours", RuleSet.region_code == "").id
    held = [
        Held(
            one, names.code(rng), leader_of(people, one.team.key), [names.code(rng) for _ in one.kind.places]
        )
        for one in occasions
    ]
    Activity.insert_many(
        [_activity(each, teams[each.occasion.team.key], rule, at) for each in held]
    ).execute()
    by_code = {row.code: row for row in Activity.select()}
    for each in held:
        each.activity = by_code[each.code]
    Position.insert_many(
        [
            {"activity": each.row.id, "name": name, "quota": quota}
            for each in held
            for name, quota in each.occasion.kind.places
        ]
    ).execute()
    positions = {(row.activity_id, row.name): row.id for row in Position.select()}
    Shift.insert_many([row for each in held for row in _shifts(rng, each, positions, at)]).execute()
    shifts = {row.code: row for row in Shift.select()}
    for each in held:
        each.shifts = [shifts[code] for code in each.shift_codes]
    return held


def _activity(each: Held, team: Team, rule: int, at: datetime) -> dict[str, Any]:
    one, kind = each.occasion, each.occasion.kind
    published = min(one.starts_at - timedelta(days=6), at - timedelta(days=2))
    ended = one.ends_at if one.ends_at + CLOSED_AFTER < at else None
    return {
        "code": each.code, "team": team, "region_code": team.region_code, "title": one.title, "domain": kind.domain,
        "sub_domain": kind.sub, "place": one.place, "content": kind.content, "conditions": CONDITIONS,
        "risk_notice": kind.risk, "safeguards": SAFEGUARDS,
        "contact": f"{each.leader.name} {LANDLINE}{100 + each.leader.number}",
        "state": "ended" if ended else "published", "starts_at": one.starts_at, "ends_at": one.ends_at,
        "local_day": local_day(one.starts_at).isoformat(), "signup_opens_at": published,
        "signup_closes_at": one.ends_at, "hours_rule": rule, "created_by": each.leader.id,
        "created_at": published - timedelta(hours=2), "published_at": published, "ended_at": ended,
    }  # fmt: skip


def _shifts(
    rng: Random, each: Held, positions: dict[tuple[int, str], int], at: datetime
) -> list[dict[str, Any]]:
    one = each.occasion
    closed = one.ends_at + CLOSED_AFTER
    return [
        {
            "code": code, "activity": each.row.id, "position": positions[each.row.id, name],
            "starts_at": one.starts_at, "ends_at": one.ends_at, "planned_ends_at": one.ends_at, "quota": quota,
            "code_key": f"{rng.getrandbits(128):032x}", "closed_at": closed if closed < at else None,
        }
        for code, (name, quota) in zip(each.shift_codes, one.kind.places, strict=True)
    ]  # fmt: skip


def sign_up_all(rng: Random, held: list[Held], *, people: list[Person], at: datetime) -> None:
    """Members sign up as eager as they are, a few guests of other teams too; quotas hold, some cancel."""
    rows: list[dict[str, Any]] = []
    taken: dict[int, int] = {}
    for each in held:
        for person in _who(rng, each, people):
            shift = _free(rng, each, taken)
            if shift is None:
                break
            cancelled = each.occasion.tag != "running" and person.number > 10 and rng.random() < 0.04
            if not cancelled:
                taken[shift.id] = taken.get(shift.id, 0) + 1
            each.people.append((person, shift, "cancelled" if cancelled else "confirmed"))
            rows.append(_signup(rng, each, person, shift, cancelled, at))
    for start in range(0, len(rows), 500):
        Signup.insert_many(rows[start : start + 500]).execute()
    for count in set(taken.values()):
        full = [shift for shift, number in taken.items() if number == count]
        Shift.update(taken=count).where(Shift.id.in_(full)).execute()


def queue_up(held: list[Held], *, people: list[Person], at: datetime) -> None:
    """The last coming activity of 东湖 is full where phone 4 is: phone 2 waits first, two more behind him.

    Nothing is on offer yet: phone 4 gives his place back, and it goes to phone 2.
    """
    full = [each for each in held if each.occasion.tag == "coming" and each.occasion.team.key == "donghu"][-1]
    shift = next(shift for person, shift, _ in full.people if person.number == 4)
    inside = {person.number for person, _, _ in full.people}
    quota = sum(one.id == shift.id for _, one, state in full.people if state == "confirmed")
    Shift.update(quota=quota).where(Shift.id == shift.id).execute()
    Position.update(quota=quota).where(Position.id == shift.position_id).execute()
    members = [
        person
        for person in people
        if person.home == "donghu" and person.state == "active" and person.number not in inside
    ]
    second = next(person for person in members if person.number == 2)
    others = [person for person in members if person.number > len(IN_COUNTY)]
    for place, person in enumerate((second, *others[:2])):
        since = at - timedelta(hours=20 - 5 * place)
        Signup.create(
            shift=shift, activity=full.row, volunteer=person.id, state="waitlisted", queued_at=since, channel="h5",
            risk_version=risk_version(full.occasion.kind.risk), created_at=since, updated_at=since,
        )  # fmt: skip


def _who(rng: Random, each: Held, people: list[Person]) -> list[Person]:
    """Who wants to come: eagerness, less for what lies ahead, so that places stay open."""
    one = each.occasion
    if one.tag != "past" and one.team.key == "donghu":
        # The desk tells its owner what to try: 2 and 5 are not there yet, the coming ones are for them to choose.
        wanted = {"running": {1, 2, 3, 4, 11}, "coming": {1, 4, 13}}[one.tag]
        return [person for person in people if person.number in wanted]
    ahead = 1.0 if one.tag == "past" else 0.7 if one.tag in ("running", "soon") else 0.35
    came = []
    for person in people:
        if person.state != "active" or person.joined > one.starts_at - timedelta(days=3):
            continue
        if person is each.leader:
            chance = 0.9
        elif one.team.key == person.home:
            chance = person.eager
        else:
            chance = person.eager * (0.45 if one.team.key in person.also else 0.05)
        if one.kind.sub == "flood" and person.born.year < one.starts_at.year - 70:
            chance = 0.0
        if rng.random() < chance * ahead:
            came.append(person)
    return came


def _free(rng: Random, each: Held, taken: dict[int, int]) -> Shift | None:
    free = [shift for shift in each.shifts if taken.get(shift.id, 0) < shift.quota]
    return rng.choice(free) if free else None


def _signup(
    rng: Random, each: Held, person: Person, shift: Shift, cancelled: bool, at: datetime
) -> dict[str, Any]:
    latest = min(each.occasion.starts_at, at) - timedelta(hours=26)
    when = latest - timedelta(minutes=rng.randint(0, 1300))
    channel = rng.choice(("api", "bot", "h5")) if person.oa or person.mp else "console"
    return {
        "shift": shift.id, "activity": each.row.id, "volunteer": person.id,
        "state": "cancelled" if cancelled else "confirmed", "reason": "家里临时有事" if cancelled else "",
        "risk_version": risk_version(each.occasion.kind.risk), "channel": channel, "created_at": when,
        "updated_at": when + timedelta(minutes=rng.randint(30, 600)) if cancelled else when,
    }  # fmt: skip
