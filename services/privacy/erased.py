"""Who was erased, by number alone, in a file outside the database beside the anchors: a restored backup brings nobody
back who had asked to be forgotten (PIPL §47)."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from frozen import dataclass
from models import AccountClosing, Volunteer
from services.privacy import erasing

NAME = "erased.jsonl"


@dataclass(frozen=True, slots=True)
class Erased:
    """An entry that was erased: its number in the database and the number that people use."""

    number: int
    public_no: str
    at: datetime


class ErasedUnreadable(Exception):
    """A line of the file does not say who; the text says which."""


def beside(anchors_file: str) -> str:
    """Where the list lies; "" where there are no anchors."""
    return str(Path(anchors_file).with_name(NAME)) if anchors_file else ""


def drop(*, file: str) -> int:
    """Append whoever has been erased and does not stand there yet, with the entries that were merged into his, and wait
    for the disk; how many."""
    if not file:
        return 0
    known = {each.number for each in read(file)}
    closed = AccountClosing.select().where(AccountClosing.state == "done").order_by(AccountClosing.id)
    new = [row for row in closed if row.volunteer_id not in known]
    if not new:
        return 0
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with Path(file).open("a", encoding="utf-8") as lines:
        for row in new:
            for each in Volunteer.select().where(Volunteer.id.in_(erasing.entries_of(row.volunteer_id))):
                said = {"number": each.id, "public_no": each.public_no, "at": row.ended_at.isoformat()}
                lines.write(json.dumps(said) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    return len(new)


def read(file: str) -> list[Erased]:
    """Whoever stands there, the first one first; nobody without the file. ErasedUnreadable where it is damaged."""
    if not file or not Path(file).exists():
        return []
    found = []
    with Path(file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                at = datetime.fromisoformat(said["at"])
                found.append(Erased(int(said["number"]), str(said["public_no"]), at))
            except (ValueError, KeyError, TypeError):
                raise ErasedUnreadable(f"line {number} of {file} says nobody") from None
    return found
