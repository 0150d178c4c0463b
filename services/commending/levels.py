"""The way of a nomination: from the division of whom it honours, level by level, to the one that has the last word."""

from __future__ import annotations

from datetime import datetime

from models import Centre
from services import permissions, regions
from services.actors import Actor


def up_to(region_code: str, award_region: str) -> list[str]:
    """The divisions with a centre from `region_code` up to `award_region`, the lowest first."""
    way = [code for code in reversed(regions.lineage(region_code)) if code.startswith(award_region)]
    known = {row.region_code for row in Centre.select().where(Centre.region_code.in_(way))}
    return [code for code in way if code in known]


def first(*, actor: Actor, levels: list[str], at: datetime) -> str:
    """Who has the word first: the level above the proposer's own, the awarding one at the latest; for a team's leader
    and for who proposes himself, the lowest."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    own = min(
        (len(g.region_code) for g in grants if g.region_code and g.role in permissions.MANAGING
         and levels[0].startswith(g.region_code)), default=0,
    )  # fmt: skip
    if not own:
        return levels[0]
    return next((code for code in levels if len(code) < own), levels[-1])
