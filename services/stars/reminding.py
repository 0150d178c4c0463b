"""Telling the reviewers, once a week, how many stars wait for their word."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from peewee import fn

from clock import local_day
from models import StarAward, store
from models.store import Write
from services import decisions
from services.messaging import telling
from services.times import is_working_day


def tell_waiting(*, at: datetime, write: Write = store.write) -> int:
    """Tell each reviewing centre how many wait, on the first working day of the week that the worker sees; how many
    messages."""
    if not is_working_day(local_day(at)):
        return 0
    rows = (
        StarAward.select(StarAward.at_region, fn.COUNT(StarAward.id).alias("waiting"))
        .where(StarAward.state == "review")
        .group_by(StarAward.at_region)
        .order_by(StarAward.at_region)
    )
    return sum(write(partial(_tell, str(row.at_region), int(row.waiting), at)) for row in list(rows))


def _tell(place: str, count: int, at: datetime) -> int:
    year, week, _ = local_day(at).isocalendar()
    people = decisions.deciders(region_code=place, parties=(), at=at)
    return telling.tell(
        kind="star_waiting", people=sorted(people), key=f"{place}:{year}-{week}", at=at, count=count,
        url="/console/stars?state=review",
    )  # fmt: skip
