"""Rankings of people by the year's hours (时长排行): a module, off until a division turns it on.

A programme that government runs ranks nobody by points (国办函〔2026〕12号): this counts hours, gives nothing for it,
and names a person only as far as he agreed. Where it is off, honours of teams stand in its place.
"""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from models import Volunteer
from queries import ranking as sql
from services.honours import consent
from services.honours.shapes import Ranked
from services.policy import modules

MODULE = "ranking"
SHOWN = 20
#: More than are shown: those who left, died or were merged meanwhile fall out.
READ = SHOWN * 2


def best(*, region_code: str, me: int | None = None, at: datetime) -> list[Ranked]:
    """The first of this year in a division and all below it; people with the same minutes share a place.

    Refusals: MODULE_OFF.
    """
    modules.require(module=MODULE, region_code=region_code, at=at)
    day = local_day(at).isoformat()
    found = sql.best(year=day[:4], region_code=region_code, limit=READ)
    people = {row.id: row for row in Volunteer.select().where(Volunteer.id.in_([person for person, _ in found]))}
    with_us = [(person, minutes) for person, minutes in found if people[person].state == "active"][:SHOWN]
    names = consent.shown([people[person] for person, _ in with_us], day)
    places: dict[int, int] = {}
    for number, (_, minutes) in enumerate(with_us, 1):
        places.setdefault(minutes, number)
    return [Ranked(places[minutes], names[person], minutes, person == me) for person, minutes in with_us]
