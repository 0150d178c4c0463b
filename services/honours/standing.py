"""Whose honour it is after two entries were one for a while (`services.lives.merging`)."""

from __future__ import annotations

from models import Honour, Nomination
from queries.assessment_standing import entries_of


def give_back(*, kept: int, dropped: int) -> None:
    """What the kept entry was given on a nomination of the dropped one goes to whom it was meant for; inside the write
    that parts them. What was given before stands where it stood all the time."""
    meant = Nomination.select(Nomination.honour).where(
        Nomination.volunteer.in_(entries_of(dropped)), Nomination.honour.is_null(False)
    )
    Honour.update(volunteer=dropped).where(Honour.id.in_(meant), Honour.volunteer == kept).execute()
