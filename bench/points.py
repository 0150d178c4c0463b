"""Points of a province, 1,000,000 people and 10,000,000 entries: expiry, its reminder, the books proved
and sealed for the first time, `my points`.

    python -m bench.points sqlite:////tmp/points.db
    python -m bench.points postgres

Fills an empty database set by set (a person has ten entries, four of them over), then lets the worker's own jobs go
over it. A process of its own, so that its memory is only that; prints its figures as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import migrations
from models import RuleSet, store
from models.dialect import Database, open_database
from queries import change, one
from services.bookkeeping import books, expiry, hours, sealing
from tests.support.postgres import PostgresServer

T = TypeVar("T")
PEOPLE, ENTRIES = 1_000_000, 10
AT = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
#: Rows in one statement of the filling.
STEP = 100_000
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT CAST(? AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ?) ",
    "postgres": "WITH n AS (SELECT i FROM generate_series(CAST(? AS BIGINT), CAST(? AS BIGINT)) AS g(i)) ",
}
PERSON = """
INSERT INTO volunteer (id, public_no, name, region_code, identity, state, created_at)
SELECT i, 'p' || CAST(i AS TEXT), 'n', '341522100201', 'veteran', 'active', 0 FROM n
"""
#: The n-th entry of a person: three years and some ago for the first four, then one each half year.
ENTRY = """
INSERT INTO point_entry (volunteer_id, amount, kind, region_code, local_day, idem_key, created_at, expires_on)
SELECT i, 5, 'service', '341522100201', ?, ? || CAST(i AS TEXT), 0, ? FROM n
"""
BALANCE = "INSERT INTO balance (volunteer_id, points) SELECT i, ? FROM n"
DAYS = (
    ("2022-03-10", "2025-03-31"), ("2022-09-10", "2025-09-30"), ("2023-01-10", "2026-01-31"),
    ("2023-05-10", "2026-05-31"), ("2023-06-10", "2026-06-30"), ("2024-01-10", "2027-01-31"),
    ("2024-08-10", "2027-08-31"), ("2025-02-10", "2028-02-29"), ("2025-10-10", "2028-10-31"),
    ("2026-03-10", "2029-03-31"),
)  # fmt: skip


class Watch:
    """The worker's door, remembering the longest write."""

    def __init__(self) -> None:
        self.longest = 0.0

    def __call__(self, act: Callable[[], T], /) -> T:
        begun = time.perf_counter()
        try:
            return store.write(act)
        finally:
            self.longest = max(self.longest, time.perf_counter() - begun)


def fill(database: Database, people: int) -> None:
    """People, their entries and balances."""
    dialect = database.dialect
    for first in range(1, people + 1, STEP):
        last = min(first + STEP - 1, people)

        def act(first: int = first, last: int = last) -> None:
            _put(dialect, PERSON, first, last, ())
            for number, (day, until) in enumerate(DAYS[:ENTRIES]):
                _put(dialect, ENTRY, first, last, (day, f"e{number}:", until))
            _put(dialect, BALANCE, first, last, (5 * ENTRIES,))

        store.write(act)


def open_mall() -> None:
    """The mall on everywhere: elsewhere nobody is reminded."""
    default = RuleSet.get(RuleSet.kind == "modules", RuleSet.region_code == "")
    RuleSet.create(
        kind="modules", region_code="", version=default.version + 1, valid_from=datetime(2020, 1, 1, tzinfo=UTC),
        params=json.dumps({**json.loads(default.params), "mall": True}),
    )  # fmt: skip


def _put(dialect: str, sql: str, first: int, last: int, facts: tuple[Any, ...]) -> None:
    """An INSERT over the numbers first to last; SQLite wants WITH after INSERT INTO (…)."""
    head, _, rest = sql.partition("SELECT")
    change(f"{head}{NUMBERS[dialect]}SELECT{rest}", (first, last, *facts))


def measure(figures: dict[str, Any], name: str, act: Callable[[], T]) -> T:
    """What it answers; noted: the seconds by the clock, and of this process's processor (SQLite's work is in it)."""
    begun, used = time.perf_counter(), time.process_time()
    found = act()
    figures[f"{name} s"] = round(time.perf_counter() - begun, 1)
    figures[f"{name} processor s"] = round(time.process_time() - used, 1)
    print(name, figures[f"{name} s"], file=sys.stderr, flush=True)
    return found


def main(address: str, people: int) -> None:
    """Fill, run, print."""
    server = PostgresServer.start() if address == "postgres" else None
    if server is not None:
        server.create("points")
    database = open_database(server.url("points") if server is not None else address)
    migrations.apply(database)
    store.bind(database)
    figures: dict[str, Any] = {"database": database.dialect, "people": people}
    with store.session():
        measure(figures, "filled", lambda: fill(database, people))
        if database.dialect == "postgres":
            database.execute_sql("ANALYZE", ())
        door = Watch()
        done = measure(figures, "expiry", lambda: expiry.expire_due(at=AT, write=door))
        again = measure(figures, "again", lambda: expiry.expire_due(at=AT, write=door))
        figures |= {"expired": done, "again": again, "longest write ms": round(door.longest * 1000)}
        wrong = measure(figures, "proof", books.verify)
        figures["wrong"] = len(wrong)
        took = []
        for person in range(1, people, people // 200):
            begun = time.perf_counter()
            hours.points(volunteer_id=person, limit=20)
            took.append((time.perf_counter() - begun) * 1000)
        figures |= {"my points ms p50": round(sorted(took)[100], 2), "max": round(max(took), 2)}
        sealed = Watch()
        seals = measure(figures, "first seal", lambda: sealing.seal_due(at=AT, write=sealed))
        figures |= {"seals": seals, "longest sealing write ms": round(sealed.longest * 1000)}
        measure(figures, "seals proved", sealing.broken)
        store.write(open_mall)
        told = Watch()
        reminded = measure(figures, "reminder", lambda: expiry.remind_due(at=AT, write=told))
        figures |= {"reminded": reminded, "longest reminding ms": round(told.longest * 1000)}
        figures["sum"] = one("SELECT SUM(points) FROM balance")[0]  # type: ignore[index]
    figures["memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    store.release()
    if server is not None:
        server.stop()
    print(json.dumps({name: str(value) if name == "sum" else value for name, value in figures.items()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE)
