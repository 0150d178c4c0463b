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
from services.permissions import MANAGING, Role

#: Who may look at a division's people and matters, besides those who manage it.
LOOKING = MANAGING | {Role.AUDITOR}
#: Who may look at numbers without names (S76).
COUNTING = LOOKING | {Role.VIEWER, Role.PARTNER}
EVERYWHERE = ("",)


def tops(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that lie under no other of them, in order: 34 and 3415 give 34."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not code.startswith(kept[-1]):
            kept.append(code)
    return tuple(kept)


def _granted(actor: Actor, roles: frozenset[Role], at: datetime) -> tuple[str, ...]:
    if actor.is_house:
        return EVERYWHERE
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    return tops(g.region_code for g in grants if g.region_code is not None and g.role in roles)


def managed(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions the actor manages, the highest ones only; ("",) is everywhere."""
    return _granted(actor, MANAGING, at)


def readable(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions whose people and matters the actor may look at."""
    return _granted(actor, LOOKING, at)


def countable(*, actor: Actor, at: datetime) -> tuple[str, ...]:
    """The divisions whose numbers (no names) the actor may look at."""
    return _granted(actor, COUNTING, at)


def within(column: Any, codes: Iterable[str]) -> Any:
    """The condition that `column` lies in one of these divisions: range scans, ':' comes right after '9'."""
    condition: Any = None
    for code in codes:
        one = (column >= code) & (column < code + ":") if code else (column >= "")
        condition = one if condition is None else condition | one
    return SQL("(1 = 0)") if condition is None else condition


def covers(codes: Iterable[str], region_code: str) -> bool:
    """Whether a division lies in one of these."""
    return any(region_code.startswith(code) for code in codes)
