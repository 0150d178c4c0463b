"""Statistics by division, kind of team, domain and month, over any period, with a way down (S119).

Numbers only: whoever may count may look, the leadership view (S76) among them. Everything comes from what the worker
counted; a team's own reports by hand stand in columns of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Region, Speciality, Team
from queries import months as sql
from services import regions, scopes
from services.actors import Actor
from services.dates import Period, month_of, months_between, period
from services.errors import Refusal, RefusalCode
from services.listing import MOST, Found, Wanted
from services.participation import domains
from services.statistics.overview import NEXT_CUT
from wording import entry

BY = ("division", "kind", "speciality", "domain", "month", "team")


@dataclass(frozen=True, slots=True)
class Line:
    """One row. Minutes hold `supplement` (made up) and `transferred` (another system); `hand_…` is what teams reported
    by hand and no other column holds. `teams` and `members` (at the end of the period) are None where they mean
    nothing.
    """

    key: str
    name: str
    teams: int | None = None
    members: int | None = None
    active: int = 0
    activities: int = 0
    attendances: int = 0
    minutes: int = 0
    supplement: int = 0
    transferred: int = 0
    served: int = 0
    hand_activities: int = 0
    hand_attendances: int = 0
    hand_minutes: int = 0
    hand_served: int = 0
    team_code: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a division with all below it (`own`: without what lies below), a period, how to group, and what
    alone is counted ("" = all)."""

    region_code: str
    period: Period
    by: str = "division"
    kind: str = ""
    speciality: str = ""
    domain: str = ""
    finest: bool = field(default=False)
    own: bool = field(default=False)


def asked(*, actor: Actor, wanted: Wanted, at: datetime) -> Asked:
    """The question that filters ask (region, period, by, kind, speciality, domain; own: without what lies below); this
    year and the actor's highest division where they say nothing.

    Refusals: NOT_ALLOWED (nothing is his to count), NOT_FOUND (that division is not).
    """
    mine = scopes.countable(actor=actor, at=at)
    if not mine:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    code = wanted.chosen("region") or mine[0]
    if not scopes.covers(mine, code) or not Region.select().where(Region.code == code).exists():
        raise Refusal(RefusalCode.NOT_FOUND)
    chosen = period(wanted.chosen("period")) or period(str(local_day(at).year))
    assert chosen is not None
    by = wanted.chosen("by")
    usual = "team" if len(code) == 12 else "division"
    return Asked(
        code, chosen, by if by in BY else usual, wanted.chosen("kind"), wanted.chosen("speciality"),
        wanted.chosen("domain"), own=bool(wanted.chosen("own")),
    )  # fmt: skip


def statistics(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """The rows, after the sum of them all (key "", on the first page). Sorts: every figure, `name`. Refusals: `asked`.

    The sum of a grouping by month holds teams and members of its last month.
    """
    question = asked(actor=actor, wanted=wanted, at=at)
    lines = list(counted(question, at).values())
    total = next(iter(counted(replace(question, by="all"), at).values()), Line("", ""))
    down = wanted.sort.startswith("-")
    name = wanted.sort.removeprefix("-")
    if name in Line.__slots__ and name not in ("key", "name", "team_code"):
        lines.sort(key=lambda line: (getattr(line, name) or 0, line.key), reverse=down)
    else:
        lines.sort(key=lambda line: line.key)
    size = min(max(wanted.size, 1), MOST)
    page = min(max(wanted.page, 1), max(1, -(-len(lines) // size)))
    shown = lines[(page - 1) * size : page * size]
    return Found(_named(question.by, ([total] if page == 1 else []) + shown), len(lines), page, size)


def counted(question: Asked, at: datetime) -> dict[str, Line]:
    """The rows by their key, without names; no look at anybody's rights."""
    cut = 12 if question.finest else NEXT_CUT[len(question.region_code)]
    first, end = regions.alone(question.region_code) if question.own else regions.below(question.region_code)
    since, until = question.period.first, question.period.last
    if len(question.period.text) == 4 and question.by != "month":
        since = until = question.period.text  # the year as a whole
    where: dict[str, Any] = {"by": question.by, "cut": cut, "first": first, "end": end}
    only: dict[str, Any] = {"kind": question.kind, "speciality": question.speciality}
    found: dict[str, dict[str, Any]] = {key: {} for key in _keys(question, at)}
    for key, *numbers in sql.sums(**where, **only, since=since, until=until, domain=question.domain):
        found.setdefault(str(key), {}).update(zip(_SERVICE, map(int, numbers), strict=True))
    for key, number in sql.active(**where, **only, since=since, until=until, domain=question.domain):
        found.setdefault(str(key), {})["active"] = int(number)
    if not question.domain and question.by != "domain":
        by_hand = sql.by_hand(**where, **only, since=question.period.first, until=question.period.last)
        for key, *numbers in by_hand:
            found.setdefault(str(key), {}).update(zip(_HAND, map(int, numbers), strict=True))
    if question.by != "domain":
        _add_teams(found, question, where, only, at)
    return {key: Line(key, "", **values) for key, values in found.items()}


_SERVICE = ("activities", "attendances", "minutes", "supplement", "transferred", "served")
_HAND = ("hand_activities", "hand_attendances", "hand_minutes", "hand_served")


def _keys(question: Asked, at: datetime) -> list[str]:
    """The rows that stand there also where nothing was done; of months, those that have begun."""
    if question.by == "domain":
        return [each.code for each in domains.all_domains()]
    if question.by == "month":
        return list(months_between(question.period.first, min(question.period.last, month_of(local_day(at)))))
    if question.by == "division" and not question.own:
        return [each.code for each in regions.children(question.region_code)]
    return []


def _add_teams(
    found: dict[str, dict[str, Any]], question: Asked, where: Mapping[str, Any], only: Mapping[str, Any], at: datetime
) -> None:
    now = month_of(local_day(at))
    until = min(question.period.last, now)
    months = months_between(question.period.first, until) if question.by == "month" else [until]
    for month in months:
        for key, teams, members in sql.teams_then(**where, **only, month=month):
            found.setdefault(str(key), {}).update(teams=int(teams), members=int(members))


def _named(by: str, lines: list[Line]) -> list[Line]:
    keys = [line.key for line in lines if line.key]
    if not keys:
        return lines
    codes: dict[str, str] = {}
    if by == "division":
        part = Region.select(Region.code, Region.place_name).where(Region.code.in_(keys))
        names = {row.code: row.place_name for row in part}
    elif by == "team":
        rows = list(Team.select(Team.id, Team.name, Team.code).where(Team.id.in_([int(key) for key in keys])))
        names = {str(row.id): row.name for row in rows}
        codes = {str(row.id): row.code for row in rows}
    elif by == "speciality":
        names = {row.code: row.name for row in Speciality.select()}
    elif by == "kind":
        names = dict(entry("organisation.kinds"))
    elif by == "domain":
        names = {key: domains.domain_name(key) for key in keys}
    else:
        names = {}
    return [replace(line, name=names.get(line.key, line.key), team_code=codes.get(line.key, "")) for line in lines]
