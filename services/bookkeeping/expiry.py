"""Points that are over (domain A7: 36 months): told once before, taken by night, oldest first, without lots.

An entry that brings points says until which day they last, frozen from the rule of its day; so a change of the rule
never touches what was earned before. What expires is worked out in the database, some thousand people to a write; late
and twice give the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from clock import local_day, to_millis
from models import store
from models.store import Write
from queries import points as sql
from services import rules
from services.dates import last_day_of, month_after, month_of
from services.messaging import telling
from wording import say

#: People in one write: scans wait for no more than it takes. To be told of takes longer.
PEOPLE, TOLD = 4_000, 1_000
#: Nobody sets `remind_days` higher (wording/policy.toml): so many month ends can be near.
MONTH_ENDS = 3
KIND = "points_ending"


def expire_due(*, at: datetime, write: Write = store.write) -> int:
    """Take everybody's points that are over; how many people."""
    return sum(write(partial(_expire, first, end, at)) for first, end in _spans(PEOPLE))


def of_person(*, volunteer_id: int, at: datetime) -> None:
    """The same for one person, before he spends; inside the caller's write."""
    _expire(volunteer_id, volunteer_id + 1, at)


def taken_of(*, volunteer_id: int, entry_id: int) -> int:
    """How many points would not have expired, had an entry never been there; what was spent of it is not among them.

    All that ever expired is the most by which, on any night that took something, what was over exceeded what had been
    spent until then. Inside a write that holds the person.
    """
    book = sql.standing(volunteer_id)
    return _ever(book) - _ever([each for each in book if each.id != entry_id])


def _ever(book: list[sql.Standing]) -> int:
    nights = [number for number, each in enumerate(book) if each.kind == "expiry" and each.amount < 0]
    return max([0, *(_over(book[:number], book[number].local_day) for number in nights)])


def _over(before: list[sql.Standing], day: str) -> int:
    return sum(
        each.amount for each in before
        if each.kind != "expiry" and (each.expires_on is None or each.expires_on < day)
    )  # fmt: skip


def _expire(first: int, end: int, at: datetime) -> int:
    note = say("points.why.expiry")
    return sql.expire(first=first, end=end, day=local_day(at).isoformat(), note=note, now=to_millis(at))


def _spans(people: int) -> Iterator[tuple[int, int]]:
    """Spans of ids that hold so many people each."""
    first = 0
    while (last := sql.last_of(first=first, people=people)) is not None:
        yield first, last + 1
        first = last + 1


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell those whose points end within their division's `remind_days`, once for each end of a month; how many.

    Only where the mall is on: nobody is told to hurry who has nothing to spend them on.
    """
    today = local_day(at)
    numbers, modules = rules.Everywhere("points", at), rules.Everywhere("modules", at)
    if not any(modules.of(place).params["mall"] for place in modules.places):
        return 0
    return sum(
        write(partial(_remind, first, end, day, numbers, modules, at))
        for day in _month_ends(today)
        for first, end in _spans(TOLD)
    )


def _month_ends(today: date) -> list[date]:
    return [last_day_of(month_after(month_of(today), ahead)) for ahead in range(MONTH_ENDS)]


def _remind(
    first: int, end: int, day: date, numbers: rules.Everywhere, modules: rules.Everywhere, at: datetime
) -> int:
    by_points: dict[int, list[int]] = {}
    after = (day + timedelta(days=1)).isoformat()
    left = (day - local_day(at)).days
    key = day.isoformat()
    for person, points, region in sql.ending(first=first, end=end, day=after, told=f"{KIND}:{key}:"):
        if modules.of(region).params["mall"] and left <= int(numbers.of(region).params["remind_days"]):
            by_points.setdefault(points, []).append(person)
    return sum(
        telling.tell(kind=KIND, people=people, key=key, at=at, url="/m/points", points=points, month=day.month,
                     day=day.day)
        for points, people in by_points.items()
    )  # fmt: skip
