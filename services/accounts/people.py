"""Finding a person by the number that may be shown."""

from __future__ import annotations

from models import Volunteer


def person_id(public_no: str) -> int | None:
    """The id behind a public number; None for nobody, and for someone merged into another."""
    row = (
        Volunteer.select(Volunteer.id)
        .where(Volunteer.public_no == public_no, Volunteer.state != "merged")
        .first()
    )
    return row.id if row else None


def name_of(public_no: str) -> str | None:
    """The name behind a public number; None for nobody, and for someone merged into another."""
    row = (
        Volunteer.select(Volunteer.name)
        .where(Volunteer.public_no == public_no, Volunteer.state != "merged")
        .first()
    )
    return row.name if row else None
