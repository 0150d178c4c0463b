"""A volunteer's year on one picture that he may pass on (S96): his own numbers, no code that leads to him, no proof."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from clock import local_day
from models import ActivityReport, Honour, PeriodMinutes, ServiceRecord, StarAward, Volunteer
from queries.assessment_standing import entries_of
from services.errors import Refusal, RefusalCode
from services.honours import yearly_card
from services.honours.shapes import Year
from services.parts import Parts

#: The programme began no earlier.
FIRST_YEAR = 2020


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
    return yearly_card.drawn(parts.brand, found)
