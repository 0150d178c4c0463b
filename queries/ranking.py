"""Who served most in a year, anywhere from a village to the province (a module that is off by default).

Over the province the best are the top of all hours: one walks down from there. Below it one reads the division whole:
to walk down is quicker for most cities, but for one whose people serve less it reads everybody. Either way nothing but
an index is read until the few are known.
"""

from __future__ import annotations

from queries import rows

#: A province: from here up one walks down from the top.
WIDE = 2
_TOP = """
SELECT p.volunteer_id, p.minutes FROM period_minutes p
WHERE p.period = ? AND LENGTH(p.period) = 4 AND p.minutes > 0 AND p.region_code >= ? AND p.region_code < ?
ORDER BY p.minutes DESC, {tie} LIMIT ?
"""
#: By an expression the other index has no order for: the division is read, and sorted.
_THERE = """
SELECT p.volunteer_id, p.minutes FROM period_minutes p
WHERE p.period = ? AND LENGTH(p.period) = 4 AND p.region_code >= ? AND p.region_code < ? AND p.minutes > 0
ORDER BY p.minutes + 0 DESC, p.volunteer_id LIMIT ?
"""


def best(*, year: str, region_code: str, limit: int) -> list[tuple[int, int]]:
    """(person, whole minutes) of the year's hours that began in a division or below it, most first."""
    span = (region_code, f"{region_code}:") if region_code else ("", ":")
    query = _TOP.format(tie="p.region_code DESC, p.volunteer_id DESC") if len(region_code) <= WIDE else _THERE
    return [(int(row[0]), int(row[1])) for row in rows(query, (year, *span, limit))]
