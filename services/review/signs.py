"""What about an activity's records is odd enough to be looked at from above (reliability.md §4.2). Pure.

Acts done for people without a phone have a norm of their own: they are left out of the share of hours by hand, and
are a sign only where nearly a whole list of some length was done so; honest villages do not drown in flags.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wording import say

#: Fewer records than these say nothing.
LEAST_BY_HAND, LEAST_SAME, LEAST_AT_ONCE, LEAST_ASSISTED = 3, 3, 5, 10
#: Above this share, a long list of people without a phone is a sign.
ASSISTED_PERCENT = 90
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """One record as the signs see it; `assisted`: the person has no phone with us, others act for him."""

    in_at: datetime | None
    out_at: datetime | None
    listed: bool  # in or out on the leader's list, or made up
    by_hand: bool
    assisted: bool
    overlap: int


def signs(
    records: Sequence[Seen], *, by_hand_percent: int, unverified: int = 0, denied: int = 0
) -> list[dict[str, Any]]:
    """The signs of an activity, strongest first; `unverified`: votes of those served from the leader's own phone,
    `denied`: people who said that they were not there."""
    found: list[dict[str, Any]] = []
    if denied:
        found.append({"sign": "denied", "count": denied})
    free = [each for each in records if not each.assisted]
    by_hand = sum(each.by_hand for each in free)
    if by_hand >= LEAST_BY_HAND and by_hand * 100 > by_hand_percent * len(free):
        found.append({"sign": "by_hand", "percent": by_hand * 100 // len(free), "count": by_hand})
    scanned = [each for each in records if not each.listed and each.in_at is not None]
    same = Counter((each.in_at, each.out_at) for each in scanned if each.out_at is not None)
    most = max(same.values(), default=0)
    if most >= LEAST_SAME:
        found.append({"sign": "same_seconds", "count": most})
    starts = [each.in_at for each in scanned if each.in_at is not None]
    if len(starts) >= LEAST_AT_ONCE and max(starts) - min(starts) <= MINUTE:
        found.append({"sign": "one_minute", "count": len(starts)})
    if overlapping := sum(each.overlap > 0 for each in records):
        found.append({"sign": "overlap", "count": overlapping})
    if unverified:
        found.append({"sign": "links", "count": unverified})
    assisted = len(records) - len(free)
    if assisted >= LEAST_ASSISTED and assisted * 100 >= ASSISTED_PERCENT * len(records):
        found.append({"sign": "assisted", "count": assisted})
    return found


def in_words(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The signs as people read them."""
    return [
        say(f"review.signs.{each['sign']}", percent=each.get("percent", 0), count=each.get("count", 0))
        for each in found
    ]
