"""Where somebody lives: put right by himself as long as he never belonged to a team (住的地方填错了).

Afterwards his centre, his leaders and his hours hang on it: then a move is a transfer (`services/lives/transfers.py`).
"""

from __future__ import annotations

from datetime import datetime

from models import TeamMember, Volunteer, store
from services import audit, limits, regions
from services.actors import Actor
from services.errors import Refusal, RefusalCode

TRIES, TRIES_SECONDS = 5, 24 * 3600


def may_correct(*, volunteer_id: int) -> bool:
    """Whether he can still put right himself where he lives: he has never been in a team."""
    return not TeamMember.select().where(TeamMember.volunteer == volunteer_id).exists()


def correct(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Put right the division in which the actor lives. The same one again changes nothing.

    Refusals in order: NOT_REGISTERED, REGION_UNKNOWN (also from or into the practice area), HOME_FIXED (is or was in
    a team), TOO_MANY_TRIES.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    volunteer_id = actor.volunteer_id
    place = regions.region(region_code).code
    old = str(Volunteer.get_by_id(volunteer_id).region_code)
    if regions.in_practice(place) != regions.in_practice(old):
        raise Refusal(RefusalCode.REGION_UNKNOWN)
    if not may_correct(volunteer_id=volunteer_id):
        raise Refusal(RefusalCode.HOME_FIXED)
    if place == old:
        return
    limits.count(key=f"home|{volunteer_id}", limit=TRIES, seconds=TRIES_SECONDS, at=at)

    def act() -> None:
        if not may_correct(volunteer_id=volunteer_id):
            raise Refusal(RefusalCode.HOME_FIXED)
        Volunteer.update(region_code=place, version=Volunteer.version + 1).where(Volunteer.id == volunteer_id).execute()
        audit.changed(
            actor=actor, verb="home.corrected", subject=f"volunteer:{volunteer_id}",
            changes={"region_code": [old, place]}, at=at,
        )  # fmt: skip

    store.write(act)
