"""My hours and points."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import StringConstraints

import clock
from handlers.api.schemas import Answer, Moment, Page
from handlers.auth import me_id, need_volunteer
from services.bookkeeping import hours
from services.mall import catalogue
from services.review import objectable

bp = APIBlueprint("hours", __name__, tag="Hours and points")


class SummaryOut(Answer):
    """Whole minutes, except points and stars; of `total`, `transferred` was earned in another system, `supplement`
    made up and approved, the rest scanned. `stars` was awarded, `reached` is the step of the hours alone."""

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


class YearTotalOut(Answer):
    """Minutes confirmed in one year, and of how many records."""

    year: str
    minutes: int
    records: int


class HoursOut(SummaryOut):
    """The totals, and by year, the newest first."""

    years: list[YearTotalOut]


class RecordsQuery(Page):
    """`year` (YYYY): those of this year alone."""

    year: Annotated[str, StringConstraints(pattern=r"^(\d{4})?$")] = ""


class RecordOut(Answer):
    """One service record; `why` is the reason's name, `says` the same in Chinese; `word` its state in a word, `look`
    that word's colour (ok, wait, bad, ""); `held`: somebody looks into it; `may_object`: I may say it is wrong."""

    id: int
    title: str
    team: str
    source: str
    local_day: str
    in_at: Moment | None
    out_at: Moment | None
    minutes: int
    state: str
    why: str
    says: str
    word: str
    look: str
    may_object: bool
    needs_naming: bool
    overlap: int
    held: bool


class RecordsOut(Answer):
    """A page of records, newest first."""

    records: list[RecordOut]


class PointOut(Answer):
    """One entry of the book of points; `why` in Chinese, `until` the last day it is good for, "" for none."""

    id: int
    amount: int
    kind: str
    title: str
    local_day: str
    why: str
    until: str


class PointsOut(Answer):
    """The balance and a page of entries, newest first."""

    balance: int
    entries: list[PointOut]


class MyPointsOut(PointsOut):
    """`mall`: my division gives things for points."""

    mall: bool


@bp.get("/me/hours")
@need_volunteer("api")
@bp.output(HoursOut)
@bp.doc(summary="My hours, points and stars", responses=[401, 403], security="token")
def my_hours() -> Any:
    """From maintained totals, so it is as quick for a heavy volunteer as for a new one."""
    found = hours.summary(volunteer_id=me_id(), at=clock.now())
    return {**asdict(found), "years": hours.by_year(volunteer_id=me_id())}


@bp.get("/me/records")
@need_volunteer("api")
@bp.input(RecordsQuery, location="query")
@bp.output(RecordsOut)
@bp.doc(summary="My service records", responses=[400, 401, 403], security="token")
def my_records(query_data: RecordsQuery) -> Any:
    """Newest first; pass the last id as `after` for the next page."""
    found = hours.recent(
        volunteer_id=me_id(), limit=query_data.limit, after=query_data.after, year=query_data.year
    )
    ended = [each.id for each in found if each.out_at or each.why == "forgotten"]
    may = objectable.open_ones(volunteer_id=me_id(), ids=ended, at=clock.now())
    return {"records": [_record(each, each.id in may) for each in found]}


def _record(line: hours.RecordLine, may_object: bool) -> dict[str, Any]:
    said = line.words
    return {**asdict(line), "says": said.why, "word": said.word, "look": said.badge, "may_object": may_object}


@bp.get("/me/points")
@need_volunteer("api")
@bp.input(Page, location="query")
@bp.output(MyPointsOut)
@bp.doc(summary="My points", responses=[400, 401, 403], security="token")
def my_points(query_data: Page) -> Any:
    """The balance and where it came from."""
    found = hours.points(volunteer_id=me_id(), limit=query_data.limit, after=query_data.after)
    return {**asdict(found), "mall": catalogue.uses_mall(volunteer_id=me_id(), at=clock.now())}
