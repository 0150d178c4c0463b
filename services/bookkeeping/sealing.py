"""Seals on what is only ever added to: a chain of digests over its rows, by which a row taken out or changed is found.

The two books, the audit, the histories and the consents have a chain each.

Triggers refuse UPDATE and DELETE; whoever holds the database can still go around them, and bring the totals in line.
The worker seals by night what is an hour old (nothing older can still arrive under a smaller number); each seal covers
the digest before it. The newest seals are proved every night, all of them by `verify-books`. Nothing is mended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clock import to_millis
from models import Seal, store
from models.store import Write
from queries import seals as sql

#: Rows under one seal, seals in one night, seals proved each night.
ROWS, MOST, PROVED = 20_000, 500, 8
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
            before = chain[number + 1].digest if number + 1 < len(chain) else ""
            rows = sql.sealed(book=book, first=each.first_id, last=each.last_id)
            if _digest(before, rows) != each.digest:
                found.append((book, int(each.first_id), int(each.last_id)))
    return found
