"""Joining a team again after an exit: refused until the months of the policy are over (S46)."""

from __future__ import annotations

from datetime import date, datetime

from clock import local_day
from models import AssessmentExit
from queries import assessment_standing as sql
from services.errors import Refusal, RefusalCode


def check_rejoin(*, volunteer_id: int, at: datetime) -> None:
    """Go on for one who may join a team (again). Refusals: REJOIN_LATER (`day`)."""
    until = rejoin_from(volunteer_id=volunteer_id)
    if until is not None and local_day(at) < until:
        raise Refusal(RefusalCode.REJOIN_LATER, day=until.isoformat())


def rejoin_from(*, volunteer_id: int) -> date | None:
    """From which day on somebody whose membership ended by an assessment may join again; None if none did. What an
    entry left behind that was merged into his counts for him.
    """
    day = (
        AssessmentExit.select(AssessmentExit.rejoin_from)
        .where(AssessmentExit.volunteer.in_(entries_of(volunteer_id)), AssessmentExit.state == "approved")
        .order_by(AssessmentExit.rejoin_from.desc())
        .limit(1)
        .scalar()
    )
    return date.fromisoformat(day) if day else None


def entries_of(volunteer_id: int) -> list[int]:
    """A person's entry, and those merged into it, one into the other."""
    return sql.entries_of(volunteer_id)


def barred(*, volunteer_id: int, at: datetime) -> bool:
    """Whether `check_rejoin` would refuse."""
    until = rejoin_from(volunteer_id=volunteer_id)
    return until is not None and local_day(at) < until
