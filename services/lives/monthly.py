"""The printed monthly sheet of hours: for a person who does not see them on a phone, for a team's notice board."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from peewee import fn

from clock import SHANGHAI, local_day
from frozen import dataclass
from models import Activity, ServiceRecord, Team, TeamMember, Volunteer
from services import permissions
from services.access import belonging
from services.actors import Actor
from services.bookkeeping.sources import made_up
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.printing import SMALL, Paper
from wording import say

C = RefusalCode
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
#: People on one team's sheet; a larger team prints by its smaller ones.
MOST = 500
#: What stands on the sheet; what was voided does not.
SHOWN = ("pending", "confirmed", "disputed")


@dataclass(frozen=True, slots=True)
class Line:
    """One service on a sheet."""

    local_day: str
    title: str
    team: str
    in_at: datetime | None
    out_at: datetime | None
    minutes: int
    state: str


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A person's month: minutes that are confirmed, and that wait; `year`: those confirmed from January up to it.

    Of the confirmed ones of the month and the year, `made_up` and `year_made_up` were not scanned (补录).
    """

    public_no: str
    name: str
    confirmed: int
    waiting: int
    lines: list[Line]
    year: int
    made_up: int = 0
    year_made_up: int = 0


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """A team's month: every member, those without service too."""

    code: str
    name: str
    month: str
    people: list[PersonMonth]
    whole: bool


def month_of(text: str, at: datetime) -> str:
    """`2026-06` as it was typed, or this month."""
    return text if MONTH.fullmatch(text) else local_day(at).isoformat()[:7]


def person(*, actor: Actor, public_no: str, month: str, at: datetime) -> PersonMonth:
    """A person's month, for himself and for those who may look at him. Refusals: NOT_FOUND, BAD_REQUEST (month)."""
    _check(month)
    found = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state != "merged")
    if found is None or found.id != actor.volunteer_id:
        found = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    return _months([found], month)[0]


def team(*, actor: Actor, code: str, month: str, at: datetime) -> TeamMonth:
    """A team's month. Refusals: NOT_FOUND, NOT_ALLOWED (`permissions.require_see`), BAD_REQUEST (month)."""
    found = Team.get_or_none(Team.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=found.id, at=at)
    _check(month)
    members = list(
        Volunteer.select(Volunteer.id, Volunteer.name, Volunteer.public_no)
        .join(TeamMember)
        .where(TeamMember.team == found.id, TeamMember.to_at.is_null())
        .order_by(Volunteer.name, Volunteer.id)
        .limit(MOST + 1)
    )
    return TeamMonth(found.code, found.name, month, _months(members[:MOST], month), len(members) <= MOST)


def _check(month: str) -> None:
    if not MONTH.fullmatch(month):
        raise Refusal(C.BAD_REQUEST, why="month")


def _months(people: list[Volunteer], month: str) -> list[PersonMonth]:
    lines: dict[int, list[Line]] = {}
    made: dict[int, int] = {}
    rows = (
        ServiceRecord.select(ServiceRecord, Activity.id, Activity.title, Team.id, Team.short_name)
        .join(Team)
        .switch(ServiceRecord)
        .left_outer_join(Activity)
        .where(
            ServiceRecord.volunteer.in_([each.id for each in people]), ServiceRecord.source != "transferred",
            ServiceRecord.local_day >= f"{month}-01", ServiceRecord.local_day <= f"{month}-31",
            ServiceRecord.state.in_(SHOWN), ServiceRecord.why != "training",
        )
        .order_by(ServiceRecord.local_day, ServiceRecord.id)
    )  # fmt: skip
    for row in rows:
        title = row.activity.title if row.activity is not None else ""
        if row.source == "supplement":
            title = say("paper.monthly.made_up", title=title)
            made[row.volunteer_id] = made.get(row.volunteer_id, 0) + row.minutes * (row.state == "confirmed")
        lines.setdefault(row.volunteer_id, []).append(
            Line(row.local_day, title, row.team.short_name, row.in_at, row.out_at, row.minutes, row.state)
        )
    years = _years([each.id for each in people], month)
    return [
        _month(each, lines.get(each.id, []), years.get(each.id, (0, 0)), made.get(each.id, 0)) for each in people
    ]


