"""What every act on a call does first: who may command it, hold it until the write is done, does it still call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Dispatch, TeamCall
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
class Lack:
    """What a call is still short of: people, boats, vehicles."""

    people: int = 0
    boats: int = 0
    vehicles: int = 0

    def __bool__(self) -> bool:
        return bool(self.people or self.boats or self.vehicles)

    @property
    def teams(self) -> int:
        """How many teams are asked at least: one for each boat, each vehicle, since nobody knows who has one."""
        return max(self.boats, self.vehicles)

    def but(self, promised: Lack) -> Lack:
        """What is left when this comes, too."""
        return Lack(
            max(0, self.people - promised.people), max(0, self.boats - promised.boats),
            max(0, self.vehicles - promised.vehicles),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the call is there: people who said yes, by the call of each team and together; boats and vehicles of
    the teams that somebody comes with (a promise alone drives no boat)."""

    by_team: Mapping[int, int]
    accepted: int
    wanted: int
    things: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    wanted_things: tuple[int, int] = (0, 0)

    @property
    def missing(self) -> int:
        """How many people are still wanted."""
        return max(0, self.wanted - self.accepted)

    @property
    def boats(self) -> int:
        """Boats that come."""
        return sum(boats for boats, _ in self.things.values())

    @property
    def vehicles(self) -> int:
        """Vehicles that come."""
        return sum(vehicles for _, vehicles in self.things.values())

    @property
    def lack(self) -> Lack:
        """What is still wanted."""
        boats, vehicles = self.wanted_things
        return Lack(self.missing, max(0, boats - self.boats), max(0, vehicles - self.vehicles))

    def takes(self, call: TeamCall) -> bool:
        """Whether one more of this team may come: its leader's number is not there, and either people are wanted, or
        the team brings a boat or a vehicle that the others do not."""
        if self.by_team.get(call.id, 0) >= call.people:
            return False
        others = [pair for number, pair in self.things.items() if number != call.id]
        short = [
            wanted > sum(pair[which] for pair in others) for which, wanted in enumerate(self.wanted_things)
        ]
        return bool(self.missing or (short[0] and call.boats) or (short[1] and call.vehicles))


def standing(dispatch: Dispatch) -> Standing:
    """Counted anew from the sign-ups (in a drill from the answers); inside a write that holds the call it is exact."""
    by_team = sql.accepted(dispatch_id=dispatch.id, drill=bool(dispatch.drill))
    things = {
        number: (boats, vehicles)
        for number, boats, vehicles in sql.rows(sql.THINGS, (dispatch.id,))
        if by_team.get(number)
    }
    return Standing(
        by_team, sum(by_team.values()), int(dispatch.people), things, (int(dispatch.boats), int(dispatch.vehicles))
    )
