"""The year's assessment over many people: cards made, peers entered, letters queued, in parts a scan does not notice.

What goes in by the thousand goes in as one JSON array of rows, so that a statement is one text whatever its size. Where
such an array changes cards, their state is asked as `state || ''`: on the day a whole county changes its state,
PostgreSQL believes of yesterday's counts that an index by state finds nobody, and compares everybody with everybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from frozen import dataclass
from models import store
from models.dialect import each_of
from queries import Row, change, one, rows

#: Rows in one write: a scan waits for no more than that.
PART = 2000

#: Whoever is in a team of the division now, by his home team (or his first), and since when without a break. Who is
#: looked at is settled first: PostgreSQL would otherwise ask for the first team of everybody in the province.
_PEOPLE = """
WITH here AS MATERIALIZED (
    SELECT m.id, m.volunteer_id, t.id AS team_id, t.region_code FROM team t
    JOIN team_member m ON m.team_id = t.id AND m.to_at IS NULL
    WHERE t.region_code >= ? AND t.region_code < ? AND t.state NOT IN ('dissolved', 'merged')
)
SELECT v.id, here.team_id, here.region_code, (
    SELECT MIN(b.from_at) FROM team_member b
    WHERE b.volunteer_id = here.volunteer_id AND (b.to_at IS NULL OR b.ended_why IN ('transferred', 'merged')))
FROM here JOIN volunteer v ON v.id = here.volunteer_id AND v.state = 'active'
WHERE here.id = (SELECT h.id FROM team_member h WHERE h.volunteer_id = here.volunteer_id AND h.to_at IS NULL
                 ORDER BY h.home DESC, h.id LIMIT 1)
AND NOT EXISTS (SELECT 1 FROM assessment_card c WHERE c.year = ? AND c.volunteer_id = here.volunteer_id
                AND c.state <> 'void')
ORDER BY v.id
"""
_CARDS = """
INSERT INTO assessment_card (code, cycle_id, year, volunteer_id, team_id, region_code, joined_at, state, aside_why,
                             created_at)
SELECT e.value ->> 0, CAST(? AS BIGINT), ?, CAST(e.value ->> 1 AS BIGINT), CAST(e.value ->> 2 AS BIGINT), e.value ->> 3,
       CAST(e.value ->> 4 AS BIGINT), e.value ->> 5, e.value ->> 6, CAST(? AS BIGINT)
FROM {each} WHERE 1 = 1
ON CONFLICT (year, volunteer_id) WHERE state <> 'void' DO NOTHING
"""
#: Everybody who judges and is judged, team by team, with what tells that two entries are one person.
_CIRCLE = """
SELECT c.team_id, c.id, c.volunteer_id, COALESCE(v.phone_index, ''), v.name, COALESCE(v.birth_date, ''),
    COALESCE((SELECT MAX(a.recommender_id) FROM application a
              WHERE a.volunteer_id = c.volunteer_id AND a.team_id = c.team_id AND a.state = 'approved'), 0)
FROM assessment_card c JOIN volunteer v ON v.id = c.volunteer_id AND v.state = 'active'
WHERE c.cycle_id = ? AND c.team_id > ? AND c.state = 'open'
ORDER BY c.team_id, c.volunteer_id
"""
_PEERS = """
INSERT INTO assessment_peer (cycle_id, card_id, reviewer_id)
SELECT CAST(? AS BIGINT), CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT) FROM {each} WHERE 1 = 1
ON CONFLICT (card_id, reviewer_id) DO NOTHING
"""
_LETTERS = """
INSERT INTO delivery (notice_id, volunteer_id, kind, dedupe_key, state, priority, title, body, url, data, due_at,
                      expires_at, lease_owner, tries, skip, channel, created_at)
SELECT CAST(? AS BIGINT), v.id, ?, ? || (e.value ->> 4), 'queued', CAST(? AS SMALLINT), ?, e.value ->> 1,
       e.value ->> 2, e.value ->> 3, CAST(? AS BIGINT), CAST(? AS BIGINT), '', 0, '', '', CAST(? AS BIGINT)
FROM {each} JOIN volunteer v ON v.id = CAST(e.value ->> 0 AS BIGINT) AND v.state = 'active'
WHERE 1 = 1
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""
#: Whom a phase concerns, behind a person: all of a cycle, those without a self-assessment, those with judgements open.
_CONCERNED = {
    "all": "SELECT c.volunteer_id FROM assessment_card c WHERE c.cycle_id = ? AND c.state = 'open'",
    "asked": "SELECT c.volunteer_id FROM assessment_card c WHERE c.cycle_id = ? AND c.aside_why = ''",
    "self": (
        "SELECT c.volunteer_id FROM assessment_card c WHERE c.cycle_id = ? AND c.state = 'open' AND c.self_at IS NULL"
    ),
    "judges": (
        "SELECT DISTINCT p.reviewer_id FROM assessment_card c JOIN assessment_peer p ON p.card_id = c.id "
        "AND p.cycle_id = c.cycle_id WHERE c.cycle_id = ? AND p.void_why = ''"
    ),
    "peer": (
        "SELECT DISTINCT p.reviewer_id FROM assessment_card c JOIN assessment_peer p ON p.card_id = c.id "
        "AND p.cycle_id = c.cycle_id "
        "WHERE c.cycle_id = ? AND p.score IS NULL AND p.void_why = '' AND c.state = 'open'"
    ),
}  # fmt: skip
#: The teams of a cycle: how many are assessed, how many have done theirs.
_TEAMS = {
    "self": (
        "SELECT c.team_id, COUNT(*), SUM(CASE WHEN c.self_at IS NOT NULL THEN 1 ELSE 0 END) FROM assessment_card c "
        "WHERE c.cycle_id = ? AND c.state <> 'aside' GROUP BY c.team_id"
    ),
    "peer": (
        "SELECT c.team_id, COUNT(*), SUM(CASE WHEN p.at IS NOT NULL THEN 1 ELSE 0 END) FROM assessment_card c "
        "JOIN assessment_peer p ON p.card_id = c.id AND p.cycle_id = c.cycle_id "
        "WHERE c.cycle_id = ? AND p.void_why IN ('', 'unknown') AND c.state <> 'aside' GROUP BY c.team_id"
    ),
    "extra": (
        "SELECT c.team_id, COUNT(*), SUM(CASE WHEN m.card_id IS NOT NULL THEN 1 ELSE 0 END) FROM assessment_card c "
        "LEFT JOIN assessment_mark m ON m.card_id = c.id AND m.phase_id = ? "
        "WHERE c.cycle_id = ? AND c.state <> 'aside' GROUP BY c.team_id"
    ),
}  # fmt: skip
_LEADERS = """
SELECT DISTINCT g.team_id, g.volunteer_id, t.short_name, t.code FROM role_grant g JOIN team t ON t.id = g.team_id
WHERE t.region_code >= ? AND t.region_code < ? AND g.role IN ('team_leader', 'deputy')
AND g.from_at <= ? AND (g.until IS NULL OR g.until > ?) ORDER BY g.team_id, g.volunteer_id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs in a cycle: his home team and its division, since when he is a member (epoch ms)."""

    volunteer_id: int
    team_id: int
    region_code: str
    joined_at: int


