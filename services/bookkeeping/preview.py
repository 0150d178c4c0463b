"""What a change of the points rule would have done to the last months: who would have gained, who lost, how much.

Worked out over the confirmed records of a division, by the rule of today and by the changed one; nothing is written. A
rule that is set counts for what is confirmed from then on: what stands in the book stays as it was posted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from clock import local_day
from frozen import dataclass
from models import RuleSet, Volunteer
from queries import points as sql
from services import permissions, regions, rules, scopes
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
    first, end = regions.below(region_code)
    rows = sql.confirmed(first=first, end=end, since=since, most=MOST)
    islands = [] if lock else _own_below(region_code, name, at)
    everywhere = rules.Everywhere(KIND, at)
    changing = _Changing(everywhere, islands, name, new)
    capped = _is_capped({name: new}, *(everywhere.of(place).params for place in everywhere.places))
    before, after = _Tally(capped=capped), _Tally(capped=capped)
    for person, region, day, minutes, *told in rows:
        facts = changing.facts(*told)
        for tally, params in zip((before, after), changing.params(region), strict=True):
            tally.add(person, day, minutes, facts, params)
    return _told(new, since, len(rows), before.people, after.people)


def _own_below(region_code: str, name: str, at: datetime) -> list[str]:
    """The divisions below that set this number themselves: a change above does not reach them."""
    rows = (
        RuleSet.select()
        .where(RuleSet.kind == KIND, scopes.within(RuleSet.region_code, [region_code]), RuleSet.valid_from <= at)
        .order_by(RuleSet.valid_from, RuleSet.version)
    )
    newest = {row.region_code: row for row in rows if row.region_code != region_code}
    return [code for code, row in newest.items() if name in row.own]


class _Changing:
    """What a record is measured by, under the rule of today and the changed one; each combination worked out once."""

    def __init__(self, everywhere: rules.Everywhere, islands: list[str], name: str, new: Any) -> None:
        self._everywhere, self._islands, self._change = everywhere, islands, {name: new}
        self._params: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        self._facts: dict[tuple[Any, ...], Facts] = {}

    def params(self, region_code: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The numbers of a division, today's and the changed ones."""
        found = self._params.get(region_code)
        if found is None:
            now = self._everywhere.of(region_code).params
            kept = any(region_code.startswith(code) for code in self._islands)
            found = self._params[region_code] = (now, now if kept else {**now, **self._change})
        return found

    def facts(self, *told: Any) -> Facts:
        """Of a row's domain, sub-domain, danger, emergency, conditions and stars."""
        found = self._facts.get(told)
        if found is None:
            domain, sub_domain, dangerous, emergency, conditions, stars = told
            found = self._facts[told] = Facts() if domain is None else Facts(
                domain, asks_for_skill(json.loads(conditions or "{}")),
                bool(dangerous) or is_danger(domain, sub_domain), bool(emergency), stars or 0,
            )  # fmt: skip
        return found


class _Tally:
    """Points by person under one rule, with its caps, where any division has one (`capped`)."""

    def __init__(self, *, capped: bool) -> None:
        self._capped = capped
        self.people: dict[int, int] = {}
        self._spans: dict[tuple[int, str, str], int] = {}
        self._percents: dict[tuple[int, Facts], list[int]] = {}

    def add(self, person: int, day: str, minutes: int, facts: Facts, params: Mapping[str, Any]) -> None:
        key = (id(params), facts)
        if key not in self._percents:
            self._percents[key] = [percent for _, percent in percents(facts, params)]
        points = points_for(minutes, params["per_hour"], *self._percents[key])
        for name, kept in CAPS:
            if params[name]:
                points = min(points, max(0, int(params[name]) - self._spans.get((person, *_span(day, kept)), 0)))
        for _, kept in CAPS if self._capped else ():
            there = (person, *_span(day, kept))
            self._spans[there] = self._spans.get(there, 0) + points
        self.people[person] = self.people.get(person, 0) + points


def _is_capped(*several: Mapping[str, Any]) -> bool:
    return any(params.get(name) for params in several for name, _ in CAPS)


_span = lru_cache(maxsize=4 * DAYS)(span)


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
