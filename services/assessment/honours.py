"""褒奖 of the excellent: an honour and points by rule, once the result is final (S47)."""

from __future__ import annotations

from datetime import datetime

from clock import local_day
from models import AssessmentCard, AssessmentCycle, Honour
from queries import books
from services.assessment import phases_of, rejoining
from services.assessment.shapes import HonourLine
from services.bookkeeping import points as book
from services.messaging import telling
from wording import say


def give(card: AssessmentCard, *, at: datetime) -> None:
    """Write the honour down and post its points, inside the caller's write; once a card, however often it is asked."""
    cycle: AssessmentCycle = card.cycle
    name = say("assessment.honour", year=card.year)
    source = f"assessment:{card.id}"
    if Honour.select().where(Honour.source == source).exists():
        return
    Honour.create(
        volunteer=card.volunteer_id, kind="assessment", name=name, year=card.year, region_code=cycle.region_code,
        source=source, given_by=card.decided_by_id, at=at, awarded_on=local_day(at).isoformat(),
    )  # fmt: skip
    points = int(phases_of.params(cycle)["excellent_points"])
    if points:
        day = local_day(at).isoformat()
        entry = books.Entry(
            card.volunteer_id, points, "honour", None, None, card.region_code, day, cycle.rule_set_id,
            f"{source}:excellent", None, card.decided_by_id, name,
            expires_on=book.lasting(region_code=card.region_code, local_day=day, at=at),
        )  # fmt: skip
        book.post(entry, at=at)
    telling.tell(
        kind="assessment_honour", people=[card.volunteer_id], key=str(card.id), at=at, what=name, points=points,
        url=f"/m/assessment/{card.code}",
    )  # fmt: skip


def of_person(*, volunteer_id: int) -> list[HonourLine]:
    """A person's honours that stand, newest first; also of an entry that was merged into his."""
    rows = (
        Honour.select()
        .where(Honour.volunteer.in_(rejoining.entries_of(volunteer_id)), Honour.revoked_at.is_null())
        .order_by(Honour.id.desc())
    )
    return [HonourLine(row.kind, row.name, row.year, row.at) for row in rows]
