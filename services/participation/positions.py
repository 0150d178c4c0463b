"""Positions and shifts of an activity (岗位, 班次): how many are wanted, when, and what is asked of them.

A position without shifts of its own has one, as long as the activity. Conditions are what 条例 §15 and §16 ask:
knowledge, skill, age, a training; `services.participation.eligibility` holds somebody against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass
from models import Activity, Position, Shift
from services.codes import new_code, new_shift_key
from services.errors import Refusal, RefusalCode
from services.recruitment.skills import catalogue

MOST_POSITIONS = 20
MOST_PEOPLE = 5000
MOST_SHIFTS = 20
#: Of each kind in one position.
MOST_CONDITIONS = 10
LONGEST_TRAINING = 30
LISTS = ("skills", "qualifications", "trainings", "one_of")
#: Nobody under 14 serves at all (S117).
YOUNGEST, OLDEST = 14, 120


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a position asks: codes of skills, codes of skills proved by a verified qualification, names of
    trainings, an age in whole years on the day, both ends included; `one_of`: codes of skills of which one is enough
    (a call asks so)."""

    skills: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    trainings: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    one_of: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is asked."""
        return self != Conditions()

    def kept(self) -> dict[str, Any]:
        """As the column keeps it: what is not asked is left out."""
        found = {name: list(getattr(self, name)) for name in LISTS}
        ages = {"age_from": self.age_from, "age_to": self.age_to}
        return {name: value for name, value in {**found, **ages}.items() if value not in ([], None)}


def conditions_of(kept: Mapping[str, Any]) -> Conditions:
    """The conditions from their column."""
    lists = {name: tuple(kept.get(name, ())) for name in LISTS}
    return Conditions(**lists, age_from=kept.get("age_from"), age_to=kept.get("age_to"))


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """A shift with times of its own; `quota` None: as many as the position says."""

    starts_at: datetime
    ends_at: datetime
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class PositionDraft:
    """A job within the activity; `quota` for each of its shifts. Without `shifts`: one, as long as the activity."""

    name: str
    quota: int
    requirement: str = ""
    conditions: Conditions = field(default_factory=Conditions)
    shifts: tuple[ShiftDraft, ...] = ()


def invalid(field: str) -> Refusal:
    """The refusal that points at one field."""
    return Refusal(RefusalCode.ACTIVITY_INVALID, field=field)


def check_positions(
    positions: tuple[PositionDraft, ...], *, starts_at: datetime | None = None, ends_at: datetime | None = None
) -> None:
    """Names, numbers, shifts and conditions; ACTIVITY_INVALID with the field `positions`, `quota`, `shifts` or
    `position_conditions`. With the activity's times: a shift must lie within them."""
    if len(positions) > MOST_POSITIONS:
        raise invalid("positions")
    for position in positions:
        if not 0 < len(position.name.strip()) <= 20 or len(position.requirement) > 200:
            raise invalid("positions")
        if "\x00" in position.name + position.requirement:
            raise invalid("positions")
        if not all(0 < number <= MOST_PEOPLE for number in _quotas(position)):
            raise invalid("quota")
        _check_shifts(position.shifts, starts_at, ends_at)
        _check_conditions(position.conditions)


def _quotas(position: PositionDraft) -> list[int]:
    return [position.quota, *(each.quota for each in position.shifts if each.quota is not None)]


def _check_shifts(shifts: tuple[ShiftDraft, ...], starts_at: datetime | None, ends_at: datetime | None) -> None:
    if len(shifts) > MOST_SHIFTS or len({(each.starts_at, each.ends_at) for each in shifts}) < len(shifts):
        raise invalid("shifts")
    for each in shifts:
        if each.starts_at >= each.ends_at:
            raise invalid("shifts")
        if (starts_at and each.starts_at < starts_at) or (ends_at and each.ends_at > ends_at):
            raise invalid("shifts")


def _check_conditions(asked: Conditions) -> None:
    lists = (asked.skills, asked.qualifications, asked.trainings, asked.one_of)
    wrong = any(len(each) > MOST_CONDITIONS or len(set(each)) < len(each) for each in lists)
    wrong |= any(not 0 < len(each.strip()) <= LONGEST_TRAINING or "\x00" in each for each in asked.trainings)
    ages = [age for age in (asked.age_from, asked.age_to) if age is not None]
    wrong |= any(not YOUNGEST <= age <= OLDEST for age in ages) or ages != sorted(ages)
    if codes := {*asked.skills, *asked.qualifications, *asked.one_of}:
        wrong |= not codes <= {each.code for each in catalogue()}
    if wrong:
        raise invalid("position_conditions")


def put_positions(activity: Activity, positions: tuple[PositionDraft, ...]) -> None:
    """Write the positions of a draft with their shifts; call it inside the act's write."""
    for draft in positions:
        position = Position.create(
            activity=activity, name=draft.name.strip(), requirement=draft.requirement.strip(), quota=draft.quota,
            conditions=draft.conditions.kept(),
        )  # fmt: skip
        for each in draft.shifts or (ShiftDraft(activity.starts_at, activity.ends_at),):
            Shift.create(
                code=new_code(), activity=activity, position=position, starts_at=each.starts_at,
                ends_at=each.ends_at, planned_ends_at=each.ends_at, quota=each.quota or draft.quota,
                code_key=new_shift_key(),
            )  # fmt: skip


def positions_of(activity: Activity) -> tuple[PositionDraft, ...]:
    """The positions as they could be written down again; two statements."""
    shifts: dict[int, list[Shift]] = {}
    for row in Shift.select().where(Shift.activity == activity.id).order_by(Shift.starts_at, Shift.id):
        shifts.setdefault(row.position_id, []).append(row)
    rows = Position.select().where(Position.activity == activity.id).order_by(Position.id)
    return tuple(_draft(activity, each, shifts.get(each.id, [])) for each in rows)


def _draft(activity: Activity, position: Position, shifts: list[Shift]) -> PositionDraft:
    same = [(each.starts_at, each.ends_at) for each in shifts] == [(activity.starts_at, activity.ends_at)]
    own = tuple(
        ShiftDraft(each.starts_at, each.planned_ends_at, None if each.quota == position.quota else each.quota)
        for each in shifts
    )
    quota = shifts[0].quota if same else position.quota
    return PositionDraft(
        position.name, quota, position.requirement, conditions_of(position.conditions), () if same else own
    )


def moved(positions: tuple[PositionDraft, ...], by: timedelta) -> tuple[PositionDraft, ...]:
    """The same positions with their shifts so much later: for the next week of a series, or a copy."""
    return tuple(
        replace(each, shifts=tuple(
            replace(shift, starts_at=shift.starts_at + by, ends_at=shift.ends_at + by) for shift in each.shifts
        ))
        for each in positions
    )  # fmt: skip
