"""Courses: what can be learnt, how long it takes, whether one is tested and gets a certificate (S42, S84, S88)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import TrainingCourse, TrainingOrder, TrainingProvider, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.participation.positions import LONGEST_TRAINING
from services.training import checks, providers
from wording import entry

C = RefusalCode
LENGTHS = {"name": LONGEST_TRAINING, "content": 1000}
#: A course of ten full days, in class minutes; a certificate of ten years.
MOST_MINUTES, MOST_MONTHS = 6000, 120


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """A course as it is written down; `minutes` of class it takes (0: not said), `valid_months` of its certificate
    (0: for good), `provider` by code."""

    name: str
    kind: str
    content: str = ""
    minutes: int = 0
    tested: bool = False
    certificate: bool = False
    valid_months: int = 0
    provider: str = ""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in a list."""

    code: str
    name: str
    kind: str
    content: str
    minutes: int
    tested: bool
    certificate: bool
    valid_months: int
    provider: str
    provider_code: str
    place: str
    region_code: str
    to_on: str
    may_edit: bool


def _fields(draft: CourseDraft, region_code: str, but: int | None = None) -> dict[str, Any]:
    """Names are told apart along a line of divisions: what a position asks for is asked by its name."""
    fields: dict[str, Any] = dict(
        checks.texts({name: getattr(draft, name) for name in LENGTHS}, LENGTHS, needed=("name",))
    )
    if draft.kind not in entry("training.kinds"):
        raise checks.wrong("kind")
    same = TrainingCourse.select().where(
        TrainingCourse.name == fields["name"], TrainingCourse.to_on.is_null(), TrainingCourse.id != (but or 0),
        checks.seen(TrainingCourse.region_code, (region_code,)),
    )  # fmt: skip
    if same.exists():
        raise checks.wrong("name")
    return {
        **fields, "kind": draft.kind, "tested": draft.tested, "certificate": draft.certificate,
        "minutes": checks.whole(draft.minutes, "minutes", most=MOST_MINUTES),
        "valid_months": checks.whole(draft.valid_months if draft.certificate else 0, "valid_months", most=MOST_MONTHS),
        "provider": providers.found_for(code=draft.provider, region_code=region_code),
    }  # fmt: skip


def create(*, actor: Actor, region_code: str, draft: CourseDraft, at: datetime) -> str:
    """Offer a course in a division and below; its code. Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG
    (`name`: also one that is taken here, above or below; `kind`, `minutes`, `valid_months`, `provider`)."""
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)

    def act() -> str:
        made = TrainingCourse.create(
            code=new_code(), region_code=region_code, from_on=local_day(at).isoformat(),
            created_by=actor.volunteer_id, created_at=at, **_fields(draft, region_code),
        )  # fmt: skip
        _noted(actor, made.id, "created", {"name": ["", made.name]}, at)
        return str(made.code)

    return store.write(act)


