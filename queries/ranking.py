"""Who served most in a year, anywhere from a village to the province (a module that is off by default).

A person stands where his first hours of the year began: `period_minutes` keeps that division, and the page says so.

The province, a city and a county have their years in order in an index: as many rows are read as are wanted. A township
or a village is read whole.
"""

from __future__ import annotations

from queries import rows

_ORDERED = """
SELECT p.volunteer_id, p.minutes FROM period_minutes p
WHERE p.period = ? AND LENGTH(p.period) = 4 AND p.minutes > 0 AND {here}
ORDER BY p.minutes DESC, p.volunteer_id DESC LIMIT ?
"""
#: By an expression, for which no index has an order: the division is found by its codes, and sorted.
_WHOLE = """
SELECT p.volunteer_id, p.minutes FROM period_minutes p
WHERE p.period = ? AND p.region_code >= ? AND p.region_code < ? AND p.minutes > 0
ORDER BY p.minutes + 0 DESC, p.volunteer_id DESC LIMIT ?
"""


def best(*, year: str, region_code: str, limit: int) -> list[tuple[int, int]]:
    """(person, whole minutes) of the year's hours that began in a division or below it, most first."""
    span = (region_code, f"{region_code}:") if region_code else ("", ":")
    if len(region_code) in (4, 6):
        query = _ORDERED.format(here=f"SUBSTR(p.region_code, 1, {len(region_code)}) = ?")
        found = rows(query, (year, region_code, limit))
    elif len(region_code) < 4:
        found = rows(_ORDERED.format(here="p.region_code >= ? AND p.region_code < ?"), (year, *span, limit))
    else:
        found = rows(_WHOLE, (year, *span, limit))
    return [(int(row[0]), int(row[1])) for row in found]
