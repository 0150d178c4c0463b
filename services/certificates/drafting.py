"""What a certificate would say: which records count, who certifies them, and the text as it is frozen.

Only confirmed hours that were served here: those brought from another system are certified there (谁组织谁记录，
谁记录谁证明; order 67 §4), those that a case holds wait for its verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict, field
from datetime import date, datetime
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import Activity, Centre, CentreSeal, Region, ServiceRecord, Team, Volunteer
from services.errors import Refusal, RefusalCode
from services.organisation.names import COUNTY_LEVEL
from services.regions import lineage
from wording import say

C = RefusalCode
#: Lines of one list; what is longer is put together by month, then by year, so that it stays two pages.
LINES = 40
#: Teams that are named, those served with most often first; the others are counted.
TEAMS = 8
FIRST_DAY, LAST_DAY = "2000-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: days from `first` to `last`, both within it ("" = from the beginning, until today), with one
    team (its code) or with all."""

    first: str = ""
    last: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: a service of a day, or several of a month (`2026-06`) or year put together."""

    when: str
    what: str
    team: str
    minutes: int
    times: int = 1
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What a certificate says, frozen at its issue. Whole minutes; days as ISO; the document's number stands sealed
    beside it, here only its last four signs."""

    name: str
    public_no: str
    document_type: str
    document_end: str
    first: str
    last: str
    ever: bool
    teams: list[str]
    one_team: bool
    minutes: int
    made_up: int
    elsewhere: int
    times: int
    lines: list[Line]
    issuer: str
    phone: str
    place: str
    head: str = ""
    handler: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Content:
        """As it was stored."""
        return cls(**{**stored, "lines": [Line(**each) for each in stored["lines"]]})


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with the records it was made of, as [record, minutes]."""

    content: Content
    records: list[list[int]] = field(default_factory=list)

    @property
    def stored(self) -> dict[str, Any]:
        """The text as it is kept."""
        return asdict(self.content)


def checked(scope: Scope, at: datetime) -> tuple[str | None, str, Team | None]:
    """(first day or None, last day, team). Refusals: FIELD_WRONG (`first`, `last`, `team`)."""
    today = local_day(at).isoformat()
    first, last = _day(scope.first, "first") or None, min(_day(scope.last, "last") or today, today)
    if first is not None and first > last:
        raise Refusal(C.FIELD_WRONG, field="last")
    team = Team.get_or_none(Team.code == scope.team) if scope.team else None
    if scope.team and team is None:
        raise Refusal(C.FIELD_WRONG, field="team")
    return first, last, team


def _day(text: str, name: str) -> str:
    try:
        day = date.fromisoformat(text.strip()).isoformat() if text.strip() else ""
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field=name) from None
    if day and day < FIRST_DAY:
        raise Refusal(C.FIELD_WRONG, field=name)
    return day


def counts(volunteer_id: int, *, last: str = LAST_DAY) -> Any:
    """The condition on a person's records that they are certified here, be one held by a case or not."""
    return (
        (ServiceRecord.volunteer == volunteer_id) & (ServiceRecord.state == "confirmed")
        & (ServiceRecord.source != "transferred") & (ServiceRecord.minutes > 0) & (ServiceRecord.local_day <= last)
    )  # fmt: skip


def served(
    volunteer_id: int, *, first: str | None, last: str, teams: Collection[int] | None = None
) -> list[Any]:
    """The confirmed records of a person in these days that no case holds, oldest first, with activity and team."""
    query = (
        ServiceRecord.select(ServiceRecord, Activity, Team)
        .join(Team, on=(ServiceRecord.team == Team.id))
        .switch(ServiceRecord)
        .join(Activity, JOIN.LEFT_OUTER)
        .where(counts(volunteer_id, last=last), ServiceRecord.held_by_case.is_null())
        .order_by(ServiceRecord.local_day, ServiceRecord.id)
    )
    if first is not None:
        query = query.where(ServiceRecord.local_day >= first)
    if teams is not None:
        query = query.where(ServiceRecord.team.in_(list(teams)))
    return list(query)


