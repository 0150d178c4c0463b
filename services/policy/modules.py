"""Which parts of the programme a division uses: mall, assessment, dispatch …; what is off is not there to see."""

from __future__ import annotations

from datetime import datetime

from models import Team
from services import permissions, rules
from services.actors import Actor
from services.errors import Refusal, RefusalCode


def is_on(*, module: str, region_code: str, at: datetime) -> bool:
    """Whether this division uses the module."""
    return bool(rules.rule("modules", region_code, at).params[module])


def modules_of(*, region_code: str, at: datetime) -> frozenset[str]:
    """The modules that are on in this division."""
    return frozenset(name for name, on in rules.rule("modules", region_code, at).params.items() if on)


def require(*, module: str, region_code: str, at: datetime) -> None:
    """Go on where the module is on. Refusal: MODULE_OFF."""
    if not is_on(module=module, region_code=region_code, at=at):
        raise Refusal(RefusalCode.MODULE_OFF)


def open_to(*, actor: Actor, at: datetime) -> frozenset[str]:
    """The modules that are on in any place where the actor has a right: what the console shows him."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    places = {g.region_code for g in grants if g.region_code is not None}
    own = [g.team_id for g in grants if g.team_id is not None]
    if own:
        places |= {team.region_code for team in Team.select(Team.id, Team.region_code).where(Team.id.in_(own))}
    found: frozenset[str] = frozenset()
    for place in places:
        found |= modules_of(region_code=place, at=at)
    return found
