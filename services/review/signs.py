"""What about an activity's records is odd enough to be looked at from above (reliability.md §4.2). Pure.

Acts done for people without a phone have a norm of their own: they are left out of the share of hours by hand, and
are a sign only where nearly a whole list of some length was done so; honest villages do not drown in flags.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass
from wording import say

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
    hurried: bool = False  # somewhere else, too far away, so shortly before or after


def signs(
    records: Sequence[Seen], params: Mapping[str, Any], *, unverified: int = 0, denied: int = 0
) -> list[dict[str, Any]]:
    """The signs of an activity, strongest first, by the numbers `params` of its division.

    `unverified`: votes of those served from the leader's own phone, `denied`: people who said that they were not there.
    """
    found: list[dict[str, Any]] = []
    if denied:
        found.append({"sign": "denied", "count": denied})
    free = [each for each in records if not each.assisted]
    by_hand = sum(each.by_hand for each in free)
    if by_hand >= params["by_hand_least"] and by_hand * 100 > params["by_hand_percent"] * len(free):
        found.append({"sign": "by_hand", "percent": by_hand * 100 // len(free), "count": by_hand})
    scanned = [each for each in records if not each.listed and each.in_at is not None]
    same = Counter((each.in_at, each.out_at) for each in scanned if each.out_at is not None)
    most = max(same.values(), default=0)
    if most >= params["same_seconds_least"]:
        found.append({"sign": "same_seconds", "count": most})
    starts = [each.in_at for each in scanned if each.in_at is not None]
    if len(starts) >= params["one_minute_least"] and max(starts) - min(starts) <= MINUTE:
        found.append({"sign": "one_minute", "count": len(starts)})
    if overlapping := sum(each.overlap > 0 for each in records):
        found.append({"sign": "overlap", "count": overlapping})
    if hurried := sum(each.hurried for each in records):
        found.append({"sign": "travel", "count": hurried, "minutes": params["travel_minutes"]})
    if unverified:
        found.append({"sign": "links", "count": unverified})
    assisted = len(records) - len(free)
    if assisted >= params["assisted_least"] and assisted * 100 >= params["assisted_percent"] * len(records):
        found.append({"sign": "assisted", "count": assisted})
    return found


def in_words(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The signs as people read them."""
    return [
        say(
            f"review.signs.{each['sign']}", percent=each.get("percent", 0), count=each.get("count", 0),
            minutes=each.get("minutes", 0),
        )  # fmt: skip
        for each in found
    ]
