"""Whom a broadcast reaches, by which way, and its rows in the outbox, in parts (群发)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clock import from_millis
from frozen import dataclass
from queries import counted, one, rows

#: More than there are people.
ALL = 2**31
#: Where people are looked for, by what the audience is and who of it is meant. A subtree is a range of codes.
_BASES = {
    ("team", "members"): "SELECT m.volunteer_id AS id FROM team_member m WHERE m.team_id = ? AND m.to_at IS NULL",
    ("area", "members"): (
        "SELECT DISTINCT m.volunteer_id AS id FROM team t JOIN team_member m ON m.team_id = t.id AND m.to_at IS NULL "
        "WHERE t.region_code >= ? AND t.region_code < ? AND t.state NOT IN ('dissolved', 'merged')"
    ),
    ("area", "leaders"): (
        "SELECT DISTINCT r.volunteer_id AS id FROM team t JOIN role_grant r ON r.team_id = t.id "
        "AND r.role IN ('team_leader', 'deputy', 'liaison') AND r.from_at <= ? AND (r.until IS NULL OR r.until > ?) "
        "WHERE t.region_code >= ? AND t.region_code < ? AND t.state NOT IN ('dissolved', 'merged')"
    ),
    ("area", "officers"): (
        "SELECT DISTINCT r.volunteer_id AS id FROM role_grant r "
        "WHERE r.role IN ('station_officer', 'director', 'liaison', 'region_admin') "
        "AND r.from_at <= ? AND (r.until IS NULL OR r.until > ?) "
        "AND r.region_code >= ? AND r.region_code < ? AND LENGTH(r.region_code) = ?"
    ),
    ("activity", "members"): (
        "SELECT DISTINCT g.volunteer_id AS id FROM signup g WHERE g.activity_id = ? AND g.state = 'confirmed'"
    ),
    ("shift", "members"): "SELECT g.volunteer_id AS id FROM signup g WHERE g.shift_id = ? AND g.state = 'confirmed'",
    ("shift", "absent"): (
        "SELECT g.volunteer_id AS id FROM signup g WHERE g.shift_id = ? AND g.state = 'confirmed' "
        "AND COALESCE(g.outcome, '') <> 'excused' AND NOT EXISTS (SELECT 1 FROM service_record r "
        "WHERE r.shift_id = g.shift_id AND r.volunteer_id = g.volunteer_id AND r.in_at IS NOT NULL "
        "AND r.state <> 'void')"
    ),
}  # fmt: skip
#: The table in each that knows the person.
_WHOSE = {
    key: "m" if "JOIN team_member m" in text or "FROM team_member m" in text else "r" if "role_grant r" in text else "g"
    for key, text in _BASES.items()
}
#: Members of a division, looked for among a few people: from the person to his teams, not from every team to its
#: people. The order of the joins is kept by SQLite as it is written.
_MEMBERS_NEAR = (
    "SELECT DISTINCT m.volunteer_id AS id FROM team_member m CROSS JOIN team t WHERE t.id = m.team_id "
    "AND m.to_at IS NULL AND t.region_code >= ? AND t.region_code < ? AND t.state NOT IN ('dissolved', 'merged')"
)
#: How far the ids of a part may lie apart: all between are looked at in its write.
_WIDE = 20_000
#: The next of an audience, whoever he is: who is active, and a member once, is found out where they are put.
_NEXT = """
SELECT MIN(id), MAX(id), COUNT(*) FROM (SELECT b.id AS id FROM ({base}) b ORDER BY b.id LIMIT ?) n
GROUP BY id / ? ORDER BY 1
"""
#: A part of the audience into the outbox: one short write, so that a scan waits for no more than that. They
#: fall due in turn: where somebody's id lies among those of his part, he lies in its time. Numbering them all would
#: cost half as much again. Keys are as long for everybody, so that they come in order and each goes to the end of its
#: index: among a million a twentieth less.
_PUT = """
INSERT INTO delivery (notice_id, volunteer_id, kind, dedupe_key, state, priority, title, body, url, data,
    due_at, expires_at, lease_owner, tries, skip, channel, created_at)
SELECT n.id, p.id, ?, 'b:' || CAST(n.id AS TEXT) || ':' || CAST(10000000000 + p.id AS TEXT), 'queued',
    CAST(? AS SMALLINT), ?, ?, ?, ?,
    CAST(? AS BIGINT) + (p.id - CAST(? AS BIGINT)) * CAST(? AS BIGINT) / CAST(? AS BIGINT), CAST(? AS BIGINT),
    '', 0, '', '', CAST(? AS BIGINT)
FROM notice n JOIN ({people}) p ON n.id = ?
ON CONFLICT (dedupe_key) DO NOTHING
"""

_FOLLOWERS = """
SELECT COUNT(*) FROM ({people}) p WHERE EXISTS (
    SELECT 1 FROM wechat_identity i WHERE i.volunteer_id = p.id AND i.kind = 'oa' AND i.following)
