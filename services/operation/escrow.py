"""The keys on paper, in a safe: a lost `DATA_KEYS` is a lost database. `flask key-sheet` prints the sheet; the
operator is reminded every week until somebody has said where it lies.

Keys are told apart by their mark, some digits of a digest, from which nobody gets them back. New keys need a new sheet.
"""

from __future__ import annotations

# Every process marks its keys at its start; what reads tables is imported where it is needed.
import base64
from collections.abc import Mapping
from datetime import datetime

from clock import local_day
from services.actors import OPERATOR
from services.codes import key_mark
from services.parts import Parts
from wording import say

SUBJECT, VERB, PRINTED = "house:keys", "keys.kept", "keys.printed"
LEAST_KEEPERS = 2


class NotKept(Exception):
    """What was said does not make it a sheet that is kept; the text is one sentence for the operator."""


class TooFewKeepers(NotKept):
    """One person alone must not be the only one who can open the database again."""


class NowhereKept(NotKept):
    """A sheet that nobody can tell the place of is not found when it is needed."""


def sheet(*, keys: Mapping[str, bytes], brand: str, url: str, at: datetime) -> str:
    """The sheet to be printed: every key as base64 with the check digits of its own line, and where to sign."""
    lines = [
        say("escrow.key", name=name, value=_in_fours(key), mark=key_mark({name: key})) for name, key in keys.items()
    ]
    return say(
        "escrow.sheet", brand=brand, url=url, day=local_day(at).isoformat(), keys="\n".join(lines), mark=key_mark(keys)
    )


def _in_fours(key: bytes) -> str:
    text = base64.b64encode(key).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def note_printed(*, of_keys: str, at: datetime) -> None:
    """Write down that the sheet was printed: whoever did it holds every key."""
    from services import audit

    audit.note(actor=OPERATOR, verb=PRINTED, subject=SUBJECT, detail={"mark": of_keys}, at=at)


def confirm(*, of_keys: str, keepers: list[str], where: str, at: datetime) -> None:
    """Write down that the sheet of these keys is kept, by whom and where. TooFewKeepers below two, NowhereKept."""
    from services import audit

    names = sorted({name.strip() for name in keepers if name.strip()})
    if len(names) < LEAST_KEEPERS:
        raise TooFewKeepers(f"name {LEAST_KEEPERS} people who can get at the sheet (--kept-by, twice)")
    if not where.strip():
        raise NowhereKept("say where the sheet lies (--where)")
    audit.note(
        actor=OPERATOR, verb=VERB, subject=SUBJECT, at=at,
        detail={"mark": of_keys, "keepers": "、".join(names), "where": where.strip()},
    )  # fmt: skip


def is_kept(of_keys: str) -> bool:
    """Whether somebody has said where the sheet of these keys lies."""
    from models import AuditEntry

    rows = AuditEntry.select(AuditEntry.detail).where(AuditEntry.subject == SUBJECT, AuditEntry.verb == VERB)
    return any(row.detail.get("mark") == of_keys and row.detail.get("where") for row in rows)


def is_missing(parts: Parts) -> bool:
    """Whether the operator must be reminded: on a public address only."""
    return parts.https and not parts.demo and not is_kept(parts.key_mark)
