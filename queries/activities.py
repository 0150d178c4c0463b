"""The list of open activities as static SQL, and the holds that writers take.

Moments are epoch milliseconds in here. Divisions are prefixes: nearness is the length of the common one.
"""

from __future__ import annotations

from collections.abc import Sequence

from frozen import dataclass
from models import store
from queries import one, rows

#: Whoever changes an activity holds it: sign-ups, which read it FOR SHARE, wait. SQLite has one writer anyway.
_HOLD = "SELECT id FROM activity WHERE code = ?"
HOLD = {"sqlite": _HOLD, "postgres": _HOLD + " FOR NO KEY UPDATE"}

SET_QUOTA = "UPDATE shift SET quota = ? WHERE id = ? AND taken <= ? RETURNING id"

#: One page of the services that are open (a training has its own list), nearest first. `rank`: 0 same village,
#: 1 township, 2 county, 3 city, 4 province. The page is cut in the inner query, so places are summed for its rows only.
#: What is confidential, or in somebody's home, is listed for the team and for those who signed up (S61; the kinds stand
#: in wording/domains.toml, a test compares). Of several sign-ups of the reader the nearest to a place is told, which is
#: the first by name of its state. They are looked up shift by shift, by what is unique: by the activity PostgreSQL
#: would go through everybody who signed up for it.
_OPEN = """
SELECT p.id, p.rank, a.code, a.title, a.place, a.region_code, t.name, t.short_name, a.domain, a.sub_domain,
       a.starts_at, a.ends_at, a.signup_opens_at,
       COALESCE((SELECT SUM(CASE WHEN s.quota > s.taken THEN s.quota - s.taken ELSE 0 END)
                 FROM shift s WHERE s.activity_id = p.id), 0),
       (SELECT MIN(su.state) FROM shift f JOIN signup su ON su.shift_id = f.id AND su.volunteer_id = ?
        WHERE f.activity_id = p.id AND su.state IN ('confirmed', 'offered', 'pending', 'waitlisted'))
FROM (
    SELECT * FROM (
        SELECT a.id, a.starts_at,
               CASE WHEN substr(a.region_code, 1, ?) = ? THEN 0 WHEN substr(a.region_code, 1, ?) = ? THEN 1
                    WHEN substr(a.region_code, 1, ?) = ? THEN 2 WHEN substr(a.region_code, 1, ?) = ? THEN 3
                    ELSE 4 END AS rank
        FROM activity a
        JOIN team t ON t.id = a.team_id
        LEFT JOIN volunteer v ON v.id = ?
        WHERE a.state = 'published' AND a.purpose = 'service' AND a.signup_closes_at > ? AND a.ends_at > ?
          AND {where}{more}
          AND (NOT (a.private_home OR a.sub_domain IN ('visits', 'mediation', 'counselling'))
               OR EXISTS (SELECT 1 FROM team_member m
                          WHERE m.team_id = a.team_id AND m.volunteer_id = v.id AND m.to_at IS NULL)
               OR EXISTS (SELECT 1 FROM shift f JOIN signup h ON h.shift_id = f.id AND h.volunteer_id = v.id
                          WHERE f.activity_id = a.id AND h.state IN ('confirmed', 'pending', 'waitlisted', 'offered')))
          AND (a.openness = 'everyone'
               OR EXISTS (SELECT 1 FROM team_member m
                          WHERE m.team_id = a.team_id AND m.volunteer_id = v.id AND m.to_at IS NULL)
               OR (a.openness = 'area' AND (
                   substr(v.region_code, 1, length(t.region_code)) = t.region_code
                   OR EXISTS (SELECT 1 FROM team_region tr WHERE tr.team_id = t.id
                              AND substr(v.region_code, 1, length(tr.region_code)) = tr.region_code))))
    ) ranked
    WHERE rank > ? OR (rank = ? AND starts_at > ?) OR (rank = ? AND starts_at = ? AND id > ?)
    ORDER BY rank, starts_at, id
    LIMIT ?
) p
JOIN activity a ON a.id = p.id
JOIN team t ON t.id = a.team_id
ORDER BY p.rank, p.starts_at, p.id
"""

