"""Seals on what is only ever added to: a chain of digests over its rows, by which a row taken out or changed is found.

The two books, the audit, the histories and the consents have a chain each.

Triggers refuse UPDATE and DELETE; whoever holds the database can still go around them, and bring the totals in line.
The worker seals by night what is an hour old (nothing older can still arrive under a smaller number); each seal covers
the digest before it. The newest seals are proved every night, the older ones in turn, all of them at once by
`verify-books`. Nothing is mended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clock import to_millis
from models import ProofMark, Seal, store
from models.store import Write
from queries import seals as sql

#: Rows under one seal, seals in one night, seals proved each night.
ROWS, MOST, PROVED = 20_000, 500, 8
#: Within so many nights every older seal is proved again.
NIGHTS = 28
AGE = timedelta(hours=1)


def seal_due(*, at: datetime, write: Write = store.write) -> int:
    """Seal what has no seal yet; how many seals."""
    made = 0
    for book in sql.BOOKS:
        while made < MOST:
            newest = _newest(book)
            found = sql.unsealed(
                book=book, after=newest.last_id if newest else 0, before=to_millis(at - AGE), most=ROWS
            )
            if not found:
                break
            digest = _digest(newest.digest if newest else "", found)
            write(partial(_put, book, int(found[0][0]), int(found[-1][0]), digest, at))
            made += 1
    return made


def newest() -> list[Seal]:
    """The last seal of each chain that has one."""
    return [seal for book in sql.BOOKS if (seal := _newest(book)) is not None]


def _newest(book: str) -> Seal | None:
    found = Seal.select().where(Seal.book == book).order_by(Seal.id.desc()).first()
    return found if isinstance(found, Seal) else None


def _put(book: str, first: int, last: int, digest: str, at: datetime) -> None:
    newest = _newest(book)
    if newest is None or newest.last_id < first:  # another worker was quicker
        Seal.create(book=book, first_id=first, last_id=last, digest=digest, sealed_at=at)


def _digest(before: str, found: Iterable[Any]) -> str:
    total = hashlib.sha256(before.encode())
    for row in found:
        total.update(json.dumps(list(row), ensure_ascii=False).encode())
    return total.hexdigest()


def broken(*, whole: bool = False) -> list[tuple[str, int, int]]:
    """(book, first id, last id) of every seal that its rows do not prove: the newest ones, or with `whole` all."""
    found = []
    for book in sql.BOOKS:
        query = Seal.select().where(Seal.book == book).order_by(Seal.id.desc())
        chain = list(query if whole else query.limit(PROVED + 1))
        for number, each in enumerate(chain if whole else chain[:PROVED]):
            if not _holds(each, chain[number + 1].digest if number + 1 < len(chain) else ""):
                found.append((book, int(each.first_id), int(each.last_id)))
    return found


def prove_turn(*, at: datetime, write: Write = store.write) -> list[tuple[str, int, int]]:
    """As `broken`, of the old seals whose turn it is: a share each night, so that all of them have had theirs within
    `NIGHTS`. One that did not hold is proved every night until it does: an alarm does not end by itself."""
    found = []
    for book in sql.BOOKS:
        numbers = [row.id for row in Seal.select(Seal.id).where(Seal.book == book).order_by(Seal.id)][:-PROVED]
        if not numbers:
            continue
        mark = ProofMark.get_or_none(ProofMark.book == book)
        doubted = set(mark.broken) if mark else set()
        ahead = [number for number in numbers if not mark or number > mark.reached][: -(-len(numbers) // NIGHTS)]
        wrong = [seal for number in sorted({*ahead, *doubted}) if (seal := _unproved(book, number)) is not None]
        reached = ahead[-1] if ahead and ahead[-1] != numbers[-1] else 0  # at the end of the chain it begins anew
        write(partial(_mark, book, reached, [seal.id for seal in wrong], at))
        found += [(book, int(seal.first_id), int(seal.last_id)) for seal in wrong]
    return found


def _unproved(book: str, number: int) -> Seal | None:
    """This seal, if its rows do not prove it."""
    before = Seal.select().where(Seal.book == book, Seal.id < number).order_by(Seal.id.desc()).first()
    seal = Seal.get_or_none(Seal.id == number)
    if not isinstance(seal, Seal) or _holds(seal, str(before.digest) if before else ""):
        return None
    return seal


def _holds(seal: Seal, before: str) -> bool:
    """Whether its rows prove a seal whose predecessor has the digest `before`."""
    rows = sql.sealed(book=str(seal.book), first=int(seal.first_id), last=int(seal.last_id))
    return _digest(before, rows) == seal.digest


def _mark(book: str, reached: int, broken: list[int], at: datetime) -> None:
    ProofMark.insert(book=book, reached=reached, broken=broken, at=at).on_conflict(
        conflict_target=[ProofMark.book], preserve=[ProofMark.reached, ProofMark.broken, ProofMark.at]
    ).execute()
