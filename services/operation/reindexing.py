"""A new INDEX_KEY: every blind index is made anew from the number that lies sealed (`flask rotate-keys --index`).

An index that leaked together with its key tells who has a number to whoever tries all of them. The old key is not asked
for: what is right is seen by opening the number. Between the new key and the end of this nobody who was known is found
by his number, so the house stands still for it; whoever registered meanwhile all the same is told as a double, and
merged by the office. Stopped, it goes on; run twice, it does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from frozen import dataclass
from models import Volunteer, store
from queries import patient
from services.accounts.vault import VaultError
from services.parts import Parts

#: People in one write.
AT_ONCE = 500
#: (sealed column, its index, kind, place): the two numbers somebody is found by.
FOUND_BY = (
    ("document_sealed", "document_index", "id_no", "document"), ("phone_sealed", "phone_index", "phone", "phone"),
)  # fmt: skip
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many indexes were made anew; which numbers do not open; whose number another entry has by now, as public
    numbers."""

    done: int
    broken: list[str]
    doubles: list[str]


def rebuild(parts: Parts, *, progress: Progress = lambda what, done, total: None) -> Outcome:
    """Make every index anew. Who had none, as in the practice area, gets none."""
    outcome = Outcome(0, [], [])
    done = 0
    for sealed, index, kind, what in FOUND_BY:
        with patient():
            total, so_far = Volunteer.select().where(_has(sealed, index)).count(), 0
        for rows in _parts_of(sealed, index):
            fresh = _anew(parts, rows, sealed, index, kind, what, outcome.broken)
            taken = _taken(fresh) if index == "document_index" else set()
            outcome.doubles.extend(row.public_no for row, new in fresh if new in taken)
            done += store.write(partial(_put, [each for each in fresh if each[1] not in taken], index))
            so_far += len(rows)
            progress(f"volunteer.{index}", so_far, total)
    return Outcome(done, outcome.broken, outcome.doubles)


def _has(sealed: str, index: str) -> Any:
    return getattr(Volunteer, sealed).is_null(False) & getattr(Volunteer, index).is_null(False)


def _parts_of(sealed: str, index: str) -> Iterator[list[Volunteer]]:
    last = 0
    while rows := list(
        Volunteer.select().where(_has(sealed, index), Volunteer.id > last).order_by(Volunteer.id).limit(AT_ONCE)
    ):
        yield rows
        last = rows[-1].id


def _anew(
    parts: Parts, rows: list[Volunteer], sealed: str, index: str, kind: str, what: str, broken: list[str]
) -> list[tuple[Volunteer, str]]:
    """(person, new index) where it differs from the one he has."""
    fresh = []
    for row in rows:
        try:
            number = parts.vault.open(bytes(getattr(row, sealed)), f"volunteer.{what}:{row.public_no}")
        except VaultError:
            broken.append(f"volunteer.{sealed} {row.public_no}")
            continue
        new = parts.vault.index(kind, number)
        if new != getattr(row, index):
            fresh.append((row, new))
    return fresh


def _taken(fresh: list[tuple[Volunteer, str]]) -> set[str]:
    """New indexes that somebody else has already: he came while the house should have stood still."""
    wanted = [new for _, new in fresh]
    found = Volunteer.select(Volunteer.document_index).where(Volunteer.document_index.in_(wanted))
    return {str(row.document_index) for row in found}


def _put(fresh: list[tuple[Volunteer, str]], index: str) -> int:
    """Put the new indexes where the old ones still stand."""
    column = getattr(Volunteer, index)
    return sum(
        Volunteer.update({column: new}).where(Volunteer.id == row.id, column == getattr(row, index)).execute()
        for row, new in fresh
    )
