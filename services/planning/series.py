"""Weekly patrol: a pattern of weekdays from which the worker makes activities, some weeks ahead (S50).

Made activities are like any other: each is published as its kind and its team's trust allow, or waits for its centre.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import chinese_calendar

from clock import local_day
from frozen import dataclass
from models import Activity, Series, Team, store
from models.store import Write
from services import audit, leading, permissions, rules, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.participation import acting, activities, publishing
from services.planning import approvals, copies
from services.planning.campaigns import day_of

C = RefusalCode
LONGEST = timedelta(days=366)
#: Activities that one beat of the worker makes.
AT_ONCE = 50
WEEK = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the pattern: "" or the name of its holiday, and the activity made for it ("" if none yet)."""

    day: str
    holiday: str
    skipped: bool
    activity: str
    state: str


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A series in a list."""

    code: str
    title: str
    team: str
    weekdays: tuple[int, ...]
    start: str
    from_on: str
    until_on: str
    ended: bool


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series with its coming days."""

    line: SeriesLine
    skips: bool
    days: list[Day]
    may_end: bool


def holiday(day: date) -> str:
    """The state holiday's name in Chinese, "" for other days and for years not announced yet."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return chinese_calendar.Holiday(name).chinese if off and name else ""


def start(
    *, actor: Actor, code: str, weekdays: list[int], until_on: str, skip_holidays: bool, at: datetime
) -> str:
    """Repeat an activity on these weekdays (0 = Monday) from the day after it on; the series' code.

    Refusals: NOT_FOUND, NOT_ALLOWED, TEAM_CLOSED, ACTIVITY_CANCELLED, ACTIVITY_STATE (a training), PATTERN_WRONG (no
    weekday, the last day not within a year), FIELD_WRONG (`until_on`).
    """

    def act() -> str:
        first = acting.held(actor, code, at)
        if first.team.state in permissions.CLOSED_TEAMS:
            raise Refusal(C.TEAM_CLOSED)
        if first.state == "cancelled":
            raise Refusal(C.ACTIVITY_CANCELLED)
        if first.purpose != "service":  # each session of a training has its own results
            raise Refusal(C.ACTIVITY_STATE)
        days = sorted(set(weekdays))
        last = date.fromisoformat(day_of(until_on, "until_on"))
        begins = max(local_day(first.starts_at), local_day(at)) + timedelta(days=1)
        if not days or not set(days) <= set(range(WEEK)) or not begins <= last <= begins + LONGEST:
            raise Refusal(C.PATTERN_WRONG)
        made = Series.create(
            code=new_code(), team=first.team, pattern={"weekdays": days, "skip_holidays": skip_holidays},
            sheet=copies.kept(copies.draft_of(first)), from_on=begins.isoformat(), until_on=last.isoformat(),
            created_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        Activity.update(series_id=made.id).where(Activity.id == first.id).execute()
        acting.note(first.id, "series", actor, {}, at)
        return str(made.code)

    return store.write(act)


def end(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Make no more; what stands already stays and is called off one by one. Twice is once.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED.
    """

    def act() -> None:
        made = _led(actor, code, at)
        why = acting.reason_of(reason)
        if Series.update(ended_at=at).where(Series.id == made.id, Series.ended_at.is_null()).execute():
            audit.changed(
                actor=actor, verb="series_ended", subject=f"series:{made.id}", changes={}, at=at, reason=why
            )

    store.write(act)


def _led(actor: Actor, code: str, at: datetime) -> Series:
    made = Series.get_or_none(Series.code == code)
    if made is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(made, Series)
    permissions.require_lead(actor=actor, team_id=made.team_id, at=at)
    return made


def days_of(made: Series, until: date) -> Iterator[date]:
    """The days of the pattern up to `until`, holidays left out where the series skips them."""
    day, last = date.fromisoformat(made.from_on), min(date.fromisoformat(made.until_on), until)
    while day <= last:
        if day.weekday() in made.pattern["weekdays"] and not (
            made.pattern["skip_holidays"] and holiday(day)
        ):
            yield day
        day += timedelta(days=1)