"""

#: Whoever turned the group off, or has had the day's pushes, is counted apart: no push of his goes out now.
_REACH = """
SELECT COUNT(*), SUM(CASE WHEN sub = 1 AND calm = 0 AND held = 0 THEN 1 ELSE 0 END),
    SUM(CASE WHEN sub = 0 AND tpl = 1 AND calm = 0 AND held = 0 THEN 1 ELSE 0 END),
    SUM(CASE WHEN sub = 0 AND tpl = 0 AND cs = 1 AND calm = 0 AND held = 0 THEN 1 ELSE 0 END),
    SUM(CASE WHEN sub + tpl + cs > 0 AND calm = 0 AND held = 1 THEN 1 ELSE 0 END),
    SUM(CASE WHEN sub + tpl + cs > 0 AND calm = 1 THEN 1 ELSE 0 END)
FROM (
    SELECT v.id,
        MAX(CASE WHEN i.kind = 'mp' AND c.remaining > 0 THEN 1 ELSE 0 END) AS sub,
        MAX(CASE WHEN i.kind = 'oa' AND i.following AND COALESCE(c.remaining, -1) <> 0 THEN 1 ELSE 0 END) AS tpl,
        MAX(CASE WHEN i.kind = 'oa' AND i.following AND i.window_left > 0 AND i.window_until > ? THEN 1 ELSE 0 END)
            AS cs,
        MAX(CASE WHEN COALESCE(m.off, '') LIKE ? THEN 1 ELSE 0 END) AS calm,
        MAX(CASE WHEN COALESCE(d.pushed, 0) >= ? OR COALESCE(m.fewer, 0) >= ? THEN 1 ELSE 0 END) AS held
    FROM ({people}) p JOIN volunteer v ON v.id = p.id
    LEFT JOIN wechat_identity i ON i.volunteer_id = v.id
    LEFT JOIN subscription_credit c ON c.identity_id = i.id AND c.template = CASE WHEN i.kind = 'mp' THEN ? ELSE ? END
    LEFT JOIN message_choice m ON m.volunteer_id = v.id
    LEFT JOIN push_day d ON d.volunteer_id = v.id AND d.day = ?
    GROUP BY v.id
) reached
"""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for. `whole`: team, area, activity or shift, by its id or the division's code; `who`:
    members, leaders, officers (of the divisions one level below) or absent (not arrived); "" narrows nothing.
    """

    whole: str
    key: int | str
    who: str = "members"
    identity: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of an audience: whose ids lie behind `after` and not behind `last`, and about how many they are."""

    after: int
    last: int
    count: int


def _base(audience: Audience, now: int, after: int | None = None, last: int = ALL) -> tuple[str, list[Any]]:
    """The statement for everybody of an audience's whole, or those of a range of ids, and its values."""
    values: list[Any] = [now, now] if audience.who in ("leaders", "officers") else []
    if audience.whole == "area":
        code = str(audience.key)
        values += [code, code + ":"]
        if audience.who == "officers":
            values.append(len(below(code)))
    else:
        values.append(audience.key)
    base = _BASES[audience.whole, audience.who]
    if after is None:
        return base, values
    near = _MEMBERS_NEAR if _scattered(audience) else base
    whose = _WHOSE[audience.whole, audience.who]
    return f"{near} AND {whose}.volunteer_id > ? AND {whose}.volunteer_id <= ?", [*values, after, last]


def _people(audience: Audience, sender: int, now: int, part: Part | None = None) -> tuple[str, list[Any]]:
    """The statement for the ids of an audience, or of a part of it, the sender left out, and its values."""
    base, values = _base(audience, now, part.after, part.last) if part else _base(audience, now)
    text = f"SELECT v.id AS id FROM ({base}) b JOIN volunteer v ON v.id = b.id AND v.state = 'active' WHERE v.id <> ?"
    values.append(sender)
    if audience.identity:
        text += " AND v.identity = ?"
        values.append(audience.identity)
    if audience.skill:
        text += " AND EXISTS (SELECT 1 FROM volunteer_skill s WHERE s.volunteer_id = v.id AND s.skill_code = ?)"
        values.append(audience.skill)
    return text, values


def _scattered(audience: Audience) -> bool:
    """Whether it may be everybody there is, or a few among them: found fastest from the people's side."""
    return (audience.whole, audience.who) == ("area", "members")


def below(code: str) -> str:
    """A code as long as those one level below: 3415 → six characters."""
    return "0" * {0: 2, 2: 4, 4: 6, 6: 9}.get(len(code), 12)


def reach(
    *, audience: Audience, sender: int, form: str, group: str, most: int | None, day: str, now: int
) -> tuple[int, int, int, int, int, int]:
    """How many there are, and how many by their best way (subscription, template, chat), in the evening's digest, and
    not because they turned `group` off. `most`: pushes on `day`; None for what goes out in any case.
    """
    people, values = _people(audience, sender, now)
    # Nobody has turned off "\n", been pushed so often, or asked for so much less.
    off, pushes, fewer = ("\n", ALL, 2) if most is None else (f"%,{group},%", most, 1)
    found = one(
        _REACH.format(people=people), (now, off, pushes, fewer, *values, f"sub_{form}", form, day)
    ) or ()  # fmt: skip
    total, sub, tpl, cs, evening, calm = (int(number or 0) for number in found)
    return total, sub, tpl, cs, evening, calm


