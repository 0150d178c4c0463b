"""How old somebody is on the day, and whether a guardian has agreed for a minor of 14–17 (S117)."""

from __future__ import annotations

from datetime import date, datetime

from clock import local_day
from models import GuardianConsent, Volunteer

ADULT_YEARS = 18


def years_on(birth_date: str, day: date) -> int:
    """Whole years of age on a day."""
    born = date.fromisoformat(birth_date)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def agreed(*, volunteer_id: int, activity_id: int, day: date) -> bool:
    """Whether a verified consent holds for this activity on that day."""
    held = GuardianConsent.select().where(
        GuardianConsent.volunteer == volunteer_id, GuardianConsent.state == "verified",
        (GuardianConsent.scope == "all") | (GuardianConsent.activity == activity_id),
        GuardianConsent.until_on.is_null() | (GuardianConsent.until_on >= day.isoformat()),
    )  # fmt: skip
    return bool(held.exists())


def grown_up_on(birth_date: str) -> date:
    """The eighteenth birthday; for somebody born on 29 February the first of March."""
    born = date.fromisoformat(birth_date)
    try:
        return born.replace(year=born.year + ADULT_YEARS)
    except ValueError:
        return date(born.year + ADULT_YEARS, 3, 1)


def minor_on(birth_date: str | None, day: date) -> bool:
    """Whether somebody is under 18 on a day; False where the birth date is unknown."""
    return birth_date is not None and day < grown_up_on(birth_date)


def is_minor(*, volunteer_id: int, at: datetime) -> bool:
    """Whether the person is under 18 today; False where his birth date is unknown."""
    return minor_on(Volunteer.get_by_id(volunteer_id).birth_date, local_day(at))