def managed(*, actor: Actor, code: str, at: datetime) -> TrainingCourse:
    """The course, for who manages its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = TrainingCourse.get_or_none(TrainingCourse.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=str(found.region_code), at=at)
    assert isinstance(found, TrainingCourse)
    return found


def edit(*, actor: Actor, code: str, draft: CourseDraft, at: datetime) -> None:
    """Correct it; certificates that were issued keep their last day. Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG."""
    found = managed(actor=actor, code=code, at=at)

    def act() -> None:
        fields = _fields(draft, str(found.region_code), found.id)
        TrainingCourse.update(**fields).where(TrainingCourse.id == found.id).execute()
        told = ("name", "minutes", "tested", "certificate", "valid_months")
        changes = {name: [getattr(found, name), fields[name]] for name in told if getattr(found, name) != fields[name]}
        _noted(actor, found.id, "edited", changes, at)

    store.write(act)


def end(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """It is offered no longer; who took it has it. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED."""
    found = managed(actor=actor, code=code, at=at)
    checks.end(found, reason=reason, at=at, noted=lambda why: _noted(actor, found.id, "ended", {}, at, why))


def _noted(
    actor: Actor, number: int, verb: str, changes: dict[str, list[Any]], at: datetime, reason: str = ""
) -> None:
    audit.changed(
        actor=actor, verb=f"course_{verb}", subject=f"course:{number}", changes=changes, at=at, reason=reason
    )


def of_order(*, order: TrainingOrder, minutes: int, actor: Actor, at: datetime) -> str:
    """The course of an order for something that nobody offers yet, named as the team asked; inside the caller's write.
    It tests nothing and certifies nothing: what does is registered by the centre. One of that name that is offered to
    the team is taken. FIELD_WRONG (`course`: one above or below has the name and is not offered here)."""
    place, name = str(order.region_code), str(order.topic)[:LONGEST_TRAINING]
    same = next((code for code, known in offered(region_code=place) if known == name), None)
    if same is not None:
        return same
    provider = TrainingProvider.get_or_none(TrainingProvider.id == order.provider_id)
    draft = CourseDraft(name, "other", minutes=minutes, provider=provider.code if provider is not None else "")
    made = TrainingCourse.create(
        code=new_code(), region_code=place, from_on=local_day(at).isoformat(), created_by=actor.volunteer_id,
        created_at=at, **_fields(draft, place),
    )  # fmt: skip
    _noted(actor, made.id, "created", {"name": ["", made.name]}, at)
    return str(made.code)


def offered(*, region_code: str) -> list[tuple[str, str]]:
    """(code, name) of the courses offered in a division."""
    query = TrainingCourse.select().where(
        checks.offered_in(TrainingCourse.region_code, region_code), TrainingCourse.to_on.is_null()
    )
    return [(row.code, row.name) for row in query.order_by(TrainingCourse.name).limit(500)]


def found_for(*, code: str, region_code: str) -> TrainingCourse:
    """The course of a code, if it is offered in the division. FIELD_WRONG (`course`)."""
    row = TrainingCourse.get_or_none(
        TrainingCourse.code == code, TrainingCourse.to_on.is_null(),
        checks.offered_in(TrainingCourse.region_code, region_code),
    )  # fmt: skip
    if row is None:
        raise checks.wrong("course")
    assert isinstance(row, TrainingCourse)
    return row


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CourseLine]:
    """The courses of the actor's divisions and those offered to them; filters: kind, region, state."""
    codes = scopes.readable(actor=actor, at=at)
    query = (
        TrainingCourse.select(TrainingCourse, TrainingProvider)
        .join(TrainingProvider, JOIN.LEFT_OUTER, on=(TrainingCourse.provider == TrainingProvider.id))
        .where(checks.seen(TrainingCourse.region_code, codes))
    )
    if wanted.chosen("kind"):
        query = query.where(TrainingCourse.kind == wanted.chosen("kind"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(TrainingCourse.region_code, [wanted.chosen("region")]))
    if wanted.chosen("state"):
        query = query.where(TrainingCourse.to_on.is_null(wanted.chosen("state") == "running"))
    if wanted.text:
        query = query.where(TrainingCourse.name.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"name": TrainingCourse.name, "minutes": TrainingCourse.minutes}, default="name",
        tie=TrainingCourse.id, row=lambda row: row,
    )  # fmt: skip
    places = regions.path_names([row.region_code for row in page.rows])
    here = scopes.managed(actor=actor, at=at)
    return Found([_line(row, places, here) for row in page.rows], page.total, page.page, page.size)


def _line(row: Any, places: dict[str, str], here: tuple[str, ...]) -> CourseLine:
    provider = row.provider if row.provider_id else None
    return CourseLine(
        row.code, row.name, row.kind, row.content, row.minutes, row.tested, row.certificate, row.valid_months,
        provider.name if provider else "", provider.code if provider else "", places[row.region_code],
        row.region_code, row.to_on or "", row.to_on is None and scopes.covers(here, row.region_code),
    )  # fmt: skip
