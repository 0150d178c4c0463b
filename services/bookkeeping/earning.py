"""What a record brings in points, by the rule of its division and day, with the reason in words (S98, S99, S101).

Minutes × rate × coefficients, half up, then the caps. The coefficients come from facts that stand in the record's
activity (its domain, what its position asks for, danger, a declared emergency) and from what the organiser said of the
person; nobody types them for one person. All are 100 % until a division sets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Activity, Evaluation, Position, ServiceRecord, Shift
from queries import points as sql
from services import rules
from services.bookkeeping.points import lasts_until
from services.bookkeeping.reckoning import points_for
from services.dates import last_day_of
from services.messaging.notices import duration
from services.participation.domains import domain_name, is_danger
from services.rules import Rule
from wording import say

#: What an organiser's stars move.
GOOD, POOR = (5,), (1, 2)
#: (number, part of a local day that it counts over).
CAPS = (("day_cap", 10), ("month_cap", 7), ("year_cap", 4))
PLAIN = 100


@dataclass(frozen=True, slots=True)
class Facts:
    """What the coefficients look at; `stars` of the organiser, 0 for none said."""

    domain: str = ""
    skilled: bool = False
    danger: bool = False
    emergency: bool = False
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Earned:
    """Whole points, the rule they came from, the reason in words, the last day they are good for."""

    points: int
    rule_id: int
    why: str
    expires_on: str


def of_record(record: ServiceRecord, *, at: datetime, rule: Rule | None = None) -> Earned:
    """What a record earns by the rule in force at `at`, or by `rule`. Inside a write: caps hold the person's row."""
    rule = rule or rules.rule("points", record.region_code, at)
    params = rule.params
    facts = facts_of(record, params)
    parts = percents(facts, params)
    whole = points_for(record.minutes, params["per_hour"], *(percent for _, percent in parts))
    points, capped = _capped(record, whole, params)
    said = [say("points.why.service", minutes=duration(record.minutes), rate=params["per_hour"])]
    said += [say(f"points.why.{name}", percent=percent, domain=domain_name(facts.domain)) for name, percent in parts]
    said.append(say("points.why.makes", points=whole))
    if capped:
        said.append(say(f"points.why.{capped}", cap=params[capped], points=points))
    until = lasts_until(local_day=record.local_day, months=int(params["expiry_months"]))
    return Earned(points, rule.id, "".join(said), until)


def is_plain(params: Mapping[str, Any]) -> bool:
    """Whether no coefficient is set, so that nothing has to be looked up."""
    return not params["domains"] and all(
        params[name] == PLAIN for name in params if name.endswith("_percent")
    )


def looks_at_stars(params: Mapping[str, Any]) -> bool:
    """Whether what an organiser says moves points by this rule."""
    return params["good_percent"] != PLAIN or params["poor_percent"] != PLAIN


def facts_of(record: ServiceRecord, params: Mapping[str, Any]) -> Facts:
    """What the coefficients of this rule need to know of a record."""
    if is_plain(params) or record.activity_id is None:
        return Facts()
    activity = Activity.get_by_id(record.activity_id)
    position = Position.select().join(Shift).where(Shift.id == record.shift_id).first()
    said = Evaluation.get_or_none(
        Evaluation.kind == "organiser", Evaluation.activity == activity.id, Evaluation.subject == record.volunteer_id
    )
    return Facts(
        activity.domain, bool(position and asks_for_skill(position.conditions)),
        activity.dangerous or is_danger(activity.domain, activity.sub_domain), activity.emergency,
        said.score if said else 0,
    )  # fmt: skip


def asks_for_skill(conditions: Mapping[str, Any]) -> bool:
    """Whether a position asks for a paper or a training: professional service."""
    return bool(conditions.get("qualifications") or conditions.get("trainings"))


def percents(facts: Facts, params: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(name, percent) of each coefficient that changes something: category, difficulty (the highest), evaluation."""
    hard = [
        (f"{name}_percent", int(params[f"{name}_percent"]))
        for name, holds in (("skilled", facts.skilled), ("danger", facts.danger), ("emergency", facts.emergency))
        if holds
    ]
    found = [("domain_percent", int(params["domains"].get(facts.domain, PLAIN)))]
    found += sorted(hard, key=lambda pair: -pair[1])[:1]
    if facts.stars in GOOD:
        found.append(("good_percent", int(params["good_percent"])))
    if facts.stars in POOR:
        found.append(("poor_percent", int(params["poor_percent"])))
    return [(name, percent) for name, percent in found if percent != PLAIN]


def _capped(record: ServiceRecord, points: int, params: Mapping[str, Any]) -> tuple[int, str]:
    """(what the caps leave, the name of the one that held it back)."""
    caps = [(name, kept, int(params[name])) for name, kept in CAPS if params[name]]
    held = ""
    if caps and points:
        sql.hold(record.volunteer_id)
    for name, kept, cap in caps:
        first, last = span(record.local_day, kept)
        left = max(0, cap - sql.earned(volunteer_id=record.volunteer_id, first=first, last=last))
        if left < points:
            points, held = left, name
    return points, held


def span(local_day: str, kept: int) -> tuple[str, str]:
    """The first and last local day of the day, month or year that a local day lies in."""
    if kept == 10:
        return local_day, local_day
    month = local_day[:7] if kept == 7 else f"{local_day[:4]}-12"
    first = f"{local_day[:7]}-01" if kept == 7 else f"{local_day[:4]}-01-01"
    return first, last_day_of(month).isoformat()

