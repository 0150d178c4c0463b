"""The results of an assessment: many cards decided at once, told, and final when nobody objected in time."""

from __future__ import annotations

from collections.abc import Iterable

from frozen import dataclass
from queries import rows
from queries.assessment import each

#: Many decided at once: those that are as they were read.
_DECIDE = """
UPDATE assessment_card SET state = 'decided', grade = ?, decided_by_id = CAST(? AS BIGINT),
    decided_at = CAST(? AS BIGINT), review_score = NULL, reason = '', version = version + 1
FROM {each}
WHERE assessment_card.id = CAST(e.value ->> 0 AS BIGINT) AND assessment_card.version = CAST(e.value ->> 1 AS INTEGER)
AND assessment_card.state || '' = 'open' AND EXISTS (
    SELECT 1 FROM volunteer v WHERE v.id = assessment_card.volunteer_id AND v.state = 'active')
RETURNING assessment_card.id
"""
_UNTOLD = """
SELECT c.id FROM assessment_card c JOIN assessment_cycle y ON y.id = c.cycle_id AND y.state = 'results'
JOIN volunteer v ON v.id = c.volunteer_id AND v.state = 'active'
WHERE c.state = 'decided' AND c.cycle_id = ? ORDER BY c.id
"""
_TELL = """
UPDATE assessment_card SET state = 'told', told_at = CAST(? AS BIGINT), object_until = CAST(? AS BIGINT),
    version = version + 1
FROM {each} WHERE assessment_card.id = CAST(e.value ->> 0 AS BIGINT) AND assessment_card.state || '' = 'decided'
RETURNING assessment_card.id, assessment_card.code, assessment_card.volunteer_id, assessment_card.grade,
    assessment_card.total, assessment_card.reason
"""
_OVER = """
SELECT c.id, c.grade FROM assessment_card c WHERE c.state = 'told' AND c.object_until <= ? ORDER BY c.object_until, c.id
"""
_PASSED = """
UPDATE assessment_card SET state = 'final', final_at = CAST(? AS BIGINT), version = version + 1
FROM {each} WHERE assessment_card.id = CAST(e.value ->> 0 AS BIGINT) AND assessment_card.state || '' = 'told'
AND assessment_card.grade || '' = 'pass' RETURNING assessment_card.id
"""


def decide(*, grade: str, actor_id: int | None, cards: Iterable[tuple[int, int]], now: int) -> set[int]:
    """Give (card, version) one grade; the cards that took it."""
    return {int(row[0]) for row in each(_DECIDE, (grade, actor_id, now), cards)}


def untold(cycle_id: int) -> list[int]:
    """Decided cards of a cycle whose results go out."""
    return [int(row[0]) for row in rows(_UNTOLD, (cycle_id,))]


@dataclass(frozen=True, slots=True)
class Told:
    """A result that goes out now."""

    card_id: int
    code: str
    volunteer_id: int
    grade: str
    total: int
    reason: str


def tell(*, cards: Iterable[int], until: int, now: int) -> list[Told]:
    """Decided → told, with the moment until which one may object; the cards that were."""
    return [Told(*row) for row in each(_TELL, (now, until), ((card,) for card in cards))]


def over(now: int) -> list[tuple[int, str]]:
    """(card, grade) of results that nobody objected to in time."""
    return [(int(card), grade) for card, grade in rows(_OVER, (now,))]


def passed(*, cards: Iterable[int], now: int) -> int:
    """Told → final for those that passed; how many."""
    return len(each(_PASSED, (now,), ((card,) for card in cards)))
