"""Seals on what is only ever added to: a chain of digests over its rows, by which a row taken out or changed is found.

The two books, the audit, the histories and the consents have a chain each.

Triggers refuse UPDATE and DELETE; whoever holds the database can still go around them, and bring the totals in line.
The worker seals by night what is an hour old (nothing older can still arrive under a smaller number); each seal covers
the digest before it. A seal is made with a key that is not in the database, so who has only that makes none anew; it
begins with how it was made, `hmac-sha256:<mark of the key>:`. Those of earlier days are plain SHA-256 and are proved as
such, up to the first one with a key and never after it. The newest seals are proved every night, the older ones in
turn, all of them at once by `verify-books`. Nothing is mended.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from clock import to_millis
from models import ProofMark, Seal, store
from models.store import Write
from queries import seals as sql

#: Rows under one seal, seals in one night, seals proved each night.
ROWS, MOST, PROVED = 20_000, 500, 8
#: Within so many nights every older seal is proved again.
NIGHTS = 28
AGE = timedelta(hours=1)
ALGORITHM = "hmac-sha256"


class Broken(NamedTuple):
    """A seal that its rows do not prove; `other_key`: it cannot be, for it was made with another key than ours."""

    book: str
    first: int
    last: int
    other_key: bool = False


def seal_due(*, at: datetime, key: bytes = b"", write: Write = store.write) -> int:
    """Seal what has no seal yet, with `key` (32 bytes; none: plain); how many seals."""
    made = 0
    for book in sql.BOOKS:
        while made < MOST:
            newest = _newest(book)
            found = sql.unsealed(
                book=book, after=newest.last_id if newest else 0, before=to_millis(at - AGE), most=ROWS
            )
            if not found:
                break
            digest = _digest(str(newest.digest) if newest else "", found, key)
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


def _digest(before: str, found: Iterable[Any], key: bytes) -> str:
    total: Any = hmac.new(key, before.encode(), hashlib.sha256) if key else hashlib.sha256(before.encode())
    for row in found:
        total.update(json.dumps(list(row), ensure_ascii=False).encode())
    return f"{_made_with(key)}:{total.hexdigest()}" if key else str(total.hexdigest())


def _made_with(key: bytes) -> str:
    """How a seal with this key begins."""
    return f"{ALGORITHM}:{hashlib.sha256(b'mark of a key|' + key).hexdigest()[:8]}"


def broken(*, whole: bool = False, key: bytes = b"") -> list[Broken]:
    """Every seal that its rows do not prove: of the newest ones, or with `whole` of all. Without `key` those that were
    made with one are left out: whoever has none can say nothing of them."""
    found = []
    for book in sql.BOOKS:
        query = Seal.select().where(Seal.book == book).order_by(Seal.id.desc())
        chain = list(query if whole else query.limit(PROVED + 1))
        for number, each in enumerate(chain if whole else chain[:PROVED]):
            before = str(chain[number + 1].digest) if number + 1 < len(chain) else ""
            if (wrong := _unproved(each, before, key)) is not None:
                found.append(wrong)
    return found


def prove_turn(*, at: datetime, key: bytes = b"", write: Write = store.write) -> list[Broken]:
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
        looked = [(number, _unproved_one(book, number, key)) for number in sorted({*ahead, *doubted})]
        wrong = [(number, each) for number, each in looked if each is not None]
        reached = ahead[-1] if ahead and ahead[-1] != numbers[-1] else 0  # at the end of the chain it begins anew
        write(partial(_mark, book, reached, [number for number, _ in wrong], at))
        found += [each for _, each in wrong]
    return found


def _unproved_one(book: str, number: int, key: bytes) -> Broken | None:
    """The seal of this number, if it is there and its rows do not prove it."""
    before = Seal.select().where(Seal.book == book, Seal.id < number).order_by(Seal.id.desc()).first()
    seal = Seal.get_or_none(Seal.id == number)
    return _unproved(seal, str(before.digest) if before else "", key) if isinstance(seal, Seal) else None


def _unproved(seal: Seal, before: str, key: bytes) -> Broken | None:
    """A seal whose predecessor has the digest `before`, if its rows do not prove it."""
    said = str(seal.digest)
    with_key = ":" in said
    wrong = Broken(str(seal.book), int(seal.first_id), int(seal.last_id))
    if with_key and not key:
        return None
    if with_key and not said.startswith(f"{_made_with(key)}:"):
        return wrong._replace(other_key=True)
    if not with_key and ":" in before:
        return wrong  # nobody of ours makes a plain one any more
    rows = sql.sealed(book=wrong.book, first=wrong.first, last=wrong.last)
    proved = _digest(before, rows, key if with_key else b"")
    return None if hmac.compare_digest(proved, said) else wrong


def _mark(book: str, reached: int, broken: list[int], at: datetime) -> None:
    ProofMark.insert(book=book, reached=reached, broken=broken, at=at).on_conflict(
        conflict_target=[ProofMark.book], preserve=[ProofMark.reached, ProofMark.broken, ProofMark.at]
    ).execute()
