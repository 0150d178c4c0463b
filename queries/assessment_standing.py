"""What became of people between the phases of an assessment: gone, back, merged, moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from queries import change, one, rows
from queries.assessment import PART, each

T = TypeVar("T")

#: Cards of people who are not active, or in no team any more. A result that was told stands when somebody leaves.
_GONE = """
SELECT c.id, CASE WHEN v.state = 'active' THEN 'left' ELSE v.state END
FROM assessment_card c JOIN volunteer v ON v.id = c.volunteer_id
WHERE c.cycle_id = ? AND ((v.state <> 'active' AND c.state IN ('open', 'decided', 'told', 'objected'))
    OR (v.state = 'active' AND c.state IN ('open', 'decided') AND NOT EXISTS (
        SELECT 1 FROM team_member m WHERE m.volunteer_id = v.id AND m.to_at IS NULL)))
ORDER BY c.id
"""
_BACK = """
SELECT c.id FROM assessment_card c JOIN volunteer v ON v.id = c.volunteer_id AND v.state = 'active'
WHERE c.cycle_id = ? AND c.state = 'aside' AND c.aside_why IN ('deceased', 'merged', 'left') AND EXISTS (
    SELECT 1 FROM team_member m WHERE m.volunteer_id = v.id AND m.to_at IS NULL)
ORDER BY c.id
"""
_ASIDE = """
UPDATE assessment_card SET state = 'aside', aside_why = e.value ->> 1, version = version + 1
FROM {each} WHERE assessment_card.id = CAST(e.value ->> 0 AS BIGINT)
AND assessment_card.state || '' IN ('open', 'decided', 'told', 'objected') RETURNING assessment_card.id
"""
#: Back: to where it stood, read off what it holds.
_STOOD = """CASE
    WHEN EXISTS (SELECT 1 FROM assessment_objection o WHERE o.card_id = assessment_card.id AND o.state = 'open')
    THEN 'objected' WHEN told_at IS NOT NULL THEN 'told' WHEN grade IS NOT NULL THEN 'decided' ELSE 'open' END"""
_REOPEN = f"""
UPDATE assessment_card SET state = {_STOOD}, aside_why = '', version = version + 1
FROM {{each}} WHERE assessment_card.id = CAST(e.value ->> 0 AS BIGINT) AND assessment_card.state || '' = 'aside'
RETURNING assessment_card.id
"""
_TAKE_OVER = f"""
UPDATE assessment_card SET volunteer_id = ?, state = {_STOOD}, aside_why = '', version = version + 1
WHERE id = ? AND state = 'aside'
"""
#: Whom an entry was merged into, and that one into the next: the entry that stands at the end of the chain.
_MERGED = """
WITH RECURSIVE chain (card_id, dropped_id, kept_id) AS (
    SELECT c.id, v.id, v.merged_into_id FROM assessment_card c
    JOIN volunteer v ON v.id = c.volunteer_id AND v.state = 'merged' AND v.merged_into_id IS NOT NULL
    WHERE c.cycle_id = ? AND c.state = 'aside' AND c.aside_why = 'merged'
    UNION
    SELECT h.card_id, h.dropped_id, k.merged_into_id FROM chain h
    JOIN volunteer k ON k.id = h.kept_id AND k.state = 'merged' AND k.merged_into_id IS NOT NULL
)
SELECT c.id, h.dropped_id, v.id, c.year FROM chain h
JOIN volunteer v ON v.id = h.kept_id AND v.state <> 'merged' JOIN assessment_card c ON c.id = h.card_id
WHERE NOT EXISTS (SELECT 1 FROM assessment_card k WHERE k.volunteer_id = v.id AND k.year = c.year AND k.state <> 'void')
    OR EXISTS (SELECT 1 FROM assessment_peer p JOIN assessment_card k ON k.id = p.card_id
        WHERE p.reviewer_id = h.dropped_id AND p.void_why = '' AND k.cycle_id = c.cycle_id)
    OR EXISTS (SELECT 1 FROM assessment_peer p WHERE p.card_id = c.id AND p.void_why = '')
