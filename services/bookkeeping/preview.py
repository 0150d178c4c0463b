"""What a change of the points rule would have done to the last months: who would have gained, who lost, how much.

Worked out over the confirmed records of a division, by the rule of today and by the changed one; nothing is written. A
rule that is set counts for what is confirmed from then on: what stands in the book stays as it was posted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clock import local_day
from models import Activity, Evaluation, Position, RuleSet, ServiceRecord, Shift, Volunteer
from services import permissions, rules, scopes
from services.actors import Actor
from services.bookkeeping.earning import CAPS, Facts, asks_for_skill, percents, span
from services.bookkeeping.reckoning import points_for
from services.errors import Refusal, RefusalCode
from services.participation.domains import is_danger
from services.policy import numbers

#: So many days back, and of a large division the newest so many records.
DAYS, MOST = 365, 50_000
EXAMPLES = 5
KIND = "points"
#: Numbers that say nothing about how much a record brings.
LATER = ("expiry_months", "remind_days")


@dataclass(frozen=True, slots=True)
class Example:
    """A person and what the year would have brought him, before and after."""

    name: str
    public_no: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`records` looked at from local day `since` on (`cut`: only the newest of them), of `people`; whole points.

    `later`: the number changes nothing about how much is earned, only what happens to points earned from now on.
    """

    value: Any
    since: str
    records: int
    cut: bool
    people: int
    before: int
    after: int
    gaining: int
    losing: int
    examples: list[Example]
    later: bool


def preview(*, actor: Actor, region_code: str, name: str, value: Any, lock: bool = False, at: datetime) -> Preview:
    """What setting number `name` to `value` in a division would change, for those who may set it there.

    Refusals: NOT_FOUND / NOT_ALLOWED, POLICY_UNKNOWN, POLICY_VALUE.
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    if not numbers.may_set(actor=actor, region_code=region_code, at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if name not in numbers.names(KIND):
        raise Refusal(RefusalCode.POLICY_UNKNOWN)
    new = numbers.check_value(KIND, name, value)
    since = (local_day(at) - timedelta(days=DAYS)).isoformat()
    if name in LATER:
        return Preview(new, since, 0, False, 0, 0, 0, 0, 0, [], True)
    rows = list(_records(region_code, since))
    islands = [] if lock else _own_below(region_code, name, at)
    everywhere = rules.Everywhere(KIND, at)
    before, after = _Tally(), _Tally()
    stars = _stars(rows)
    for row in sorted(rows, key=lambda each: (each.local_day, each.id)):
        params = everywhere.of(row.region_code).params
        changed = params if _on_island(row.region_code, islands) else {**params, name: new}
        facts = _facts(row, stars)
        before.add(row, facts, params)
        after.add(row, facts, changed)
    return _told(new, since, len(rows), before.people, after.people)


def _records(region_code: str, since: str) -> Iterator[Any]:
    query = (
        ServiceRecord.select(
            ServiceRecord.id, ServiceRecord.volunteer, ServiceRecord.activity, ServiceRecord.region_code,
            ServiceRecord.local_day, ServiceRecord.minutes, Activity.id, Activity.domain, Activity.sub_domain,
            Activity.dangerous, Activity.emergency, Shift.id, Position.id, Position.conditions,
        )
        .left_outer_join(Activity)
        .switch(ServiceRecord)
        .left_outer_join(Shift)
        .left_outer_join(Position)
        .where(
            scopes.within(ServiceRecord.region_code, [region_code]), ServiceRecord.local_day >= since,
            ServiceRecord.state == "confirmed", ServiceRecord.source != "transferred", ServiceRecord.minutes > 0,
        )
        .order_by(ServiceRecord.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return iter(query)


def _own_below(region_code: str, name: str, at: datetime) -> list[str]:
    """The divisions below that set this number themselves: a change above does not reach them."""
    rows = (
        RuleSet.select()
        .where(RuleSet.kind == KIND, scopes.within(RuleSet.region_code, [region_code]), RuleSet.valid_from <= at)
        .order_by(RuleSet.valid_from, RuleSet.version)
    )
    newest = {row.region_code: row for row in rows if row.region_code != region_code}
    return [code for code, row in newest.items() if name in row.own]


def _on_island(region_code: str, islands: list[str]) -> bool:
    return any(region_code.startswith(code) for code in islands)


def _stars(rows: list[Any]) -> dict[tuple[int, int], int]:
    ids = list({row.activity_id for row in rows if row.activity_id is not None})
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(ids), 1000):
        said = Evaluation.select().where(
            Evaluation.kind == "organiser", Evaluation.activity.in_(ids[start : start + 1000])
        )
        found |= {(each.activity_id, each.subject_id): each.score for each in said}
    return found


def _facts(row: Any, stars: Mapping[tuple[int, int], int]) -> Facts:
    if row.activity_id is None:
        return Facts()
    activity, shift = row.activity, row.shift
    position = shift.position if row.shift_id is not None else None
    return Facts(
        activity.domain, bool(position and asks_for_skill(position.conditions)),
        activity.dangerous or is_danger(activity.domain, activity.sub_domain), activity.emergency,
        stars.get((row.activity_id, row.volunteer_id), 0),
    )  # fmt: skip


class _Tally:
    """Points by person under one rule, with its caps."""

    def __init__(self) -> None:
        self.people: dict[int, int] = {}
        self._spans: dict[tuple[int, str, str], int] = {}

    def add(self, row: Any, facts: Facts, params: Mapping[str, Any]) -> None:
        points = points_for(row.minutes, params["per_hour"], *(percent for _, percent in percents(facts, params)))
        keys = [(row.volunteer_id, *span(row.local_day, kept)) for _, kept in CAPS]
        for (name, _), key in zip(CAPS, keys, strict=True):
            if params[name]:
                points = min(points, max(0, int(params[name]) - self._spans.get(key, 0)))
        for key in keys:
            self._spans[key] = self._spans.get(key, 0) + points
        self.people[row.volunteer_id] = self.people.get(row.volunteer_id, 0) + points


def _told(new: Any, since: str, records: int, before: Mapping[int, int], after: Mapping[int, int]) -> Preview:
    moved = sorted((after[who] - points, who) for who, points in before.items() if after[who] != points)
    gains = [each for each in moved[::-1] if each[0] > 0][:EXAMPLES]
    shown = [*gains, *(each for each in moved if each[0] < 0)][: len(gains) + EXAMPLES]
    people = {row.id: row for row in Volunteer.select().where(Volunteer.id.in_([who for _, who in shown]))}
    return Preview(
        new, since, records, records == MOST, len(before), sum(before.values()), sum(after.values()),
        sum(change > 0 for change, _ in moved), sum(change < 0 for change, _ in moved),
        [Example(people[who].name, people[who].public_no, before[who], after[who]) for _, who in shown], False,
    )  # fmt: skip
