"""Hours and points of a span of local days and of one team, from the books (SCAN and SUPPLEMENT apart)."""

from __future__ import annotations

from datetime import date

from frozen import dataclass
from queries import books as sql
from services.errors import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class TeamRef:
    """A team that a person has to do with: by membership, now or before, or by service."""

    code: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class TeamMinutes:
    """Whole minutes with one team; `code` and `name` are "" for what hangs on none."""

    code: str
    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class HoursOfSpan:
    """Whole minutes; `total` = `scanned` + `supplement` + `transferred`, as the books hold them after corrections.

    `pending` waits for a leader and is in none of them. `ever` is the person's total of all times and teams. `teams`
    holds those with any minutes, most first.
    """

    name: str
    total: int
    scanned: int
    supplement: int
    transferred: int
    pending: int
    ever: int
    teams: list[TeamMinutes]


@dataclass(frozen=True, slots=True)
class PointsOfSpan:
    """Whole points: `earned` less what was taken back, `spent` or expired; `balance` is what he has now."""

    earned: int
    spent: int
    balance: int


def hours_of_span(
    *, volunteer_id: int, start: date | None = None, end: date | None = None, team_code: str = ""
) -> HoursOfSpan:
    """A person's hours from local day `start` up to, and without, `end`, all days where they are left out; of one
    team if `team_code` is given. Three statements. Refusals: NOT_FOUND.
    """
    span = _span(start, end)
    totals = sql.totals(volunteer_id=volunteer_id, year="", month="")
    if totals is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    entries = sql.served(volunteer_id=volunteer_id, **span)
    waiting = sql.pending(volunteer_id=volunteer_id, **span)
    kept = [each for each in entries if not team_code or each.team_code == team_code]
    by_source = {source: sum(each.minutes for each in kept if each.source == source) for source in _SOURCES}
    by_team: dict[str, TeamMinutes] = {}
    for each in kept:
        before = by_team.get(each.team_code)
        name = each.short_name or each.team
        by_team[each.team_code] = TeamMinutes(each.team_code, name, each.minutes + (before.minutes if before else 0))
    total = sum(each.minutes for each in kept)
    return HoursOfSpan(
        name=totals.name, total=total, scanned=total - by_source["supplement"] - by_source["transferred"],
        supplement=by_source["supplement"], transferred=by_source["transferred"],
        pending=sum(minutes for code, minutes in waiting.items() if not team_code or code == team_code),
        ever=totals.minutes,
        teams=sorted((each for each in by_team.values() if each.minutes), key=lambda each: (-each.minutes, each.code)),
    )  # fmt: skip


_SOURCES = ("scan", "supplement", "transferred")


def points_of_span(
    *, volunteer_id: int, start: date | None = None, end: date | None = None, team_code: str = ""
) -> PointsOfSpan:
    """A person's points of a span of local days, and of one team: those of its records. Two statements."""
    found = sql.earned(volunteer_id=volunteer_id, **_span(start, end))
    kept = [amounts for code, amounts in found.items() if not team_code or code == team_code]
    totals = sql.totals(volunteer_id=volunteer_id, year="", month="")
    return PointsOfSpan(
        earned=sum(more for more, _ in kept), spent=sum(less for _, less in kept),
        balance=totals.points if totals is not None else 0,
    )  # fmt: skip


def teams_of(*, volunteer_id: int) -> list[TeamRef]:
    """The teams that a person can ask about: where he is or was a member, or has served. One statement."""
    return [TeamRef(*row) for row in sql.teams_of(volunteer_id=volunteer_id)]


def _span(start: date | None, end: date | None) -> dict[str, str]:
    return {
        "start": start.isoformat() if start is not None else sql.FIRST_DAY,
        "end": end.isoformat() if end is not None else sql.LAST_DAY,
    }
