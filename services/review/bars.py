"""Bars: somebody may not sign up until a day, for a reason that he has read (domain U9, 2.4)."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Bar, store
from services import audit, decisions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.review.reach import words_of

C = RefusalCode


@dataclass(frozen=True, slots=True)
class Barred:
    """A bar that runs: why, until when, the case that says so."""

    id: int
    reason: str
    until: datetime
    case_code: str


def running(*, volunteer_id: int, at: datetime) -> Barred | None:
    """The bar that holds this person at `at`, the longest one; None if there is none. One statement."""
    row = (
        Bar.select()
        .where(Bar.volunteer == volunteer_id, Bar.from_at <= at, Bar.until > at, Bar.lifted_at.is_null())
        .order_by(Bar.until.desc())
        .first()
    )
    return Barred(row.id, row.reason, row.until, row.case.code if row.case_id else "") if row else None


def lift(*, actor: Actor, bar_id: int, why: str, at: datetime) -> None:
    """End a bar before its day; by the centre that set it or one above, never for oneself.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, TEXT_TOO_LONG, CASE_STATE (over already).
    """
    bar = Bar.get_or_none(Bar.id == bar_id)
    if bar is None or bar.case is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(actor=actor, region_code=bar.case.region_code, parties=[bar.volunteer_id], at=at)
    said = words_of(why)

    def act() -> None:
        lifted = Bar.update(lifted_at=at, lifted_by=actor.volunteer_id, lifted_why=said).where(
            Bar.id == bar_id, Bar.lifted_at.is_null(), Bar.until > at
        )
        if not lifted.execute():
            raise Refusal(C.CASE_STATE)
        audit.changed(
            actor=actor, verb="bar.lift", subject=f"volunteer:{bar.volunteer_id}", at=at,
            changes={"bar": [bar_id, None]},
            reason=said,
        )  # fmt: skip
        telling.tell(
            kind="bar_lifted", people=[bar.volunteer_id], key=str(bar_id), at=at, reason=said, url="/m/activities"
        )

    store.write(act)
