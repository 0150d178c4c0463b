"""Requests that wait too long for the centre's word: said again to the centre and to the one above (条例 §19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from models import Certificate, store
from models.store import Write
from services import decisions
from services.certificates import deciding
from services.messaging import telling
from services.planning.approvals import centre_above
from services.regions import name_of
from services.times import working_days_after

#: What is still late is said again after so long.
AGAIN = timedelta(days=7)
AT_ONCE = 50


def due_at(row: Certificate) -> datetime:
    """Until when the centre answers a request: its division's working days after it was asked."""
    return working_days_after(row.asked_at, deciding.rule_of(str(row.region_code), row.asked_at).answer_days)


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Say what is late to those who decide and to the centre above, again each week; how many were told."""
    waiting = Certificate.select().where(
        Certificate.state == "requested", Certificate.nagged_at.is_null() | (Certificate.nagged_at <= at - AGAIN)
    )
    late = [row.id for row in waiting.order_by(Certificate.asked_at, Certificate.id) if due_at(row) <= at]
    return sum(write(partial(_nag, number, at)) for number in late[:AT_ONCE])


def _nag(number: int, at: datetime) -> int:
    once = Certificate.update(nagged_at=at).where(
        Certificate.id == number, Certificate.state == "requested",
        Certificate.nagged_at.is_null() | (Certificate.nagged_at <= at - AGAIN),
    )  # fmt: skip
    if not once.execute():
        return 0
    row = Certificate.get_by_id(number)
    here, parties = str(row.region_code), deciding.parties(row)
    people = decisions.deciders(region_code=here, parties=parties, at=at)
    above = centre_above(here)
    people |= decisions.deciders(region_code=above, parties=parties, at=at) if above else set()
    return telling.tell(
        kind="certificate_late", people=sorted(people), key=f"{row.id}:{at:%Y%m%d}", at=at, name=row.volunteer.name,
        place=name_of(here), url=f"/console/certificates/{row.code}",
    )  # fmt: skip
