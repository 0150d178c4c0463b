"""The register of training bases (培训基地): where, how large, by whose approval, for which courses (S89)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import TrainingBase, TrainingCourse, TrainingProvider, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.training import checks, providers
from wording import entry, say

C = RefusalCode
LENGTHS = {"name": 40, "address": 100, "approval": 100}
MOST_PEOPLE, MOST_AREA, MOST_COURSES = 5000, 1_000_000, 50


@dataclass(frozen=True, slots=True)
class BaseDraft:
    """A base as it is written down: `area` in square metres, `capacity` in people, `approval` the document that allows
    it, `approved_on` its day ("" while it is planned), `courses` by code."""

    name: str
    address: str = ""
    area: int = 0
    capacity: int = 0
    approval: str = ""
    approved_on: str = ""
    state: str = "running"
    provider: str = ""
    courses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseLine:
    """A base in a list; `courses` by name."""

    code: str
    name: str
    place: str
    address: str
    area: int
    capacity: int
    approval: str
    approved_on: str
    courses: str
    provider: str
    state: str
    may_edit: bool


def _fields(draft: BaseDraft, region_code: str, at: datetime) -> dict[str, Any]:
    """What runs was approved by a document of some day, not to come (按有关规定建立)."""
    if draft.state not in entry("training.bases"):
        raise checks.wrong("state")
    needed = ("name",) if draft.state == "planned" else ("name", "address", "approval")
    fields: dict[str, Any] = dict(
        checks.texts({name: getattr(draft, name) for name in LENGTHS}, LENGTHS, needed=needed)
    )
    approved = checks.day(draft.approved_on, "approved_on") if draft.approved_on.strip() else None
    if (approved is None and draft.state != "planned") or (approved is not None and approved > local_day(at)):
        raise checks.wrong("approved_on")
    if len(draft.courses) > MOST_COURSES or not set(draft.courses) <= {
        code for code, _ in _courses(region_code)
    }:
        raise checks.wrong("courses")
    return {
        **fields, "area": checks.whole(draft.area, "area", most=MOST_AREA), "state": draft.state,
        "capacity": checks.whole(draft.capacity, "capacity", least=0 if draft.state == "planned" else 1,
                                 most=MOST_PEOPLE),
        "approved_on": approved.isoformat() if approved else None, "courses": sorted(set(draft.courses)),
        "provider": providers.found_for(code=draft.provider, region_code=region_code),
    }  # fmt: skip


def _courses(region_code: str) -> list[tuple[str, str]]:
    query = TrainingCourse.select().where(
        checks.offered_in(TrainingCourse.region_code, region_code), TrainingCourse.to_on.is_null()
    )
    return [(str(row.code), str(row.name)) for row in query]


def create(*, actor: Actor, region_code: str, draft: BaseDraft, at: datetime) -> str:
    """Enter a base; its code. Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG (`name`, `address`, `area`,
    `capacity`, `approval` and `approved_on`: only a planned one has none, `state`, `courses`, `provider`)."""
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)

    def act() -> str:
        made = TrainingBase.create(
            code=new_code(), region_code=region_code, created_by=actor.volunteer_id, created_at=at,
            **_fields(draft, region_code, at),
        )  # fmt: skip
        _noted(actor, made.id, "created", {"name": ["", made.name]}, at)
        return str(made.code)

    return store.write(act)


def managed(*, actor: Actor, code: str, at: datetime) -> TrainingBase:
    """The base, for who manages its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = TrainingBase.get_or_none(TrainingBase.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)
    assert isinstance(found, TrainingBase)
    return found


def edit(*, actor: Actor, code: str, draft: BaseDraft, at: datetime) -> None:
    """Correct it, or move its state. Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG."""
    found = managed(actor=actor, code=code, at=at)

    def act() -> None:
        fields = _fields(draft, str(found.region_code), at)
        TrainingBase.update(**fields).where(TrainingBase.id == found.id).execute()
        told = ("name", "address", "area", "capacity", "approval", "state")
        changes = {name: [getattr(found, name), fields[name]] for name in told if getattr(found, name) != fields[name]}
        _noted(actor, found.id, "edited", changes, at)

    store.write(act)


def _noted(actor: Actor, number: int, verb: str, changes: dict[str, list[Any]], at: datetime) -> None:
    audit.changed(actor=actor, verb=f"base_{verb}", subject=f"base:{number}", changes=changes, at=at)


def offered(*, region_code: str) -> list[tuple[str, str]]:
    """(code, name) of the bases in use that reach a division."""
    query = TrainingBase.select().where(
        checks.offered_in(TrainingBase.region_code, region_code), TrainingBase.state == "running"
    )
    return [(row.code, row.name) for row in query.order_by(TrainingBase.name).limit(200)]


def found_for(*, code: str, region_code: str, people: int) -> TrainingBase | None:
    """The base of a code, in use and large enough; None for no code. FIELD_WRONG (`base`, or `people`: too many)."""
    if not code:
        return None
    row = TrainingBase.get_or_none(
        TrainingBase.code == code, TrainingBase.state == "running",
        checks.offered_in(TrainingBase.region_code, region_code),
    )  # fmt: skip
    if row is None:
        raise checks.wrong("base")
    if people > row.capacity:
        raise checks.wrong("people")
    assert isinstance(row, TrainingBase)
    return row


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[BaseLine]:
    """The bases of the actor's divisions and those offered to them; filters: region, state."""
    codes = scopes.readable(actor=actor, at=at)
    query = (
        TrainingBase.select(TrainingBase, TrainingProvider)
        .join(TrainingProvider, JOIN.LEFT_OUTER, on=(TrainingBase.provider == TrainingProvider.id))
        .where(checks.seen(TrainingBase.region_code, codes))
    )
    if wanted.chosen("region"):
        query = query.where(scopes.within(TrainingBase.region_code, [wanted.chosen("region")]))
    if wanted.chosen("state"):
        query = query.where(TrainingBase.state == wanted.chosen("state"))
    if wanted.text:
        query = query.where(TrainingBase.name.contains(wanted.text) | TrainingBase.address.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"name": TrainingBase.name, "capacity": TrainingBase.capacity}, default="name",
        tie=TrainingBase.id, row=lambda row: row,
    )  # fmt: skip
    places = regions.path_names([row.region_code for row in page.rows])
    taught = {code for row in page.rows for code in row.courses}
    names = {row.code: row.name for row in TrainingCourse.select().where(TrainingCourse.code.in_(taught))}
    here = scopes.managed(actor=actor, at=at)
    lines = [
        BaseLine(
            row.code, row.name, places[row.region_code], row.address, row.area, row.capacity, row.approval,
            row.approved_on or "", say("training.separator").join(names[code] for code in row.courses if code in names),
            row.provider.name if row.provider_id else "", row.state, scopes.covers(here, row.region_code),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)
