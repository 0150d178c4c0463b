"""Whether an issued certificate is still the text that was issued: its digest stands in its own history, under the
seals of that chain, and its minutes are those of the records it was made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import Certificate, History
from services import audit
from services.actors import WORKER

VERB = "certificate.issued"
#: From its issue on its text does not change any more, whatever becomes of it.
ISSUED = ("valid", "withdrawn", "superseded")
PART = 500


def digest(row: Certificate) -> str:
    """Of everything that the paper says and of the records it was made of."""
    said = [row.code, row.number, row.minutes, row.content, row.records]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def keep(*, certificate_id: int, at: datetime) -> None:
    """Write the digest of what was just issued into its history, where the newest one counts; inside the caller's
    write."""
    row = Certificate.get_by_id(certificate_id)
    audit.changed(
        actor=WORKER, verb=VERB, subject=f"certificate:{row.id}", changes={"digest": [None, digest(row)]}, at=at
    )


def wrong() -> list[tuple[int, str, int, int]]:
    """(person, what, minutes it says, minutes its records had; both the same where another word was changed) of every
    issued certificate that is not what was issued. Those from before digests were kept are held against their records
    alone."""
    found, last = [], 0
    while rows := _part(last):
        kept = _digests([row.id for row in rows])
        for row in rows:
            proved = sum(int(minutes) for _, minutes in row.records)
            same = row.id not in kept or kept[row.id] == digest(row)
            if not same or row.minutes != proved or row.content.get("minutes") != row.minutes:
                found.append((int(row.volunteer_id), f"certificate {row.code}", int(row.minutes or 0), proved))
        last = rows[-1].id
    return found


def _part(after: int) -> list[Certificate]:
    query = Certificate.select().where(Certificate.id > after, Certificate.state.in_(ISSUED))
    return list(query.order_by(Certificate.id).limit(PART))


def _digests(ids: list[int]) -> Mapping[int, str]:
    rows: Any = History.select(History.subject, History.changes).where(
        History.subject.in_([f"certificate:{number}" for number in ids]), History.verb == VERB
    ).order_by(History.id)
    return {int(row.subject.partition(":")[2]): row.changes["digest"][1] for row in rows}
