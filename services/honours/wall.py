"""The honour wall (荣誉墙, S9): who was honoured, open to everybody; a person by name only as far as he agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clock import local_day
from models import Commendation, Honour, Team, Volunteer
from services import regions, scopes
from services.honours import consent
from services.honours.shapes import OnWall
from services.listing import Found, Wanted, cut

#: A person's place is named down to the county: with his surname it must not point at one house.
PUBLIC_PLACE = 6


def people(*, wanted: Wanted, at: datetime) -> Found[OnWall]:
    """Honours of people that stand, of a division and all below it, the newest first; filter: region."""
    query = (
        Honour.select(Honour, Volunteer)
        .join(Volunteer, on=(Honour.volunteer == Volunteer.id))
        .where(Honour.revoked_at.is_null(), regions.real(Honour.region_code))
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(Honour.region_code, [wanted.chosen("region")]))
    page = cut(query, wanted=wanted, sorts={"at": Honour.id}, default="-at", tie=Honour.id, row=lambda row: row)
    return Found(_people(page.rows, at), page.total, page.page, page.size)


def _people(rows: Sequence[Any], at: datetime) -> list[OnWall]:
    kept = _kept([row.volunteer for row in rows])
    names = consent.shown(list(kept.values()), local_day(at).isoformat())
    places = regions.path_names(sorted({str(row.volunteer.region_code)[:PUBLIC_PLACE] for row in rows}))
    given = regions.path_names(sorted({str(row.region_code) for row in rows if not row.awarded_by}))
    return [
        OnWall(
            names[kept[row.volunteer_id].id], False, places[str(row.volunteer.region_code)[:PUBLIC_PLACE]], row.name,
            row.awarded_by or given[row.region_code], row.awarded_on or local_day(row.at).isoformat(), row.posthumous,
        )
        for row in rows
    ]  # fmt: skip


def _kept(people: Sequence[Volunteer]) -> dict[int, Volunteer]:
    """{entry: the person it stands for}: what was merged is its person's now."""
    found = {person.id: person for person in people}
    for _ in range(3):
        into = {person.merged_into_id for person in found.values() if person.state == "merged"} - {None}
        if not into:
            break
        rows = {row.id: row for row in Volunteer.select().where(Volunteer.id.in_(into))}
        found = {
            entry: rows.get(person.merged_into_id or 0, person) if person.state == "merged" else person
            for entry, person in found.items()
        }
    return found


def teams(*, wanted: Wanted) -> Found[OnWall]:
    """Commendations of teams that stand, the newest first; filter: region."""
    query = (
        Commendation.select(Commendation, Team)
        .join(Team)
        .where(Commendation.revoked_at.is_null(), regions.real(Team.region_code))
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(Team.region_code, [wanted.chosen("region")]))
    page = cut(
        query, wanted=wanted, sorts={"at": Commendation.id}, default="-at", tie=Commendation.id, row=lambda row: row
    )
    places = regions.path_names(sorted({str(row.team.region_code) for row in page.rows}))
    rows = [
        OnWall(row.team.name, True, places[row.team.region_code], row.title, row.awarded_by, row.awarded_on, False)
        for row in page.rows
    ]
    return Found(rows, page.total, page.page, page.size)