def each(text: str, values: Sequence[Any], items: Iterable[Sequence[Any]]) -> list[Row]:
    """Run a statement over rows handed in as JSON; the array stands where `{each}` does, `values` before it."""
    packed = json.dumps(list(items), ensure_ascii=False, separators=(",", ":"))
    return rows(text.format(each=each_of(store.current().dialect)), (*values, packed))


def _run(text: str, values: Sequence[Any], items: Iterable[Sequence[Any]]) -> None:
    packed = json.dumps(list(items), ensure_ascii=False, separators=(",", ":"))
    change(text.format(each=each_of(store.current().dialect)), (*values, packed))


def people(first: str, end: str, year: str) -> list[Member]:
    """Whoever is to be assessed in the divisions from `first` up to `end` and has no card of this year yet, by id."""
    return [Member(*row) for row in rows(_PEOPLE, (first, end, year))]


def make_cards(
    *, cycle_id: int, year: str, cards: Sequence[tuple[str, int, int, str, int, str, str]], now: int
) -> None:
    """Cards by (code, person, team, division, joined, state, why not assessed); who has one in this year keeps it."""
    _run(_CARDS, (cycle_id, year, now), cards)


def count_cards(cycle_id: int) -> int:
    """How many people of a cycle are assessed."""
    found = one("SELECT COUNT(*) FROM assessment_card WHERE cycle_id = ? AND state <> 'aside'", (cycle_id,))
    return int((found or (0,))[0])


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who judges and is judged. `phone`, `name` and `born` tell that two entries may be one person."""

    team_id: int
    card_id: int
    volunteer_id: int
    phone: str
    name: str
    born: str
    recommender_id: int


def circle(*, cycle_id: int, after_team: int) -> list[Candidate]:
    """Everybody of a cycle's teams behind `after_team`, team by team."""
    return [Candidate(*row) for row in rows(_CIRCLE, (cycle_id, after_team))]


def put_peers(*, cycle_id: int, arrows: Iterable[tuple[int, int]]) -> None:
    """Enter (card, who judges it)."""
    _run(_PEERS, (cycle_id,), arrows)


def put_letters(
    *, notice_id: int, kind: str, key: str, priority: int, title: str,
    letters: Iterable[tuple[int, str, str, str, str]], due_at: int, expires_at: int, now: int,
) -> int:  # fmt: skip
    """Queue letters (person, body, path, packed template, own end of the key), once each; how many were new."""
    return len(each(_LETTERS, (notice_id, kind, key, priority, title, due_at, expires_at, now), letters))


def put_before(notice_id: int) -> set[str]:
    """The keys of the letters that stand under a notice."""
    return {row[0] for row in rows("SELECT dedupe_key FROM delivery WHERE notice_id = ?", (notice_id,))}


def settle_letters(volunteer_id: int, kinds: Sequence[str]) -> None:
    """Take back what waits to ask a person for something that he has done."""
    marks = ", ".join("?" * len(kinds))
    change(
        "UPDATE delivery SET state = 'withdrawn', held_until = NULL "
        f"WHERE volunteer_id = ? AND state = 'queued' AND kind IN ({marks})",
        (volunteer_id, *kinds),
    )


def concerned(whom: str, cycle_id: int) -> list[int]:
    """Ids of whom a phase concerns: all, asked, self, judges, peer (see `_CONCERNED`), in order."""
    return sorted(int(row[0]) for row in rows(_CONCERNED[whom], (cycle_id,)))


def team_counts(kind: str, cycle_id: int, phase_id: int) -> dict[int, tuple[int, int]]:
    """team → (how many there are to do, how many are done) of a phase: self, peer or extra."""
    values = (phase_id, cycle_id) if kind == "extra" else (cycle_id,)
    return {int(team): (int(all_), int(done or 0)) for team, all_, done in rows(_TEAMS[kind], values)}


def leaders(first: str, end: str, now: int) -> list[tuple[int, int, str, str]]:
    """(team, leader or deputy, its short name, its code) of the divisions from `first` up to `end`."""
    return [
        (int(team), int(person), name, code)
        for team, person, name, code in rows(_LEADERS, (first, end, now, now))
    ]
