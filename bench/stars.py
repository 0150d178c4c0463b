"""The worker's turn over stars: 1,000,000 people with hours, none proposed yet; a turn without change; corrections.

`python -m bench.stars` builds them in a SQLite file and in a PostgreSQL of its own (both wait for the disk) and prints
what each turn took, in seconds by the clock and of the processor (PostgreSQL's process with it), and the memory of the
process that did it, which did nothing else. The exit code is 1 where a floor breaks.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import clock
import migrations
from bench.assessment import Took, Watch
from demo.province.rows import put
from models import store
from models.dialect import open_database
from services.stars import proposing
from tests.support.postgres import PostgresServer

PEOPLE = int(os.environ.get("STARS_PEOPLE", "1000000"))
PLACES, BROUGHT, CORRECTED = 20_000, 20, 100
SECONDS, MEMORY_MB = 60, 500
CORRECT = f"UPDATE balance SET minutes = minutes - 1200 WHERE MOD(volunteer_id, {CORRECTED}) = 0"


def build(url: str, people: int = PEOPLE) -> None:
    """People over 20,000 villages of a province, most with some hours, every twentieth with some from before."""
    store.bind(open_database(url))
    migrations.apply(store.current())
    random, now = Random(7), clock.to_millis(clock.now())
    put("volunteer", "id public_no name identity region_code state created_at", (
        (n, f"n{n:08d}", "王建国", "veteran", f"34{n % PLACES:010d}", "active", now) for n in range(1, people + 1)
    ))  # fmt: skip
    put("balance", "volunteer_id minutes points records", (
        (n, int(random.expovariate(1 / 6000)), 0, 1) for n in range(1, people + 1)
    ))  # fmt: skip
    store.current().execute_sql("INSERT INTO region (code, name, level, place_name) VALUES ('34', '省', 1, '省')")
    store.current().execute_sql(
        "INSERT INTO centre (region_code, kind, name, created_at) VALUES ('34', 'centre', '中心', 0)"
    )
    store.current().execute_sql(
        "INSERT INTO team (id, code, name, kind, speciality, region_code, centre_id, short_name, created_at) "
        "SELECT 1, 't1', '队', 'grassroots', 'governance', '34', id, '队', 0 FROM centre"
    )
    put("service_record", (
        "team_id volunteer_id region_code local_day source state minutes rule_set_id created_at updated_at"
    ), (
        (1, n, "34", "2025-01-01", "transferred", "confirmed", 600, 1, now, now)
        for n in range(BROUGHT, people + 1, BROUGHT)
    ))  # fmt: skip
    # One county of its own ladder, and one that leaves hours from before out.
    for kind, place, change in (("stars", "340000", "'[100,', '[80,'"), ("transferred", "340001", "'true', 'false'")):
        store.current().execute_sql(
            "INSERT INTO rule_set (kind, region_code, version, params, own, locks, reason, valid_from) "
            f"SELECT kind, '{place}', 1, REPLACE(params, {change}), own, locks, '', 0 FROM rule_set "
            f"WHERE kind = '{kind}' AND region_code = ''"
        )
    if store.current().dialect == "postgres":
        store.current().execute_sql("ANALYZE")
    store.release()


def turns(url: str) -> None:
    """One turn of each kind, printed as it is done."""
    store.bind(open_database(url))
    with store.session():
        broken = False
        for name, before in (
            ("everything proposed", ""), ("nothing changed", ""),
            ("hours corrected", CORRECT),
        ):  # fmt: skip
            if before:
                store.current().execute_sql(before)
            took, write = Took(), Watch()
            done = took.run(lambda write=write: proposing.work(at=clock.now(), write=write))  # type: ignore[misc]
            broken = broken or took.clock > SECONDS
            print(
                f"  {store.current().dialect}: {name}: {done:,} rows, {took.clock:.1f} s by the clock, "
                f"{took.cpu:.1f} s of the processor, longest write {write.longest * 1000:.0f} ms", flush=True,
            )  # fmt: skip
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  memory {memory:.0f} MB, load {os.getloadavg()[0]:.1f}")
    store.release()
    sys.exit(int(broken or memory > MEMORY_MB))


def main() -> int:
    """Both databases; the exit code."""
    with tempfile.TemporaryDirectory(prefix="hongyao-stars-") as folder:
        code = _one(f"sqlite:///{Path(folder) / 'stars.db'}")
    server = PostgresServer.start(durable=True)
    try:
        return code | _one(server.create("stars"))
    finally:
        server.stop()


def _one(url: str) -> int:
    build(url)
    return subprocess.run([sys.executable, "-m", "bench.stars", url], check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) > 1:
        turns(sys.argv[1])
    sys.exit(main())
