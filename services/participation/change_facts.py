"""What a move looks like, of an activity or of one of its shifts: old and new, who was told, who has read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass

#: What makes people come at the wrong time or to the wrong place if they are not told.
MOVES = ("starts_at", "ends_at", "place")
#: Whoever stands so on a list is told, and is asked to say that he has read it.
TOLD = ("confirmed", "offered", "pending", "waitlisted")


@dataclass(frozen=True, slots=True)
class Change:
    """One move: (field, old, new), moments as datetimes, and whether the reader has said 知道了. `shift` is the name of
    the position whose shift alone moved, "" for the whole activity; `version` counts the moves of what moved."""

    version: int
    at: datetime
    fields: tuple[tuple[str, Any, Any], ...]
    read: bool
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a move has come over: how many have read it, and who has not (public number, name)."""

    change: Change
    told: int
    read: int
    open: tuple[tuple[str, str], ...]


def plain(value: Any) -> Any:
    """As it is kept: moments as ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else value


def fields_of(changes: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """What was kept, in the order of the page, moments as datetimes again."""
    return tuple(
        (name, _moment(name, pair[0]), _moment(name, pair[1]))
        for name, pair in sorted(changes.items(), key=lambda pair: MOVES.index(pair[0]))
    )


def _moment(field: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if field.endswith("_at") else value