def make_due(*, at: datetime, write: Write = store.write) -> int:
    """Make the activities of the coming `repeat_weeks`, each once; how many."""
    made = 0
    for row in Series.select(Series, Team).join(Team).where(Series.ended_at.is_null()).order_by(Series.id):
        if row.team.state in permissions.CLOSED_TEAMS or made >= AT_ONCE:
            continue
        weeks = rules.rule("activities", str(row.team.region_code), at).params["repeat_weeks"]
        ahead = local_day(at) + timedelta(days=WEEK * weeks)
        for day in days_of(row, ahead):
            if row.made_until is None or day.isoformat() > row.made_until:
                made += write(functools.partial(_make, row.id, day, at))
    return made


def _make(number: int, day: date, at: datetime) -> int:
    """One day's activity; 0 if another worker was faster, the series ended, or its time has passed."""
    text = day.isoformat()
    taken = Series.update(made_until=text).where(
        Series.id == number, Series.ended_at.is_null(), Series.made_until.is_null() | (Series.made_until < text)
    )
    if not taken.execute():
        return 0
    row = Series.get_by_id(number)
    draft = copies.fitting(team=row.team, draft=copies.on_day(row.sheet, day), at=at)
    if draft.starts_at <= at:
        return 0
    actor = Actor(door="worker", volunteer_id=row.created_by_id)
    activity = activities.write_down(actor=actor, team=row.team, draft=draft, at=at, series_id=row.id)
    try:
        publishing.check_ready(activity, at)
    except Refusal:
        return 1  # it stays a draft and says on its page what is missing
    if approvals.needed(activity=activity, at=at):
        approvals.ask(actor=actor, activity=activity, at=at)
    else:
        publishing.put_up(actor=actor, activity=activity, at=at)
    return 1


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[SeriesLine]:
    """The series of the teams the actor leads and of the divisions he may look at; filter: state (running, over)."""
    seen = leading.led(actor=actor, at=at) | scopes.within(Team.region_code, scopes.readable(actor=actor, at=at))
    query = Series.select(Series, Team).join(Team).where(seen)
    today = local_day(at).isoformat()
    runs = Series.ended_at.is_null() & (Series.until_on >= today)
    if wanted.chosen("state"):
        query = query.where(runs if wanted.chosen("state") == "running" else ~runs)
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    sorts = {"until": Series.until_on, "team": Team.name}
    return cut(
        query, wanted=wanted, sorts=sorts, default="-until", tie=Series.id, row=lambda row: _line(row, today)
    )


def _line(row: Series, today: str) -> SeriesLine:
    return SeriesLine(
        row.code, row.sheet["title"], row.team.name, tuple(row.pattern["weekdays"]), row.sheet["start"], row.from_on,
        row.until_on, row.ended_at is not None or row.until_on < today,
    )  # fmt: skip


def page(*, actor: Actor, code: str, at: datetime) -> SeriesPage:
    """One series with its coming days, holidays named. Refusals: NOT_FOUND, NOT_ALLOWED."""
    row = Series.get_or_none(Series.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=row.team_id, at=at)
    today = local_day(at)
    made = {
        each.local_day: each
        for each in Activity.select().where(Activity.series_id == row.id, Activity.local_day >= today.isoformat())
    }
    ahead = min(date.fromisoformat(row.until_on), today + timedelta(days=10 * WEEK))
    days, day = [], max(today, date.fromisoformat(row.from_on))
    while day <= ahead:
        if day.weekday() in row.pattern["weekdays"]:
            name, one = holiday(day), made.get(day.isoformat())
            skipped = bool(name) and row.pattern["skip_holidays"]
            days.append(
                Day(day.isoformat(), name, skipped, one.code if one else "", one.state if one else "")
            )
        day += timedelta(days=1)
    leads = permissions.leads(actor=actor, team_id=row.team_id, at=at)
    return SeriesPage(
        _line(row, today.isoformat()), row.pattern["skip_holidays"], days, leads and row.ended_at is None
    )
