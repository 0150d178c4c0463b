"""Telling the reviewers: once a week how many stars wait for their word, at once where one is to be looked at again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from peewee import fn

from clock import local_day, to_millis
from models import RoleGrant, StarAward, Volunteer, store
from models.store import Write
from services import decisions
from services.messaging import telling
from services.permissions import MANAGING
from services.stars import merits, reviewing
from services.stars.asking import numeral
from services.times import is_working_day
from wording import say


def tell_waiting(*, at: datetime, write: Write = store.write) -> int:
    """Tell each reviewing centre how many wait, on the first working day of the week that the worker sees, and leaders
    whose people's merits are wanted; how many messages."""
    if not is_working_day(local_day(at)):
        return 0
    rows = (
        StarAward.select(StarAward.at_region, fn.COUNT(StarAward.id).alias("waiting"))
        .where(StarAward.state == "review")
        .group_by(StarAward.at_region)
        .order_by(StarAward.at_region)
    )
    told = merits.tell_leaders(at=at, write=write)
    told += sum(write(partial(_tell, str(row.at_region), int(row.waiting), at)) for row in list(rows))
    return told + sum(write(partial(_tell_above, row, at)) for row in _of_reviewers(at))


def ask_to_look(number: int, state: str, at: datetime, *, what: str = "") -> int:
    """Ask whoever reviewed a star to look at it again, once until he did; inside the caller's write. `state` awarded
    (minutes fell below the step) or announced (the notice is over, and `what` has come since)."""
    taken = StarAward.update(look_since=at).where(
        StarAward.id == number, StarAward.state == state, StarAward.look_since.is_null()
    )
    if not taken.execute():
        return 0
    row = StarAward.get_by_id(number)
    person = Volunteer.get_by_id(row.volunteer_id)
    people = decisions.deciders(region_code=row.at_region, parties=[row.volunteer_id], at=at)
    telling.tell(
        kind="star_look", people=sorted(people), key=f"{number}:{to_millis(at)}", at=at, name=person.name,
        stars=numeral(row.star), what=say(f"stars.look.{state}", what=what), url=f"/console/stars/{row.code}",
    )  # fmt: skip
    return 1


def _of_reviewers(at: datetime) -> list[StarAward]:
    """The stars of those who themselves review where they wait."""
    there = (RoleGrant.volunteer == StarAward.volunteer) & (RoleGrant.region_code == StarAward.at_region)
    return list(
        StarAward.select()
        .join(RoleGrant, on=there)
        .where(
            StarAward.state == "review", RoleGrant.role.in_([role.value for role in MANAGING]),
            RoleGrant.from_at <= at, RoleGrant.until.is_null() | (RoleGrant.until > at),
        )
        .distinct()
    )  # fmt: skip


def _tell_above(row: StarAward, at: datetime) -> int:
    """Where the reviewing centre has nobody but the person himself, the one above is told."""
    parties = reviewing.parties(row)
    if decisions.deciding_region(region_code=str(row.at_region), parties=parties, at=at) == row.at_region:
        return 0
    people = decisions.deciders(region_code=str(row.at_region), parties=parties, at=at)
    return telling.tell(
        kind="star_waiting", people=sorted(people), key=f"{row.code}:above", at=at, count=1,
        url=f"/console/stars/{row.code}",
    )  # fmt: skip


def _tell(place: str, count: int, at: datetime) -> int:
    year, week, _ = local_day(at).isocalendar()
    people = decisions.deciders(region_code=place, parties=(), at=at)
    return telling.tell(
        kind="star_waiting", people=sorted(people), key=f"{place}:{year}-{week}", at=at, count=count,
        url="/console/stars?state=review",
    )  # fmt: skip
