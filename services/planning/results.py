"""What activities came to: how many took place, who came, whole minutes, people served; two statements.

`by` counts different people, for a team's plan or a project; `attended` counts attendances, for a whole province.
"""

from __future__ import annotations

from typing import Any

from peewee import SQL, Select, fn

from frozen import dataclass
from models import Activity, ActivityReport, ServiceRecord, store
from services.bookkeeping.sources import made_up
from services.planning.all_activities import rows


@dataclass(frozen=True, slots=True)
class Result:
    """Activities with at least one confirmed record, different people, minutes, people served by the reports;
    of the minutes, `supplement` were made up. Where `attended` counts, `people` is who came, each time anew."""

    activities: int = 0
    people: int = 0
    minutes: int = 0
    served: int = 0
    supplement: int = 0


def took_place() -> Any:
    """The condition on an activity that somebody was there, and it is confirmed: a report on another serves nobody."""
    return fn.EXISTS(
        ServiceRecord.select(SQL("1")).where(
            ServiceRecord.activity == Activity.id, ServiceRecord.state == "confirmed"
        )
    )


def by(column: Any, *conditions: Any) -> dict[Any, Result]:
    """The results of the activities that meet the conditions, by a column of `Activity`."""
    held = (
        ServiceRecord.select(
            column, fn.COUNT(fn.DISTINCT(ServiceRecord.activity)), fn.COUNT(fn.DISTINCT(ServiceRecord.volunteer)),
            fn.SUM(ServiceRecord.minutes), made_up(),
        )
        .join(Activity)
        .where(ServiceRecord.state == "confirmed", Activity.purpose == "service", *conditions)
        .group_by(column)
    )  # fmt: skip
    return _with_served(column, held, conditions)


def attended(column: Any, *conditions: Any) -> dict[Any, Result]:
    """The same with attendances for people (人次): one look at each activity's records, none at who came twice."""
    each = (
        Activity.select(
            column.alias("key"), fn.COUNT(ServiceRecord.id).alias("came"),
            fn.SUM(ServiceRecord.minutes).alias("minutes"), made_up().alias("supplement"),
        )
        .join(ServiceRecord, on=(ServiceRecord.activity == Activity.id))
        .where(ServiceRecord.state == "confirmed", Activity.purpose == "service", *conditions)
        .group_by(Activity.id, column)
    )  # fmt: skip
    held = Select([each], [
        each.c.key, fn.COUNT(each.c.came), fn.SUM(each.c.came), fn.SUM(each.c.minutes), fn.SUM(each.c.supplement),
    ]).group_by(each.c.key).bind(store.current())  # fmt: skip
    return _with_served(column, held, conditions)


def _with_served(column: Any, held: Any, conditions: tuple[Any, ...]) -> dict[Any, Result]:
    """What took place, and beside it what the reports say of people served."""
    reports = (
        ActivityReport.select(column, fn.SUM(ActivityReport.served))
        .join(Activity)
        .where(Activity.purpose == "service", took_place(), *conditions)
        .group_by(column)
    )
    served = {row[0]: int(row[1] or 0) for row in rows(reports)}
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3] or 0), int(row[4])) for row in rows(held)}
    results = {}
    for key in {*found, *served}:
        activities, people, minutes, supplement = found.get(key, (0, 0, 0, 0))
        results[key] = Result(activities, people, minutes, served.get(key, 0), supplement)
    return results