def issuers(teams: Iterable[Team]) -> dict[int, Centre]:
    """Who certifies what was served with these teams: {team: centre}. A team that was taken into another one is
    certified by that one's centre.

    The nearest centre upwards that has put down its seal; where none has, the nearest of a county or above, who is
    then asked for one. Refusals: CENTRE_MISSING.
    """
    where = {team.id: _successor(team).region_code for team in teams}
    codes = {code for region in where.values() for code in lineage(region)}
    centres = {row.region_code: row for row in Centre.select().where(Centre.region_code.in_(sorted(codes)))}
    open_there = {
        row.code for row in Region.select(Region.code).where(Region.code.in_(sorted(codes)), Region.closed_on.is_null())
    }
    sealed = {
        row.centre_id for row in CentreSeal.select(CentreSeal.centre).where(
            CentreSeal.centre.in_([each.id for each in centres.values()]), CentreSeal.until.is_null()
        )
    }  # fmt: skip
    return {team: _nearest(region, centres, open_there, sealed) for team, region in where.items()}


def _nearest(region: str, centres: dict[str, Centre], there: set[str], sealed: set[int]) -> Centre:
    way = [centres[code] for code in reversed(lineage(region)) if code in centres and code in there]
    found = next((each for each in way if each.id in sealed), None)
    found = found or next((each for each in way if len(each.region_code) <= 2 * COUNTY_LEVEL), None)
    found = found or next(iter(way), None)
    if found is None:
        raise Refusal(C.CENTRE_MISSING)
    return found


def _successor(team: Team) -> Team:
    seen = {team.id}
    while team.merged_into is not None and team.merged_into not in seen:
        seen.add(int(team.merged_into))
        team = Team.get_by_id(team.merged_into)
    return team


def elsewhere(volunteer_id: int, *, first: str | None, last: str) -> int:
    """Minutes of these days that another system certifies."""
    rows = ServiceRecord.select(ServiceRecord.minutes, ServiceRecord.local_day).where(
        ServiceRecord.volunteer == volunteer_id, ServiceRecord.state == "confirmed",
        ServiceRecord.source == "transferred", ServiceRecord.local_day <= last,
    )  # fmt: skip
    return sum(row.minutes for row in rows if first is None or row.local_day >= first)


def draw_up(
    *, person: Volunteer, number: str, rows: list[Any], centre: Centre, place: str, seal: CentreSeal | None,
    first: str | None, last: str, one_team: bool,
) -> Draft:  # fmt: skip
    """The text over these records (`served`). `number`: of his document, of which only the end is kept in it.

    Refusals: CERTIFICATE_EMPTY.
    """
    if not rows:
        raise Refusal(C.CERTIFICATE_EMPTY)
    names = Counter(row.team.name for row in rows)
    content = Content(
        name=person.name, public_no=person.public_no, document_type=person.document_type, document_end=number[-4:],
        first=first or rows[0].local_day, last=last, ever=first is None, one_team=one_team,
        teams=[name for name, _ in names.most_common()],
        minutes=sum(row.minutes for row in rows),
        made_up=sum(row.minutes for row in rows if row.source == "supplement"),
        elsewhere=0 if one_team else elsewhere(person.id, first=first, last=last), times=len(rows), lines=_lines(rows),
        issuer=centre.name, phone=centre.phone, place=place, head=seal.head if seal else "",
        handler=seal.handler if seal else "",
    )  # fmt: skip
    return Draft(content, [[row.id, row.minutes] for row in rows])


def _lines(rows: list[Any]) -> list[Line]:
    """One by one; where that is too long, by month and team, by year and team, by year."""
    if len(rows) <= LINES:
        return [
            Line(row.local_day, _what(row), row.team.short_name, row.minutes, 1, row.source == "supplement")
            for row in rows
        ]
    for signs in (7, 4):
        found = _together(rows, signs, by_team=True)
        if len(found) <= LINES:
            return found
    return _together(rows, 4, by_team=False)


def _together(rows: list[Any], signs: int, *, by_team: bool) -> list[Line]:
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        found.setdefault((row.local_day[:signs], row.team.short_name if by_team else ""), []).append(row)
    lines = []
    for (when, _), parts in found.items():
        often = Counter(_what(each) for each in parts).most_common(1)[0][0]
        what = often if len(parts) == 1 else say("certificates.and_more", what=often, times=len(parts))
        teams = {each.team_id for each in parts}
        one = by_team or len(teams) == 1
        team = parts[0].team.short_name if one else say("certificates.teams_in", teams=len(teams))
        lines.append(Line(when, what, team, sum(each.minutes for each in parts), len(parts)))
    return lines


def _what(row: Any) -> str:
    return str(row.activity.title) if row.activity_id is not None else str(row.team.short_name)
