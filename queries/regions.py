"""Writing divisions by the thousand: one statement takes many rows."""

from __future__ import annotations

from functools import cache

from queries import change, rows

#: The practice area: codes that begin so are made up (services/practice).
PRACTICE = "99"

#: code, name, level, parent, place_name, has_team
RegionRow = tuple[str, str, int, str | None, str, bool]

#: Six values a row; SQLite takes 32,766 in one statement, PostgreSQL 65,535.
ROWS = 500

_PUT = (
    "INSERT INTO region (code, name, level, parent, place_name, has_team) VALUES {rows} "
    "ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, parent = excluded.parent, "
    "place_name = excluded.place_name, has_team = excluded.has_team "
    "WHERE region.name <> excluded.name OR region.place_name <> excluded.place_name "
    "OR region.has_team <> excluded.has_team OR region.parent IS DISTINCT FROM excluded.parent"
)


@cache
def _put(count: int) -> str:
    return _PUT.format(rows=", ".join(["(?, ?, ?, ?, ?, ?)"] * count))


def put(batch: list[RegionRow]) -> None:
    """Insert the rows, or bring those already there up to date; unchanged ones are not written again."""
    for start in range(0, len(batch), ROWS):
        part = batch[start : start + ROWS]
        change(_put(len(part)), [value for row in part for value in row])


def names(codes: list[str]) -> dict[str, tuple[str, str]]:
    """{code: (name, place_name)} of those that are there."""
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(codes), ROWS):
        part = codes[start : start + ROWS]
        marks = ", ".join("?" * len(part))
        for code, name, place in rows(f"SELECT code, name, place_name FROM region WHERE code IN ({marks})", part):
            found[code] = (name, place)
    return found


def open_codes(first: str, end: str) -> list[str]:
    """The codes in the half-open range that are not closed."""
    sql = "SELECT code FROM region WHERE code >= ? AND code < ? AND closed_on IS NULL ORDER BY code"
    return [row[0] for row in rows(sql, (first, end))]
