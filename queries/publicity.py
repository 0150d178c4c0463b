"""What the public home's figures are counted from: other counts alone, never people or records themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from queries import Row, change, rows
from queries.statistics import LIVING

VOLUNTEERS = "SELECT region_code, volunteers FROM region_tally"
TEAMS = f"SELECT region_code, COUNT(*) FROM team WHERE state IN {LIVING} GROUP BY region_code"
#: The years of the statistics, each the sum of its months.
YEARS = """
SELECT region_code, month, SUM(minutes), SUM(served) FROM service_month WHERE LENGTH(month) = 4 GROUP BY 1, 2
"""
PUT = """
INSERT INTO public_figure (region_code, volunteers, teams, minutes, served, year, year_minutes, year_served, counted_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (region_code) DO UPDATE SET volunteers = excluded.volunteers, teams = excluded.teams,
    minutes = excluded.minutes, served = excluded.served, year = excluded.year, year_minutes = excluded.year_minutes,
    year_served = excluded.year_served, counted_at = excluded.counted_at
"""
#: Teams one can join in a division, from the division itself down to its villages.
NEAR = """
SELECT code, name, region_code, speciality FROM team
WHERE region_code >= ? AND region_code < ? AND state IN ('regular', 'pilot')
ORDER BY LENGTH(region_code), region_code, name LIMIT ?
"""


def volunteers() -> list[Row]:
    """(division, active people), as last counted."""
    return rows(VOLUNTEERS)


def teams() -> list[Row]:
    """(division, teams that exist)."""
    return rows(TEAMS)


def years() -> list[Row]:
    """(division, year, minutes, people served)."""
    return rows(YEARS)


def put(batch: Iterable[Sequence[Any]]) -> None:
    """Write figures of divisions; inside a write."""
    for row in batch:
        change(PUT, row)


def near(*, first: str, end: str, limit: int) -> list[Row]:
    """(code, name, division, speciality) of the teams in a division."""
    return rows(NEAR, (first, end, limit))
