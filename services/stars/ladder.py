"""The ladder of stars of a division: what each star takes, who reviews it (S97, S100, domain A6).

Pure: whole minutes in, stars out. A star is proposed for the highest step that the minutes reach among those that one
level reviews: the county's and the city's word are not waited for by each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass
from services import rules
from services.bookkeeping.reckoning import stars
from services.regions import LENGTHS

TOP = 5


@dataclass(frozen=True, slots=True)
class Ladder:
    """The numbers of one division; `hours` and `levels` begin with the first star, a level is 1 (province) to 5."""

    rule_id: int
    hours: tuple[int, ...]
    levels: tuple[int, ...]
    merits_from: int
    evaluation: int
    evaluation_high: int
    months: int
    no_fail: bool
    notice_days: int
    again_days: int

    def reached(self, minutes: int) -> int:
        """How many stars these minutes reach, 0 to 5."""
        return stars(minutes, list(self.hours))

    def wanted(self, minutes: int) -> list[int]:
        """The stars to be proposed at these minutes: of each reviewing level the highest one reached."""
        highest = {self.levels[star - 1]: star for star in range(1, self.reached(minutes) + 1)}
        return sorted(highest.values())

    def reviewer(self, star: int, region_code: str) -> str:
        """The division that reviews a star of somebody who belongs to `region_code`."""
        return region_code[: LENGTHS[self.levels[star - 1] - 1]]

    def needs_merits(self, star: int) -> bool:
        """Whether this star asks for more than hours."""
        return star >= self.merits_from

    def least(self, star: int) -> int:
        """The mean evaluation this star takes, 0 for none."""
        return self.evaluation_high if self.needs_merits(star) else self.evaluation


def read(rule_id: int, params: Mapping[str, Any]) -> Ladder:
    """The ladder of a rule set."""
    return Ladder(
        rule_id, tuple(params["hours"]), tuple(params[f"level_{star}"] for star in range(1, TOP + 1)),
        params["merits_from"], params["evaluation"], params["evaluation_high"], params["months"], params["no_fail"],
        params["notice_days"], params["again_days"],
    )  # fmt: skip


def of(region_code: str, at: datetime) -> Ladder:
    """The ladder that holds in a division."""
    rule = rules.rule("stars", region_code, at)
    return read(rule.id, rule.params)


def of_rule(rule_id: int) -> Ladder:
    """The ladder of a version of the numbers, as it was frozen."""
    return read(rule_id, rules.rule_by_id(rule_id).params)
