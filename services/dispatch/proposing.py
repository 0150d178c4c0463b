"""Whom to call first (S43, S44): an order over all teams that may be called, in parts, as far as somebody reads on.

Compared one after the other: the place's own township, its county, its city, the rest (属地优先); how near, in bands,
where points are known; professional teams, those of the speciality asked for first; rested before tired; then exactly
how near. Numbers of a division's rule set `dispatch`. A dangerous call proposes only teams with standing insurance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Any

from clock import local_day, to_millis
from frozen import dataclass
from models import Dispatch, Team
from queries import dispatch as sql
from services import regions, rules
from services.dispatch import points
from services.dispatch.points import line_km
from services.gates.ages import ADULT_YEARS
from services.gates.standing import Covers
from services.participation import domains
from services.regions import below, lineage

#: Own township, own county, own city, further away.
TOWNSHIP, COUNTY, CITY, BEYOND = range(4)
#: Of teams that are alike in all before, at most so many are compared by their people; the nearest of them.
ALIKE_MOST = 1000
#: Teams whose people are counted first; a wave seldom reads further.
FIRST_LOOK = 100
#: Which profession a kind of service is, where the call names none (S18–S21).
SUITS = {
    ("D3", "flood"): "rescue", ("D3", "epidemic"): "health", ("D4", "legal"): "law", ("D2", "heritage"): "red_lecture",
}  # fmt: skip
#: A degree of latitude, rather too few: a box may be larger than what it is for.
KM_PER_DEGREE = 110.0
#: Behind every distance that is known.
UNKNOWN_BAND = 10_000
TOWNSHIP_LENGTH, COUNTY_LENGTH, CITY_LENGTH = 9, 6, 4
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Proposed:
    """A team in its place. `near`: TOWNSHIP … BEYOND; `km` by road, None where no points are known; `fits`: its people
    who could come, `tired` of them who came off a service too short a time ago."""

    team_id: int
    region_code: str
    near: int
    km: int | None
    professional: bool
    asked_for: bool
    fits: int
    tired: int


@dataclass(frozen=True, slots=True)
class _Team:
    id: int
    region_code: str
    near: int
    km: float | None
    band: int
    rank: int
    professional: bool
    asked_for: bool

    @property
    def order(self) -> tuple[int, int, int]:
        return self.near, self.band, self.rank


def numbers_of(dispatch: Dispatch, at: datetime) -> dict[str, Any]:
    """The numbers that hold for this call."""
    return dict(rules.rule("dispatch", str(dispatch.region_code), at).params)


def is_danger(dispatch: Dispatch) -> bool:
    """Whether insurance is needed and only adults may come (S58)."""
    return domains.is_danger(str(dispatch.domain), str(dispatch.sub_domain))


def wanted_of(dispatch: Dispatch, rest_hours: int) -> sql.Wanted:
    """Who counts as available for this call."""
    day = local_day(dispatch.starts_at)
    born = date(day.year - ADULT_YEARS, day.month, min(day.day, 28)) if is_danger(dispatch) else day
    rest = dispatch.starts_at - timedelta(hours=rest_hours)
    return sql.Wanted(
        to_millis(dispatch.starts_at), to_millis(dispatch.ends_at), to_millis(rest),
        (local_day(rest) - timedelta(days=1)).isoformat(), day.isoformat(), born.isoformat(), tuple(dispatch.skills),
        bool(dispatch.urgent),
    )  # fmt: skip


def in_order(*, dispatch: Dispatch, at: datetime) -> Iterator[Proposed]:
    """The teams not called yet, the one to call first in front; people are counted only as far as it is read."""
    numbers = numbers_of(dispatch, at)
    wanted = wanted_of(dispatch, numbers["rest_hours"])
    for some in _batches(_teams(dispatch, numbers, covered=True)):
        people = sql.available(team_ids=[each.id for each in some], wanted=wanted, now=to_millis(at))
        able = [each for each in some if each.id in people]
        able.sort(key=lambda each: (*each.order, 2 * people[each.id][1] > people[each.id][0], *_distance(each)))
        for each in able:
            fits, tired = people[each.id]
            yield Proposed(
                each.id, each.region_code, each.near, None if each.km is None else round(each.km), each.professional,
                each.asked_for, fits, tired,
            )  # fmt: skip


def _batches(teams: list[_Team]) -> Iterator[list[_Team]]:
    """Whole groups of teams that are alike, as many as one look at their people is worth; each larger than the last."""
    batch: list[_Team] = []
    enough = FIRST_LOOK
    for _, some in groupby(teams, key=lambda each: each.order):
        alike = list(some)
        batch += sorted(alike, key=_distance)[:ALIKE_MOST] if len(alike) > ALIKE_MOST else alike
        if len(batch) >= enough:
            yield batch
            batch, enough = [], min(2 * enough, ALIKE_MOST)
    if batch:
        yield batch


def _distance(team: _Team) -> tuple[float, str, int]:
    return (float("inf") if team.km is None else team.km, team.region_code, team.id)


def first(*, dispatch: Dispatch, at: datetime, limit: int = SHOWN) -> list[Proposed]:
    """The first teams of the proposal."""
    return list(islice(in_order(dispatch=dispatch, at=at), limit))


def uncovered(*, dispatch: Dispatch, at: datetime, limit: int = SHOWN) -> list[int]:
    """The nearest teams that a dangerous call leaves out for want of insurance, by id."""
    if not is_danger(dispatch):
        return []
    numbers = numbers_of(dispatch, at)
    return [each.id for each in islice(_teams(dispatch, numbers, covered=False), limit)]


def pick(*, dispatch: Dispatch, missing: int, teams: int = 0, at: datetime) -> list[Proposed]:
    """The teams of the next wave: until their people are `ratio` percent of the missing and they are `teams` at
    least, at most a wave's number."""
    numbers = numbers_of(dispatch, at)
    enough, found, people = missing * numbers["ratio"], [], 0
    for each in in_order(dispatch=dispatch, at=at):
        found.append(each)
        people += each.fits
        if (people * 100 >= enough and len(found) >= teams) or len(found) == numbers["teams_per_wave"]:
            break
    return found


