"""Honours of people in the console: the list of what one's divisions gave or whose people hold it (S105)."""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from frozen import dataclass
from models import Honour, Volunteer
from services import decisions, regions, scopes
from services.actors import Actor
from services.listing import Found, Wanted, cut


@dataclass(frozen=True, slots=True)
class Line:
    """An honour in the list; `revokes`: the reader may take it back."""

    code: str
    public_no: str
    person: str
    place: str
    name: str
    year: str
    awarded_by: str
    day: str
    standing: bool
    why: str
    revokes: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """Given by the divisions where the actor may look. Filters: region, year, state (standing, revoked)."""
    query = (
        Honour.select(Honour, Volunteer)
        .join(Volunteer, on=(Honour.volunteer == Volunteer.id))
        .where(scopes.within(Honour.region_code, scopes.readable(actor=actor, at=at)))
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(Honour.region_code, [wanted.chosen("region")]))
    if wanted.chosen("year"):
        query = query.where(Honour.year == wanted.chosen("year"))
    if wanted.chosen("state"):
        query = query.where(Honour.revoked_at.is_null(wanted.chosen("state") == "standing"))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | Honour.name.contains(wanted.text))
    page = cut(query, wanted=wanted, sorts={"at": Honour.id}, default="-at", tie=Honour.id, row=lambda row: row)
    places = regions.path_names(sorted({str(row.region_code) for row in page.rows}))
    lines = [
        Line(
            row.code, row.volunteer.public_no, row.volunteer.name, places[row.region_code], row.name, row.year,
            row.awarded_by or places[row.region_code], row.awarded_on or local_day(row.at).isoformat(),
            row.revoked_at is None, row.revoked_why,
            row.revoked_at is None and decisions.may_decide(
                actor=actor, region_code=str(row.region_code), parties=[row.volunteer_id], at=at
            ),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)
