"""Where hours come from: scanned (or on the leader's list), made up (补录), brought from another system.

Wherever minutes are added up, what was made up is said apart (domain §2.11, §2.13; S111).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peewee import Case, fn

from frozen import dataclass
from models import ServiceRecord

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Apart:
    """What of a person's confirmed minutes was not scanned."""

    supplement: int = 0
    transferred: int = 0


def made_up() -> Any:
    """The minutes of the made-up records in a sum over `ServiceRecord`."""
    return fn.COALESCE(fn.SUM(Case(None, [(ServiceRecord.source == "supplement", ServiceRecord.minutes)], 0)), 0)


def apart(until: Mapping[int, str]) -> dict[int, Apart]:
    """{person: what of his confirmed minutes was not scanned}, each up to and with his day ("" = all)."""
    found: dict[int, dict[str, int]] = {person: {"supplement": 0, "transferred": 0} for person in until}
    people = list(until)
    for start in range(0, len(people), CHUNK):
        rows = ServiceRecord.select(
            ServiceRecord.volunteer, ServiceRecord.local_day, ServiceRecord.minutes, ServiceRecord.source
        ).where(
            ServiceRecord.volunteer.in_(people[start : start + CHUNK]), ServiceRecord.source != "scan",
            ServiceRecord.state == "confirmed",
        )  # fmt: skip
        for row in rows:
            if row.local_day <= (until[row.volunteer_id] or row.local_day):
                found[row.volunteer_id][row.source] += row.minutes
    return {person: Apart(**each) for person, each in found.items()}
