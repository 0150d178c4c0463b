"""What every register and order of trainings asks of what was typed, and which of them a division sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from clock import local_day
from models import TrainingCourse, TrainingProvider, store
from services import scopes
from services.errors import Refusal, RefusalCode
from services.regions import lineage

C = RefusalCode
REASON_LONGEST = 200


def wrong(field: str) -> Refusal:
    """The refusal that points at one field."""
    return Refusal(C.FIELD_WRONG, field=field)


def texts(given: Mapping[str, str], lengths: Mapping[str, int], *, needed: tuple[str, ...] = ()) -> dict[str, str]:
    """The texts, trimmed. FIELD_WRONG for the first that is too long, or that is `needed` and empty."""
    found = {}
    for field, longest in lengths.items():
        text = given[field].strip()
        if len(text) > longest or "\x00" in text or (field in needed and not text):
            raise wrong(field)
        found[field] = text
    return found


def day(text: str, field: str) -> date:
    """A day from ISO text. FIELD_WRONG."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise wrong(field) from None


def whole(number: int, field: str, *, least: int = 0, most: int) -> int:
    """A whole number within its limits. FIELD_WRONG."""
    if not least <= number <= most:
        raise wrong(field)
    return number


def end(row: TrainingCourse | TrainingProvider, *, reason: str, at: datetime, noted: Callable[[str], None]) -> None:
    """An entry of a register holds no longer from today; what it did stays. Twice is once; `noted` writes the reason
    down. Refusals: REASON_REQUIRED."""
    if not reason.strip():
        raise Refusal(C.REASON_REQUIRED)
    model = type(row)

    def act() -> None:
        once = model.update(to_on=local_day(at).isoformat()).where(model.id == row.id, model.to_on.is_null())
        if once.execute():
            noted(reason.strip()[:REASON_LONGEST])

    store.write(act)


def offered_in(column: Any, region_code: str) -> Any:
    """The condition that what belongs to `column` reaches this division: it is kept here or above."""
    return column.in_(lineage(region_code))


def seen(column: Any, codes: tuple[str, ...]) -> Any:
    """The condition on a register's division that somebody with these divisions sees it: his own and below, and what
    is offered to them from above."""
    above = [code for each in codes for code in lineage(each)]
    return scopes.within(column, codes) | column.in_(above)
