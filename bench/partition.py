"""Would the two books be quicker in parts by year? `python -m bench.partition postgresql://…`, a generated province.

Beside each book stands a copy in parts of a year of local days, with the same indexes; a unique key has to hold the
day there, since PostgreSQL keeps none over several parts. What the house asks of the books is asked of both in turn,
the median of the ratios within a round is told, and the copies are dropped. ADR 0006 has the figures.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql as text

from queries import books, points, seals

ROUNDS = 7
#: People asked in one round, and the rows of one seal.
PEOPLE, SEAL = 200, 10_000
BOOKS = ("minute_entry", "point_entry")
INDEXES = """
SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE '%%_key' AND indexname NOT LIKE '%%_pkey'
"""
YEARS = "SELECT DISTINCT substr(local_day, 1, 4) FROM {} ORDER BY 1"


def main(url: str) -> None:
    """Measure and print the table."""
    with psycopg.connect(url, autocommit=True) as connection, _parted(connection):
        connection.execute("SET plan_cache_mode = force_custom_plan")
        people = [row[0] for row in connection.execute(
            "SELECT id FROM volunteer ORDER BY md5(id::text) LIMIT %s", (PEOPLE,)
        )]  # fmt: skip
        (year,) = next(iter(connection.execute("SELECT MAX(substr(local_day, 1, 4)) FROM minute_entry")))
        (last,) = next(iter(connection.execute("SELECT MAX(id) FROM minute_entry")))
        records = [row[0] for row in connection.execute(
            "SELECT record_id FROM minute_entry WHERE record_id IS NOT NULL ORDER BY md5(id::text) LIMIT %s", (PEOPLE,)
        )]  # fmt: skip
        span = (f"{year}-01-01", f"{year}-:")
        asked = {
            f"my service of a year ({PEOPLE} people)": (books.SERVED, [(each, *span) for each in people]),
            f"my points, all of them ({PEOPLE} people)": (points.STANDING, [(each,) for each in people]),
            f"points of a span of days, the cap ({PEOPLE} people)": (points.EARNED, [(each, *span) for each in people]),
            f"entries of a record, to correct it ({PEOPLE})": (books.LIVE_MINUTES, [(each,) for each in records]),
            "points that are over, 4,000 people": (points.OVER, [(1, 4001, span[0])]),
            f"{SEAL:,} rows of a seal read again": (seals.SEALED["minute_entry"], [(last - SEAL, last)]),
            "the whole book by month": (
                "SELECT substr(local_day, 1, 7), SUM(amount) FROM minute_entry GROUP BY 1", [()]
            ),
            "one year of the book by division": (
                "SELECT region_code, SUM(amount) FROM minute_entry WHERE local_day >= ? AND local_day < ? GROUP BY 1",
                [span],
            ),
            "proof of all totals": (books.WRONG_TOTALS, [(0, books.ALL) * (books.WRONG_TOTALS.count("?") // 2)]),
        }  # fmt: skip
        print(f"{'':55}{'plain':>10}{'parts':>10}  parts ÷ plain (spread)")
        for name, (statement, values) in asked.items():
            _tell(name, *_turns(connection, statement, values))


def _turns(connection: Any, statement: str, values: list[Any]) -> tuple[list[float], list[float]]:
    plain = statement.replace("?", "%s")
    parts = plain
    for book in BOOKS:
        parts = parts.replace(book, f"{book}_parted")
    took: dict[str, list[float]] = {plain: [], parts: []}
    for number in range(ROUNDS + 1):
        for each in (plain, parts) if number % 2 else (parts, plain):
            begun = time.perf_counter()
            for value in values:
                connection.execute(each, value).fetchall()
            if number:
                took[each].append(time.perf_counter() - begun)
    return took[plain], took[parts]


def _tell(name: str, plain: list[float], parts: list[float]) -> None:
    ratios = sorted(b / a for a, b in zip(plain, parts, strict=True))
    print(
        f"{name:55}{statistics.median(plain) * 1000:8.1f}ms{statistics.median(parts) * 1000:8.1f}ms"
        f"  {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})",
        flush=True,
    )


@contextmanager
def _parted(connection: Any) -> Iterator[None]:
    """The copies, while the block runs."""
    for book in BOOKS:
        name, copy = text.Identifier(book), text.Identifier(f"{book}_parted")
        connection.execute(text.SQL("DROP TABLE IF EXISTS {}").format(copy))
        connection.execute(text.SQL(
            "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS) PARTITION BY RANGE (local_day)"
        ).format(copy, name))  # fmt: skip
        for (year,) in connection.execute(text.SQL(YEARS).format(name)).fetchall():
            connection.execute(text.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
                text.Identifier(f"{book}_parted_{year}"), copy, text.Literal(year), text.Literal(f"{int(year) + 1}")
            ))  # fmt: skip
        begun = time.perf_counter()
        connection.execute(text.SQL("INSERT INTO {} SELECT * FROM {} ORDER BY id").format(copy, name))
        for key in ("id", "idem_key", "reverses_id"):
            connection.execute(text.SQL("CREATE UNIQUE INDEX ON {} ({}, local_day)").format(copy, text.Identifier(key)))
        for (definition,) in connection.execute(INDEXES, (book,)).fetchall():
            _, _, rest = definition.partition(" USING ")
            connection.execute(text.SQL(f"CREATE INDEX ON {{}} USING {rest}").format(copy))
        connection.execute(text.SQL("ANALYZE {}").format(copy))
        print(f"{book}: copied in parts and indexed in {time.perf_counter() - begun:.0f} s", flush=True)
    try:
        yield
    finally:
        for book in BOOKS:
            connection.execute(text.SQL("DROP TABLE {}").format(text.Identifier(f"{book}_parted")))


if __name__ == "__main__":
    main(sys.argv[1])
