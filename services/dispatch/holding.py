"""What every act on a call does first: who may command it, hold it until the write is done, does it still call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import Dispatch
from queries import dispatch as sql
from services import audit, permissions, regions, rules, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.permissions import Verb
from services.policy import modules

C = RefusalCode
MODULE = "dispatch"


def require_command(*, actor: Actor, region_code: str, at: datetime) -> None:
    """Go on for those who call teams in this division: a county's centre or one above (number `min_level`).

    Refusals: NOT_FOUND, NOT_ALLOWED (also for a division below the county), MODULE_OFF.
    """
    permissions.require_command(actor=actor, region_code=region_code, at=at)
    least = rules.rule("dispatch", region_code, at).params["min_level"]
    if regions.level_of(region_code) > least:
        raise Refusal(C.NOT_ALLOWED)
    modules.require(module=MODULE, region_code=region_code, at=at)


def commands(*, actor: Actor, region_code: str, at: datetime) -> bool:
    """Whether `require_command` would let the actor go on."""
    try:
        require_command(actor=actor, region_code=region_code, at=at)
    except Refusal:
        return False
    return True


def commanded(*, actor: Actor, at: datetime) -> list[str]:
    """The divisions for which the actor may call teams, the widest first."""
    codes = scopes.granted(actor=actor, verb=Verb.COMMAND, at=at)
    return [code for code in codes if code and commands(actor=actor, region_code=code, at=at)]


def found(code: str) -> Dispatch:
    """The call, not held. NOT_FOUND."""
    one = Dispatch.get_or_none(Dispatch.code == code)
    if one is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(one, Dispatch)
    return one


def held(code: str) -> Dispatch:
    """The call, held until the write is done: whoever else wants to move it waits. NOT_FOUND."""
    number = sql.hold(code)
    if number is None:
        raise Refusal(C.NOT_FOUND)
    one: Dispatch = Dispatch.get_by_id(number)
    return one


def held_calling(code: str, at: datetime) -> Dispatch:
    """The call, held, while it still calls people, also where the clock is late. NOT_FOUND, DISPATCH_CLOSED."""
    one = held(code)
    if one.state != "calling" or at >= one.ends_at:
        raise Refusal(C.DISPATCH_CLOSED)
    return one


def note(
    dispatch: Dispatch, verb: str, actor: Actor, at: datetime, changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    """A line of the call's log: what happened, {field: [old, new]}, who, why."""
    audit.changed(
        actor=actor, verb=verb, subject=f"dispatch:{dispatch.id}", changes=changes or {}, reason=reason, at=at
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the number is there: people who said yes, by the call of each team and together."""

    by_team: Mapping[int, int]
    accepted: int
    wanted: int

    @property
    def missing(self) -> int:
        """How many are still wanted."""
        return max(0, self.wanted - self.accepted)


def standing(dispatch: Dispatch) -> Standing:
    """Counted anew from the sign-ups (in a drill from the answers); inside a write that holds the call it is exact."""
    by_team = sql.accepted(dispatch_id=dispatch.id, drill=bool(dispatch.drill))
    return Standing(by_team, sum(by_team.values()), int(dispatch.people))
