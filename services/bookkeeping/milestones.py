"""Milestones of a person's hours (里程碑): the first hour served, each star's threshold. Told once each, for good.

Called inside the write that posts minutes. Hours from before the system make no milestone of their own; whether they
count for stars is the division's number (`transferred`).
"""

from __future__ import annotations

from datetime import datetime

from services.bookkeeping import hours
from services.bookkeeping.reckoning import stars
from services.messaging import telling
from wording import entry

HOUR = 60


def tell_reached(*, volunteer_id: int, gained: int, at: datetime) -> int:
    """Tell what the `gained` minutes just posted have made him reach; how many milestones were new.

    What was told once is not told again, though a correction takes minutes away and others bring them back.
    """
    if gained <= 0:
        return 0
    served, counted, ladder = hours.standing(volunteer_id=volunteer_id, at=at)
    told = 0
    if served - gained < HOUR <= served:
        told += telling.tell(
            kind="milestone_first_hour", people=[volunteer_id], key=str(volunteer_id), at=at, url="/m/hours"
        )
    for star in range(stars(counted - gained, ladder) + 1, stars(counted, ladder) + 1):
        told += telling.tell(
            kind="milestone_star", people=[volunteer_id], key=f"{volunteer_id}:{star}", at=at, url="/m/stars",
            hours=ladder[star - 1], stars=entry("bot.numerals")[star - 1],
        )  # fmt: skip
    return told
