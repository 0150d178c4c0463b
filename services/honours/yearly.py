"""A volunteer's year on one picture that he may pass on (S96): his own numbers, no code that leads to him, no proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from peewee import fn
from PIL import Image, ImageDraw

from clock import local_day
from models import ActivityReport, Honour, PeriodMinutes, ServiceRecord, StarAward, Volunteer
from queries.assessment_standing import entries_of
from services.errors import Refusal, RefusalCode
from services.participation.drawing import INK, PALE, RED, WHITE, png, write
from services.parts import Parts
from services.workbooks import plain
from wording import say

SIZE = (1080, 1440)
HONOURS = 3
#: The programme began no earlier.
FIRST_YEAR = 2020


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a person: whole minutes confirmed, activities attended, people those served by the leaders' reports
    (all who took part together), the star he has, his honours of the year; `until` the last local day it counts."""

    year: str
    name: str
    minutes: int
    activities: int
    served: int
    star: int
    honours: tuple[str, ...]
    until: str

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.minutes and not self.honours


def years(*, volunteer_id: int, at: datetime) -> list[str]:
    """The years with hours, the newest first; this one in any case."""
    rows = PeriodMinutes.select(PeriodMinutes.period).where(
        PeriodMinutes.volunteer == volunteer_id, fn.LENGTH(PeriodMinutes.period) == 4, PeriodMinutes.minutes > 0
    )
    return sorted({row.period for row in rows} | {str(local_day(at).year)}, reverse=True)


def of(*, volunteer_id: int, year: str, at: datetime) -> Year:
    """His year. Refusals: NOT_FOUND (no year, or one to come)."""
    today = local_day(at)
    if not (year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= today.year):
        raise Refusal(RefusalCode.NOT_FOUND)
    person = Volunteer.get_by_id(volunteer_id)
    book = PeriodMinutes.get_or_none(PeriodMinutes.volunteer == volunteer_id, PeriodMinutes.period == year)
    went = ServiceRecord.select(ServiceRecord.activity).where(
        ServiceRecord.volunteer == volunteer_id, ServiceRecord.state == "confirmed",
        ServiceRecord.activity.is_null(False), ServiceRecord.local_day.between(f"{year}-01-01", f"{year}-12-31"),
    ).distinct()  # fmt: skip
    served = ActivityReport.select(fn.COALESCE(fn.SUM(ActivityReport.served), 0)).where(
        ActivityReport.activity.in_(went)
    ).scalar()  # fmt: skip
    star = StarAward.select(fn.MAX(StarAward.star)).where(
        StarAward.volunteer == volunteer_id, StarAward.state == "awarded", StarAward.awarded_on <= f"{year}-12-31"
    ).scalar()  # fmt: skip
    honours = Honour.select().where(
        Honour.volunteer.in_(entries_of(volunteer_id)), Honour.year == year, Honour.revoked_at.is_null()
    )
    return Year(
        year, person.name, book.minutes if book else 0, went.count(), int(served), int(star or 0),
        tuple(row.name for row in honours.order_by(Honour.id)), min(today.isoformat(), f"{year}-12-31"),
    )  # fmt: skip


def card(*, parts: Parts, volunteer_id: int, year: str, at: datetime) -> bytes:
    """The picture, a PNG of 1080 by 1440 pixels, under 300 KB. Refusals: NOT_FOUND (also where there is nothing)."""
    found = of(volunteer_id=volunteer_id, year=year, at=at)
    if found.empty:
        raise Refusal(RefusalCode.NOT_FOUND)
    return _drawn(parts.brand, found)


@lru_cache(maxsize=16)
def _drawn(brand: str, found: Year) -> bytes:
    picture = Image.new("RGB", SIZE, WHITE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE[0], 330), fill=RED)
    write(pen, brand, x=60, y=40, size=44, width=960, ink=WHITE, centre=True)
    heading = say("honours.card.heading", year=found.year)
    write(pen, heading, x=60, y=115, size=60, width=960, ink=WHITE, centre=True)
    write(pen, plain(found.name), x=60, y=220, size=64, width=960, ink=WHITE, centre=True)
    y = write(pen, say("honours.card.hours"), x=60, y=380, size=40, width=960, ink=PALE, centre=True)
    y = write(pen, _hours(found.minutes), x=60, y=y, size=110, width=960, ink=RED, centre=True) + 20
    lines = [(say("honours.card.activities"), say("honours.card.times", count=found.activities))]
    if found.served:
        lines.append((say("honours.card.served"), say("honours.card.people", count=found.served)))
    if found.star:
        lines.append((say("honours.card.star"), say("honours.card.stars", star=found.star)))
    for label, value in lines:
        write(pen, label, x=120, y=y, size=44, width=480, ink=PALE)
        y = write(pen, value, x=560, y=y, size=44, width=400, ink=INK) + 14
    if found.honours:
        write(pen, say("honours.card.honours"), x=120, y=y + 10, size=44, width=840, ink=PALE)
        y += 80
        for name in found.honours[:HONOURS]:
            y = write(pen, plain(name), x=120, y=y, size=44, width=840, most=2) + 6
        if len(found.honours) > HONOURS:
            more = say("honours.card.more", count=len(found.honours))
            write(pen, more, x=120, y=y, size=36, width=840, ink=PALE)
    write(pen, say("honours.card.until", day=found.until), x=60, y=1370, size=32, width=960, ink=PALE, centre=True)
    return png(picture)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return say("honours.card.whole", hours=hours) if not rest else say("honours.card.both", hours=hours, minutes=rest)
