"""The overview of a division: teams, people, activities and hours below it, division by division (S33, S76, S119)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import Region, RegionTally
from queries import Row
from queries import statistics as sql
from services import regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode

#: A team is active when something of its own took place in these days (S50).
ACTIVE_DAYS = 90
NEXT_CUT = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 12}


@dataclass(slots=True)
class Figures:
    """Counts of one division with all below it. Minutes and `served` (people with hours) are of this year; of the
    minutes, `supplement` were made up and `transferred` earned in another system, the rest was scanned or listed."""

    code: str
    name: str
    expected: int = 0
    gaps: int = 0
    teams: int = 0
    professional: int = 0
    active: int = 0
    commended: int = 0
    volunteers: int = 0
    veterans: int = 0
    members: int = 0
    member_veterans: int = 0
    activities: int = 0
    minutes: int = 0
    served: int = 0
    supplement: int = 0
    transferred: int = 0

    @property
    def hours(self) -> int:
        """Whole hours of the year."""
        return self.minutes // 60

    @property
    def supplement_hours(self) -> int:
        """Whole hours of the year that were made up."""
        return self.supplement // 60

    @property
    def transferred_hours(self) -> int:
        """Whole hours of the year that come from another system."""
        return self.transferred // 60

    @property
    def veteran_share(self) -> int | None:
        """Veterans among members in per cent, rounded down; None where there are no members (S29)."""
        return self.member_veterans * 100 // self.members if self.members else None


@dataclass(frozen=True, slots=True)
class Overview:
    """A division's figures and what kinds of teams and activities there are.

    `parts`: the divisions right below, and first (under the division's own code) what lies on itself.
    """

    total: Figures
    parts: list[Figures]
    states: dict[str, int]
    specialities: dict[str, int]
    domains: dict[str, int]
    counted_at: datetime | None
    upper: tuple[tuple[str, str], ...] = field(default=())


def overview(*, actor: Actor, region_code: str, at: datetime) -> Overview:
    """The figures of a division; no names, so the leadership view and partners may look, too (S76).

    Refusals: NOT_FOUND (none of the actor's business, or no such division).
    """
    mine = scopes.countable(actor=actor, at=at)
    if not scopes.covers(mine, region_code):
        raise Refusal(RefusalCode.NOT_FOUND)
    place = Region.get_or_none(Region.code == region_code)
    if place is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    cut = NEXT_CUT[len(region_code)]
    first, end = regions.below(region_code)
    parts = _figures(cut, first, end, at)
    total = Figures(region_code, place.place_name)
    for part in parts.values():
        _add(total, part)
    states: dict[str, int] = defaultdict(int)
    specialities: dict[str, int] = defaultdict(int)
    for state, _, speciality, number in sql.team_states(first=first, end=end):
        states[state] += number
        if state in ("regular", "pilot", "paused"):
            specialities[speciality] += number
    january = f"{local_day(at).year}-01-01"
    domains = {row[0]: int(row[1]) for row in sql.domains(first=first, end=end, since_day=january)}
    newest = RegionTally.select(RegionTally.counted_at).order_by(RegionTally.counted_at.desc()).scalar()
    return Overview(
        total, [part for _, part in sorted(parts.items())],
        dict(states), dict(specialities), domains,
        from_millis(newest) if isinstance(newest, int) else newest,
        tuple((code, regions.name_of(code)) for code in regions.lineage(region_code)[:-1] if scopes.covers(mine, code)),
    )  # fmt: skip


def _figures(cut: int, first: str, end: str, at: datetime) -> dict[str, Figures]:
    """Figures by division right below; what lies on the division itself stands under its own code."""
    year = str(local_day(at).year)
    names: dict[str, str] = {row[0]: row[1] for row in sql.names(first=first, end=end, longest=cut)}
    found = {code: Figures(code, name) for code, name in names.items() if len(code) == cut}

    def at_code(code: str) -> Figures:
        return found.setdefault(code, Figures(code, names.get(code, "")))

    def put(rows: Iterable[Row], *fields: str) -> None:
        for code, *values in rows:
            for name, value in zip(fields, values, strict=True):
                setattr(at_code(code), name, getattr(at_code(code), name) + int(value or 0))

    since = to_millis(at - timedelta(days=ACTIVE_DAYS))
    put(
        sql.sums(cut=cut, first=first, end=end, year=year),
        "volunteers", "veterans", "members", "member_veterans", "minutes", "served", "supplement", "transferred",
    )  # fmt: skip
    put(sql.teams(cut=cut, first=first, end=end), "teams", "professional")
    put(sql.active(cut=cut, first=first, end=end, since=since, until=to_millis(at)), "active")
    put(sql.commended(cut=cut, first=first, end=end), "commended")
    put(sql.activities(cut=cut, first=first, end=end, since_day=f"{year}-01-01"), "activities")
    put(((code, n) for code, _, n in sql.expected(cut=cut, first=first, end=end)), "expected")
    put(((code, n) for code, _, n in sql.gaps(cut=cut, first=first, end=end, from_level=1)), "gaps")
    return found


def _add(total: Figures, part: Figures) -> None:
    for name in Figures.__slots__:
        if name not in ("code", "name"):
            setattr(total, name, getattr(total, name) + getattr(part, name))
