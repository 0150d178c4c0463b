"""The scores of an assessment for a range of cards: one statement reads the books, reckons, and keeps what differs.

Each step of it is a table of its own, and bears the name of what it knows: `here` the cards, `found` what stands in
each book, `facts` that in one row a card, `rule` the numbers of the cycle, `parts` the parts of the objective score,
`weighed` what each counts, `scores` the objective score, `totals` what all come to, `kept` what goes onto the card. The
arithmetic is that of A4 (S45): whole points 0 to 100, halves go up; a score that is missing counts nothing and leaves
its weight to the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from frozen import dataclass
from models import store
from models.dialect import Steady, member_of
from queries import one, rows

#: Cards in one write. Where there is one writer a scan waits for it, and what it reads may have to come from the disk:
#: 0.7 s for 2,000 cards of a province that nobody had read since the machine started.
PART = {"sqlite": 500, "postgres": 2000}

_PART_ENDS = """
SELECT MAX(n.id) FROM (SELECT c.id FROM assessment_card c WHERE c.cycle_id = ? AND c.id > ? AND c.state = 'open'
    ORDER BY c.id LIMIT ?) n
"""
#: `a` is what a book adds up to, `b` of how many rows, `upto` the last one that was read, `named` those it names; the
#: card itself has its two scores and its version there, votes how many came from who recommended him, marks what they
#: weigh and who gave them (`Frame.weights`). A person's rows are sought by his card (CROSS JOIN: SQLite goes in this
#: order), but open cases, of which there are few, the other way. A card that moved takes the marks of another centre's
#: phases along; here they do not count. The state is asked as `state || ''` where it is changed meanwhile: see
#: `queries.assessment`.
_RECKON = """
WITH here AS MATERIALIZED (
    SELECT c.id, c.cycle_id, c.volunteer_id, c.team_id, c.self_score, c.review_score, c.version FROM assessment_card c
    WHERE c.cycle_id = ? AND c.id > ? AND c.id <= ? AND c.state = 'open'
), found AS (
    SELECT c.id, 'card' AS book, CAST(c.self_score AS BIGINT) AS a, CAST(c.review_score AS BIGINT) AS b,
        CAST(c.version AS BIGINT) AS upto, CAST(NULL AS TEXT) AS named
    FROM here c
  UNION ALL
    SELECT c.id, 'minutes', SUM(e.amount), COUNT(*), MAX(e.id), NULL
    FROM here c CROSS JOIN minute_entry e
    WHERE e.volunteer_id = c.volunteer_id AND e.local_day >= ? AND e.local_day <= ? GROUP BY c.id
  UNION ALL
    SELECT c.id, 'signups', SUM(CASE WHEN s.outcome = 'absent' THEN 0 ELSE 1 END), COUNT(*), MAX(s.id),
        STRING_AGG(CAST(s.id AS TEXT), ',' ORDER BY s.id) FILTER (WHERE s.outcome = 'absent')
    FROM here c CROSS JOIN signup s JOIN activity a ON a.id = s.activity_id AND a.local_day >= ? AND a.local_day <= ?
    WHERE s.volunteer_id = c.volunteer_id AND s.state = 'confirmed'
    AND s.outcome IN ('present', 'left_early', 'absent') GROUP BY c.id
  UNION ALL
    SELECT c.id, 'words', SUM(e.score), COUNT(*), MAX(e.id), NULL
    FROM here c CROSS JOIN evaluation e
    WHERE e.subject_id = c.volunteer_id AND e.kind = 'organiser' AND e.at >= ? AND e.at < ? GROUP BY c.id
  UNION ALL
    SELECT c.id, 'classes', SUM(r.minutes), COUNT(*), 0, NULL
    FROM here c CROSS JOIN training_result r
    WHERE r.volunteer_id = c.volunteer_id AND r.local_day >= ? AND r.local_day <= ? AND r.minutes > 0 GROUP BY c.id
  UNION ALL
    SELECT c.id, 'votes', SUM(p.score), COUNT(*), SUM(CASE WHEN EXISTS (
        SELECT 1 FROM application f WHERE f.volunteer_id = c.volunteer_id AND f.team_id = c.team_id
        AND f.state = 'approved' AND f.recommender_id = p.reviewer_id) THEN 1 ELSE 0 END), NULL
    FROM here c CROSS JOIN assessment_peer p
    WHERE p.card_id = c.id AND p.score IS NOT NULL AND p.void_why = '' GROUP BY c.id
  UNION ALL
    SELECT c.id, 'marks', SUM(m.score * h.weight), SUM(h.weight), SUM(4 << CAST(h.number AS INTEGER)), NULL
    FROM here c CROSS JOIN assessment_mark m
    JOIN assessment_phase h ON h.id = m.phase_id AND h.cycle_id = c.cycle_id AND h.kind = 'extra'
    WHERE m.card_id = c.id GROUP BY c.id
  UNION ALL
    SELECT c.id, 'cases', 0, COUNT(*), 0, NULL
    FROM hours_case h JOIN case_person p ON p.case_id = h.id JOIN assessment_card c ON c.volunteer_id = p.volunteer_id
    WHERE h.state IN ('held', 'hearing')
    AND c.cycle_id = ? AND c.id > ? AND c.id <= ? AND c.state = 'open' GROUP BY c.id
), facts AS (
    SELECT id, MAX(a) FILTER (WHERE book = 'card') AS own, MAX(b) FILTER (WHERE book = 'card') AS review,
        MAX(upto) FILTER (WHERE book = 'card') AS version,
        COALESCE(MAX(a) FILTER (WHERE book = 'minutes'), 0) AS minutes,
        COALESCE(MAX(b) FILTER (WHERE book = 'minutes'), 0) AS entries,
        COALESCE(MAX(upto) FILTER (WHERE book = 'minutes'), 0) AS last_entry,
        COALESCE(MAX(a) FILTER (WHERE book = 'signups'), 0) AS present,
        COALESCE(MAX(b) FILTER (WHERE book = 'signups'), 0) AS expected,
        COALESCE(MAX(upto) FILTER (WHERE book = 'signups'), 0) AS last_signup, COALESCE(MAX(named), '') AS absences,
        COALESCE(MAX(a) FILTER (WHERE book = 'words'), 0) AS stars,
        COALESCE(MAX(b) FILTER (WHERE book = 'words'), 0) AS judged,
        COALESCE(MAX(upto) FILTER (WHERE book = 'words'), 0) AS last_word,
        MAX(a) FILTER (WHERE book = 'classes') AS trained,
        MAX(a) FILTER (WHERE book = 'votes') AS voted, COALESCE(MAX(b) FILTER (WHERE book = 'votes'), 0) AS votes,
        COALESCE(MAX(upto) FILTER (WHERE book = 'votes'), 0) AS recommenders,
        COALESCE(MAX(a) FILTER (WHERE book = 'marks'), 0) AS marked,
        COALESCE(MAX(b) FILTER (WHERE book = 'marks'), 0) AS marks_weigh,
        COALESCE(MAX(upto) FILTER (WHERE book = 'marks'), 0) AS marks, COUNT(*) FILTER (WHERE book = 'cases') AS cases
    FROM found GROUP BY id
), rule AS (
    SELECT {rule}
), parts AS (
    SELECT facts.*, rule.*,
        CASE WHEN minutes <= 0 THEN 0 WHEN minutes >= hours_target THEN 100
            ELSE (200 * minutes + hours_target) / (2 * hours_target) END AS hours,
        (200 * present + expected) / (2 * NULLIF(expected, 0)) AS attendance,
        (40 * stars + judged) / (2 * NULLIF(judged, 0)) AS evaluation,
        CASE WHEN trained >= training_target THEN 100
            ELSE (200 * trained + training_target) / (2 * training_target) END AS training,
        CASE WHEN votes >= min_votes AND votes <> recommenders THEN (2 * voted + votes) / (2 * votes) END AS peer
    FROM facts CROSS JOIN rule
), weighed AS (
    SELECT parts.*, part_hours * hours + COALESCE(part_attendance * attendance, 0)
            + COALESCE(part_evaluation * evaluation, 0) + COALESCE(part_training * training, 0) AS points,
        part_hours + CASE WHEN attendance IS NULL THEN 0 ELSE part_attendance END
            + CASE WHEN evaluation IS NULL THEN 0 ELSE part_evaluation END
            + CASE WHEN training IS NULL THEN 0 ELSE part_training END AS points_of,
        COALESCE(weight_self * own, 0) + COALESCE(weight_peer * peer, 0) + marked AS said,
        whole - marks_weigh - CASE WHEN own IS NULL THEN 0 ELSE weight_self END
            - CASE WHEN peer IS NULL THEN 0 ELSE weight_peer END AS rest,
        marks + CASE WHEN own IS NULL THEN 0 ELSE 1 END + CASE WHEN peer IS NULL THEN 0 ELSE 2 END AS heard
    FROM parts
), scores AS (
    SELECT weighed.*, COALESCE((2 * points + points_of) / (2 * NULLIF(points_of, 0)), hours) AS objective
    FROM weighed
), totals AS MATERIALIZED (
    SELECT scores.*, (2 * (said + rest * COALESCE(review, objective)) + whole) / (2 * whole) AS total FROM scores
), kept AS (
    SELECT id, version, votes, peer, objective, total, total >= clear_mark AND cases = 0 AS clear,
        CASE WHEN total >= excellent_mark THEN 'excellent' WHEN total >= pass_mark THEN 'pass' ELSE 'look' END AS says,
        {weights} AS weights,
        FORMAT(CAST(? AS TEXT), part_hours, hours, minutes, entries, last_entry,
            part_attendance, COALESCE(CAST(attendance AS TEXT), 'null'), present, expected - present, last_signup,
            absences, part_evaluation, COALESCE(CAST(evaluation AS TEXT), 'null'), judged, stars, last_word,
            part_training, COALESCE(CAST(training AS TEXT), 'null'), COALESCE(trained, 0),
            CASE WHEN trained IS NULL THEN 0 ELSE 1 END) AS facts
    FROM totals
)
UPDATE assessment_card SET peer_votes = e.votes, peer_score = e.peer, objective_score = e.objective,
    objective = e.facts, weights = e.weights, total = e.total, suggested = e.says, clear = e.clear,
    objective_at = CAST(? AS BIGINT), version = assessment_card.version + 1
