"""Anchors: how far every chain of seals has come, written down outside the database each night.

Whoever holds the database can take out the last rows of a book together with their seals, and nothing in it tells. The
line that the worker appended to a file (`ANCHORS_FILE`), and put into the log that leaves the machine, still does.

A restored backup lacks the seals of the time after it: `flask restore` says which, and leaves a line about itself from
which on they are not asked for any more. A copy of the file in other hands still asks for them.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, field
from datetime import datetime
from pathlib import Path
from typing import Any

from frozen import dataclass
from models import JobRun, Seal
from services.bookkeeping import sealing

log = logging.getLogger("hongyao.worker")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A chain as it stood: its book, the last row under a seal, the digest of that seal, when it was written down."""

    book: str
    last_id: int
    digest: str
    at: datetime = field(compare=False)


@dataclass(frozen=True, slots=True)
class Restore:
    """A backup was restored `at`: what was anchored after it was made (`as_of`) is not in the house any more."""

    restored: str
    as_of: datetime
    at: datetime


class AnchorsUnreadable(Exception):
    """A line of the file is no anchor, or the file is gone; the text says which."""


def written_by() -> str:
    """The name of the run that says that this machine has written anchors."""
    return f"anchored on {socket.gethostname()}"


def drop(*, file: str, at: datetime) -> int:
    """Append each chain's newest seal that stands in no anchor yet, and wait for the disk; how many lines."""
    if not file:
        return 0
    known = {(each.book, each.last_id) for each in standing(file)}
    new = [
        Anchor(str(seal.book), int(seal.last_id), str(seal.digest), at)
        for seal in sealing.newest()
        if (seal.book, seal.last_id) not in known
    ]
    if not new:
        return 0
    _append(file, [asdict(each) for each in new])
    for each in new:
        log.info("anchor: %s sealed up to %s: %s", each.book, each.last_id, each.digest)
    return len(new)


def note_restore(*, file: str, backup: str, as_of: datetime, at: datetime) -> None:
    """Append that the house was restored from `backup`, made at `as_of`."""
    if file:
        _append(file, [asdict(Restore(backup, as_of, at))])


def _append(file: str, said: list[dict[str, Any]]) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with Path(file).open("a", encoding="utf-8") as lines:
        for each in said:
            lines.write(json.dumps(each, default=lambda moment: moment.isoformat(timespec="seconds")) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def lost(*, file: str) -> list[tuple[str, int, int]]:
    """(book, last row anchored, last row that its chain has now) of every anchor whose seal is not there as it was.

    AnchorsUnreadable where the file itself was damaged, or is gone though this machine has written into it.
    """
    if file and not Path(file).exists():
        wrote = JobRun.get_or_none(JobRun.name == written_by())
        if wrote is not None:
            raise AnchorsUnreadable(f"{file} is gone; this machine wrote into it on {wrote.started_at:%Y-%m-%d}")
    return _missing(standing(file))


def _missing(anchors: list[Anchor]) -> list[tuple[str, int, int]]:
    found = []
    for each in anchors:
        kept = {str(seal.digest) for seal in Seal.select().where(Seal.book == each.book, Seal.last_id == each.last_id)}
        if each.digest not in kept:
            last = Seal.select().where(Seal.book == each.book).order_by(Seal.id.desc()).first()
            found.append((each.book, each.last_id, int(last.last_id) if last is not None else 0))
    return found


def beyond(*, file: str, as_of: datetime) -> list[tuple[str, int, int]]:
    """As `lost`, of what was anchored after `as_of`: what a backup of that moment cannot hold, the furthest by book."""
    later = [each for each in standing(file) if each.at > as_of]
    return list({found[0]: found for found in sorted(_missing(later))}.values())


def standing(file: str) -> list[Anchor]:
    """The anchors that are asked for: those of the time between a backup and its restoration are not."""
    found: list[Anchor] = []
    for each in _read(file) if file else ():
        if isinstance(each, Anchor):
            found.append(each)
        else:
            found = [anchor for anchor in found if anchor.at <= each.as_of]
    return found


def restores(file: str) -> list[Restore]:
    """The restorations that the file tells of, for whoever compares it with what he knows."""
    return [each for each in _read(file) if isinstance(each, Restore)] if file else []


def _read(file: str) -> Iterator[Anchor | Restore]:
    if not Path(file).exists():
        return
    with Path(file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                at = datetime.fromisoformat(said["at"])
                if "restored" in said:
                    yield Restore(str(said["restored"]), datetime.fromisoformat(said["as_of"]), at)
                else:
                    yield Anchor(str(said["book"]), int(said["last_id"]), str(said["digest"]), at)
            except (ValueError, KeyError, TypeError):
                raise AnchorsUnreadable(f"line {number} of {file} is no anchor") from None
