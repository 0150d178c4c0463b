"""How service records get into the national system: today a person types them from a file, one day an API (A8).

Whoever writes the API's adapter gives `send` the numbers that came back; the records are then marked at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Protocol

from frozen import dataclass
from services.workbooks import Cell, Page, pages


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of it: the numbers the other side gave (record id → number), or a file to type from."""

    numbers: Mapping[int, str] = field(default_factory=dict)
    file: bytes | None = None


class NationalSystem(Protocol):
    """A way to the national system."""

    def send(
        self, *, title: str, headings: Sequence[str], rows: Sequence[tuple[int, Sequence[Cell]]],
        notes: Sequence[Page] = (),
    ) -> Handed:  # fmt: skip
        """Hand over records: (our id, the cells in the entry form's order); `notes` are for whoever reads the file."""


class FileAdapter:
    """The way there is: an Excel file in the order of the entry form, typed in by an officer, sent back filled in."""

    def send(
        self, *, title: str, headings: Sequence[str], rows: Sequence[tuple[int, Sequence[Cell]]],
        notes: Sequence[Page] = (),
    ) -> Handed:  # fmt: skip
        """The file; nothing is entered yet, so no number comes back."""
        return Handed(file=pages([Page(title, headings, [cells for _, cells in rows]), *notes]))
