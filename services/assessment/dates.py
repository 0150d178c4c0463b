"""The days of a cycle: what a centre may set, said in one sentence where it may not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from clock import local_day
from services.assessment.shapes import PhaseDates
from services.errors import Refusal, RefusalCode
from services.times import day_starts
from wording import say

KINDS = ("self", "peer", "extra", "review")
#: A phase lasts at most so long, all of them end within so many days after the year, and so many extra ones fit.
LONGEST, AFTER_YEAR, MOST_EXTRA = timedelta(days=92), timedelta(days=183), 4
LONGEST_NAME, HEAVIEST = 12, 50


def check(phases: Sequence[PhaseDates], year: str, at: datetime) -> None:
    """Whether these phases make a cycle. Refusals: ASSESSMENT_DATES with `why`, a sentence, in this order: the year, no
    phase, kinds (one review, the last; self and peer at most once), name and weight, the days."""
    if not re.fullmatch(r"20\d\d", year, re.ASCII) or not -1 <= int(year) - local_day(at).year <= 1:
        _no("year", year=year[:8])
    kinds = [phase.kind for phase in phases]
    if not phases or kinds[-1] != "review" or kinds.count("review") != 1:
        _no("review")
    if set(kinds) - set(KINDS) or kinds.count("self") > 1 or kinds.count("peer") > 1:
        _no("kinds")
    if kinds.count("extra") > MOST_EXTRA:
        _no("extra", most=MOST_EXTRA)
    for phase in phases:
        _check_extra(phase)
        check_days(phase, year, at)
    for before, after in pairwise(phases):
        check_order(before, after)


def _check_extra(phase: PhaseDates) -> None:
    if phase.kind != "extra":
        return
    if not phase.name.strip() or len(phase.name.strip()) > LONGEST_NAME:
        _no("name", most=LONGEST_NAME)
    if not 1 <= phase.weight <= HEAVIEST:
        _no("weight", most=HEAVIEST)


def check_days(phase: PhaseDates, year: str, at: datetime, *, running: bool = False) -> None:
    """The two days of one phase by themselves; of a running one only the last may still be to come."""
    name, today = name_of(phase.kind, phase.name), local_day(at)
    if phase.closes_on < phase.opens_on:
        _no("reversed", name=name, first=_day(phase.opens_on), last=_day(phase.closes_on))
    if phase.closes_on < today or (phase.opens_on < today and not running):
        _no("past", name=name)
    if phase.closes_on - phase.opens_on >= LONGEST:
        _no("long", name=name, days=LONGEST.days)
    if not date(int(year), 1, 1) <= phase.opens_on or phase.closes_on > date(int(year), 12, 31) + AFTER_YEAR:
        _no("outside", name=name, year=year)


def check_order(before: PhaseDates, after: PhaseDates) -> None:
    """That one phase is over before the next begins."""
    if after.opens_on <= before.closes_on:
        _no(
            "overlap", name=name_of(after.kind, after.name), before=name_of(before.kind, before.name),
            last=_day(before.closes_on),
        )  # fmt: skip


def name_of(kind: str, name: str = "") -> str:
    """What people call a phase."""
    return name.strip() or say(f"assessment.phases.{kind}")


def opens_at(phase: PhaseDates) -> datetime:
    """Midnight at the start of its first day."""
    return day_starts(phase.opens_on)


def closes_at(phase: PhaseDates) -> datetime:
    """Midnight at the end of its last day."""
    return day_starts(phase.closes_on + timedelta(days=1))


def packed(phases: Sequence[PhaseDates]) -> list[dict[str, Any]]:
    """The phases as a plan keeps them."""
    return [
        {
            "kind": phase.kind, "name": phase.name.strip(), "opens_on": phase.opens_on.isoformat(),
            "closes_on": phase.closes_on.isoformat(), "weight": phase.weight,
        }
        for phase in phases
    ]  # fmt: skip


def unpacked(rows: Sequence[dict[str, Any]]) -> tuple[PhaseDates, ...]:
    """What a plan keeps, as phases."""
    return tuple(
        PhaseDates(
            row["kind"], date.fromisoformat(row["opens_on"]), date.fromisoformat(row["closes_on"]), row["name"],
            row["weight"],
        )
        for row in rows
    )  # fmt: skip


def _day(day: date) -> str:
    return say("assessment.day", month=day.month, day=day.day)


def _no(why: str, **facts: Any) -> None:
    raise Refusal(RefusalCode.ASSESSMENT_DATES, why=say(f"assessment.dates.{why}", **facts), what=why)
