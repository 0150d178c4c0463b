"""Stars over many people: whose minutes reach a step, whose no longer do, which public notices are over.

Read in parts outside a write, written in parts of JSON rows (see `queries.assessment`): a scan waits for none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models import store
from queries import rows
from queries.assessment import PART, each

__all__ = ["PART"]

_BROUGHT = (
    "COALESCE((SELECT SUM(r.minutes) FROM service_record r WHERE r.volunteer_id = v.id AND r.source = 'transferred' "
    "AND r.state = 'confirmed'), 0)"
)
#: Minutes that count for a star as it was proposed.
_COUNTS = f"b.minutes - CASE WHEN a.with_brought THEN 0 ELSE {_BROUGHT} END"
_REACHED = "CASE WHEN c.counted >= ? THEN 5 WHEN c.counted >= ? THEN 4 WHEN c.counted >= ? THEN 3 WHEN c.counted >= ? THEN 2 ELSE 1 END"  # noqa: E501
#: Active people of an area whose highest step has no row that is alive or was decided against.
_REACHING = """
SELECT c.id, c.region_code, c.counted FROM (
    SELECT v.id, v.region_code, b.minutes - {brought} AS counted
    FROM volunteer v JOIN balance b ON b.volunteer_id = v.id
    WHERE v.id > ? AND b.minutes >= ? AND v.state = 'active'{area}
) c
WHERE c.counted >= ? AND NOT EXISTS (
    SELECT 1 FROM star_award a WHERE a.volunteer_id = c.id AND a.state <> 'lapsed' AND a.star >= {reached}
    AND (a.state = 'awarded' OR a.star = {reached}))
ORDER BY c.id LIMIT ?
"""
#: One of a person's stars is proposed where no such star was decided on and no equal or higher one was awarded.
_PROPOSE = """
INSERT INTO star_award (code, volunteer_id, star, region_code, at_region, state, origin, minutes, step_hours,
                        with_brought, rule_set_id, created_at)
SELECT e.value ->> 0, CAST(e.value ->> 1 AS BIGINT), CAST(e.value ->> 2 AS SMALLINT), e.value ->> 3, e.value ->> 4,
       'review', 'rule', CAST(e.value ->> 5 AS INTEGER), CAST(e.value ->> 6 AS INTEGER), CAST(? AS BOOLEAN),
       CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM {each} WHERE NOT EXISTS (
    SELECT 1 FROM star_award a WHERE a.volunteer_id = CAST(e.value ->> 1 AS BIGINT)
    AND ((a.state = 'awarded' AND a.star >= CAST(e.value ->> 2 AS SMALLINT))
         OR (a.star = CAST(e.value ->> 2 AS SMALLINT) AND a.state IN ('refused', 'withdrawn'))))
ON CONFLICT (volunteer_id, star) WHERE state IN ('review', 'announced', 'awarded') DO NOTHING
RETURNING id
"""
#: What a higher star of the same reviewer, or an awarded one, takes the place of.
_COVERED = """
UPDATE star_award SET state = 'lapsed', ended_why = 'higher', ended_at = CAST(? AS BIGINT)
WHERE (state || '') = 'review' AND volunteer_id IN (SELECT CAST(e.value ->> 1 AS BIGINT) FROM {each})
AND EXISTS (SELECT 1 FROM star_award h WHERE h.volunteer_id = star_award.volunteer_id AND h.star > star_award.star
            AND (h.state = 'awarded' OR (h.state IN ('review', 'announced') AND h.at_region = star_award.at_region)))
