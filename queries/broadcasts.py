"""Whom a broadcast reaches, by which way, and its rows in the outbox, in parts (群发)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clock import from_millis
from queries import one, rows

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

#: A part of the audience into the outbox: one short write, so that a scan waits for no more than that.
_PUT = """
INSERT INTO delivery (notice_id, volunteer_id, kind, dedupe_key, state, priority, title, body, url, data,
    due_at, expires_at, lease_owner, tries, skip, channel, created_at)
SELECT n.id, v.id, ?, 'b:' || CAST(n.id AS TEXT) || ':' || CAST(v.id AS TEXT), 'queued', ?, ?, ?, ?, ?,
    ?, ?, '', 0, '', '', ?
FROM notice n JOIN volunteer v ON v.state = 'active'
WHERE n.id = ? AND v.id IN ({marks})
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
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


def _people(audience: Audience, sender: int, now: int) -> tuple[str, list[Any]]:
    """The statement for the ids of an audience, the sender left out, and its values."""
    values: list[Any] = [now, now] if audience.who in ("leaders", "officers") else []
    if audience.whole == "area":
        code = str(audience.key)
        values += [code, code + ":"]
        if audience.who == "officers":
            values.append(len(below(code)))
    else:
        values.append(audience.key)
    base = _BASES[audience.whole, audience.who]
    text = f"SELECT v.id AS id FROM ({base}) b JOIN volunteer v ON v.id = b.id AND v.state = 'active' WHERE v.id <> ?"
    values.append(sender)
    if audience.identity:
        text += " AND v.identity = ?"
        values.append(audience.identity)
    if audience.skill:
        text += " AND EXISTS (SELECT 1 FROM volunteer_skill s WHERE s.volunteer_id = v.id AND s.skill_code = ?)"
        values.append(audience.skill)
    return text, values


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


def ids(*, audience: Audience, sender: int, after: int, now: int, limit: int = ALL) -> list[int]:
    """The ids of an audience behind `after`, in order: all of them at once, a list of numbers."""
    people, values = _people(audience, sender, now)
    text = f"SELECT p.id FROM ({people}) p WHERE p.id > ? ORDER BY p.id LIMIT ?"
    return [int(row[0]) for row in rows(text, (*values, after, limit))]


def put(
    *, notice_id: int, people: Sequence[int], kind: str, priority: int, title: str, body: str, url: str, data: str,
    due_at: int, expires_at: int, now: int,
) -> int:  # fmt: skip
    """Queue a message to each of `people` (2,000 at most); how many were new."""
    text = _PUT.format(marks=", ".join("?" * len(people)))
    values = (kind, priority, title, body, url, data, due_at, expires_at, now, notice_id, *people)
    return len(rows(text, values))


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
