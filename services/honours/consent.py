"""Whose name may stand in public: grown up, with us, and agreed to it; whoever agrees no longer is masked at once
(PIPL §15, §25, §31)."""

from __future__ import annotations

from collections.abc import Collection

from models import Consent, Volunteer
from services.gates.ages import grown_up_on

PURPOSE = "honour_wall"


def agreed(*, volunteer_id: int) -> bool:
    """Whether he agreed, and did not take it back."""
    return volunteer_id in agreeing([volunteer_id])


def agreeing(people: Collection[int]) -> set[int]:
    """Who of these agreed last; a few statements, whatever their number."""
    rows = Consent.select(Consent.volunteer, Consent.given).where(
        Consent.volunteer.in_(list(people)), Consent.purpose == PURPOSE
    )
    latest = {row.volunteer_id: row.given for row in rows.order_by(Consent.id)}
    return {person for person, given in latest.items() if given}


def shown(people: Collection[Volunteer], day: str) -> dict[int, str]:
    """{person: the name to be shown on the local `day`}: his own where he agreed, 王** otherwise.

    A minor, and somebody whose age nobody knows, is never named, nor is who left or died: nobody asks them again.
    """
    asked = agreeing([person.id for person in people])
    return {
        person.id: person.name
        if person.id in asked and person.state == "active" and _grown_up(person.birth_date, day)
        else hidden(person.name)
        for person in people
    }


def _grown_up(birth_date: str | None, day: str) -> bool:
    return birth_date is not None and grown_up_on(birth_date).isoformat() <= day


def hidden(name: str) -> str:
    """王**: the surname alone, whatever the name's length."""
    return name[:1] + "**"
