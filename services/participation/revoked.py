"""Which personal codes were taken back: what a scan, a new code and a phone without a network ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models import CodeRevocation, Volunteer

#: A phone without a network is told of this many, the newest first.
MOST = 2000


def issued_before(volunteer_id: int) -> datetime | None:
    """Codes of this person issued before this moment are void; None if none was ever taken back."""
    found = CodeRevocation.get_or_none(CodeRevocation.volunteer == volunteer_id)
    return found.issued_before if found else None


def of(volunteer_ids: Iterable[int]) -> dict[int, tuple[datetime, datetime]]:
    """(void if issued before, when taken back) of those whose codes were taken back."""
    query = CodeRevocation.select().where(CodeRevocation.volunteer.in_(list(volunteer_ids)))
    return {row.volunteer_id: (row.issued_before, row.at) for row in query}


def listed() -> dict[str, datetime]:
    """Public numbers with the moment before which their codes are void, for a phone without a network."""
    query = (
        CodeRevocation.select(CodeRevocation, Volunteer.id, Volunteer.public_no)
        .join(Volunteer, on=CodeRevocation.volunteer)
        .order_by(CodeRevocation.at.desc())
        .limit(MOST)
    )
    return {row.volunteer.public_no: row.issued_before for row in query}