def _teams(dispatch: Dispatch, numbers: dict[str, Any], *, covered: bool) -> list[_Team]:
    """Every team within reach that was not called, in order; with insurance, or those without."""
    begin, end = below(str(dispatch.reach))
    place = str(dispatch.place_region)
    called = {row[0] for row in sql.rows(sql.CALLED, (dispatch.id,))}
    around = [code for code in lineage(place) if len(code) >= TOWNSHIP_LENGTH] or [place]
    joint = sql.joint(lineage=around, first=place, end=f"{place}:")
    seats = {code: (lat, lon) for code, lat, lon in sql.rows(sql.SEATS, (begin, end))}
    here = where(dispatch)
    suits = dispatch.speciality or SUITS.get((dispatch.domain, dispatch.sub_domain), "")
    covers = Covers(begins=dispatch.starts_at, ends=dispatch.ends_at) if is_danger(dispatch) else None
    found = []
    own = below(place[:COUNTY_LENGTH]) if len(place) >= COUNTY_LENGTH else ("", "")
    box = _box(here, numbers["reach_km"] * 100 / numbers["road_percent"]) if here else None
    for number, region, professional, speciality, lat, lon in sql.teams(
        reach=(begin, end), own=own, box=box, joint=joint
    ):
        if number in called:
            continue
        if (covers is None or covers.hold(team_id=number, region_code=region)) != covered:
            continue
        near = _near(region, place)
        if number in joint:
            near = min(near, TOWNSHIP if len(place) >= TOWNSHIP_LENGTH else COUNTY)
        spot = (lat, lon) if lat is not None else _seat(region, seats)
        km = line_km(*here, *spot) * numbers["road_percent"] / 100 if here and spot else None
        if near >= CITY and km is not None and km > numbers["reach_km"]:
            continue
        asked_for = bool(suits) and speciality == suits
        good = bool(professional) and (asked_for or not suits)
        band = UNKNOWN_BAND if km is None else int(km // numbers["band_km"])
        rank = 0 if good else 1 if professional or asked_for else 2
        found.append(_Team(
            number, region, near, km, 0 if near == TOWNSHIP else band, rank, bool(professional), asked_for
        ))  # fmt: skip
    found.sort(key=lambda each: each.order)
    return found


def _box(spot: tuple[int, int], km: float) -> tuple[int, int, int, int]:
    """South, north, west and east of everything within so many kilometres in a straight line, a little larger."""
    lat, lon = spot
    up = km / KM_PER_DEGREE
    across = up / math.cos(math.radians(min(89.0, abs(lat) / points.MILLION + up)))
    north, east = math.ceil(up * points.MILLION), math.ceil(across * points.MILLION)
    return lat - north, lat + north, lon - east, lon + east


def where(dispatch: Dispatch) -> tuple[int, int] | None:
    """The chosen point of the call; where none was chosen, the one that stands for its division."""
    if dispatch.lat is not None and dispatch.lon is not None:
        return int(dispatch.lat), int(dispatch.lon)
    seat = points.of_division(str(dispatch.place_region))
    return None if seat is None else (int(seat.lat), int(seat.lon))


def _near(region: str, place: str) -> int:
    """By the smallest of township, county and city that holds both; a call for a whole county is no township's."""
    for length, near in ((TOWNSHIP_LENGTH, TOWNSHIP), (COUNTY_LENGTH, COUNTY), (CITY_LENGTH, CITY)):
        if len(place) >= length and region.startswith(place[:length]):
            return near
    return BEYOND


def _seat(region: str, seats: dict[str, tuple[int, int]]) -> tuple[int, int] | None:
    for code in reversed(lineage(region)):
        if code in seats:
            return seats[code]
    return None


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """A proposed team with its names, for people."""

    code: str
    name: str
    place: str
    near: int
    km: int | None
    professional: bool
    fits: int
    tired: int


def lines(found: list[Proposed]) -> list[ProposedLine]:
    """The teams with their names, in the same order."""
    teams = {row.id: row for row in Team.select().where(Team.id.in_([each.team_id for each in found]))}
    places = regions.path_names([each.region_code for each in found])
    return [
        ProposedLine(
            teams[each.team_id].code, teams[each.team_id].name, places[each.region_code], each.near, each.km,
            each.professional, each.fits, each.tired,
        )
        for each in found
    ]  # fmt: skip


def names(team_ids: list[int]) -> list[str]:
    """The names of teams, in the same order."""
    rows = {row.id: str(row.name) for row in Team.select(Team.id, Team.name).where(Team.id.in_(team_ids))}
    return [rows[each] for each in team_ids]
