"""Telling many people of an assessment, in parts: each part one short write, each letter once.

A letter stands under its kind and an occasion (`12:open`); put again after a stop, it is not doubled. What is no
emergency falls due in the morning, spread so that the platform's limit by the minute is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from clock import to_millis
from frozen import dataclass
from models import Notice
from models.store import Write
from queries import assessment as sql
from services.messaging import catalogue, quiet

#: Messages that fall due in a minute.
A_MINUTE = 6000


@dataclass(slots=True)
class Spread:
    """Counts what was put in one round of the worker, over all cycles, so that it falls due one after the other."""

    put: int = 0

    def due(self, at: datetime) -> datetime:
        """When the next one falls due."""
        return at + timedelta(minutes=self.put // A_MINUTE)


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom, with which facts beside those of all; `about` tells several to one person apart."""

    person: int
    url: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


def send(
    *, kind: str, occasion: str, letters: Sequence[Letter], region_code: str, at: datetime, write: Write,
    spread: Spread, still: Callable[[], bool] = lambda: True, **facts: Any,
) -> int:  # fmt: skip
    """Queue letters of one kind and occasion; how many were new.

    `still` is asked inside each write, whether the occasion stands; where it does not, nothing more is put. What an
    earlier try put is left out beforehand, so that a worker that dies again and again comes further each time.
    """
    notice_id, letters = begin(kind, occasion, letters, at=at, write=write)
    put = 0
    for start in range(0, len(letters), sql.PART):
        part = letters[start : start + sql.PART]

        def act(part: Sequence[Letter] = part) -> int | None:
            if not still():
                return None
            return in_write(
                kind=kind, notice_id=notice_id, occasion=occasion, letters=part, region_code=region_code, at=at,
                spread=spread, **facts,
            )  # fmt: skip

        made = write(act)
        if made is None:
            break
        put += made
    return put


def begin(
    kind: str, occasion: str, letters: Sequence[Letter], *, at: datetime, write: Write
) -> tuple[int, Sequence[Letter]]:
    """The notice of an occasion and the letters that nobody has put under it yet."""
    if not letters:
        return 0, letters
    found = notice(kind, occasion, at=at, write=write)
    keys, start = sql.put_before(found), f"{kind}:{occasion}:"
    return found, [each for each in letters if start + _end(each) not in keys]


def notice(kind: str, occasion: str, *, at: datetime, write: Write) -> int:
    """The notice that an occasion's letters stand under; a write only where there is none yet."""
    return _standing(kind, occasion) or write(lambda: head(kind, occasion, at))


def in_write(
    *, kind: str, notice_id: int, occasion: str, letters: Sequence[Letter], region_code: str, at: datetime,
    spread: Spread, **facts: Any,
) -> int:  # fmt: skip
    """Queue letters inside the caller's write (PART at most); how many were new."""
    due_at = spread.due(quiet.morning(region_code=region_code, at=at))
    line = catalogue.kind(kind)
    title = catalogue.words(kind, **facts, **letters[0].facts)[0]
    put = sql.put_letters(
        notice_id=notice_id, kind=kind, key=f"{kind}:{occasion}:", priority=line.priority, title=title,
        letters=_packed(kind, letters, facts, at), due_at=to_millis(due_at), expires_at=to_millis(due_at + line.lasts),
        now=to_millis(at),
    )  # fmt: skip
    spread.put += put
    if put:
        Notice.update(recipients=Notice.recipients + put).where(Notice.id == notice_id).execute()
    return put


def _packed(
    kind: str, letters: Sequence[Letter], facts: Mapping[str, Any], at: datetime
) -> list[tuple[int, str, str, str, str]]:
    """(person, body, path, template, end of the key) of each; what is the same for all is made once."""
    made: dict[tuple[Any, ...], tuple[str, str]] = {}
    packed = []
    for each in letters:
        own = tuple(each.facts.items())
        if own not in made:
            whole = {**facts, **each.facts}
            values = catalogue.fitted(kind, catalogue.values(kind, moment=at, **whole))
            made[own] = catalogue.words(kind, **whole)[1], catalogue.packed(catalogue.kind(kind).form, values)
        body, data = made[own]
        packed.append((each.person, body, each.url, data, _end(each)))
    return packed


def _end(letter: Letter) -> str:
    return f"{letter.about}{':' if letter.about else ''}{letter.person}"


def _standing(kind: str, occasion: str) -> int | None:
    number: int | None = Notice.select(Notice.id).where(Notice.kind == kind, Notice.text == occasion).limit(1).scalar()
    return number


def head(kind: str, occasion: str, at: datetime) -> int:
    """The notice that an occasion's letters stand under, inside the caller's write."""
    return _standing(kind, occasion) or int(Notice.create(kind=kind, text=occasion, created_at=at).id)