"""
#: A person's entry, and those merged into it, one into the other; and the entry that stands for one.
_ENTRIES = """
WITH RECURSIVE entry (id) AS (
    SELECT v.id FROM volunteer v WHERE v.id = ?
    UNION SELECT v.id FROM volunteer v JOIN entry ON v.merged_into_id = entry.id
) SELECT id FROM entry ORDER BY id
"""
_KEPT = """
WITH RECURSIVE entry (id, next_id) AS (
    SELECT v.id, v.merged_into_id FROM volunteer v WHERE v.id = ?
    UNION SELECT v.id, v.merged_into_id FROM volunteer v JOIN entry ON v.id = entry.next_id
) SELECT id FROM entry WHERE next_id IS NULL
"""
_HAS_CARD = "SELECT id FROM assessment_card WHERE volunteer_id = ? AND year = ? AND state <> 'void'"
#: His team is another than his card's: his home team, or his first.
_MOVED = """
SELECT c.id, t.id, t.region_code FROM assessment_card c
JOIN team_member m ON m.id = (SELECT h.id FROM team_member h WHERE h.volunteer_id = c.volunteer_id AND h.to_at IS NULL
                              ORDER BY h.home DESC, h.id LIMIT 1)
JOIN team t ON t.id = m.team_id
WHERE c.cycle_id = ? AND c.state = 'open' AND m.team_id <> c.team_id
"""
_MOVE = """
UPDATE assessment_card SET team_id = ?, region_code = ?, cycle_id = ?, version = version + 1
WHERE id = ? AND state = 'open' RETURNING id
"""


def entries_of(volunteer_id: int) -> list[int]:
    """A person's entry, and those that were merged into it, or into one that was."""
    return [int(row[0]) for row in rows(_ENTRIES, (volunteer_id,))]


def kept_of(volunteer_id: int) -> int:
    """The entry that stands for one: itself, or the last that it was merged into."""
    found = one(_KEPT, (volunteer_id,))
    return int(found[0]) if found else volunteer_id


def gone(cycle_id: int) -> list[tuple[int, str]]:
    """(card, deceased / merged / left …) of people who are no longer to be assessed."""
    return [(int(card), why) for card, why in rows(_GONE, (cycle_id,))]


def back(cycle_id: int) -> list[tuple[int]]:
    """Cards set aside for what has been undone."""
    return [(int(row[0]),) for row in rows(_BACK, (cycle_id,))]


def parts(found: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many at a time."""
    return (found[start : start + PART] for start in range(0, len(found), PART))


def put_aside(found: Sequence[tuple[int, str]]) -> int:
    """Set (card, why) aside; how many."""
    return len(each(_ASIDE, (), found))


def reopen(found: Sequence[tuple[int]]) -> int:
    """Take cards back in; how many."""
    return len(each(_REOPEN, (), found))


def merged(cycle_id: int) -> list[tuple[int, int, int, str]]:
    """(card, dropped entry, kept entry, year) of people merged into another, while something is to be handed on."""
    return [
        (int(card), int(dropped), int(kept), year) for card, dropped, kept, year in rows(_MERGED, (cycle_id,))
    ]


def hand_over(card_id: int, dropped: int, kept: int, year: str) -> int:
    """The kept entry takes the card where it has none, as it stood; what the two said of each other is void, and a
    judgement of either that the other gave, too, counts once."""
    own = one(_HAS_CARD, (kept, year))
    if own is None:
        change(_TAKE_OVER, (kept, card_id))
        change("UPDATE assessment_objection SET volunteer_id = ? WHERE card_id = ?", (kept, card_id))
        card = card_id
    else:
        card = int(own[0])
        change("UPDATE assessment_peer SET void_why = 'gone' WHERE card_id = ? AND void_why = ''", (card_id,))
    change(
        "UPDATE assessment_peer SET void_why = 'same_person' WHERE card_id = ? AND reviewer_id IN (?, ?)",
        (card, dropped, kept),
    )
    # Whom both were to judge: the kept entry's word stands.
    change(
        "UPDATE assessment_peer SET void_why = 'same_person' WHERE reviewer_id = ? AND void_why = '' AND card_id IN "
        "(SELECT p.card_id FROM assessment_peer p WHERE p.reviewer_id = ?)",
        (dropped, kept),
    )
    change(
        "UPDATE assessment_peer SET reviewer_id = ? WHERE reviewer_id = ? AND void_why = ''",
        (kept, dropped),
    )
    return 1


def moved(cycle_id: int) -> list[tuple[int, int, str]]:
    """(card, his team now, its division) of people who changed their home team."""
    return [(int(card), int(team), region) for card, team, region in rows(_MOVED, (cycle_id,))]


def move(*, card_id: int, team_id: int, region_code: str, cycle_id: int) -> int:
    """The card goes along; 1, or 0 where it was decided meanwhile."""
    return int(one(_MOVE, (team_id, region_code, cycle_id, card_id)) is not None)
