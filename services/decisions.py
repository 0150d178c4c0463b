"""Requester, decider and the one who gains are never one person; where posts coincide, one centre up decides.

A matter belongs to a division. Its managers decide, those of every division above may; nobody decides on a matter
he is a party to. So a station whose only officer applied waits for the county, without a switch to set anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from models import ProxyAct, RoleGrant, Volunteer
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.permissions import MANAGING
from services.regions import lineage


def require_decider(
    *,
    actor: Actor,
    region_code: str,
    parties: Collection[int | None],
    at: datetime,
    team_id: int | None = None,
) -> None:
    """Go on only for one who manages this division and is no party to the matter.

    With `team_id` the matter is a team's own (hours, presence): another one who leads the team decides, too.
    Refusals: NOT_FOUND / NOT_ALLOWED (`permissions.require_manage`, `require_lead`), OWN_RECORD (a party, whatever
    his roles, or one whose only right is held in a party's stead). The house decides nothing: a rule may act, but
    not approve.
    """
    if actor.is_house:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if team_id is None:
        permissions.require_manage(actor=actor, region_code=region_code, at=at)
    else:
        permissions.require_lead(actor=actor, team_id=team_id, at=at)
    if not may_decide(actor=actor, region_code=region_code, parties=parties, at=at, team_id=team_id):
        raise Refusal(RefusalCode.OWN_RECORD)


def may_decide(
    *,
    actor: Actor,
    region_code: str,
    parties: Collection[int | None],
    at: datetime,
    team_id: int | None = None,
) -> bool:
    """Whether `require_decider` would let the actor go on."""
    if actor.is_house or actor.volunteer_id is None or actor.volunteer_id in parties:
        return False
    if team_id is not None:
        return permissions.leads(actor=actor, team_id=team_id, at=at, parties=parties)
    return any(
        grant.role in MANAGING
        and grant.region_code is not None
        and region_code.startswith(grant.region_code)
        and not permissions.stands_for(grant, parties)
        for grant in permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    )


def hands(*, volunteer_id: int, about: Collection[str]) -> set[int]:
    """Who wrote a person's request for him on paper (代办): a party to it, he does not decide on it. `about`: codes."""
    rows = ProxyAct.select(ProxyAct.actor).where(
        ProxyAct.volunteer == volunteer_id, ProxyAct.subject.in_(list(about))
    )
    return {int(row.actor_id) for row in rows}


def own_matters(*, actor: Actor, region_code: str, at: datetime, team_id: int | None = None) -> set[int]:
    """The people on whose matters here the actor does not decide: himself, those in whose stead alone he acts."""
    rights = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    near = {actor.volunteer_id, *(grant.acting_for for grant in rights)} - {None}
    return {
        person
        for person in near
        if person is not None
        and not may_decide(actor=actor, region_code=region_code, parties=[person], at=at, team_id=team_id)
    }


def deciding_region(*, region_code: str, parties: Collection[int | None], at: datetime) -> str:
    """The nearest division, from `region_code` upwards, that has a manager who is no party to the matter.

    "" if there is none up to the province: then the operator has to appoint somebody.
    """
    managers = _managers(lineage(region_code), parties, at)
    for code in reversed(lineage(region_code)):
        if managers.get(code):
            return code
    return ""


def deciders(*, region_code: str, parties: Collection[int | None], at: datetime) -> set[int]:
    """Who is to be told that a matter waits: the managers of `deciding_region`, parties left out."""
    code = deciding_region(region_code=region_code, parties=parties, at=at)
    return _managers([code], parties, at).get(code, set())


def _managers(codes: Iterable[str], parties: Collection[int | None], at: datetime) -> dict[str, set[int]]:
    """Who of each division may decide: no party, nobody who only stands in for one, nobody who is gone."""
    rows = (
        RoleGrant.select()
        .join(Volunteer, on=RoleGrant.volunteer)
        .where(
            RoleGrant.region_code.in_(list(codes)),
            RoleGrant.role.in_([role.value for role in MANAGING]),
            RoleGrant.from_at <= at,
            RoleGrant.until.is_null() | (RoleGrant.until > at),
            Volunteer.state == "active",
        )
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        if row.volunteer_id not in parties and (row.acting_for is None or row.acting_for not in parties):
            found.setdefault(str(row.region_code), set()).add(row.volunteer_id)
    return found
