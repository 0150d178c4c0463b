"""Who trains: 团校, 行业组织, 培训基地 and others; one person may take orders in a provider's name (S86)."""

from __future__ import annotations

from datetime import datetime

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import TrainingProvider, Volunteer, store
from services import audit, permissions, regions, scopes
from services.accounts.people import person_id
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.training import checks
from wording import entry

C = RefusalCode
LENGTHS = {"name": 40, "offers": 200, "contact": 60}


@dataclass(frozen=True, slots=True)
class ProviderDraft:
    """A provider as it is written down; `person` the public number of who takes orders for it, "" for nobody."""

    name: str
    kind: str
    offers: str = ""
    contact: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider in a list; `person` by name, `person_no` his public number."""

    code: str
    name: str
    kind: str
    offers: str
    contact: str
    place: str
    person: str
    person_no: str
    from_on: str
    to_on: str
    may_edit: bool


def _fields(draft: ProviderDraft) -> dict[str, object]:
    fields: dict[str, object] = dict(
        checks.texts({name: getattr(draft, name) for name in LENGTHS}, LENGTHS, needed=("name",))
    )
    if draft.kind not in entry("training.providers"):
        raise checks.wrong("kind")
    person = person_id(draft.person.strip()) if draft.person.strip() else None
    if draft.person.strip() and person is None:
        raise checks.wrong("person")
    return {**fields, "kind": draft.kind, "person": person}


def create(*, actor: Actor, region_code: str, draft: ProviderDraft, at: datetime) -> str:
    """Put a provider on the list of a division; its code. Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN,
    FIELD_WRONG (`name`, `kind`, `offers`, `contact`, `person`)."""
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    fields = _fields(draft)

    def act() -> str:
        made = TrainingProvider.create(
            code=new_code(), region_code=region_code, from_on=local_day(at).isoformat(),
            created_by=actor.volunteer_id, created_at=at, **fields,
        )  # fmt: skip
        _noted(actor, made.id, "created", {"name": ["", made.name]}, at)
        return str(made.code)

    return store.write(act)


def managed(*, actor: Actor, code: str, at: datetime) -> TrainingProvider:
    """The provider, for who manages its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = TrainingProvider.get_or_none(TrainingProvider.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)
    assert isinstance(found, TrainingProvider)
    return found


def edit(*, actor: Actor, code: str, draft: ProviderDraft, at: datetime) -> None:
    """Correct it. Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG."""
    found = managed(actor=actor, code=code, at=at)
    fields = _fields(draft)
    old = {"name": found.name, "kind": found.kind, "person": found.person_id}

    def act() -> None:
        TrainingProvider.update(**fields).where(TrainingProvider.id == found.id).execute()
        changes = {name: [old[name], fields[name]] for name in old if old[name] != fields[name]}
        _noted(actor, found.id, "edited", changes, at)

    store.write(act)


def end(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """It trains no longer; what it did stays. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED."""
    found = managed(actor=actor, code=code, at=at)
    checks.end(found, reason=reason, at=at, noted=lambda why: _noted(actor, found.id, "ended", {}, at, why))


def _noted(
    actor: Actor, number: int, verb: str, changes: dict[str, list[object]], at: datetime, reason: str = ""
) -> None:
    audit.changed(
        actor=actor, verb=f"provider_{verb}", subject=f"provider:{number}", changes=changes, at=at, reason=reason
    )


def speaks_for(*, actor: Actor, provider_id: int | None) -> bool:
    """Whether the actor takes orders in this provider's name."""
    if provider_id is None or actor.volunteer_id is None:
        return False
    mine = TrainingProvider.select().where(
        TrainingProvider.id == provider_id, TrainingProvider.person == actor.volunteer_id,
        TrainingProvider.to_on.is_null(),
    )  # fmt: skip
    return bool(mine.exists())


def mine(*, actor: Actor) -> list[TrainingProvider]:
    """The running providers that the actor speaks for."""
    query = TrainingProvider.select().where(
        TrainingProvider.person == (actor.volunteer_id or 0), TrainingProvider.to_on.is_null()
    )
    return list(query.order_by(TrainingProvider.id))


def offered(*, region_code: str) -> list[tuple[str, str]]:
    """(code, name) of the running providers that serve a division."""
    query = TrainingProvider.select().where(
        checks.offered_in(TrainingProvider.region_code, region_code), TrainingProvider.to_on.is_null()
    )
    return [(row.code, row.name) for row in query.order_by(TrainingProvider.name).limit(200)]


def found_for(*, code: str, region_code: str) -> TrainingProvider | None:
    """The provider of a code that serves the division, None for no code. FIELD_WRONG (`provider`)."""
    if not code:
        return None
    row = TrainingProvider.get_or_none(
        TrainingProvider.code == code, TrainingProvider.to_on.is_null(),
        checks.offered_in(TrainingProvider.region_code, region_code),
    )  # fmt: skip
    if row is None:
        raise checks.wrong("provider")
    assert isinstance(row, TrainingProvider)
    return row


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ProviderLine]:
    """The providers of the actor's divisions and those that serve them from above; filters: kind, region, state."""
    codes = scopes.readable(actor=actor, at=at)
    query = (
        TrainingProvider.select(TrainingProvider, Volunteer)
        .join(Volunteer, JOIN.LEFT_OUTER, on=(TrainingProvider.person == Volunteer.id))
        .where(checks.seen(TrainingProvider.region_code, codes))
    )
    if wanted.chosen("kind"):
        query = query.where(TrainingProvider.kind == wanted.chosen("kind"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(TrainingProvider.region_code, [wanted.chosen("region")]))
    if wanted.chosen("state"):
        query = query.where(TrainingProvider.to_on.is_null(wanted.chosen("state") == "running"))
    if wanted.text:
        query = query.where(TrainingProvider.name.contains(wanted.text) | TrainingProvider.offers.contains(wanted.text))
    sorts = {"name": TrainingProvider.name, "from": TrainingProvider.from_on}
    page = cut(query, wanted=wanted, sorts=sorts, default="name", tie=TrainingProvider.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    mine_here = scopes.managed(actor=actor, at=at)
    lines = [
        ProviderLine(
            row.code, row.name, row.kind, row.offers, row.contact, places[row.region_code],
            row.person.name if row.person_id else "", row.person.public_no if row.person_id else "", row.from_on,
            row.to_on or "", row.to_on is None and scopes.covers(mine_here, row.region_code),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)
