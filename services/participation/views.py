"""How often an activity was opened, by day (S12: reach). Nobody is kept, only the count; whoever looks twice counts
twice, a browser that only looks ahead does not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import Activity, ActivityView, store


def opened(*, code: str, at: datetime) -> None:
    """Somebody reads the activity; a code that is none counts nothing. A power cut may lose the last few."""

    def act() -> None:
        number = Activity.select(Activity.id).where(Activity.code == code).scalar()
        if number is None:
            return
        ActivityView.insert(activity=number, local_day=local_day(at).isoformat(), views=1).on_conflict(
            conflict_target=[ActivityView.activity, ActivityView.local_day],
            update={ActivityView.views: ActivityView.views + 1},
        ).execute()

    store.write(act, durable=False)


def opened_times(*, code: str) -> int:
    """How often one activity was opened in all."""
    number = Activity.select(Activity.id).where(Activity.code == code).scalar()
    return of(activity_ids=[number]).get(number, 0) if number else 0


def of(*, activity_ids: Iterable[int]) -> dict[int, int]:
    """How often each was opened in all, in one statement; one that nobody opened is not in it."""
    query: Any = (
        ActivityView.select(ActivityView.activity, fn.SUM(ActivityView.views))
        .where(ActivityView.activity.in_(list(activity_ids)))
        .group_by(ActivityView.activity)
    )
    return {number: int(views) for number, views in list(query.tuples())}
