"""A row of an import on its way: judged against what we know, applied as a whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Any, Protocol

from clock import local_day
from frozen import dataclass
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.imports.sheets import Line
from services.parts import Parts


@dataclass(frozen=True, slots=True)
class Context:
    """Under which a row is judged: the keys, where the importer works, who he is, the batch, the moment."""

    parts: Parts
    region_code: str
    actor: Actor
    batch_id: int
    at: datetime
    #: What a whole dry run remembers of its earlier rows.
    memory: dict[Any, Any] = field(default_factory=dict)

    @property
    def today(self) -> str:
        """The Shanghai day."""
        return self.day.isoformat()

    @property
    def day(self) -> date:
        """The same as a date; asked for in every row."""
        found: date | None = self.memory.get(date)
        if found is None:
            found = self.memory[date] = local_day(self.at)
        return found


@dataclass(slots=True)
class Judged:
    """What becomes of a row; `plan` holds what `apply` needs and is never stored."""

    verdict: str = "same"
    problems: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    subject: str = ""
    plan: Any = None

    def wrong(self, column: str, code: RefusalCode) -> None:
        """The row is refused for what stands in this column."""
        self.verdict = "refused"
        if all(named != column for named, _ in self.problems):
            self.problems.append((column, code.value))

    def checked(self, column: str, check: Any, *facts: Any, **named: Any) -> Any:
        """What `check` makes of a cell; its "no" is the column's, and None comes back."""
        try:
            return check(*facts, **named)
        except Refusal as refusal:
            self.wrong(column, refusal.code)
            return None

    def change(self, name: str, old: str, new: str) -> None:
        """A field that will be another; phones and numbers of papers are named, not told."""
        if self.verdict != "refused":
            self.verdict = "changed"
            self.changes[name] = [old, new]


def begun(line: Line) -> Judged:
    """A judgement that starts with what the reader found."""
    judged = Judged()
    for column, code in line.faults:
        judged.wrong(column, RefusalCode(code))
    return judged


class Kind(Protocol):
    """One kind of file: a module with these three functions."""

    def keys(self, context: Context, line: Line) -> list[tuple[str, str]]:
        """[(column, what two rows of one file must not share there)]; the second row is refused. "" is no key."""

    def judge(self, context: Context, lines: Sequence[Line]) -> list[Judged]:
        """What would become of these rows now; look-ups for all of them at once. Changes nothing."""

    def apply(self, context: Context, line: Line, judged: Judged) -> str:
        """Do it, inside the caller's write, right after `judge`; the subject (`volunteer:7`)."""