RETURNING id
"""
_FALLEN_OPEN = f"""
SELECT a.id, a.volunteer_id, a.star, a.state, CASE WHEN v.state IN ('active', 'deceased') THEN 'hours' ELSE 'gone' END
FROM star_award a JOIN volunteer v ON v.id = a.volunteer_id JOIN balance b ON b.volunteer_id = v.id
WHERE a.state IN ('review', 'announced')
AND (v.state NOT IN ('active', 'deceased') OR {_COUNTS} < a.step_hours * 60)
ORDER BY a.id
"""
_LAPSE = """
UPDATE star_award SET state = 'lapsed', ended_why = ?, ended_at = CAST(? AS BIGINT)
WHERE id IN (SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each}) AND (state || '') IN ('review', 'announced')
RETURNING id, volunteer_id, star, notice_until
"""
_FALLEN_AWARDED = f"""
SELECT a.id FROM star_award a JOIN volunteer v ON v.id = a.volunteer_id JOIN balance b ON b.volunteer_id = v.id
WHERE a.state = 'awarded' AND a.look_since IS NULL AND v.state = 'active' AND {_COUNTS} < a.step_hours * 60
AND (a.look_kept IS NULL OR {_COUNTS} < a.look_kept)
ORDER BY a.id
"""
_RISEN = f"""
SELECT a.id FROM star_award a JOIN volunteer v ON v.id = a.volunteer_id JOIN balance b ON b.volunteer_id = v.id
WHERE a.state = 'awarded' AND a.look_since IS NOT NULL AND {_COUNTS} >= a.step_hours * 60 ORDER BY a.id
"""
_MOVED = """
SELECT a.id, a.star, a.rule_set_id, v.region_code FROM star_award a JOIN volunteer v ON v.id = a.volunteer_id
WHERE a.state = 'review' AND a.region_code <> v.region_code ORDER BY a.id
"""
#: An open objection: nothing is awarded meanwhile.
_OBJECTED = (
    "EXISTS (SELECT 1 FROM star_objection o JOIN complaint c ON c.id = o.complaint_id "
    "WHERE o.award_id = {a}.id AND c.state IN ('received', 'forwarded'))"
)
#: His minutes still reach the step, and he is still there.
_REACHES = (
    "EXISTS (SELECT 1 FROM volunteer v JOIN balance b ON b.volunteer_id = v.id WHERE v.id = {a}.volunteer_id "
    "AND v.state IN ('active', 'deceased') "
    f"AND b.minutes - CASE WHEN {{a}}.with_brought THEN 0 ELSE {_BROUGHT} END >= {{a}}.step_hours * 60)"
)
#: Whoever is awarded is held on to first: what somebody writes against it meanwhile is seen by the statement behind.
_HOLD = "SELECT id FROM star_award WHERE id IN (SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each}) ORDER BY id"
_OVER = f"""
SELECT a.id, a.notice_from, a.notice_until, a.notice_days FROM star_award a
WHERE a.state = 'announced' AND a.notice_until < ? AND NOT {_OBJECTED.format(a="a")} ORDER BY a.id
"""
_AWARD = f"""
UPDATE star_award SET state = 'awarded', awarded_on = ?, look_since = NULL
WHERE (state || '') = 'announced' AND notice_until < ? AND NOT {_OBJECTED.format(a="star_award")}
AND {_REACHES.format(a="star_award")}
AND id IN (SELECT CAST(e.value ->> 0 AS BIGINT) FROM {{each}})
RETURNING id, volunteer_id, star, code
"""
#: Lower stars still on their way need no word any more once a higher one is awarded.
_BELOW_AWARDED = """
UPDATE star_award SET state = 'lapsed', ended_why = 'higher', ended_at = CAST(? AS BIGINT)
WHERE (state || '') IN ('review', 'announced')
AND volunteer_id IN (SELECT CAST(e.value ->> 0 AS BIGINT) FROM {each})
AND EXISTS (SELECT 1 FROM star_award h WHERE h.volunteer_id = star_award.volunteer_id AND h.star > star_award.star
            AND h.state = 'awarded')
RETURNING id
"""
_ANNOUNCE = """
UPDATE star_award SET state = 'announced', notice_from = ?, notice_until = ?, notice_days = CAST(? AS SMALLINT),
       decided_by_id = CAST(? AS BIGINT), decided_at = CAST(? AS BIGINT), why = ?, facts = e.value ->> 1
FROM {each} WHERE star_award.id = CAST(e.value ->> 0 AS BIGINT) AND (star_award.state || '') = 'review'
RETURNING star_award.id, star_award.volunteer_id, star_award.star, star_award.code
"""


@dataclass(frozen=True, slots=True)
class Area:
    """Divisions under `code` ("" is everywhere) without those under `but`, whose numbers differ."""

    code: str
    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaching:
    """Somebody whose counted minutes reach a step that nothing stands for."""

    volunteer_id: int
    region_code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A star to be proposed, and who reviews it."""

    code: str
    volunteer_id: int
    star: int
    region_code: str
    at_region: str
    minutes: int
    step_hours: int


