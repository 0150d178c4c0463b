"""What a reference report is added up from: for a term of office, the rows of each part and what each adds.

Nothing is counted but by adding up rows, so every number opens to the rows it came from. People stand in no row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import Speciality
from queries import reference as sql
from services import regions
from services.dates import month_after, month_of
from services.evaluation import complaints
from services.times import day_starts
from wording import entry, say

#: The parts of a report in the order people read them, and the figures that each adds to.
PARTS: Mapping[str, tuple[str, ...]] = {
    "teams": ("teams", "professional", "with_liaison", "members", "veterans", "team_months", "activeness_sum"),
    "activities": ("activities", "attendances", "minutes", "supplement", "served"),
    "by_hand": ("hand_activities", "hand_attendances", "hand_minutes", "hand_served"),
    "trainings": ("trainings", "trained", "class_minutes"),
    "assessment": ("assessed", "excellent", "passed", "failed"),
    "complaints": ("complaints", "answered", "in_time"),
    "commendations": ("commendations",),
    "honours": ("honours",),
}
FIGURES: tuple[str, ...] = tuple(name for names in PARTS.values() for name in names)
#: Codes up to this length (province, city) have so many activities that a row is a team.
BY_TEAM = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch in one post: a division with all below it, or one team (`team_id`); days inclusive."""

    region_code: str
    team_id: int | None
    label: str
    from_on: str
    to_on: str


@dataclass(frozen=True, slots=True)
class Added:
    """A row: the texts that stand in it, and what it adds to which figure."""

    part: str
    cells: tuple[str, ...]
    sums: dict[str, int]


def part_of(figure: str) -> str:
    """The part whose rows add up to a figure; StopIteration for none."""
    return next(part for part, names in PARTS.items() if figure in names)


def collected(term: Term, *, at: datetime) -> list[Added]:
    """Every row of a term, part by part; what happened after `at` is not there."""
    first, end = regions.below(term.region_code)
    place = sql.here(first=first, end=end, team_id=term.team_id)
    last = min(date.fromisoformat(term.to_on), local_day(at))
    since, until = day_starts(date.fromisoformat(term.from_on)), day_starts(last + timedelta(days=1))
    days = {"since": term.from_on, "until": last.isoformat()}
    moments = {"since": to_millis(since), "until": to_millis(until)}
    months = {"since": term.from_on[:7], "until": last.isoformat()[:7]}
    # A month reported as a whole belongs to the term in which it began: of two terms in one month, never to both.
    whole = months if term.from_on[8:] == "01" else months | {"since": month_after(months["since"], 1)}
    over = months["until"] if months["until"] < month_of(local_day(at)) else ""
    rows = [
        *_teams(
            sql.teams(place, at=min(to_millis(until) - 1, to_millis(at)), day=last.isoformat(), over=over, **months)
        ),
        *_activities(sql.activities(place, purpose="service", **days), term, "activities"),
        *_by_hand(sql.by_hand(place, **whole)),
        *_activities(sql.activities(place, purpose="training", **days), term, "trainings"),
        *_assessed(sql.assessed(place, **moments)),
        *_complaints(sql.complaints(place, **moments)),
        *(
            Added("commendations", tuple(map(str, row)), {"commendations": 1})
            for row in sql.commendations(place, **days)
        ),
    ]  # fmt: skip
    if term.team_id is None:
        found = sql.honours(first=first, end=end, **moments)
        rows += [Added("honours", (str(year), str(name)), {"honours": int(n)}) for year, name, n in found]
    return rows


def summed(rows: list[Added]) -> dict[str, int]:
    """The figures: nothing but sums of rows."""
    found = dict.fromkeys(FIGURES, 0)
    for row in rows:
        for name, number in row.sums.items():
            found[name] += number
    return found


def _teams(found: list[Any]) -> Iterator[Added]:
    kinds, states = entry("organisation.kinds"), entry("organisation.states")
    specialities = {row.code: row.name for row in Speciality.select()}
    places = regions.path_names([row[2] for row in found])
    for _id, name, code, kind, speciality, founded, state, liaison, members, veterans, months, points in found:
        mean = str((2 * int(points) + int(months)) // (2 * int(months))) if months else ""
        cells = (
            str(name), places[code], kinds.get(kind, kind), specialities.get(speciality, speciality), str(founded),
            states.get(state, state), say("reports.words.yes" if liaison else "reports.words.no"), str(members), mean,
        )  # fmt: skip
        yield Added("teams", cells, {
            "teams": 1, "professional": int(kind == "professional"), "with_liaison": int(liaison is not None),
            "members": int(members), "veterans": int(veterans), "team_months": int(months),
            "activeness_sum": int(points),
        })  # fmt: skip


def _activities(found: list[Any], term: Term, part: str) -> Iterator[Added]:
    names = ("activities", "attendances", "minutes", "supplement", "served")
    if part == "trainings":
        names = ("trainings", "trained", "class_minutes", "", "")
    lines: Iterator[tuple[tuple[str, ...], list[int]]]
    if len(term.region_code) <= BY_TEAM and term.team_id is None:
        lines = _by_team(found)
    else:
        lines = (
            ((str(day), str(title), str(team), code), [1, int(came), int(minutes), int(supplement), int(served)])
            for day, title, team, code, came, minutes, supplement, served, _id in found
        )
    whole = list(lines)
    places = regions.path_names(sorted({cells[3] for cells, _ in whole}))
    for cells, numbers in whole:
        sums = {name: number for name, number in zip(names, numbers, strict=True) if name}
        yield Added(part, (*cells[:3], places[cells[3]], *map(str, sums.values())), sums)


def _by_team(found: list[Any]) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for day, _title, team, code, came, minutes, supplement, served, _id in found:
        one = sums[(str(day)[:4], str(team), code)]
        for place, number in enumerate((1, came, minutes, supplement, served)):
            one[place] += int(number)
    for (year, team, code), numbers in sorted(sums.items()):
        yield (year, say("reports.words.all_year"), team, code), numbers


def _by_hand(found: list[Any]) -> Iterator[Added]:
    places = regions.path_names(sorted({row[2] for row in found}))
    for month, team, code, activities, came, minutes, served, note in found:
        sums = {
            "hand_activities": int(activities), "hand_attendances": int(came), "hand_minutes": int(minutes),
            "hand_served": int(served),
        }  # fmt: skip
        yield Added("by_hand", (month, str(team), places[code], *map(str, sums.values()), str(note)), sums)


def _assessed(found: list[Any]) -> Iterator[Added]:
    places = regions.path_names(sorted({row[2] for row in found}))
    for year, team, code, *numbers in found:
        sums = dict(zip(PARTS["assessment"], map(int, numbers), strict=True))
        yield Added("assessment", (str(year), str(team), places[code], *map(str, sums.values())), sums)


def _complaints(found: list[Any]) -> Iterator[Added]:
    kinds, states = complaints.kinds(), entry("reports.complaint_states")
    places = regions.path_names(sorted({row[3] for row in found}))
    for received, kind, state, code, answered, in_time in found:
        day = local_day(from_millis(int(received))).isoformat()
        cells = (day, str(kinds.get(kind, kind)), str(states.get(state, state)), places[code])
        yield Added("complaints", cells, {"complaints": 1, "answered": int(answered), "in_time": int(in_time)})
