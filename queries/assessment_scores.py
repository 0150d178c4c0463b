"""The facts behind an assessment and its scores, for a range of cards at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from queries import rows
from queries.assessment import each

#: Cards in one look: their facts fit into memory, and no statement comes near its time limit.
LOOK = 5000

_CARDS = """
SELECT c.id, c.volunteer_id, c.state, c.self_score, c.review_score, c.version FROM assessment_card c
WHERE c.cycle_id = ? AND c.id > ? AND c.state IN ('open', 'decided') ORDER BY c.id LIMIT ?
"""
_MINUTES = """
SELECT c.id, SUM(e.amount), COUNT(*), MAX(e.id)
FROM assessment_card c JOIN minute_entry e ON e.volunteer_id = c.volunteer_id AND e.local_day >= ? AND e.local_day <= ?
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? GROUP BY c.id
"""
_ATTENDANCE = """
SELECT c.id, SUM(CASE WHEN s.outcome IN ('present', 'left_early') THEN 1 ELSE 0 END), MAX(s.id),
    STRING_AGG(CAST(s.id AS TEXT), ',') FILTER (WHERE s.outcome = 'absent')
FROM assessment_card c JOIN signup s ON s.volunteer_id = c.volunteer_id AND s.state = 'confirmed'
JOIN activity a ON a.id = s.activity_id AND a.local_day >= ? AND a.local_day <= ?
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? AND s.outcome IN ('present', 'left_early', 'absent') GROUP BY c.id
"""
_JUDGED = """
SELECT c.id, COUNT(*), SUM(e.score), MAX(e.id)
FROM assessment_card c JOIN evaluation e ON e.subject_id = c.volunteer_id AND e.kind = 'organiser'
AND e.at >= ? AND e.at < ?
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? GROUP BY c.id
"""
#: Class minutes; who has none is not in it, and the weight of training goes to his other parts: many a place has
#: nothing to offer him.
_TRAINED = """
SELECT c.id, SUM(r.minutes) FROM assessment_card c
JOIN training_result r ON r.volunteer_id = c.volunteer_id AND r.local_day >= ? AND r.local_day <= ? AND r.minutes > 0
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? GROUP BY c.id
"""
#: Votes that stand. `lone`: it came from the one who recommended the person.
_VOTES = """
SELECT c.id, COUNT(*), SUM(p.score), SUM(CASE WHEN EXISTS (
    SELECT 1 FROM application a WHERE a.volunteer_id = c.volunteer_id AND a.team_id = c.team_id
    AND a.state = 'approved' AND a.recommender_id = p.reviewer_id) THEN 1 ELSE 0 END)
FROM assessment_card c JOIN assessment_peer p ON p.card_id = c.id AND p.score IS NOT NULL AND p.void_why = ''
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? GROUP BY c.id
"""
_MARKS = """
SELECT m.card_id, m.phase_id, m.score FROM assessment_card c JOIN assessment_mark m ON m.card_id = c.id
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ?
"""
_CASES = """
SELECT DISTINCT c.id FROM assessment_card c JOIN case_person p ON p.volunteer_id = c.volunteer_id
JOIN hours_case h ON h.id = p.case_id AND h.state IN ('held', 'hearing')
WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ?
"""
#: What was reckoned, where it differs and nobody has touched the card meanwhile.
_STORE = """
UPDATE assessment_card SET peer_votes = CAST(e.value ->> 2 AS SMALLINT), peer_score = CAST(e.value ->> 3 AS SMALLINT),
    objective_score = CAST(e.value ->> 4 AS SMALLINT), objective = e.value ->> 5, weights = e.value ->> 6,
    total = CAST(e.value ->> 7 AS SMALLINT), suggested = e.value ->> 8,
    clear = (CAST(e.value ->> 9 AS SMALLINT) = 1), objective_at = CAST(? AS BIGINT), version = version + 1
FROM {each}
WHERE assessment_card.id = CAST(e.value ->> 0 AS BIGINT) AND assessment_card.version = CAST(e.value ->> 1 AS INTEGER)
AND assessment_card.state || '' = 'open' AND (assessment_card.objective IS DISTINCT FROM (e.value ->> 5)
    OR assessment_card.weights IS DISTINCT FROM (e.value ->> 6)
    OR assessment_card.total IS DISTINCT FROM CAST(e.value ->> 7 AS SMALLINT)
    OR assessment_card.peer_votes <> CAST(e.value ->> 2 AS SMALLINT)
    OR assessment_card.clear <> (CAST(e.value ->> 9 AS SMALLINT) = 1))
RETURNING assessment_card.id
"""


class Card(NamedTuple):
    """A card to be reckoned."""

    id: int
    volunteer_id: int
    state: str
    self_score: int | None
    review_score: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Span:
    """The days that count, as texts, and their moments in epoch ms."""

    first_day: str
    last_day: str
    from_at: int
    to_at: int


def cards(*, cycle_id: int, after: int, limit: int = LOOK) -> list[Card]:
    """The next cards of a cycle that are not told yet."""
    return [Card._make(row) for row in rows(_CARDS, (cycle_id, after, limit))]


def minutes(scope: tuple[int, int, int], span: Span) -> dict[int, tuple[int, int, int]]:
    """card → (minutes, entries, last entry) of the book, for the cards of a scope (cycle, after id, up to id)."""
    return {
        row[0]: (int(row[1]), row[2], row[3])
        for row in rows(_MINUTES, (span.first_day, span.last_day, *scope))
    }


def attendance(scope: tuple[int, int, int], span: Span) -> dict[int, tuple[int, int, list[int]]]:
    """card → (times he came, last sign-up looked at, sign-ups to which he neither came nor was excused)."""
    return {
        row[0]: (int(row[1]), row[2], sorted(map(int, row[3].split(","))) if row[3] else [])
        for row in rows(_ATTENDANCE, (span.first_day, span.last_day, *scope))
    }


def judgements(scope: tuple[int, int, int], span: Span) -> dict[int, tuple[int, int, int]]:
    """card → (how often he was judged by organisers, the sum of 1 to 5, last judgement)."""
    return {
        row[0]: (row[1], int(row[2]), row[3]) for row in rows(_JUDGED, (span.from_at, span.to_at, *scope))
    }


def trained(scope: tuple[int, int, int], span: Span) -> dict[int, int]:
    """card → confirmed class minutes."""
    return {row[0]: int(row[1]) for row in rows(_TRAINED, (span.first_day, span.last_day, *scope))}


def votes(scope: tuple[int, int, int]) -> dict[int, tuple[int, int, int]]:
    """card → (votes, their sum, how many of them came from who recommended him)."""
    return {row[0]: (row[1], int(row[2]), int(row[3])) for row in rows(_VOTES, scope)}


def marks(scope: tuple[int, int, int]) -> dict[int, dict[int, int]]:
    """card → {extra phase: score}."""
    found: dict[int, dict[int, int]] = {}
    for card, phase, score in rows(_MARKS, scope):
        found.setdefault(card, {})[phase] = score
    return found


def in_cases(scope: tuple[int, int, int]) -> set[int]:
    """Cards of people about whom a case of forged hours is open."""
    return {row[0] for row in rows(_CASES, scope)}


def keep(scored: Iterable[Sequence[Any]], now: int) -> int:
    """Store what was reckoned: (card, version, votes, peer score, objective score, its JSON, weights as JSON, total,
    suggestion, clear); how many cards changed (not those that somebody touched meanwhile)."""
    return len(each(_STORE, (now,), scored))


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
