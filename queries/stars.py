"""Stars over many people: whose minutes reach a step, whose no longer do, which public notices are over.

Read in parts outside a write, written in parts of JSON rows (see `queries.assessment`): a scan waits for none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from frozen import dataclass
from models import store
from models.dialect import random_code
from queries import change, counted, rows
from queries.assessment import PART, each

__all__ = ["PART"]

#: More than any number there is; how far the ids of one write lie apart; characters of a star's code.
ALL, WIDE, CODE = 2**31 - 1, 4000, 10

_BROUGHT = (
    "COALESCE((SELECT SUM(r.minutes) FROM service_record r WHERE r.volunteer_id = v.id AND r.source = 'transferred' "
    "AND r.state = 'confirmed'), 0)"
)
#: Minutes that count for a star as it was proposed.
_COUNTS = f"b.minutes - CASE WHEN a.with_brought THEN 0 ELSE {_BROUGHT} END"
_REACHED = "CASE WHEN c.counted >= ? THEN 5 WHEN c.counted >= ? THEN 4 WHEN c.counted >= ? THEN 3 WHEN c.counted >= ? THEN 2 ELSE 1 END"  # noqa: E501
#: Active people of an area, of a range of ids, whose highest step has no row that is alive or was decided against.
_REACHING = """
SELECT c.id AS id, c.region_code AS region_code, c.counted AS counted FROM (
    SELECT v.id, v.region_code, b.minutes - {brought} AS counted
    FROM volunteer v JOIN balance b ON b.volunteer_id = v.id
    WHERE v.id > ? AND v.id <= ? AND b.minutes >= ? AND v.state = 'active'{area}
) c
WHERE c.counted >= ? AND NOT EXISTS (
    SELECT 1 FROM star_award a WHERE a.volunteer_id = c.id AND a.state <> 'lapsed' AND a.star >= {reached}
    AND (a.state = 'awarded' OR a.star = {reached}))
"""
#: Where they are, in ranges that one write takes.
_SPANS = """
SELECT MIN(id), MAX(id), COUNT(*) FROM ({reaching} ORDER BY c.id LIMIT ?) n GROUP BY id / ? ORDER BY 1
"""
#: One of a person's stars is proposed where no such star was decided on and no equal or higher one was awarded. The
#: steps are star, minutes from and below which it is proposed, whole hours, and how much of a code its reviewer's has.
_PROPOSE = """
INSERT INTO star_award (code, volunteer_id, star, region_code, at_region, state, origin, minutes, step_hours,
                        with_brought, rule_set_id, created_at)
SELECT {code}, n.id, s.column1, n.region_code, SUBSTR(n.region_code, 1, s.column5), 'review', 'rule', n.counted,
       s.column4, CAST(? AS BOOLEAN), CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM ({reaching}) n JOIN (VALUES {steps}) AS s ON n.counted >= s.column2 AND n.counted < s.column3
WHERE NOT EXISTS (
    SELECT 1 FROM star_award a WHERE a.volunteer_id = n.id
    AND ((a.state = 'awarded' AND a.star >= s.column1)
         OR (a.star = s.column1 AND a.state IN ('refused', 'withdrawn'))))
ON CONFLICT (volunteer_id, star) WHERE state IN ('review', 'announced', 'awarded') DO NOTHING
"""
#: What stars that were just proposed take the place of.
_COVERED_NOW = """
UPDATE star_award SET state = 'lapsed', ended_why = 'higher', ended_at = CAST(? AS BIGINT)
WHERE (state || '') = 'review' AND volunteer_id > ? AND volunteer_id <= ?
AND EXISTS (SELECT 1 FROM star_award n WHERE n.volunteer_id = star_award.volunteer_id AND n.created_at = ?
            AND n.origin = 'rule')
AND EXISTS (SELECT 1 FROM star_award h WHERE h.volunteer_id = star_award.volunteer_id AND h.star > star_award.star
            AND (h.state = 'awarded' OR (h.state IN ('review', 'announced') AND h.at_region = star_award.at_region)))
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
class Span:
    """People whose ids lie behind `after` and not behind `last`, and how many of them reach a step."""

    after: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """One star of a ladder: proposed from so many minutes on and below so many, where a higher one of the same level
    takes over; its whole hours; how many characters of his division's code are its reviewer's."""

    star: int
    at_least: int
    below: int
    hours: int
    length: int


@dataclass(frozen=True, slots=True)
class Rung:
    """By what an area's stars are proposed: its steps, from the first on, whether minutes from before count, and the
    rule that says so."""

    steps: tuple[Step, ...]
    marks: tuple[int, ...]
    brought: bool
    rule_id: int


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


def _reaching(area: Area, rung: Rung, after: int, last: int) -> tuple[str, list[Any]]:
    text, values = _where(area)
    highest = [rung.marks[number] for number in (4, 3, 2, 1)]
    query = _REACHING.format(brought="0" if rung.brought else _BROUGHT, area=text, reached=_REACHED)
    return query, [after, last, rung.marks[0], *values, rung.marks[0], *highest, *highest]


def reaching(*, area: Area, rung: Rung, after: int, limit: int) -> list[Span]:
    """Where people behind `after` are whose minutes reach a step that nothing stands for, `limit` of them at most."""
    query, values = _reaching(area, rung, after, ALL)
    found = rows(_SPANS.format(reaching=query), (*values, limit, WIDE))
    return [Span(int(first) - 1, int(last), int(count)) for first, last, count in found]


def propose(*, area: Area, rung: Rung, span: Span, now: int) -> int:
    """Propose what is reached within a range, inside a write; how many were new. What a new one takes the place of
    lapses."""
    query, values = _reaching(area, rung, span.after, span.last)
    steps = ", ".join(f"({s.star}, {s.at_least}, {s.below}, {s.hours}, {s.length})" for s in rung.steps)
    text = _PROPOSE.format(code=random_code(store.current().dialect, CODE), reaching=query, steps=steps)
    made = counted(text, (rung.brought, rung.rule_id, now, *values))
    if made:
        change(_COVERED_NOW, (now, span.after, span.last, now))
    return made


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
