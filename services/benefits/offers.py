"""Writing benefits down: a division's managers say who gives what to whom, until when; paused, open again, closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Benefit, Partner, Team, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.regions import is_within
from services.review.reach import words_of
from wording import entry

C = RefusalCode
LENGTHS = {"provider": 60, "name": 40, "content": 600, "phone": 30}
MOST = {"min_star": 5, "min_years": 60, "min_age": 120, "max_age": 120, "uses": 1000}
STATES = ("open", "paused", "closed")
#: What a box to choose a partner from holds.
OFFERED = 100


@dataclass(frozen=True, slots=True)
class BenefitDraft:
    """A benefit as it is typed: whole numbers (0: not asked for), days as text, `partner` and `team` by code."""

    kind: str
    name: str
    provider: str
    content: str = ""
    phone: str = ""
    partner: str = ""
    min_star: int = 0
    honour: str = ""
    min_years: int = 0
    member: bool = False
    team: str = ""
    min_age: int = 0
    max_age: int = 0
    from_on: str = ""
    to_on: str = ""
    uses: int = 0
    per: str = "whole"


def create(*, actor: Actor, region_code: str, draft: BenefitDraft, at: datetime) -> str:
    """Write a benefit of a division down; its code.

    Refusals in order: NOT_FOUND / NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG (kind, name, provider, content, phone,
    partner, min_star, honour, min_years, team, min_age, max_age, from_on, to_on, uses, per).
    """
    permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    fields = _fields(draft, region_code, at)

    def act() -> str:
        made = Benefit.create(
            code=new_code(), region_code=region_code, created_by=actor.volunteer_id, created_at=at, updated_at=at,
            **fields,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="benefit.created", subject=f"benefit:{made.id}", changes={"name": ["", made.name]}, at=at
        )
        return str(made.code)

    return store.write(act)


def change(*, actor: Actor, code: str, draft: BenefitDraft, at: datetime) -> None:
    """Say it anew. Refusals in order: NOT_FOUND / NOT_ALLOWED, BENEFIT_STATE (closed), those of `create`."""
    row = managed(actor=actor, code=code, at=at)
    fields = _fields(draft, str(row.region_code), at)

    def act() -> None:
        taken = Benefit.update(updated_at=at, **fields).where(Benefit.id == row.id, Benefit.state != "closed")
        if not taken.execute():
            raise Refusal(C.BENEFIT_STATE)
        new = Benefit.get_by_id(row.id)
        changes = {
            name: [str(getattr(row, name) or ""), str(getattr(new, name) or "")]
            for name in fields
            if getattr(row, name) != getattr(new, name)
        }
        audit.changed(actor=actor, verb="benefit.changed", subject=f"benefit:{row.id}", changes=changes, at=at)

    store.write(act)


def move(*, actor: Actor, code: str, state: str, reason: str, at: datetime) -> None:
    """Pause it, open it again, or close it for good, with the reason.

    Refusals in order: NOT_FOUND / NOT_ALLOWED, BAD_REQUEST (no such state), REASON_REQUIRED, TEXT_TOO_LONG,
    BENEFIT_STATE.
    """
    row = managed(actor=actor, code=code, at=at)
    if state not in STATES:
        raise Refusal(C.BAD_REQUEST, why="state")
    said = words_of(reason)

    def act() -> None:
        taken = Benefit.update(state=state, updated_at=at).where(
            Benefit.id == row.id, Benefit.state != "closed", Benefit.state != state
        )
        if not taken.execute():
            raise Refusal(C.BENEFIT_STATE)
        audit.changed(
            actor=actor, verb=f"benefit.{state}", subject=f"benefit:{row.id}", reason=said, at=at,
            changes={"state": [row.state, state]},
        )  # fmt: skip

    store.write(act)


def managed(*, actor: Actor, code: str, at: datetime) -> Benefit:
    """A benefit, for those who manage its division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    row = by_code(code)
    permissions.require_manage(actor=actor, region_code=str(row.region_code), at=at)
    return row


def draft_of(*, actor: Actor, code: str, at: datetime) -> BenefitDraft:
    """A benefit as it would be typed, to be changed. Refusals: NOT_FOUND, NOT_ALLOWED."""
    row = managed(actor=actor, code=code, at=at)
    plain = {name: getattr(row, name) for name in (*LENGTHS, *MOST, "kind", "honour", "member", "from_on", "per")}
    return BenefitDraft(
        **plain, to_on=row.to_on or "", partner=row.partner.code if row.partner else "",
        team=row.team.code if row.team else "",
    )  # fmt: skip


def partners(*, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """(code, name) of the running partners of the actor's divisions, by name; no team's own."""
    rows = Partner.select().where(
        scopes.within(Partner.region_code, scopes.managed(actor=actor, at=at)), Partner.to_on.is_null(),
        Partner.team.is_null(),
    )  # fmt: skip
    return [(row.code, row.name) for row in rows.order_by(Partner.name).limit(OFFERED)]


def by_code(code: str) -> Benefit:
    """A benefit. Refusals: NOT_FOUND."""
    found = Benefit.get_or_none(Benefit.code == code)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, Benefit)
    return found


def _fields(draft: BenefitDraft, region_code: str, at: datetime) -> dict[str, Any]:
    choices = (("kind", entry("benefits.kinds")), ("honour", entry("benefits.honours")), ("per", entry("benefits.per")))
    if draft.kind not in choices[0][1]:
        raise Refusal(C.FIELD_WRONG, field="kind")
    texts = {name: getattr(draft, name).strip() for name in LENGTHS}
    for name, text in texts.items():
        if len(text) > LENGTHS[name] or "\x00" in text or (name in ("name", "provider") and not text):
            raise Refusal(C.FIELD_WRONG, field=name)
    for name, most in MOST.items():
        if not 0 <= getattr(draft, name) <= most:
            raise Refusal(C.FIELD_WRONG, field=name)
    for name, known in choices[1:]:
        if getattr(draft, name) not in known:
            raise Refusal(C.FIELD_WRONG, field=name)
    if draft.max_age and draft.max_age < draft.min_age:
        raise Refusal(C.FIELD_WRONG, field="max_age")
    first = _day(draft.from_on, "from_on") if draft.from_on else local_day(at).isoformat()
    last = _day(draft.to_on, "to_on") if draft.to_on else None
    if last is not None and last < first:
        raise Refusal(C.FIELD_WRONG, field="to_on")
    return {
        **texts, "kind": draft.kind, "honour": draft.honour, "per": draft.per, "member": draft.member,
        **{name: getattr(draft, name) for name in MOST}, "from_on": first, "to_on": last,
        "partner": _partner(draft.partner, region_code), "team": _team(draft.team, region_code),
    }  # fmt: skip


def _day(text: str, name: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field=name) from None


def _partner(code: str, region_code: str) -> int | None:
    """A partner of this division or of one above or below it."""
    if not code:
        return None
    found = Partner.get_or_none(Partner.code == code)
    near = found and (is_within(found.region_code, region_code) or is_within(region_code, found.region_code))
    if found is None or not near:
        raise Refusal(C.FIELD_WRONG, field="partner")
    return int(found.id)


def _team(code: str, region_code: str) -> int | None:
    if not code:
        return None
    found = Team.get_or_none(Team.code == code)
    if found is None or not is_within(found.region_code, region_code):
        raise Refusal(C.FIELD_WRONG, field="team")
    return int(found.id)
