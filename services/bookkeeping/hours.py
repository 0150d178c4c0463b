"""A person's hours and points as he asks for them: totals, the last records, the last entries."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from clock import local_day, to_millis
from frozen import dataclass
from models import Activity, PeriodMinutes, PointEntry, ServiceRecord, Team
from queries import books as sql
from services import rules
from services.bookkeeping.points import FOREVER, balance
from services.bookkeeping.reckoning import next_star_minutes, stars
from services.bookkeeping.saying import Words, words
from services.errors import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class HoursSummary:
    """All in whole minutes, except points and stars.

    `stars` is the star he was awarded; `reached` the step of his hours alone, for which one is proposed; `next_star`
    and `to_next` what lies beyond that step, None on the top one. Of `total`, `transferred` was earned before, in
    another system, and `supplement` made up by somebody's yes; the rest was scanned.
    """

    name: str
    total: int
    year: int
    month: int
    pending: int
    transferred: int
    supplement: int
    points: int
    stars: int
    reached: int
    next_star: int | None
    to_next: int | None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One service record as its owner sees it; `why` is a key of wording/records.toml, `words` says it in Chinese.

    `overlap`: minutes that another record counts; `held`: a case of hours is looking at it.
    """

    id: int
    title: str
    team: str
    source: str
    local_day: str
    in_at: datetime | None
    out_at: datetime | None
    minutes: int
    state: str
    why: str
    needs_naming: bool
    overlap: int
    held: bool
    words: Words


@dataclass(frozen=True, slots=True)
class PointLine:
    """One entry of the book of points; `why` says where its amount comes from, `until` the last day it is good for
    ("" for what was taken, and for points that never expire)."""

    id: int
    amount: int
    kind: str
    title: str
    local_day: str
    why: str
    until: str


@dataclass(frozen=True, slots=True)
class PointsView:
    """The balance (below zero: what is owed) and the newest entries."""

    balance: int
    entries: list[PointLine]


def summary(*, volunteer_id: int, at: datetime) -> HoursSummary:
    """The totals of a person at `at`: year and month are those of the Shanghai day. Refusal: NOT_FOUND."""
    day = local_day(at).isoformat()
    totals = sql.totals(volunteer_id=volunteer_id, year=day[:4], month=day[:7], now=to_millis(at))
    if totals is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    counted, ladder = _counted(totals, at)
    reached = stars(counted, ladder)
    step = next_star_minutes(counted, ladder)
    return HoursSummary(
        name=totals.name,
        total=totals.minutes,
        year=totals.year,
        month=totals.month,
        pending=totals.pending,
        transferred=totals.transferred,
        supplement=totals.supplement,
        points=totals.points,
        stars=totals.star,
        reached=reached,
        next_star=None if step is None else reached + 1,
        to_next=None if step is None else step - counted,
    )


def standing(*, volunteer_id: int, at: datetime) -> tuple[int, int, list[int]]:
    """(minutes served here, minutes that count for stars, the ladder of stars in hours). Refusal: NOT_FOUND."""
    day = local_day(at).isoformat()
    totals = sql.totals(volunteer_id=volunteer_id, year=day[:4], month=day[:7], now=to_millis(at))
    if totals is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return totals.minutes - totals.transferred, *_counted(totals, at)


def _counted(totals: sql.Totals, at: datetime) -> tuple[int, list[int]]:
    ladder = rules.rule_by_id(totals.ladder).params["hours"]
    counted = totals.minutes
    if totals.transferred and not rules.rule("transferred", totals.region_code, at).params["counts_for_stars"]:
        counted -= totals.transferred
    return counted, ladder


@dataclass(frozen=True, slots=True)
class Year:
    """A year in a person's books: whole minutes confirmed, and of how many records."""

    year: str
    minutes: int
    records: int


def by_year(*, volunteer_id: int) -> list[Year]:
    """The years in which a person has confirmed minutes, the newest first."""
    rows = PeriodMinutes.select().where(
        PeriodMinutes.volunteer == volunteer_id, fn.LENGTH(PeriodMinutes.period) == 4, PeriodMinutes.minutes > 0
    )
    return [Year(row.period, row.minutes, row.records) for row in rows.order_by(PeriodMinutes.period.desc())]


def recent(*, volunteer_id: int, limit: int, after: int | None = None, year: str = "") -> list[RecordLine]:
    """The newest records of a person, `after` the id of the last one seen; those of one `year` (YYYY) alone."""
    query = (
        ServiceRecord.select(ServiceRecord, Activity.id, Activity.title, Team.id, Team.short_name)
        .join(Team)
        .switch(ServiceRecord)
        .left_outer_join(Activity)
        .where(ServiceRecord.volunteer == volunteer_id)
        .order_by((ServiceRecord.id + 0).desc())  # not down the whole table by its key, to find a few of one person
        .limit(limit)
    )
    if after is not None:
        query = query.where(ServiceRecord.id + 0 < after)
    if year:
        query = query.where(ServiceRecord.local_day >= year, ServiceRecord.local_day < f"{year}-99")
    return [
        RecordLine(
            id=row.id, title=_title(row), team=row.team.short_name, source=row.source,
            local_day=row.local_day, in_at=row.in_at, out_at=row.out_at, minutes=row.minutes, state=row.state,
            why=row.why, needs_naming=row.needs_naming, overlap=row.overlap, held=row.held_by_case is not None,
            words=words(row),
        )
        for row in query
    ]  # fmt: skip


def points(*, volunteer_id: int, limit: int, after: int | None = None) -> PointsView:
    """The points of a person: balance and newest entries."""
    query = (
        PointEntry.select(PointEntry, ServiceRecord.id, ServiceRecord.activity, Activity.id, Activity.title)
        .left_outer_join(ServiceRecord)
        .left_outer_join(Activity)
        .where(PointEntry.volunteer == volunteer_id)
        .order_by(PointEntry.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(PointEntry.id < after)
    lines = [
        PointLine(
            id=row.id, amount=row.amount, kind=row.kind, local_day=row.local_day,
            title=_title(row.record) or row.note, why=row.note,
            until=(row.expires_on or "") if _shows_end(row) else "",
        )
        for row in query
    ]  # fmt: skip
    return PointsView(balance(volunteer_id), lines)


def _shows_end(row: PointEntry) -> bool:
    """Whether an entry says when its points end; what came back is as old as it was, whatever it says of its own."""
    return bool(row.amount > 0 and row.kind != "refund" and row.expires_on and row.expires_on != FOREVER)


def _title(record: ServiceRecord | None) -> str:
    """The title of a record's activity; empty where there is none (hours from before the system)."""
    if record is None or record.activity is None:
        return ""
    return record.activity.title
