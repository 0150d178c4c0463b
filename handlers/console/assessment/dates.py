"""The form of a cycle's phases: which there are, from when to when."""

from __future__ import annotations

from datetime import date

from flask import request

from frozen import dataclass
from handlers.pages.browser import field
from services.assessment.shapes import PhaseDates
from services.errors import Refusal, RefusalCode
from wording import entry, say

#: Extra phases that one form offers; they come before the review.
EXTRAS = 2
ROWS = ("self", "peer", *(f"extra{number}" for number in range(1, EXTRAS + 1)), "review")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form as it was typed; `on`: this phase takes place."""

    key: str
    kind: str
    label: str
    on: bool
    name: str
    opens: str
    closes: str
    weight: str


def shown(phases: tuple[PhaseDates, ...]) -> list[Row]:
    """The form's lines: as they were typed, on the first visit as proposed."""
    if request.method == "POST":
        return [_typed(key) for key in ROWS]
    extras = iter(each for each in phases if each.kind == "extra")
    single = {each.kind: each for each in phases if each.kind != "extra"}
    return [_row(key, single.get(key) if key in single else next(extras, None) if _kind(key) == "extra" else None)
            for key in ROWS]  # fmt: skip


def _kind(key: str) -> str:
    return "extra" if key.startswith("extra") else key


def _label(key: str) -> str:
    return "另加的阶段" if _kind(key) == "extra" else str(entry("assessment.phases")[key])


def _row(key: str, phase: PhaseDates | None) -> Row:
    if phase is None:
        return Row(key, _kind(key), _label(key), False, "", "", "", "")
    return Row(
        key, phase.kind, _label(key), True, phase.name, phase.opens_on.isoformat(), phase.closes_on.isoformat(),
        str(phase.weight or ""),
    )  # fmt: skip


def _typed(key: str) -> Row:
    return Row(
        key, _kind(key), _label(key), key == "review" or bool(field(f"{key}-on", 2)), field(f"{key}-name", 20),
        field(f"{key}-opens", 10), field(f"{key}-closes", 10), field(f"{key}-weight", 3),
    )  # fmt: skip


def read() -> list[PhaseDates]:
    """What was typed. Refusals: ASSESSMENT_DATES where a day or a weight is none."""
    found = []
    for row in (_typed(key) for key in ROWS):
        if row.on:
            found.append(
                PhaseDates(
                    row.kind, day(row.opens, row.label), day(row.closes, row.label), row.name,
                    int(row.weight) if row.weight.isascii() and row.weight.isdigit() else 0,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (each.kind == "review", each.opens_on))


def day(text: str, name: str) -> date:
    """A day that was typed. Refusals: ASSESSMENT_DATES."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        why = say("scores.no_day", name=name)
        raise Refusal(RefusalCode.ASSESSMENT_DATES, why=why, what="day") from None
