"""How a shift stands to somebody: its places, his own sign-up in words never mixed up (U2), what he has to come.

pending 待审核, waitlisted 候补第 n 位, offered 请确认名额, confirmed 已录用.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import Activity, Position, ServiceRecord, Shift, Signup, Skill, Team
from queries import waitlist as sql
from services.participation import eligibility
from services.participation.positions import Conditions, conditions_of
from services.participation.signups import risk_version
from wording import say

#: States in which somebody stands for a shift.
LIVE = ("confirmed", "offered", "waitlisted", "pending")


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A position's period; `mine` is the state of the reader's sign-up, or None, `word` that state in words.

    `in_line` his place in the queue, `waiting` how many queue, `offer_until` until when a place is his to claim,
    `invited` by the leader; `risk_changed`: the safety notice is another one than he accepted. `asked` is what the
    position asks, in words; `coming`: he said that he comes.
    """

    code: str
    position: str
    requirement: str
    starts_at: datetime
    ends_at: datetime
    quota: int
    taken: int
    mine: str | None
    word: str
    in_line: int | None
    waiting: int
    offer_until: datetime | None
    invited: bool
    risk_changed: bool
    reason: str
    asked: tuple[str, ...]
    coming: bool = False


@dataclass(frozen=True, slots=True)
class MySignup:
    """One of a person's sign-ups, running or to come; `state` and its `word`, with what belongs to it."""

    shift_code: str
    activity_code: str
    title: str
    place: str
    position: str
    team_name: str
    starts_at: datetime
    ends_at: datetime
    activity_state: str
    checked_in: bool
    state: str = "confirmed"
    word: str = ""
    in_line: int | None = None
    offer_until: datetime | None = None
    invited: bool = False
    checked_out: bool = False


def state_word(state: str | None, *, in_line: int | None = None, invited: bool = False) -> str:
    """A state in the one word that is its own; "" for none."""
    if not state:
        return ""
    key = "invited" if state == "offered" and invited else state
    return say(f"signup.states.{key}", place=in_line or 0)


def brief_word(state: str | None) -> str:
    """The same in a list, where nobody's place in the queue is counted; "" for none."""
    return say("signup.waits") if state == "waitlisted" else state_word(state)


def shift_views(*, activity: Activity, volunteer_id: int | None) -> tuple[ShiftView, ...]:
    """The shifts of an activity as they stand for somebody, by start; two statements, one more for whoever queues."""
    mine = (Signup.shift == Shift.id) & (Signup.volunteer == volunteer_id)
    query = (
        Shift.select(Shift, Position, Signup)
        .join_from(Shift, Position)
        .join_from(Shift, Signup, JOIN.LEFT_OUTER, on=mine, attr="own")
        .where(Shift.activity == activity.id)
        .order_by(Shift.starts_at, Shift.id)
    )
    waiting = _waiting(activity.id)
    version = risk_version(activity.risk_notice)
    rows = list(query)
    names = _skill_names([conditions_of(row.position.conditions) for row in rows])
    return tuple(_view(row, getattr(row, "own", None), waiting, version, names) for row in rows)


def _view(row: Any, own: Any, waiting: dict[int, int], version: str, names: dict[str, str]) -> ShiftView:
    state = own.state if own is not None and own.id is not None else None
    live = state in LIVE
    in_line = sql.place_in_line(own.id) if state == "waitlisted" else None
    invited = live and own.invited_by_id is not None
    return ShiftView(
        code=row.code, position=row.position.name, requirement=row.position.requirement, starts_at=row.starts_at,
        ends_at=row.ends_at, quota=row.quota, taken=row.taken, mine=state,
        word=state_word(state, in_line=in_line, invited=invited), in_line=in_line, waiting=waiting.get(row.id, 0),
        offer_until=own.offer_until if state == "offered" else None, invited=invited,
        risk_changed=bool(live and own.risk_version and own.risk_version != version),
        reason=own.reason if state in ("rejected", "cancelled") else "",
        asked=asked(conditions_of(row.position.conditions), names), coming=bool(live and own.coming_at),
    )  # fmt: skip


