"""What teams are for: four professions and five grassroots kinds are given, the list stays open (S18–S25, A2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from frozen import dataclass
from models import Speciality, Team, store
from services import audit, permissions
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.permissions import CLOSED_TEAMS
from services.regions import widest

KINDS = ("professional", "grassroots")
SHORTEST, LONGEST = 2, 12


@dataclass(frozen=True, slots=True)
class Kind:
    """A speciality; `teams` counts those that carry it now."""

    code: str
    kind: str
    name: str
    seeded: bool
    high_risk: bool
    retired: bool
    teams: int


def listed(*, retired: bool = False) -> list[Kind]:
    """All of them, professions first; `retired` shows those out of use, too."""
    counted: Any = (
        Team.select(Team.speciality, fn.COUNT(Team.id))
        .where(Team.state.not_in(CLOSED_TEAMS))
        .group_by(Team.speciality)
        .tuples()
    )
    counts = dict(counted)
    query = Speciality.select().order_by(Speciality.kind.desc(), Speciality.sort_order, Speciality.code)
    if not retired:
        query = query.where(Speciality.retired_at.is_null())
    return [
        Kind(
            row.code, row.kind, row.name, row.seeded, row.high_risk, row.retired_at is not None,
            counts.get(row.code, 0),
        )
        for row in query
    ]  # fmt: skip


def living(code: str) -> Speciality:
    """The speciality in use with this code. Refusal: FIELD_WRONG (`speciality`)."""
    found = Speciality.get_or_none(Speciality.code == code, Speciality.retired_at.is_null())
    if found is None:
        raise Refusal(RefusalCode.FIELD_WRONG, field="speciality")
    assert isinstance(found, Speciality)
    return found


def _require_province(actor: Actor, at: datetime) -> None:
    """The list is one for the whole programme. Refusal: NOT_ALLOWED."""
    if not permissions.manages(actor=actor, region_code=widest(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def add(*, actor: Actor, kind: str, name: str, high_risk: bool, at: datetime) -> str:
    """Open a speciality for the whole programme; its code. One that was retired comes back.

    Refusals: NOT_ALLOWED (only who manages the province), FIELD_WRONG (`kind`, `name`),
    SPECIALITY_TAKEN.
    """

    def act() -> str:
        _require_province(actor, at)
        if kind not in KINDS:
            raise Refusal(RefusalCode.FIELD_WRONG, field="kind")
        plain = "".join(name.split())
        if not SHORTEST <= len(plain) <= LONGEST or not plain.isalnum():
            raise Refusal(RefusalCode.FIELD_WRONG, field="name")
        there = Speciality.get_or_none(Speciality.name == plain)
        if there is not None and (there.retired_at is None or there.kind != kind):
            raise Refusal(RefusalCode.SPECIALITY_TAKEN)
        if there is not None:
            Speciality.update(retired_at=None, high_risk=high_risk).where(
                Speciality.code == there.code
            ).execute()
            code = str(there.code)
        else:
            code = f"x{new_code(6)}"
            Speciality.create(code=code, kind=kind, name=plain, high_risk=high_risk)
        audit.changed(
            actor=actor,
            verb="speciality_added",
            subject=f"speciality:{code}",
            changes={"name": ["", plain]},
            at=at,
        )
        return code

    return store.write(act)


def retire(*, actor: Actor, code: str, at: datetime) -> None:
    """Take a speciality out of the forms; teams that carry it keep it.

    Refusals: NOT_ALLOWED, NOT_FOUND, SPECIALITY_SEEDED (the policy names it).
    """

    def act() -> None:
        _require_province(actor, at)
        found = Speciality.get_or_none(Speciality.code == code, Speciality.retired_at.is_null())
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        if found.seeded:
            raise Refusal(RefusalCode.SPECIALITY_SEEDED)
        Speciality.update(retired_at=at).where(Speciality.code == code).execute()
        audit.changed(actor=actor, verb="speciality_retired", subject=f"speciality:{code}", changes={}, at=at)

    store.write(act)