FROM kept e
WHERE assessment_card.id = e.id AND assessment_card.version = e.version AND assessment_card.state || '' = 'open'
AND (assessment_card.objective IS DISTINCT FROM e.facts OR assessment_card.weights IS DISTINCT FROM e.weights
    OR assessment_card.total IS DISTINCT FROM e.total OR assessment_card.peer_votes <> e.votes
    OR assessment_card.clear <> e.clear)
RETURNING assessment_card.id
"""
#: The numbers a cycle goes by, as the statement knows them.
RULE = (
    "hours_target", "training_target", "part_hours", "part_attendance", "part_evaluation", "part_training", "min_votes",
    "weight_self", "weight_peer", "whole", "excellent_mark", "pass_mark", "clear_mark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """The days that count, as texts, and their moments in epoch ms."""

    first_day: str
    last_day: str
    from_at: int
    to_at: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What all cards of a cycle are reckoned by.

    `rule`: the numbers by their names in `RULE`; the targets in minutes, `whole` what all scores weigh together.
    `weights`: the JSON of what each score counted, by who was heard: 1 the person himself, 2 his peers, 4 << its number
    an extra phase, added up. `facts`: how what was read is written down, with a place (`%s`) for each of its numbers.
    """

    days: Span
    rule: Mapping[str, int]
    weights: Mapping[int, str]
    facts: str


def part_ends(*, cycle_id: int, after: int) -> int | None:
    """The last of the next open cards of a cycle; None behind the last one."""
    found = one(_PART_ENDS, (cycle_id, after, PART[store.current().dialect]))
    return found[0] if found else None


def reckon(*, frame: Frame, scope: tuple[int, int, int], now: int) -> int:
    """Reckon the open cards of a scope (cycle, after id, up to id) anew; how many changed."""
    days = frame.days
    between = (days.first_day, days.last_day)
    values = (
        *scope, *between, *between, days.from_at, days.to_at, *between, *scope, *(frame.rule[name] for name in RULE),
        json.dumps(frame.weights), frame.facts, now,
    )  # fmt: skip
    return len(rows(_reckon(store.current().dialect), values))


@lru_cache(maxsize=2)
def _reckon(dialect: str) -> Steady:
    rule = ", ".join(f"CAST(? AS BIGINT) AS {name}" for name in RULE)
    return Steady(_RECKON.format(rule=rule, weights=member_of(dialect, "CAST(heard AS TEXT)")))
