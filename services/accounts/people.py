"""Finding a person by the number that may be shown."""

from __future__ import annotations

from models import Volunteer

#: One entry may have taken over another that had taken over a third.
MOST_MERGES = 10


def person_id(public_no: str) -> int | None:
    """The id behind a public number; None for nobody, and for someone merged into another."""
    row = (
        Volunteer.select(Volunteer.id)
        .where(Volunteer.public_no == public_no, Volunteer.state != "merged")
        .first()
    )
    return row.id if row else None


def kept_id(public_no: str) -> int | None:
    """The same for a code or a list that is older than a merger: of someone merged into another, the other's id."""
    row = _kept(public_no)
    return row.id if row else None


def kept_name(public_no: str) -> str | None:
    """The name that goes with `kept_id`."""
    row = _kept(public_no)
    return row.name if row else None


def kept_number(public_no: str) -> str | None:
    """The public number of `kept_id`."""
    row = _kept(public_no)
    return row.public_no if row else None


def _kept(public_no: str) -> Volunteer | None:
    fields = (Volunteer.id, Volunteer.public_no, Volunteer.name, Volunteer.state, Volunteer.merged_into)
    row = Volunteer.select(*fields).where(Volunteer.public_no == public_no).first()
    for _ in range(MOST_MERGES):
        if row is None or row.state != "merged":
            break
        row = Volunteer.select(*fields).where(Volunteer.id == row.merged_into_id).first()
    return row if row is not None and row.state != "merged" else None
