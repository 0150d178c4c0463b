"""What activities came to: how many took place, who came, whole minutes, people served; two statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import fn

from models import Activity, ActivityReport, ServiceRecord
from services.bookkeeping.sources import made_up
from services.planning.all_activities import rows


@dataclass(frozen=True, slots=True)
class Result:
    """Activities with at least one confirmed record, different people, minutes, people served by the reports;
    of the minutes, `supplement` were made up."""

    activities: int = 0
    people: int = 0
    minutes: int = 0
    served: int = 0
    supplement: int = 0


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
    reports = (
        ActivityReport.select(column, fn.SUM(ActivityReport.served)).join(Activity).where(*conditions).group_by(column)
    )
    served = {row[0]: int(row[1] or 0) for row in rows(reports)}
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3] or 0), int(row[4])) for row in rows(held)}
    results = {}
    for key in {*found, *served}:
        activities, people, minutes, supplement = found.get(key, (0, 0, 0, 0))
        results[key] = Result(activities, people, minutes, served.get(key, 0), supplement)
    return results
