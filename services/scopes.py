"""How far a right reaches: the divisions whose matters somebody manages or may look at, as ranges of codes.

Lists are cut to these ranges in the database (own node and below, S17); a sibling's object is not there at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import SQL

from services import permissions
from services.actors import Actor
from services.permissions import MAY, Role, Verb

EVERYWHERE = ("",)
#: As peewee says of an empty list; beside an OR it is left away (`models.dialect`).
NOWHERE = SQL("(0 = 1)")


def tops(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that lie under no other of them, in order: 34 and 3415 give 34."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not code.startswith(kept[-1]):
            kept.append(code)
    return tuple(kept)


def granted(*, actor: Actor, verb: Verb, at: datetime) -> tuple[str, ...]:
    """The divisions where the actor may do this, the highest ones only; ("",) is everywhere."""
    if actor.is_house:
        return EVERYWHERE
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    return tops(g.region_code for g in grants if g.region_code is not None and g.role in MAY[verb])


def managed(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions the actor manages."""
    return granted(actor=actor, verb=Verb.MANAGE, at=at)


def readable(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions whose people and matters the actor may look at."""
    return granted(actor=actor, verb=Verb.LOOK, at=at)


def countable(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions whose numbers (no names) the actor may look at."""
    return granted(actor=actor, verb=Verb.COUNT, at=at)


def audited(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions of which the actor may read who looked at and changed what."""
    return granted(actor=actor, verb=Verb.AUDIT, at=at)


def guided(*, actor: Actor, at: datetime) -> tuple[tuple[str, str], ...]:
    """(division, speciality) of the teams the actor may read and advise; speciality "" is every one (S78)."""
    if actor.is_house:
        return (("", ""),)
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    found = {
        (g.region_code, g.speciality if g.role is Role.PARTNER else "")
        for g in grants
        if g.region_code is not None and g.role in MAY[Verb.GUIDE]
    }
    return tuple(sorted(found))


def within_guided(region: Any, speciality: Any, guided: Iterable[tuple[str, str]]) -> Any:
    """The condition on a team's division and speciality that says: his to read and advise."""
    condition: Any = None
    for code, only in guided:
        there = within(region, (code,))
        one = there & (speciality == only) if only else there
        condition = one if condition is None else condition | one
    return NOWHERE if condition is None else condition


def within(column: Any, codes: Iterable[str]) -> Any:
    """The condition that `column` lies in one of these divisions: range scans, ':' comes right after '9'."""
    condition: Any = None
    for code in codes:
        one = (column >= code) & (column < code + ":") if code else (column >= "")
        condition = one if condition is None else condition | one
    return NOWHERE if condition is None else condition


def covers(codes: Iterable[str], region_code: str) -> bool:
    """Whether a division lies in one of these."""
    return any(region_code.startswith(code) for code in codes)
