"""Whose matters of hours a reader sees: those of the teams he leads and of the divisions he may look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services import permissions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.permissions import LEADING

#: The longest text anybody writes here.
LONGEST = 500


def within_reach(*, actor: Actor, team: Any, region: Any, at: datetime) -> Any:
    """The condition on a team's and a division's column. Refusals: NOT_ALLOWED to somebody without any right."""
    teams = [
        grant.team_id
        for grant in permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
        if grant.team_id is not None and grant.role in LEADING
    ]
    readable = scopes.readable(actor=actor, at=at)
    if not teams and not readable:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return scopes.within(region, readable) | team.in_(teams)


def reaches(*, actor: Actor, team_id: int, region_code: str, at: datetime) -> bool:
    """Whether the reader may see a matter of this team."""
    readable = scopes.readable(actor=actor, at=at)
    return scopes.covers(readable, region_code) or permissions.leads(actor=actor, team_id=team_id, at=at)


def words_of(text: str, *, empty: RefusalCode = RefusalCode.REASON_REQUIRED) -> str:
    """What somebody wrote, trimmed. Refusals: `empty`, TEXT_TOO_LONG."""
    found = text.strip()
    if not found:
        raise Refusal(empty)
    if len(found) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)
    return found


def registered(actor: Actor) -> int:
    """The person who acts. Refusals: NOT_REGISTERED."""
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    return actor.volunteer_id
