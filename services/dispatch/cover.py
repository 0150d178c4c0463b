"""Standing insurance of each team: shown at any time, checked each April, so that it blocks nobody in the flood (S94).

The check looks whether a team is covered without a gap from now to the end of the season (number `cover_month`). Once a
year and county: the centre hears how many are not, the leaders of those teams hear it too.
"""

from __future__ import annotations

import calendar
import functools
from datetime import date, datetime, timedelta

from clock import local_day
from frozen import dataclass
from models import Centre, CoverCheck, Team, store
from models.store import Write
from queries import dispatch as sql
from services import decisions, regions, rules, scopes
from services.actors import Actor
from services.gates.standing import Covers
from services.listing import Found, Wanted, cut
from services.messaging import notices, telling
from services.regions import below
from services.times import day_starts

APRIL = 4
#: Counties that one beat of the worker looks at.
AT_ONCE = 10
PATH = "/console/dispatch/cover"


@dataclass(frozen=True, slots=True)
class TeamCover:
    """A team and until when it is covered without a gap from now on; `state`: season, short (ends before the season
    does) or none."""

    code: str
    name: str
    place: str
    centre: str
    until: datetime | None
    state: str


def season_end(*, region_code: str, at: datetime) -> datetime:
    """When the season ends for which a team should be covered: this year's, or the next one's once it is over."""
    month = rules.rule("dispatch", region_code, at).params["cover_month"]
    today = local_day(at)
    year = today.year if today.month <= month else today.year + 1
    last = date(year, month, calendar.monthrange(year, month)[1])
    return day_starts(last + timedelta(days=1)) - timedelta(milliseconds=1)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[TeamCover]:
    """The teams of one's divisions with their cover; filters: state, region."""
    reach = scopes.readable(actor=actor, at=at)
    query = (
        Team.select(Team, Centre)
        .join(Centre)
        .where(scopes.within(Team.region_code, reach), Team.state.in_(("regular", "pilot")))
    )
    if region := wanted.chosen("region"):
        query = query.where(scopes.within(Team.region_code, (region,)))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    end = season_end(region_code=reach[0] if reach else "", at=at)
    covers = Covers(begins=at, ends=end)
    if state := wanted.chosen("state"):
        states = _states(covers, reach, end)
        query = query.where(Team.id.in_([number for number, kind in states.items() if kind == state]))
    sorts = {"name": Team.name, "place": Team.region_code}
    found = cut(query, wanted=wanted, sorts=sorts, default="place", tie=Team.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in found.rows])
    lines = []
    for row in found.rows:
        until = covers.until(team_id=row.id, region_code=row.region_code)
        lines.append(TeamCover(
            row.code, row.name, places[row.region_code], row.centre.name, until, _state(until, end)
        ))  # fmt: skip
    return Found(lines, found.total, found.page, found.size)


def _state(until: datetime | None, end: datetime) -> str:
    if until is None:
        return "none"
    return "season" if until >= end else "short"


def _states(covers: Covers, reach: tuple[str, ...], end: datetime) -> dict[int, str]:
    """{team: state} of everybody's teams, for the filter."""
    found: dict[int, str] = {}
    for code in reach:
        for number, region in sql.rows(sql.TEAMS_OF, below(code) if code else ("", ":")):
            found[number] = _state(covers.until(team_id=number, region_code=region), end)
    return found


def check_due(*, at: datetime, write: Write = store.write) -> int:
    """In April: look at each county that was not looked at this year; how many. The rest of the year nothing."""
    today = local_day(at)
    if today.month != APRIL:
        return 0
    counties = [row[0] for row in sql.rows(sql.COUNTIES, (today.year, AT_ONCE))]
    return sum(write(functools.partial(_check, county, today.year, at)) for county in counties)


def _check(county: str, year: int, at: datetime) -> int:
    end = season_end(region_code=county, at=at)
    covers = Covers(begins=at, ends=end)
    teams = sql.rows(sql.TEAMS_OF, below(county))
    missing = [
        number for number, region in teams if not covers.hold(team_id=number, region_code=region)
    ]
    made = (
        CoverCheck.insert(region_code=county, year=year, teams=len(teams), missing=len(missing), at=at)
        .on_conflict_ignore()
        .returning(CoverCheck.year)
    )
    if not list(made.execute()):
        return 0
    last = local_day(end)
    telling.tell(
        kind="cover_checked" if missing else "cover_complete", key=f"{county}:{year}", at=at, url=PATH,
        people=sorted(decisions.deciders(region_code=county, parties=[], at=at)), place=regions.name_of(county),
        all=len(teams), count=len(missing), month=last.month, day=last.day,
    )  # fmt: skip
    for team in Team.select().where(Team.id.in_(missing)):
        telling.tell(
            kind="cover_short", key=f"{team.id}:{year}", at=at, url="/console/insurance",
            people=notices.leaders(team_id=team.id, at=at), team=team.short_name, month=last.month,
            day=last.day,
        )  # fmt: skip
    return 1


def last_checks(*, actor: Actor, at: datetime) -> list[tuple[str, int, int, int]]:
    """(county, year, teams, without cover) of this year's April look, in one's divisions."""
    rows = CoverCheck.select().where(
        scopes.within(CoverCheck.region_code, scopes.readable(actor=actor, at=at)),
        CoverCheck.year == local_day(at).year,
    )
    found = list(rows.order_by(CoverCheck.region_code))
    return [(regions.name_of(row.region_code), row.year, row.teams, row.missing) for row in found]