def _years(ids: list[int], month: str) -> dict[int, tuple[int, int]]:
    """Confirmed minutes of each from January to the end of the month, and how many of them were made up; hours of
    another system are no service of it."""
    rows: Any = (
        ServiceRecord.select(ServiceRecord.volunteer, fn.SUM(ServiceRecord.minutes), made_up())
        .where(
            ServiceRecord.volunteer.in_(ids), ServiceRecord.source != "transferred",
            ServiceRecord.local_day >= f"{month[:4]}-01-01", ServiceRecord.local_day <= f"{month}-31",
            ServiceRecord.state == "confirmed",
        )
        .group_by(ServiceRecord.volunteer)
        .tuples()
    )  # fmt: skip
    return {int(volunteer_id): (int(minutes), int(made)) for volunteer_id, minutes, made in rows}


def _month(each: Volunteer, lines: list[Line], year: tuple[int, int], made: int) -> PersonMonth:
    counted = sum(line.minutes for line in lines if line.state == "confirmed")
    return PersonMonth(
        each.public_no, each.name, counted, sum(line.minutes for line in lines) - counted, lines, year[0], made,
        year[1],
    )


def duration(minutes: int) -> str:
    """Minutes as people say them."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say("paper.monthly.minutes", minutes=rest)
    key = "hours_minutes" if rest else "hours"
    return say(f"paper.monthly.{key}", hours=hours, minutes=rest)


def _with(minutes: int, made: int) -> str:
    """A total, with what of it was made up beside it."""
    return say("paper.monthly.apart", total=duration(minutes), made=duration(made)) if made else duration(minutes)


def _clock(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%H:%M") if moment else ""


def person_pdf(*, parts: Parts, actor: Actor, public_no: str, month: str, at: datetime) -> bytes:
    """A person's sheet, large enough for old eyes. Refusals as `person`."""
    shown = person(actor=actor, public_no=public_no, month=month, at=at)
    paper = _paper(parts, shown.name, month, at)
    _draw(paper, shown, month)
    return paper.pdf()


def team_pdf(*, parts: Parts, actor: Actor, code: str, month: str, each: bool, at: datetime) -> bytes:
    """A team's sheet; with `each`, a page of his own for everybody who served. Refusals as `team`."""
    shown = team(actor=actor, code=code, month=month, at=at)
    paper = _paper(parts, shown.name, month, at)
    served = [one for one in shown.people if one.lines]
    paper.table(
        headings=[say(f"paper.monthly.{key}") for key in ("name", "times", "confirmed", "waiting", "year")],
        rows=[
            [one.name, str(len(one.lines)), duration(one.confirmed), duration(one.waiting), duration(one.year)]
            for one in shown.people
        ],
        widths=[4, 1.6, 3, 3, 3], right={1, 2, 3, 4},
    )  # fmt: skip
    paper.space(4)
    total = sum(one.confirmed for one in shown.people)
    made = sum(one.made_up for one in shown.people)
    paper.line(say("paper.monthly.team_total", people=len(served), total=_with(total, made)))
    year, year_made = sum(one.year for one in shown.people), sum(one.year_made_up for one in shown.people)
    paper.line(say("paper.monthly.year_total", total=_with(year, year_made), month=int(month[5:])))
    if not shown.whole:
        paper.line(say("paper.monthly.cut", most=MOST))
    if each:
        for one in served:
            paper.page(one.name, _subtitle(month))
            _draw(paper, one, month)
    return paper.pdf()


def _subtitle(month: str) -> str:
    return say("paper.monthly.subtitle", year=month[:4], month=int(month[5:]))


def _paper(parts: Parts, name: str, month: str, at: datetime) -> Paper:
    footer = say("paper.monthly.footer", brand=parts.brand, day=local_day(at).isoformat())
    return Paper(title=name, subtitle=_subtitle(month), footer=footer, made_at=at)


def _draw(paper: Paper, shown: PersonMonth, month: str) -> None:
    paper.line(say("paper.monthly.total", confirmed=_with(shown.confirmed, shown.made_up)), size=16)
    year = _with(shown.year, shown.year_made_up)
    paper.line(say("paper.monthly.year_total", total=year, month=int(month[5:])), size=16)
    if shown.waiting:
        paper.line(say("paper.monthly.still", waiting=duration(shown.waiting)))
    paper.space(3)
    if not shown.lines:
        paper.line(say("paper.monthly.none"))
    else:
        paper.table(
            headings=[say(f"paper.monthly.{key}") for key in ("day", "activity", "from_to", "duration", "state")],
            rows=[
                [line.local_day, line.title or line.team, f"{_clock(line.in_at)}-{_clock(line.out_at)}",
                 duration(line.minutes), say(f"paper.monthly.states.{line.state}")]
                for line in shown.lines
            ],
            widths=[2.4, 5, 2.4, 2.6, 2], right={3},
        )  # fmt: skip
    paper.space(4)
    paper.line(say("paper.monthly.hint"), size=SMALL, grey=True)
