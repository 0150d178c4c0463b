"""My hours and points."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

import clock
from handlers.api.schemas import Answer, Moment, Page
from handlers.auth import me_id, need_volunteer
from services.bookkeeping import hours

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


class RecordOut(Answer):
    """One service record; `why` is the reason's name, `says` the same in Chinese; `held`: somebody looks into it."""

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


@bp.get("/me/hours")
@need_volunteer("api")
@bp.output(SummaryOut)
@bp.doc(summary="My hours, points and stars", responses=[401, 403], security="token")
def my_hours() -> Any:
    """From maintained totals, so it is as quick for a heavy volunteer as for a new one."""
    return hours.summary(volunteer_id=me_id(), at=clock.now())


@bp.get("/me/records")
@need_volunteer("api")
@bp.input(Page, location="query")
@bp.output(RecordsOut)
@bp.doc(summary="My service records", responses=[400, 401, 403], security="token")
def my_records(query_data: Page) -> Any:
    """Newest first; pass the last id as `after` for the next page."""
    found = hours.recent(volunteer_id=me_id(), limit=query_data.limit, after=query_data.after)
    return {"records": [{**asdict(each), "says": each.words.why} for each in found]}


@bp.get("/me/points")
@need_volunteer("api")
@bp.input(Page, location="query")
@bp.output(PointsOut)
@bp.doc(summary="My points", responses=[400, 401, 403], security="token")
def my_points(query_data: Page) -> Any:
    """The balance and where it came from."""
    return hours.points(volunteer_id=me_id(), limit=query_data.limit, after=query_data.after)
