"""Benefits as people read them: a volunteer's own, a division's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Benefit, BenefitGrant, Volunteer
from services import permissions, regions, scopes
from services.access import belonging
from services.actors import Actor
from services.benefits import fitting, offers
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.regions import lineage

MOST = 100


@dataclass(frozen=True, slots=True)
class Own:
    """A benefit of one's area: `lacks` in words what is missing ([]: it is his), `given` until when it was done for him
    ("" for good, None: nothing)."""

    code: str
    kind: str
    name: str
    provider: str
    content: str
    phone: str
    conditions: list[str]
    lacks: list[str]
    to_on: str
    uses: int
    per: str
    given: str | None

    @property
    def fits(self) -> bool:
        """Whether he may have it."""
        return not self.lacks


@dataclass(frozen=True, slots=True)
class Line:
    """A benefit in the console's list; `state` open, paused, closed, or over (its last day is gone)."""

    code: str
    name: str
    kind: str
    provider: str
    place: str
    conditions: list[str]
    from_on: str
    to_on: str
    uses: int
    per: str
    used: int
    state: str
    may_edit: bool
    #: Whether the reader may see who used it.
    may_look: bool
    content: str
    phone: str
    region: str


def mine(*, volunteer_id: int, at: datetime) -> list[Own]:
    """The benefits of his divisions that run today, those he may have first. Refusals: NOT_FOUND."""
    person = Volunteer.get_or_none(Volunteer.id == volunteer_id, Volunteer.state == "active")
    if person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    codes = sorted({up for code in belonging.divisions_of(person) for up in lineage(code)})
    day = local_day(at).isoformat()
    rows = (
        Benefit.select()
        .where(
            Benefit.region_code.in_(codes), Benefit.state == "open", Benefit.from_on <= day,
            Benefit.to_on.is_null() | (Benefit.to_on >= day),
        )
        .order_by(Benefit.kind, Benefit.id)
        .limit(MOST)
    )  # fmt: skip
    found = [_own(row, volunteer_id, at) for row in rows]
    return sorted((each for each in found if each is not None), key=lambda each: not each.fits)


def one(*, volunteer_id: int, code: str, at: datetime) -> Own:
    """One benefit of his area. Refusals: NOT_FOUND."""
    found = _own(offers.by_code(code), volunteer_id, at)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return found


def _own(row: Benefit, volunteer_id: int, at: datetime) -> Own | None:
    lacks = fitting.lacking(row, volunteer_id=volunteer_id, at=at)
    if lacks is None:
        return None
    day = local_day(at).isoformat()
    given = (
        BenefitGrant.select()
        .where(
            BenefitGrant.benefit == row.id, BenefitGrant.volunteer == volunteer_id,
            BenefitGrant.until_on.is_null() | (BenefitGrant.until_on >= day),
        )
        .order_by(BenefitGrant.id.desc())
        .first()
    )  # fmt: skip
    return Own(
        row.code, row.kind, row.name, row.provider, row.content, row.phone, told(row, at), lacks, row.to_on or "",
        row.uses, row.per, (given.until_on or "") if given else None,
    )  # fmt: skip


def told(row: Benefit, at: datetime) -> list[str]:
    """Its conditions in words."""
    return [words for words, _ in fitting.conditions(row, at=at).values()]


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Line]:
    """The benefits of the actor's divisions and those above them; filters: kind, state, region."""
    codes = scopes.readable(actor=actor, at=at)
    above = [up for code in codes for up in lineage(code)[:-1]]
    query = Benefit.select().where(scopes.within(Benefit.region_code, codes) | Benefit.region_code.in_(above))
    for name, column in (("kind", Benefit.kind), ("state", Benefit.state)):
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Benefit.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Benefit.name.contains(wanted.text) | Benefit.provider.contains(wanted.text))
    sorts = {"name": Benefit.name, "from": Benefit.from_on, "until": Benefit.to_on, "used": Benefit.used}
    page = cut(query, wanted=wanted, sorts=sorts, default="-from", tie=Benefit.id, row=lambda row: row)
    return Found(_lines(page.rows, actor, at), page.total, page.page, page.size)


def _lines(rows: Sequence[Any], actor: Actor, at: datetime) -> list[Line]:
    places = regions.path_names([row.region_code for row in rows])
    managed, day = scopes.managed(actor=actor, at=at), local_day(at).isoformat()
    readable = scopes.readable(actor=actor, at=at)
    return [
        Line(
            row.code, row.name, row.kind, row.provider, places[row.region_code], told(row, at), row.from_on,
            row.to_on or "", row.uses, row.per, row.used,
            "over" if row.state == "open" and (row.to_on or day) < day else row.state,
            scopes.covers(managed, row.region_code), scopes.covers(readable, row.region_code), row.content, row.phone,
            row.region_code,
        )
        for row in rows
    ]  # fmt: skip


def page(*, actor: Actor, code: str, at: datetime) -> Line:
    """One benefit, for those who may look at its division or one below it. Refusals: NOT_FOUND."""
    row = offers.by_code(code)
    codes = scopes.readable(actor=actor, at=at)
    if not any(code_.startswith(str(row.region_code)) for code_ in codes):
        permissions.require_look(actor=actor, region_code=str(row.region_code), at=at)
    return _lines([row], actor, at)[0]
