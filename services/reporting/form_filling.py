"""Filling the superior's form: each named cell with its figure of a division and a period, from counted months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from clock import local_day, to_millis
from models import OfficeFormCell
from queries import statistics as people
from services import audit, regions, scopes
from services.actors import Actor
from services.dates import Period, month_after, month_of, period
from services.errors import Refusal, RefusalCode
from services.reporting import form_books, forms
from services.statistics import figures
from services.statistics.figures import Asked, Line
from services.times import day_starts
from wording import say

#: What a figure is, of the line that statistics counts.
OF_LINE: Mapping[str, Callable[[Line], int]] = {
    "teams": lambda line: line.teams or 0, "members": lambda line: line.members or 0,
    "active": lambda line: line.active, "activities": lambda line: line.activities,
    "attendances": lambda line: line.attendances, "hours": lambda line: (line.minutes - line.transferred) // 60,
    "transferred_hours": lambda line: line.transferred // 60,
    "supplement_hours": lambda line: line.supplement // 60, "served": lambda line: line.served,
    "hand_activities": lambda line: line.hand_activities, "hand_attendances": lambda line: line.hand_attendances,
    "hand_hours": lambda line: line.hand_minutes // 60, "hand_served": lambda line: line.hand_served,
}  # fmt: skip
Key = tuple[str, str, str, str]


def fill(*, actor: Actor, code: str, region_code: str, period_text: str, at: datetime) -> tuple[str, bytes]:
    """(name, the filled form) for a division and a period (`2026`, `2026Q2`, `2026-06`).

    Refusals: NOT_FOUND (no such form, or a division that is none of the actor's business), FIELD_WRONG (`period`).
    """
    form = forms.seen(actor=actor, code=code, at=at)
    mine = scopes.countable(actor=actor, at=at)
    if not scopes.covers(mine, region_code):
        raise Refusal(RefusalCode.NOT_FOUND)
    chosen = period(period_text)
    if chosen is None:
        raise Refusal(RefusalCode.FIELD_WRONG, field="period")
    cells = list(OfficeFormCell.select().where(OfficeFormCell.form == form.id))
    if not all(scopes.covers(mine, each.place) for each in cells if each.place):
        raise Refusal(RefusalCode.NOT_FOUND)
    lines: dict[Key, Line] = {}
    values = {(each.sheet, each.cell): _value(each, region_code, chosen, lines, at) for each in cells}
    audit.note(
        actor=actor, verb="export", subject=f"form:{form.id}", detail={"region": region_code, "period": chosen.text},
        at=at, region_code=region_code,
    )  # fmt: skip
    name = f"{form.name}-{regions.name_of(region_code)}-{chosen.text}"
    return name, form_books.filled(bytes(form.body), values)


def _value(
    cell: OfficeFormCell, region_code: str, chosen: Period, lines: dict[Key, Line], at: datetime
) -> int | str:
    place = cell.place or region_code
    if cell.figure == "place_name":
        return regions.name_of(place)
    if cell.figure == "made_on":
        return local_day(at).isoformat()
    if cell.figure == "period":
        return say("reports.words.period", first=chosen.first_day, last=chosen.last_day)
    if cell.figure in ("volunteers", "veterans"):
        return _people(place, chosen, at)[0 if cell.figure == "volunteers" else 1]
    key = (place, str(cell.only_kind), str(cell.only_speciality), str(cell.only_domain))
    if key not in lines:
        asked = Asked(place, chosen, "all", kind=key[1], speciality=key[2], domain=key[3])
        lines[key] = next(iter(figures.counted(asked, at).values()), Line("", ""))
    return OF_LINE[cell.figure](lines[key])


def _people(place: str, chosen: Period, at: datetime) -> tuple[int, int]:
    """Registered volunteers and veterans among them: at the end of a period that is over, else as last counted."""
    first, end = regions.below(place)
    if chosen.last < month_of(local_day(at)):
        over = day_starts(date.fromisoformat(f"{month_after(chosen.last, 1)}-01"))
        then = people.people_then(first=first, end=end, before=to_millis(over), day=chosen.last_day)
        return int(then[0]), int(then[1])
    rows = people.sums(cut=len(place), first=first, end=end, year=str(local_day(at).year))
    return sum(int(row[1] or 0) for row in rows), sum(int(row[2] or 0) for row in rows)
