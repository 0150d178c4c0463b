"""Hours that were corrected after a certificate was issued: its text stays, its page says so, a new one is proposed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from models import Certificate, ServiceRecord, store
from models.store import Write
from queries import certificates as sql
from services import decisions
from services.certificates import deciding, drafting
from services.messaging import telling

BATCH = 200


def minutes_now(row: Certificate) -> int:
    """What the books say today of what it certifies, whole minutes: the same days, the same teams. What a case holds
    counts as before until its verdict."""
    kept = {int(each[0]) for each in row.records}
    teams = {each.team_id for each in ServiceRecord.select(ServiceRecord.team).where(ServiceRecord.id.in_(list(kept)))}
    query: Any = ServiceRecord.select(ServiceRecord.id, ServiceRecord.held_by_case, ServiceRecord.minutes).where(
        drafting.counts(row.volunteer_id, last=str(row.to_on)), ServiceRecord.team.in_(list(teams)),
        ServiceRecord.local_day >= (row.from_on or drafting.FIRST_DAY),
    )  # fmt: skip
    return sum(minutes for number, held, minutes in query.tuples() if held is None or number in kept)


def differs(row: Certificate) -> int | None:
    """`minutes_now` where it is not what the certificate says, None where all is as it was; only of one that holds."""
    if row.state != "valid":
        return None
    now = minutes_now(row)
    return None if now == row.minutes else now


def follow(*, at: datetime, write: Write = store.write) -> int:
    """Look at those under which something was entered since they were last looked at; tell the person and the centre,
    once for each figure. How many differ now."""
    last = found = 0
    while True:
        due = sql.moved(after=last, limit=BATCH)
        found += sum(write(partial(_one, number, at)) for number in due)
        if len(due) < BATCH:
            return found
        last = due[-1]


def _one(number: int, at: datetime) -> int:
    row = Certificate.get_by_id(number)
    now = differs(row)
    Certificate.update(minutes_now=now, compared_at=at).where(
        Certificate.id == number, Certificate.state == "valid"
    ).execute()
    if now is None or now == row.minutes_now:
        return int(now is not None)
    key = f"{row.id}:{now}"
    telling.tell(
        kind="certificate_changed", people=[row.volunteer_id], key=key, at=at, url=f"/m/certificates/{row.code}"
    )
    people = decisions.deciders(region_code=str(row.region_code), parties=deciding.parties(row), at=at)
    telling.tell(
        kind="certificate_differs", people=sorted(people), key=key, at=at, url=f"/console/certificates/{row.code}",
        name=row.volunteer.name,
    )  # fmt: skip
    return 1