@dataclass(frozen=True, slots=True)
class Given:
    """A star that was just awarded or announced."""

    id: int
    volunteer_id: int
    star: int
    code: str


def _where(area: Area) -> tuple[str, list[str]]:
    text, values = "", []
    if area.code:
        text += " AND v.region_code >= ? AND v.region_code < ?"
        values += [area.code, f"{area.code}:"]
    for code in area.but:
        text += " AND NOT (v.region_code >= ? AND v.region_code < ?)"
        values += [code, f"{code}:"]
    return text, values


def reaching(*, area: Area, steps: Sequence[int], brought: bool, after: int, limit: int) -> list[Reaching]:
    """Whose minutes reach one of the five `steps` (minutes, rising), behind the person `after`; `brought`: minutes from
    before count."""
    text, values = _where(area)
    highest = [steps[number] for number in (4, 3, 2, 1)]
    query = _REACHING.format(brought="0" if brought else _BROUGHT, area=text, reached=_REACHED)
    found = rows(query, (after, steps[0], *values, steps[0], *highest, *highest, limit))
    return [Reaching(int(row[0]), row[1], int(row[2])) for row in found]


def propose(*, proposals: Sequence[Proposal], brought: bool, rule_id: int, now: int) -> int:
    """Put proposals down, inside a write; how many were new. What a new one takes the place of lapses."""
    items = [
        (one.code, one.volunteer_id, one.star, one.region_code, one.at_region, one.minutes, one.step_hours)
        for one in proposals
    ]
    made = each(_PROPOSE, (brought, rule_id, now), items)
    if made:
        each(_COVERED, (now,), items)
    return len(made)


def cover(*, volunteer_id: int, now: int) -> None:
    """Let lapse what a higher star of one person takes the place of, inside a write."""
    each(_COVERED, (now,), [(0, volunteer_id)])


def fallen_open() -> list[tuple[int, str]]:
    """(row, why) of what is in review or announced and holds no longer: hours, gone."""
    return [(int(row[0]), row[4]) for row in rows(_FALLEN_OPEN)]


def lapse(*, ids: Iterable[int], why: str, now: int) -> list[tuple[int, int, int, str | None]]:
    """Let rows lapse, inside a write; (row, person, star, last day of its public notice) of each."""
    found = each(_LAPSE, (why, now), [(number,) for number in ids])
    return [(int(row[0]), int(row[1]), int(row[2]), row[3]) for row in found]


def fallen_awarded() -> list[int]:
    """Awarded stars whose minutes are below their step, and nobody has looked."""
    return [int(row[0]) for row in rows(_FALLEN_AWARDED)]


def risen() -> list[int]:
    """Awarded stars to be looked at whose minutes reach their step again."""
    return [int(row[0]) for row in rows(_RISEN)]


def moved() -> list[tuple[int, int, int, str]]:
    """(row, star, rule set, where the person belongs now) of what is in review elsewhere."""
    return [(int(row[0]), int(row[1]), int(row[2]), row[3]) for row in rows(_MOVED)]


def over(today: str) -> list[tuple[int, str, str, int]]:
    """(row, first day, last day, working days) of public notices that are over without an open objection."""
    return [(int(row[0]), row[1], row[2], int(row[3])) for row in rows(_OVER, (today,))]


def announce(
    *, items: Iterable[tuple[int, str]], first: str, last: str, days: int, actor_id: int | None, why: str, now: int
) -> list[Given]:
    """Begin the public notice of (row, what the reviewer saw), inside a write; those that another one decided are left
    out."""
    found = each(_ANNOUNCE, (first, last, days, actor_id, now, why), items)
    return [Given(int(row[0]), int(row[1]), int(row[2]), row[3]) for row in found]


def award(*, ids: Iterable[int], today: str, now: int) -> list[Given]:
    """Award what is over, inside a write; lower stars of the same people lapse. What is objected to, and what minutes
    no longer reach, is left out."""
    items = [(number,) for number in ids]
    if store.current().dialect == "postgres":
        each(f"{_HOLD} FOR UPDATE", (), items)
    found = each(_AWARD, (today, today), items)
    given = [Given(int(row[0]), int(row[1]), int(row[2]), row[3]) for row in found]
    if given:
        each(_BELOW_AWARDED, (now,), [(one.volunteer_id,) for one in given])
    return given
