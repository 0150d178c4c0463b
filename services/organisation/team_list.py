"""The teams somebody leads, or whose divisions he manages: page by page."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Team
from services import leading, regions, scopes
from services.actors import Actor
from services.listing import Found, Wanted, cut
from services.organisation import composition
from services.organisation.teams import people


@dataclass(frozen=True, slots=True)
class LedLine:
    """A team that is the reader's to lead."""

    code: str
    name: str
    place: str
    leader: str
    members: int


def led(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[LedLine]:
    """The teams the actor leads or whose division he manages, by division; none for who leads nothing."""
    query = Team.select().where(leading.led(actor=actor, at=at))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text))
    sorts = {"name": Team.name, "region": Team.region_code}
    page = cut(query, wanted=wanted, sorts=sorts, default="region", tie=Team.id, row=lambda row: row)
    counts = composition.counted([row.id for row in page.rows])
    places = regions.path_names([row.region_code for row in page.rows])
    leaders = people({row.leader_id for row in page.rows})
    lines = [
        LedLine(
            row.code, row.name, places[row.region_code], leaders.get(row.leader_id, ("", ""))[1],
            counts.get(row.id, (0, 0))[0],
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def name_of(*, actor: Actor, team_code: str, at: datetime) -> str:
    """What a team is called, for those who lead it or may look at its division; "" for everybody else."""
    seen = leading.led(actor=actor, at=at) | scopes.within(
        Team.region_code, scopes.readable(actor=actor, at=at)
    )
    found = Team.select(Team.name).where(Team.code == team_code, seen).scalar()
    return str(found or "")
