"""Stars as every door shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass
from services.stars.conditions import Facts


@dataclass(frozen=True, slots=True)
class Way:
    """A star on its way or decided, as its person reads it: days as text, `says` one sentence, `may_add` merits."""

    code: str
    star: int
    state: str
    word: str
    says: str
    reviewer: str
    until: str
    awarded_on: str
    merits: str
    may_add: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's star: what was awarded, the step his hours reach, the next one, what is on its way, the history.

    Minutes are whole; `to_next` is None on the top step. `can_ask`: the star he may apply for now, 0 for none.
    """

    name: str
    star: int
    reached: int
    next_star: int | None
    to_next: int | None
    counted: int
    ladder: list[int]
    merits_from: int
    can_ask: int
    ways: list[Way]

    @property
    def open(self) -> list[Way]:
        """What is in review or shown in public."""
        return [each for each in self.ways if each.state in ("review", "announced")]


@dataclass(frozen=True, slots=True)
class Line:
    """A star in the console's list; `mine`: its next word is the reader's own centre's, and he may say it."""

    code: str
    public_no: str
    name: str
    place: str
    team: str
    star: int
    hours: int
    state: str
    origin: str
    at_place: str
    until: str
    unmet: tuple[str, ...]
    objections: int
    look: bool
    created_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class View:
    """One star with what stands for and against it, and what the reader may do; `calendar` as in `Notice`."""

    line: Line
    facts: Facts
    frozen: Mapping[str, Any] | None
    merits: str
    needs_merits: bool
    why: str
    decided_by: str
    decided_at: datetime | None
    notice_from: str
    awarded_on: str
    ended_why: str
    ended_by: str
    ended_at: datetime | None
    others: list[tuple[int, str, str]]
    objections: list[tuple[str, str, str]]
    may_decide: bool
    may_write: bool
    may_withdraw: bool
    may_keep: bool
    calendar: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A star in the public notice: the name masked; `calendar` False where the state's holidays are not known yet."""

    code: str
    name: str
    place: str
    star: int
    hours: int
    merits: str
    first: str
    last: str
    centre: str
    phone: str
    calendar: bool
