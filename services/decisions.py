"""Requester, decider and the one who gains are never one person; where posts coincide, one centre up decides.

A matter belongs to a division. Its managers decide, those of every division above may; nobody decides on a matter
he is a party to. So a station whose only officer applied waits for the county, without a switch to set anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from models import RoleGrant
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.permissions import MANAGING
from services.regions import lineage


def require_decider(*, actor: Actor, region_code: str, parties: Collection[int | None], at: datetime) -> None:
    """Go on only for one who manages this division and is no party to the matter.

    Refusals: NOT_FOUND / NOT_ALLOWED (`permissions.require_manage`), OWN_RECORD (a party, whatever his roles).
    The house decides nothing: a rule may act, but not approve.
    """
    if actor.is_house:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    if actor.volunteer_id in parties:
        raise Refusal(RefusalCode.OWN_RECORD)


def may_decide(*, actor: Actor, region_code: str, parties: Collection[int | None], at: datetime) -> bool:
    """Whether `require_decider` would let the actor go on."""
    if actor.is_house or actor.volunteer_id in parties:
        return False
    return permissions.manages(actor=actor, region_code=region_code, at=at)


def deciding_region(*, region_code: str, parties: Collection[int | None], at: datetime) -> str:
    """The nearest division, from `region_code` upwards, that has a manager who is no party to the matter.

    "" if there is none up to the province: then the operator has to appoint somebody.
    """
    managers = _managers(lineage(region_code), at)
    for code in reversed(lineage(region_code)):
        if managers.get(code, set()) - set(parties):
            return code
    return ""


def deciders(*, region_code: str, parties: Collection[int | None], at: datetime) -> set[int]:
    """Who is to be told that a matter waits: the managers of `deciding_region`, parties left out."""
    code = deciding_region(region_code=region_code, parties=parties, at=at)
    return {person for person in _managers([code], at).get(code, set()) if person not in parties}


def _managers(codes: Iterable[str], at: datetime) -> dict[str, set[int]]:
    rows = RoleGrant.select().where(
        RoleGrant.region_code.in_(list(codes)),
        RoleGrant.role.in_([role.value for role in MANAGING]),
        RoleGrant.from_at <= at,
        RoleGrant.until.is_null() | (RoleGrant.until > at),
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(str(row.region_code), set()).add(row.volunteer_id)
    return found