#: Most pages are filled from the county alone: a short range of the index.
_WITHIN = "a.region_code >= ? AND a.region_code < ?"
_BEYOND = "NOT (a.region_code >= ? AND a.region_code < ?) AND a.region_code < '99'"
_OF_DOMAIN = " AND a.domain = ?"
_WITH_PLACES = " AND EXISTS (SELECT 1 FROM shift f WHERE f.activity_id = a.id AND f.quota > f.taken)"
#: By (beyond the county, of one domain, with places).
OPEN = {
    (beyond, of_domain, free): _OPEN.format(
        where=_BEYOND if beyond else _WITHIN, more=_OF_DOMAIN * of_domain + _WITH_PLACES * free
    )
    for beyond in (False, True) for of_domain in (False, True) for free in (False, True)
}  # fmt: skip

#: What begins next anywhere, for the home page of the whole programme: read off the index by start, a few rows of it,
#: where the page by nearness would rank everything that is open. The division stands in an expression, so that no
#: planner takes the index by division and sorts.
OPEN_SOON = """
SELECT a.id, 4, a.code, a.title, a.place, a.region_code, t.name, t.short_name, a.domain, a.sub_domain,
       a.starts_at, a.ends_at, a.signup_opens_at,
       COALESCE((SELECT SUM(CASE WHEN s.quota > s.taken THEN s.quota - s.taken ELSE 0 END)
                 FROM shift s WHERE s.activity_id = a.id), 0), NULL
FROM activity a JOIN team t ON t.id = a.team_id
WHERE a.state = 'published' AND a.starts_at > ? AND a.purpose = 'service' AND a.openness = 'everyone'
  AND a.signup_closes_at > ? AND NOT (a.private_home OR a.sub_domain IN ('visits', 'mediation', 'counselling'))
  AND a.region_code || '' < '99'
ORDER BY a.starts_at, a.id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One activity of the list; `rank` and `id` with its start are the place in the order."""

    id: int
    rank: int
    code: str
    title: str
    place: str
    region_code: str
    team_name: str
    team_short_name: str
    domain: str
    sub_domain: str
    starts_at: int
    ends_at: int
    signup_opens_at: int
    places_left: int
    my_state: str | None


def hold(code: str) -> int | None:
    """Hold an activity until the write ends; its id, or None if there is none."""
    row = one(HOLD[store.current().dialect], (code,))
    return row[0] if row else None


def set_quota(*, shift_id: int, quota: int) -> bool:
    """Set a quota that is not below what is taken; False otherwise."""
    return one(SET_QUOTA, (quota, shift_id, quota)) is not None


def open_page(
    *, beyond: bool, volunteer_id: int | None, steps: Sequence[str], area: tuple[str, str], now: int,
    after: tuple[int, int, int], limit: int, domain: str = "", free: bool = False,
) -> list[OpenRow]:  # fmt: skip
    """At most `limit` open activities after the place `after` (rank, start, id), within `area` or beyond it; of one
    `domain`, or only those with a place that is `free`, where this is asked.

    `steps`: the codes of the reader's village, township, county and city; a missing one repeats the one above.
    """
    nearness = [value for step in steps for value in (len(step), step)]
    rank, start, number = after
    values = (
        volunteer_id, *nearness, volunteer_id, now, now, *area, *([domain] if domain else ()),
        rank, rank, start, rank, start, number, limit,
    )  # fmt: skip
    found = rows(OPEN[beyond, bool(domain), free], values)
    return [OpenRow(*row[:-2], int(row[-2]), row[-1]) for row in found]


def open_soon(*, now: int, limit: int) -> list[OpenRow]:
    """The next activities that are open to everybody, wherever they are."""
    return [OpenRow(*row[:-2], int(row[-2]), row[-1]) for row in rows(OPEN_SOON, (now, now, limit))]
