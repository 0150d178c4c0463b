"""Arithmetic of hours and points: pure, whole numbers, nothing but the moments it is given.

Hours are those actually given (条例 §19; 民函〔2012〕340号: without travel): whole minutes between in and out, inside
the shift. A division may ask for a minimum share and round down (domain §2.13); both are off by default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass

MINUTE = timedelta(minutes=1)
#: A rule that says how long a class hour is counts class time, and no service at all.
CLASS = "class_hour"


@dataclass(frozen=True, slots=True)
class Credit:
    """Whole minutes that count, why (a key of wording/records.toml), and the minutes another record counts."""

    minutes: int
    why: str
    overlap: int = 0


def credited_minutes(*, in_at: datetime, out_at: datetime, starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes between in and out that lie inside the shift; never negative."""
    begin, end = max(in_at, starts_at), min(out_at, ends_at)
    return max(0, (end - begin) // MINUTE)


def credit(
    *, in_at: datetime, out_at: datetime, starts_at: datetime, ends_at: datetime, params: Mapping[str, Any],
    taken: Iterable[tuple[datetime, datetime]] = (),
) -> Credit:  # fmt: skip
    """What a record counts by the rule frozen for its activity; `taken` is time that his other records count.

    In this order: only the time inside the shift; nothing below `min_share` percent of the shift; without what is
    taken (so that two records together credit the union, reliability.md §4.3); down to whole `round_to` minutes.
    `why` names the last step that took something away. Under a rule of class time it counts no service: 0, `training`;
    what another record counts is said all the same.
    """
    begin, end = max(in_at, starts_at), min(out_at, ends_at)
    whole = max(0, (end - begin) // MINUTE)
    if not whole:
        return Credit(0, "too_short")
    if whole * MINUTE * 100 < (ends_at - starts_at) * params.get("min_share", 0):
        return Credit(0, "below_share")
    free = sum(((to - start) for start, to in _free(begin, end, taken)), timedelta()) // MINUTE
    if CLASS in params:
        return Credit(0, "training", whole - free)
    minutes = free - free % max(1, params.get("round_to", 1))
    if minutes < free:
        why = "rounded"
    elif free < whole:
        why = "overlap"
    else:
        why = "clamped" if (out_at - in_at) // MINUTE > whole else "counted"
    return Credit(minutes, why, whole - free)


def _free(
    begin: datetime, end: datetime, taken: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """The pieces of begin–end that none of `taken` covers."""
    pieces, at = [], begin
    for start, to in sorted(taken):
        if start > at:
            pieces.append((at, min(start, end)))
        at = max(at, to)
        if at >= end:
            return pieces
    return [*pieces, (at, end)]


def points_for(minutes: int, per_hour: int, *percents: int) -> int:
    """Points for credited minutes at a whole rate per hour, each coefficient in percent, half up once (design §6.9)."""
    whole, unit = minutes * per_hour, 60
    for percent in percents:
        whole, unit = whole * percent, unit * 100
    return (whole * 2 + unit) // (unit * 2)


def stars(minutes: int, ladder_hours: list[int]) -> int:
    """How many stars confirmed minutes reach on a ladder such as 100/300/600/1000/1500 h (domain A6)."""
    return sum(minutes >= hours * 60 for hours in ladder_hours)


def next_star_minutes(minutes: int, ladder_hours: list[int]) -> int | None:
    """The confirmed minutes at which the next star lies; None on the top step."""
    return next((hours * 60 for hours in ladder_hours if minutes < hours * 60), None)
