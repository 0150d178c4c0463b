"""The running numbers of certificates, and which of them the books have moved under, as static SQL."""

from __future__ import annotations

from queries import one, rows

SERIAL = """
INSERT INTO certificate_serial (region_code, year, last) VALUES (?, ?, 1)
ON CONFLICT (region_code, year) DO UPDATE SET last = certificate_serial.last + 1
RETURNING last
"""
#: Certificates that stand, of whose days something was entered since they were last compared.
MOVED = """
SELECT c.id FROM certificate c
WHERE c.state = 'valid' AND c.id > ? AND EXISTS (
    SELECT 1 FROM minute_entry e WHERE e.volunteer_id = c.volunteer_id AND e.created_at >= c.compared_at
    AND e.local_day <= c.to_on AND (c.from_on IS NULL OR e.local_day >= c.from_on))
ORDER BY c.id LIMIT ?
"""


def next_serial(region_code: str, year: str) -> int:
    """The next running number of a division's year; parallel ones wait for each other."""
    row = one(SERIAL, (region_code, year))
    assert row is not None
    return int(row[0])


def moved(*, after: int, limit: int) -> list[int]:
    """The next certificates to be compared with the books, by their ids above `after`."""
    return [int(row[0]) for row in rows(MOVED, (after, limit))]
