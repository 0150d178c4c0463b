"""What the services of honours answer with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass


@dataclass(frozen=True, slots=True)
class HonourLine:
    """An honour as its holder sees it. `awarded_on` a local day; `standing` False where it was revoked, with `why`."""

    code: str
    name: str
    year: str
    awarded_by: str
    awarded_on: str
    kind: str
    standing: bool
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A nomination of the person: what for, how far it is; `public` where its notice can be opened by anybody."""

    code: str
    name: str
    state: str
    word: str
    until: str
    public: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's honours: `held` those that stand, `gone` the revoked ones, `teams` his teams' (name of the team,
    honour, by whom, day), `ways` what he is proposed for; `on_wall`: his name may stand on the honour wall."""

    held: list[HonourLine]
    gone: list[HonourLine]
    teams: list[tuple[str, str, str, str]]
    ways: list[OnItsWay]
    on_wall: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """An honour that can be given; `place` whose it is (\"\" the policy's own), `mine`: the reader may close it."""

    code: str
    name: str
    for_whom: str
    level: int
    every_years: int
    outside: bool
    source: str
    self_proposed: bool
    place: str
    closed: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class OnWall:
    """An honour on the wall: `who` the name of a team, or of a person as far as he agreed."""

    who: str
    team: bool
    place: str
    name: str
    awarded_by: str
    day: str
    posthumous: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking: place, name as far as the person agreed, whole minutes of the year; `me`: the reader."""

    place: int
    who: str
    minutes: int
    me: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the house knows of one candidate at one moment. `figures`: key → whole number or None where it is unknown;
    `texts`: key → words; `missing`: names of what is not in the data."""

    public_no: str
    name: str
    place: str
    team: str
    since: str
    figures: Mapping[str, Any]
    texts: Mapping[str, str]
    missing: tuple[str, ...]
    record: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a person: whole minutes confirmed, activities attended, people those served by the leaders' reports
    (all who took part together), the star he has, his honours of the year; `until` the last local day it counts."""

    year: str
    name: str
    minutes: int
    activities: int
    served: int
    star: int
    honours: tuple[str, ...]
    until: str

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.minutes and not self.honours