def _waiting(activity_id: int) -> dict[int, int]:
    query = (
        Signup.select(Signup.shift, fn.COUNT(Signup.id))
        .where(Signup.activity == activity_id, Signup.state == "waitlisted")
        .group_by(Signup.shift)
    )
    return {row[0]: row[1] for row in list[Any](query.tuples())}


def _skill_names(conditions: list[Conditions]) -> dict[str, str]:
    codes = {code for each in conditions for code in (*each.skills, *each.qualifications, *each.one_of)}
    return {row.code: row.name for row in Skill.select().where(Skill.code.in_(codes))} if codes else {}


def asked(conditions: Conditions, names: dict[str, str]) -> tuple[str, ...]:
    """What a position asks, in words, one each."""
    lines = [
        say(f"signup.asked.{kind}", name=names.get(code, code))
        for kind, wanted in (
            ("skill", conditions.skills), ("qualification", conditions.qualifications),
            ("training", conditions.trainings),
        )
        for code in wanted
    ]  # fmt: skip
    if conditions.one_of:
        lines.append(say("signup.asked.skill", name=eligibility.one_of(conditions, names)))
    if conditions.age_from is not None:
        lines.append(say("signup.missing.age_from", age=conditions.age_from))
    if conditions.age_to is not None:
        lines.append(say("signup.missing.age_to", age=conditions.age_to))
    return tuple(lines)


def mine(*, volunteer_id: int, at: datetime, states: tuple[str, ...] = ("confirmed",)) -> list[MySignup]:
    """A person's sign-ups in these states that are running or to come, by start; those of cancelled activities
    marked so."""
    record = (ServiceRecord.shift == Shift.id) & (ServiceRecord.volunteer == volunteer_id)
    query = (
        Signup.select(
            Signup, Shift, Activity, Team, Position, ServiceRecord.id.alias("record_id"), ServiceRecord.out_at
        )
        .join_from(Signup, Shift)
        .join_from(Shift, Activity)
        .join_from(Activity, Team)
        .join_from(Shift, Position)
        .join_from(Shift, ServiceRecord, JOIN.LEFT_OUTER, on=record & (ServiceRecord.state != "void"))
        .where(Signup.volunteer == volunteer_id, Signup.state.in_(states), Shift.ends_at > at)
        .order_by(Shift.starts_at, Shift.id)
    )
    return [_my_signup(row) for row in query]


@dataclass(frozen=True, slots=True)
class RiskToRead:
    """A safety notice that is another one than the person said yes to; `version` marks its text of now."""

    shift_code: str
    activity_code: str
    title: str
    version: str


def risks_to_read(*, volunteer_id: int | None, at: datetime) -> list[RiskToRead]:
    """The changed safety notices of what a person stands for and that is not over, the soonest first."""
    rows = (
        Signup.select(Signup, Shift, Activity)
        .join_from(Signup, Shift)
        .join_from(Shift, Activity)
        .where(
            Signup.volunteer == (volunteer_id or 0), Signup.state.in_(LIVE), Signup.risk_version != "",
            Shift.ends_at > at, Activity.state == "published",
        )
        .order_by(Shift.starts_at, Shift.id)
    )  # fmt: skip
    found = [(row, risk_version(row.shift.activity.risk_notice)) for row in rows]
    return [
        RiskToRead(row.shift.code, row.shift.activity.code, row.shift.activity.title, version)
        for row, version in found
        if row.risk_version != version
    ]


def _my_signup(row: Signup) -> MySignup:
    shift = row.shift
    activity = shift.activity
    in_line = sql.place_in_line(row.id) if row.state == "waitlisted" else None
    invited = row.invited_by_id is not None
    record = getattr(shift, "servicerecord", None)
    return MySignup(
        shift_code=shift.code, activity_code=activity.code, title=activity.title, place=activity.place,
        position=shift.position.name, team_name=activity.team.name, starts_at=shift.starts_at,
        ends_at=shift.ends_at, activity_state=activity.state,
        checked_in=getattr(record, "record_id", None) is not None, state=row.state,
        word=state_word(row.state, in_line=in_line, invited=invited), in_line=in_line,
        offer_until=row.offer_until if row.state == "offered" else None, invited=invited,
        checked_out=getattr(record, "out_at", None) is not None,
    )  # fmt: skip
