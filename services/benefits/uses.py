"""The counted uses of a benefit as its centre reads them; one tapped by mistake is taken back (S103)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from frozen import dataclass
from models import Benefit, BenefitUse, Volunteer, store
from services import audit, permissions, regions
from services.actors import Actor
from services.benefits import offers
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.review.reach import words_of

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Line:
    """One counted use: whose, and when it was counted."""

    id: int
    public_no: str
    name: str
    place: str
    at: datetime


def listed(*, actor: Actor, code: str, wanted: Wanted, at: datetime) -> Found[Line]:
    """The counted uses, the newest first. Refusals: NOT_FOUND / NOT_ALLOWED (who does not look after the people)."""
    benefit = offers.by_code(code)
    permissions.require_look(actor=actor, region_code=str(benefit.region_code), at=at)
    query = BenefitUse.select(BenefitUse, Volunteer).join(Volunteer).where(BenefitUse.benefit == benefit.id)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"at": BenefitUse.id}, default="-at", tie=BenefitUse.id, row=lambda row: row
    )
    return Found(_lines(page.rows), page.total, page.page, page.size)


def _lines(rows: Sequence[BenefitUse]) -> list[Line]:
    places = regions.path_names(sorted({str(row.volunteer.region_code) for row in rows}))
    return [
        Line(row.id, row.volunteer.public_no, row.volunteer.name, places[row.volunteer.region_code], row.at)
        for row in rows
    ]


def one(*, actor: Actor, code: str, use_id: int, at: datetime) -> Line:
    """One counted use, for those who may take it back. Refusals: NOT_FOUND, NOT_ALLOWED."""
    benefit = offers.managed(actor=actor, code=code, at=at)
    row = BenefitUse.get_or_none(BenefitUse.id == use_id, BenefitUse.benefit == benefit.id)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    return _lines([row])[0]


def take_back(*, actor: Actor, code: str, use_id: int, reason: str, at: datetime) -> None:
    """One use was counted by mistake: it is as if it had never been, and the history keeps why.

    Not by the provider, who has no account: whoever holds the card could undo his own uses. Refusals in order:
    NOT_FOUND / NOT_ALLOWED, REASON_REQUIRED, TEXT_TOO_LONG, OWN_RECORD (his own), NOT_FOUND (no such use, or gone).
    """
    benefit = offers.managed(actor=actor, code=code, at=at)
    said = words_of(reason)

    def act() -> None:
        # Counting holds the same row first (`cards.use`): the number of uses and their rows stay one.
        Benefit.update(used=Benefit.used - 1).where(Benefit.id == benefit.id).execute()
        row = BenefitUse.get_or_none(BenefitUse.id == use_id, BenefitUse.benefit == benefit.id)
        if row is None:
            raise Refusal(C.NOT_FOUND)
        if row.volunteer_id == actor.volunteer_id:
            raise Refusal(C.OWN_RECORD)
        BenefitUse.delete().where(BenefitUse.id == use_id).execute()
        audit.changed(
            actor=actor, verb="benefit.use_taken_back", subject=f"benefit:{benefit.id}", reason=said, at=at,
            changes={"volunteer": [row.volunteer_id, None], "used_at": [row.at.isoformat(), None]},
        )  # fmt: skip

    store.write(act)
