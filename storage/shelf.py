"""What the house asks of the place where uploads lie: four calls, and failures that say what to do.

A thing is put there once, under a name of its own, and never changed; what is put is there whole or not at all. Names
look like `ab/ab12….sealed`; what lies there is sealed by its owner, the place itself need keep no secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Trouble(StrEnum):
    """What a failure means: no answer, or none that can be understood; our key or rights are not enough; no such
    bucket; no room."""

    AWAY = "away"
    REFUSED = "refused"
    NO_BUCKET = "no_bucket"
    FULL = "full"


class StorageFailure(Exception):
    """The place did not do it. `trouble` says what to do; `why` is short and holds neither names nor keys."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(trouble, why)
        self.trouble = trouble
        self.why = why


class Missing(Exception):
    """Nothing lies under this name."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One thing that lies there: its name, and for how many seconds by the place's own clock."""

    name: str
    seconds: float


class Storage(Protocol):
    """A place for uploads. Every call may raise StorageFailure."""

    @property
    def place(self) -> str:
        """Where it is, as its operator knows it."""

    def put(self, name: str, body: bytes) -> None:
        """Lay `body` down; when this returns it outlives a power cut."""

    def get(self, name: str) -> bytes:
        """What lies under `name`; Missing."""

    def delete(self, name: str) -> None:
        """Take it away; no matter if it is gone already."""

    def lying(self, folder: str) -> Iterator[Lying]:
        """Everything whose name begins with `folder/`, whatever it is."""
