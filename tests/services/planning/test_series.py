"""A weekly patrol: activities made some weeks ahead, holidays named; and a single copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from models import Activity, Approval, Series, Shift, store
from services.errors import RefusalCode
from services.participation import positions
from services.planning import copies, series
from tests.services.planning.conftest import HOUR, refused
from tests.support.world import World, make_activity

C = RefusalCode
WEEK = timedelta(days=7)


@pytest.fixture
def patrol(cast: World, at: datetime) -> Activity:
    """Wednesday's patrol, this very day."""
    return store.write(lambda: make_activity(at, cast.team, sub_domain="patrol", title="夜间巡查"))[0]


def begin(cast: World, patrol: Activity, at: datetime, until: str = "2026-07-31", skip: bool = True) -> str:
    return series.start(
        actor=cast.actor(cast.ali), code=patrol.code, weekdays=[2, 4], until_on=until, skip_holidays=skip, at=at
    )


def made(patrol: Activity) -> list[Activity]:
    query = Activity.select().where(Activity.title == patrol.title, Activity.id != patrol.id)
    return list(query.order_by(Activity.local_day))


def test_series_makes_the_coming_weeks_once_and_publishes_them(
    cast: World, at: datetime, patrol: Activity
) -> None:
    begin(cast, patrol, at)
    assert series.make_due(at=at) == 7
    assert series.make_due(at=at) == 0
    assert [one.local_day for one in made(patrol)] == [
        "2026-06-12", "2026-06-17", "2026-06-24", "2026-06-26", "2026-07-01", "2026-07-03", "2026-07-08",
    ]  # fmt: skip
    first = made(patrol)[0]
    assert (first.state, first.starts_at - patrol.starts_at, first.ends_at - first.starts_at) == (
        "published", timedelta(days=2), 2 * HOUR,
    )  # fmt: skip
    shift = Shift.get(Shift.activity == first)
    assert (shift.starts_at, shift.quota, first.created_by_id) == (first.starts_at, 10, cast.ali.id)
    assert series.make_due(at=at + WEEK) == 2


def test_holiday_is_named_and_left_out_only_where_wanted(cast: World, at: datetime, patrol: Activity) -> None:
    assert (series.holiday(date(2026, 6, 19)), series.holiday(date(2026, 6, 20))) == ("端午", "端午")
    assert series.holiday(date(2026, 6, 17)) == ""
    code = begin(cast, patrol, at)
    page = series.page(actor=cast.actor(cast.ali), code=code, at=at)
    shown = {one.day: (one.holiday, one.skipped) for one in page.days}
    assert shown["2026-06-19"] == ("端午", True)
    begin(cast, patrol, at, skip=False)
    series.make_due(at=at)
    assert "2026-06-19" in [one.local_day for one in made(patrol)]


def test_kind_that_its_centre_must_allow_waits_each_time(cast: World, at: datetime, patrol: Activity) -> None:
    store.write(lambda: Activity.update(sub_domain="clinic").where(Activity.id == patrol.id).execute())
    begin(cast, patrol, at, until="2026-06-12")
    assert series.make_due(at=at) == 1
    assert (made(patrol)[0].approval, Approval.select().count()) == ("waiting", 1)


def test_what_cannot_be_published_stays_a_draft(cast: World, at: datetime, patrol: Activity) -> None:
    store.write(lambda: Activity.update(safeguards="").where(Activity.id == patrol.id).execute())
    begin(cast, patrol, at, until="2026-06-12")
    assert series.make_due(at=at) == 1
    assert made(patrol)[0].state == "draft"


def test_ended_series_makes_no_more(cast: World, at: datetime, patrol: Activity) -> None:
    code = begin(cast, patrol, at)
    leader = {"actor": cast.actor(cast.ali), "code": code, "at": at}
    assert refused(lambda: series.end(reason=" ", **leader)) == C.REASON_REQUIRED
    series.end(reason="换季了", **leader)
    assert series.make_due(at=at) == 0


@pytest.mark.parametrize(
    ("days", "until"), [([], "2026-07-01"), ([7], "2026-07-01"), ([1], "2026-06-01"), ([1], "2028-01-01")]
)
def test_pattern_that_makes_nothing_or_never_ends_is_refused(
    cast: World, at: datetime, patrol: Activity, days: list[int], until: str
) -> None:
    begin = {"actor": cast.actor(cast.ali), "code": patrol.code, "skip_holidays": True, "at": at}
    assert refused(lambda: series.start(weekdays=days, until_on=until, **begin)) == C.PATTERN_WRONG
    assert Series.select().count() == 0


def test_others_repeat_nothing(cast: World, at: datetime, patrol: Activity) -> None:
    begin = {"code": patrol.code, "weekdays": [1], "until_on": "2026-07-01", "skip_holidays": True, "at": at}
    assert refused(lambda: series.start(actor=cast.actor(cast.chali), **begin)) == C.NOT_FOUND
    assert refused(lambda: copies.copy(actor=cast.actor(cast.chali), code=patrol.code, at=at)) == C.NOT_FOUND


def test_copy_is_a_draft_on_the_same_weekday_to_come(cast: World, at: datetime, patrol: Activity) -> None:
    code = copies.copy(actor=cast.actor(cast.ali), code=patrol.code, at=at + 3 * WEEK)
    one = Activity.get(Activity.code == code)
    assert (one.state, one.starts_at, one.title, one.version) == (
        "draft", patrol.starts_at + 3 * WEEK, patrol.title, 1,
    )  # fmt: skip
    assert Shift.get(Shift.activity == one).quota == 10


def test_sheet_keeps_everything_but_the_day(cast: World, at: datetime, patrol: Activity) -> None:
    draft = copies.draft_of(patrol)
    later = copies.on_day(copies.kept(draft), date(2026, 6, 17))
    assert later == replace(copies.later(draft, WEEK), positions=positions.moved(draft.positions, WEEK))
