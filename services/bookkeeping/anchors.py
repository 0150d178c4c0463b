"""Anchors: how far every chain of seals has come, written down outside the database each night.

Whoever holds the database can take out the last rows of a book together with their seals, and nothing in it tells. The
line that the worker appended to a file (`ANCHORS_FILE`), and put into the log that leaves the machine, still does.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from models import Seal
from services.bookkeeping import sealing

log = logging.getLogger("hongyao.worker")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A chain as it stood: its book, the last row under a seal, the digest of that seal."""

    book: str
    last_id: int
    digest: str


class AnchorsUnreadable(Exception):
    """A line of the file is no anchor; the text says which."""


def drop(*, file: str, at: datetime) -> int:
    """Append each chain's newest seal that stands in no anchor yet, and wait for the disk; how many lines."""
    if not file:
        return 0
    known = {(each.book, each.last_id) for each in _read(file)}
    new = [
        Anchor(str(seal.book), int(seal.last_id), str(seal.digest))
        for seal in sealing.newest()
        if (seal.book, seal.last_id) not in known
    ]
    if not new:
        return 0
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with Path(file).open("a", encoding="utf-8") as lines:
        for each in new:
            lines.write(json.dumps({**asdict(each), "at": at.isoformat(timespec="seconds")}) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    for each in new:
        log.info("anchor: %s sealed up to %s: %s", each.book, each.last_id, each.digest)
    return len(new)


def lost(*, file: str) -> list[tuple[str, int, int]]:
    """(book, last row anchored, last row that its chain has now) of every anchor whose seal is not there as it was.

    AnchorsUnreadable where the file itself was damaged.
    """
    found = []
    for each in _read(file) if file else ():
        kept = {str(seal.digest) for seal in Seal.select().where(Seal.book == each.book, Seal.last_id == each.last_id)}
        if each.digest not in kept:
            last = Seal.select().where(Seal.book == each.book).order_by(Seal.id.desc()).first()
            found.append((each.book, each.last_id, int(last.last_id) if last is not None else 0))
    return found


def _read(file: str) -> Iterator[Anchor]:
    if not Path(file).exists():
        return
    with Path(file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                yield Anchor(str(said["book"]), int(said["last_id"]), str(said["digest"]))
            except (ValueError, KeyError, TypeError):
                raise AnchorsUnreadable(f"line {number} of {file} is no anchor") from None