def ids(*, audience: Audience, sender: int, now: int, limit: int) -> list[int]:
    """The first ids of an audience, in order."""
    people, values = _people(audience, sender, now)
    return [int(row[0]) for row in rows(f"SELECT p.id FROM ({people}) p ORDER BY p.id LIMIT ?", (*values, limit))]


def parts(*, audience: Audience, after: int, now: int, size: int) -> Iterator[Part]:
    """An audience behind the person `after` in parts of `size` people at most, by id: no list of all is made."""
    while True:
        base, values = _base(audience, now, after)
        found = rows(_NEXT.format(base=base.replace("DISTINCT ", "") if _scattered(audience) else base),
                     (*values, size, _WIDE if _scattered(audience) else ALL))  # fmt: skip
        for first, last, count in found:
            yield Part(int(first) - 1, int(last), int(count))
        if sum(count for _, _, count in found) < size:
            return
        after = int(found[-1][1])


def put(
    *, audience: Audience, sender: int, part: Part | None, notice_id: int, kind: str, priority: int, title: str,
    body: str, url: str, data: str, due_at: int, lasts: int = 0, expires_at: int, now: int,
) -> int:  # fmt: skip
    """Queue a message to everybody of an audience, or of a part of it, falling due from `due_at` on for `lasts` ms; how
    many were new."""
    people, of_people = _people(audience, sender, now, part)
    spread = (due_at, part.after + 1, lasts, part.last - part.after) if part else (due_at, 0, 0, 1)
    values = (kind, priority, title, body, url, data, *spread, expires_at, now, *of_people, notice_id)
    return counted(_PUT.format(people=people), values)


def reach_on(*, notice_id: int, last: int, through: int) -> bool:
    """Keep up to which person a broadcast stands in the outbox, and when he falls due (epoch ms), inside a write; False
    if it is due no more."""
    kept = "UPDATE broadcast SET reached = ?, through = ? WHERE notice_id = ? AND state = 'due'"
    return counted(kept, (last, through, notice_id)) == 1


def followers(*, audience: Audience, sender: int, part: Part, now: int) -> int:
    """How many of a part of an audience follow the official account: a template goes to no one else."""
    people, values = _people(audience, sender, now, part)
    found = one(_FOLLOWERS.format(people=people), values) or (0,)
    return int(found[0])


def queued_since(notice_id: int) -> int | None:
    """When the first message of a notice was put into the outbox (epoch ms)."""
    found = one("SELECT MIN(created_at) FROM delivery WHERE notice_id = ?", (notice_id,)) or (None,)
    return found[0]


def count(notice_id: int) -> int:
    """How many messages of a notice stand in the outbox or went through it."""
    found = one("SELECT COUNT(*) FROM delivery WHERE notice_id = ?", (notice_id,)) or (0,)
    return int(found[0])


_TOLD = """
SELECT r.region_code, COUNT(DISTINCT d.id), COUNT(DISTINCT CASE WHEN d.read_at IS NOT NULL THEN d.id END),
    MIN(d.read_at)
FROM delivery d JOIN role_grant r ON r.volunteer_id = d.volunteer_id
    AND r.role IN ('station_officer', 'director', 'liaison', 'region_admin')
    AND r.region_code >= ? AND r.region_code < ? AND LENGTH(r.region_code) = ?
    AND r.from_at <= d.created_at AND (r.until IS NULL OR r.until > d.created_at)
WHERE d.notice_id = ? AND d.state <> 'withdrawn'
GROUP BY r.region_code
"""
_PASSED_ON = """
SELECT b.region_code, MIN(n.id), MIN(n.created_at), SUM(n.recipients),
    SUM((SELECT COUNT(*) FROM delivery d WHERE d.notice_id = n.id AND d.read_at IS NOT NULL))
FROM broadcast b JOIN notice n ON n.id = b.notice_id
WHERE b.parent_id = ? AND b.state IN ('due', 'sent') GROUP BY b.region_code
"""


@dataclass(frozen=True, slots=True)
class Told:
    """How many who work in a division were told, how many of them read it, the first when (epoch ms)."""

    region_code: str
    told: int
    read: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What a division passed on: the first notice and when, to how many, read by how many."""

    region_code: str
    notice_id: int
    passed_at: datetime
    reached: int
    read: int


def told_by_division(*, notice_id: int, region_code: str) -> list[Told]:
    """Reading by division, of those one level below `region_code`."""
    values = (region_code, region_code + ":", len(below(region_code)), notice_id)
    return [
        Told(code, int(told), int(read), None if first is None else from_millis(first))
        for code, told, read, first in rows(_TOLD, values)
    ]


def passed_on(*, notice_id: int) -> list[PassedOn]:
    """What was passed on of a notice, by the division that did it."""
    return [
        PassedOn(code, int(ident), from_millis(moment), int(reached or 0), int(read or 0))
        for code, ident, moment, reached, read in rows(_PASSED_ON, (notice_id,))
    ]
