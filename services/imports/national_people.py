"""Numbers and hours as the national system exports them: the number is verified, the hours are kept to compare."""

from __future__ import annotations

from collections.abc import Sequence

from models import NationalFigure, Volunteer
from services import audit
from services.errors import RefusalCode
from services.imports import lookups
from services.imports.rows import Context, Judged, begun
from services.imports.sheets import Line
from services.national.numbers import check_number

C = RefusalCode


def keys(context: Context, line: Line) -> list[tuple[str, str]]:
    """A person stands in a file once, and so does a number."""
    return [
        ("document", context.parts.vault.index("id_no", line.cell("document"))),
        ("national_no", line.cell("national_no")),
    ]


def judge(context: Context, lines: Sequence[Line]) -> list[Judged]:
    """The person by his ID number; the number must be nobody else's."""
    known = lookups.people(context.parts, (line.cell("document").upper() for line in lines))
    holders = lookups.number_holders(line.cell("national_no") for line in lines)
    members = lookups.memberships(person.id for person in known.values())
    figures = _figures([person.id for person in known.values()])
    judgements = []
    for line in lines:
        judged = begun(line)
        judgements.append(judged)
        number = (
            judged.checked("national_no", check_number, line.cell("national_no"))
            if not judged.problems
            else None
        )
        as_of = line.cell("as_of") or context.today
        if as_of > context.today:
            judged.wrong("as_of", C.CELL_DAY)
        if judged.verdict == "refused" or number is None:
            continue
        lookups.made_up(judged, line.cell("document"), context.region_code)
        found = known.get(line.cell("document").upper())
        mine = members.get(found.id, []) if found else []
        person = lookups.known_person(judged, found, line.cell("name"), context.region_code, mine)
        if person is None:
            continue
        if holders.get(number, person.id) != person.id:
            judged.wrong("national_no", C.ROW_NUMBER_TAKEN)
            continue
        judged.subject = f"volunteer:{person.id}"
        judged.plan = (person, number, as_of)
        if person.national_no != number:
            judged.change("national_no", person.national_no, number)
        if person.national_state != "verified":
            judged.change("national_state", person.national_state, "verified")
        if line.cell("minutes"):
            last = figures.get(person.id)
            if last is None or last != (int(line.cell("minutes")), as_of):
                judged.change("national_minutes", "" if last is None else str(last[0]), line.cell("minutes"))
    return judgements


def _figures(people: list[int]) -> dict[int, tuple[int, str]]:
    """{person: (minutes, day)} as the national system last told."""
    found: dict[int, tuple[int, str]] = {}
    if people:
        query = NationalFigure.select().where(NationalFigure.volunteer.in_(people))
        for row in query.order_by(NationalFigure.as_of, NationalFigure.id):
            found[row.volunteer_id] = (row.minutes, row.as_of)
    return found


def apply(context: Context, line: Line, judged: Judged) -> str:
    """The number is verified by the file; the hours are one more line, never an edit."""
    person, number, as_of = judged.plan
    if {"national_no", "national_state"} & set(judged.changes):
        Volunteer.update(
            national_no=number, national_state="verified", national_at=context.at,
            national_by=context.actor.volunteer_id,
        ).where(Volunteer.id == person.id).execute()  # fmt: skip
    if "national_minutes" in judged.changes:
        NationalFigure.create(
            volunteer=person.id,
            minutes=int(line.cell("minutes")),
            as_of=as_of,
            batch=context.batch_id,
            at=context.at,
        )
    audit.changed(
        actor=context.actor, verb="national", subject=f"volunteer:{person.id}", changes=judged.changes,
        reason=f"import:{context.batch_id}", at=context.at,
    )  # fmt: skip
    return f"volunteer:{person.id}"
