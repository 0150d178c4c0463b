"""Teams that were there before the programme (S35): taken in as they are, what is missing told (S67).

A team that is registered in the national system keeps its name with its number; its standard name stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import Centre, Region, Speciality, Team
from services import audit
from services.codes import new_code
from services.errors import RefusalCode
from services.imports import lookups
from services.imports.rows import Context, Judged, begun
from services.imports.sheets import Line
from services.organisation import names
from services.permissions import CLOSED_TEAMS
from services.regions import lineage

C = RefusalCode


@dataclass(slots=True)
class Plan:
    """A checked row."""

    team: Team | None
    standard: str
    kind: str
    speciality: str
    centre_id: int
    short: str


def keys(context: Context, line: Line) -> list[tuple[str, str]]:
    """A team stands in a file once, and so does a number."""
    return [("name", f"{line.cell('region')}|{line.cell('name')}"), ("national_no", line.cell("national_no"))]


def judge(context: Context, lines: Sequence[Line]) -> list[Judged]:
    """Division, kind, centre; then against teams of the same name or number anywhere."""
    places = lookups.regions(line.cell("region") for line in lines)
    kinds = {row.name: row for row in Speciality.select().where(Speciality.retired_at.is_null())}
    above = {code for place in places for code in lineage(place)}
    centres = {
        row.region_code: row.id for row in Centre.select().where(Centre.region_code.in_(sorted(above)))
    }
    called = sorted({line.cell("name") for line in lines})
    numbers = sorted({line.cell("national_no") for line in lines} - {""})
    query = Team.select().where(Team.name.in_(called) | Team.national_no.in_(numbers))
    known = list(query)
    return [_one(context, line, places, kinds, centres, known) for line in lines]


def _one(
    context: Context, line: Line, places: dict[str, Region], kinds: dict[str, Speciality], centres: dict[str, int],
    known: list[Team],
) -> Judged:  # fmt: skip
    judged = begun(line)
    place = places.get(line.cell("region"))
    if place is None:
        judged.wrong("region", C.REGION_UNKNOWN)
    elif not place.code.startswith(context.region_code):
        judged.wrong("region", C.ROW_OUTSIDE)
    kind = kinds.get(line.cell("speciality"))
    if kind is None:
        judged.wrong("speciality", C.CELL_CHOICE)
    if any(letter in line.cell("name") for letter in "<>=") or len(line.cell("name")) > 60:
        judged.wrong("name", C.CELL_TEXT)
    if line.cell("founded_on") > context.today:
        judged.wrong("founded_on", C.CELL_DAY)
    if len(line.cell("short_name")) > names.SHORT:
        judged.wrong("short_name", C.CELL_TEXT)
    if place is None or kind is None or judged.verdict == "refused":
        return judged
    centre = next((centres[code] for code in reversed(lineage(place.code)) if code in centres), None)
    if centre is None:
        judged.wrong("region", C.ROW_NO_CENTRE)
        return judged
    facts: dict[str, Any] = {"region": place, "kind": kind.kind, "speciality": kind.name}
    standard = names.standard_name(**facts, brand=context.parts.brand)
    short = line.cell("short_name") or names.short_name(**facts)
    judged.plan = Plan(_same(judged, line, known), standard, kind.kind, kind.code, centre, short)
    if (
        judged.plan.team is None
        and names.plain(line.cell("name")) != names.plain(standard)
        and not line.cell("national_no")
    ):
        judged.wrong("national_no", C.ROW_NEEDS_NUMBER)
    if judged.verdict != "refused":
        _compare(judged, line)
    return judged


def _same(judged: Judged, line: Line, known: list[Team]) -> Team | None:
    """The team that is here already: the same number, or the same name at the same place."""
    number = line.cell("national_no")
    for team in known:
        same_place = team.region_code == line.cell("region")
        if number and team.national_no == number:
            if not same_place:
                judged.wrong("national_no", C.ROW_NUMBER_TAKEN)
        elif not (team.name == line.cell("name") and same_place):
            continue
        elif number and team.national_no:
            judged.wrong("national_no", C.ROW_TEAM_NAMED)
        if team.state in CLOSED_TEAMS:
            judged.wrong("name", C.TEAM_CLOSED)
        return team
    return None


def _compare(judged: Judged, line: Line) -> None:
    plan: Plan = judged.plan
    team = plan.team
    if team is None:
        judged.verdict = "new"
        judged.changes["standard_name"] = ["", plan.standard]
        return
    judged.subject = f"team:{team.id}"
    for name in ("national_no", "founded_on"):
        old = getattr(team, name) or ""
        if line.cell(name) and not old:
            judged.change(name, old, line.cell(name))


def apply(context: Context, line: Line, judged: Judged) -> str:
    """Found it as existing and regular, or add what its record lacks."""
    plan: Plan = judged.plan
    team = plan.team
    if team is None:
        team = Team.create(
            code=new_code(), name=line.cell("name"), short_name=plan.short, kind=plan.kind, speciality=plan.speciality,
            region_code=line.cell("region"), centre=plan.centre_id, state="regular", standard_name=plan.standard,
            keeps_name=names.plain(line.cell("name")) != names.plain(plan.standard),
            national_no=line.cell("national_no"), existing=True,
            founded_on=line.cell("founded_on") or None, created_at=context.at,
        )  # fmt: skip
    else:
        changed = {name: new for name, (_, new) in judged.changes.items()}
        Team.update(changed).where(Team.id == team.id).execute()
    audit.changed(
        actor=context.actor, verb="imported", subject=f"team:{team.id}",
        changes=judged.changes, reason=f"import:{context.batch_id}", at=context.at,
    )  # fmt: skip
    return f"team:{team.id}"
