"""A province's assessment: cards, peers, scores and notices of 300,000 members in 20,000 teams, against their floors.

Works on a province that `bench.province` built (SQLite in `make scale`; any other by its address), fills a year of
hours, sign-ups and evaluations in, and then lets the worker's own jobs go through a year. A process of its own, so that
its memory is only that: `python -m bench.assessment sqlite:///…` prints its figures as JSON, `… postgres` builds the
province in a PostgreSQL of its own first, whose disk is waited for.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import clock
import settings
from bench import province
from bench.both import unhurried
from demo.province.rows import put
from models import store
from models.dialect import open_database
from queries import change
from services.accounts.vault import Vault
from services.actors import OPERATOR
from services.assessment import assigning, cycles, phases, results, scoring
from services.assessment.shapes import PhaseDates
from services.operation.leases import step_back
from tests.support.postgres import PostgresServer

T = TypeVar("T")
#: Seconds and megabytes that the worker may take, milliseconds of one write: a scan waits for no more.
ASSIGN_S, SCORES_S, CLOSE_S, MEMORY_MB, WRITE_MS = 30, 60, 60, 500, 500
ENTRIES, SIGNUPS = 5, 3
PEOPLE, TEAMS = 300_000, 20_000
DAY = 86_400_000


class Watch:
    """A door to the database as the leader's: it steps back after each write for as long as that took. It remembers the
    longest."""

    def __init__(self) -> None:
        self.longest = 0.0

    def __call__(self, act: Callable[[], T], /) -> T:
        begun = time.perf_counter()
        try:
            return store.write(act)
        finally:
            took = time.perf_counter() - begun
            self.longest = max(self.longest, took)
            step_back(took)


@dataclass
class Took:
    """Seconds by the clock and of the processor, added up."""

    clock: float = 0.0
    cpu: float = 0.0

    def run(self, act: Callable[[], T]) -> T:
        begun, cpu = time.perf_counter(), _processor()
        try:
            return act()
        finally:
            self.clock += time.perf_counter() - begun
            self.cpu += _processor() - cpu


def _processor() -> float:
    """Seconds of the processor that this process has used, and PostgreSQL's process that works for it."""
    used = time.process_time()
    if store.current().dialect == "postgres":
        fields = Path(f"/proc/{int(_one('SELECT pg_backend_pid()'))}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def run(url: str, durable: bool = True) -> dict[str, Any]:
    """Fill a year, go through it, and say what each part took."""
    store.bind(open_database(url, durable=durable))
    figures: dict[str, Any] = {}
    with store.session():
        for name, value in _year():
            figures[name] = value
            print(f"  {name} {value} load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return figures


def _year() -> Iterator[tuple[str, Any]]:
    now, write = clock.now(), Watch()
    if not _one("SELECT COUNT(*) FROM minute_entry"):
        _fill(now)
    day = clock.local_day(now)
    dates = [
        PhaseDates(kind, day + timedelta(days=2 * number), day + timedelta(days=2 * number + 1))
        for number, kind in enumerate(("self", "peer", "review"))
    ]
    cycles.prescribe(actor=OPERATOR, region_code="34", year=str(day.year), phases=dates, binding=True, at=now)
    assigned, scored = _timed(assigning, "assign"), _timed(scoring, "recompute")
    yield "open", _took(lambda: phases.work(at=now, write=write))
    yield "cards", _one("SELECT COUNT(*) FROM assessment_card WHERE state = 'open'")
    yield "asked", _one("SELECT COUNT(*) FROM delivery WHERE kind = 'assessment_self'")
    _say("UPDATE assessment_card SET self_score = 85, self_at = 1 WHERE id - (id / 5) * 5 <> 0")
    yield "peer", _took(lambda: phases.work(at=now + timedelta(days=2), write=write))
    yield "assign", (assigned.clock, assigned.cpu)
    yield "peers", _one("SELECT COUNT(*) FROM assessment_peer")
    yield "memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say("UPDATE assessment_peer SET score = 80 + card_id - (card_id / 20) * 20, at = 1 WHERE id - (id / 5) * 5 <> 0")
    yield "review", _took(lambda: phases.work(at=now + timedelta(days=4), write=write))
    yield "scores", (scored.clock, scored.cpu)
    _say(
        "UPDATE assessment_card SET state = 'decided', grade = CASE WHEN suggested = 'look' THEN 'pass' ELSE suggested "
        "END WHERE state = 'open'"
    )
    after = now + timedelta(days=6)
    yield "close", _took(lambda: (phases.work(at=after, write=write), results.tell_due(at=after, write=write)))
    yield "told", _one("SELECT COUNT(*) FROM delivery WHERE kind = 'assessment_result'")
    yield "write", write.longest * 1000


def _fill(now: datetime) -> None:
    """A year of hours, places taken and not, and organisers' words, for everybody; members since a year ago."""
    random, millis = Random(5), clock.to_millis(now)
    people, teams = int(_one("SELECT MAX(id) FROM volunteer")), int(_one("SELECT MAX(id) FROM team"))
    activities = int(_one("SELECT COUNT(*) FROM activity"))
    _say(f"UPDATE team_member SET from_at = {millis - 400 * DAY}")
    day = f"{now.year}-03-01"
    place = "341522100201"
    put("minute_entry", "volunteer_id amount kind team_id region_code local_day idem_key created_at", (
        (person, random.randrange(30, 400), "service", random.randrange(1, teams + 1), place, day,
         f"bench:{number}:{person}", millis)
        for number in range(ENTRIES) for person in range(1, people + 1)
    ))  # fmt: skip
    position, shifts = _shifts(activities, millis)
    put("signup", "shift_id activity_id volunteer_id state outcome created_at updated_at", (
        (shifts[(person * SIGNUPS + number) % len(shifts)], (person * SIGNUPS + number) % len(shifts) + 1, person,
         "confirmed", "absent" if random.random() < 0.1 else "present", millis, millis)
        for person in range(1, people + 1) for number in range(SIGNUPS)
    ))  # fmt: skip
    put("evaluation", "kind activity_id subject_id score at updated_at", (
        ("organiser", person % activities + 1, person, random.randrange(2, 6), millis, millis)
        for person in range(1, people + 1)
    ))  # fmt: skip
    assert position
    _say("ANALYZE")


def _shifts(activities: int, millis: int) -> tuple[int, list[int]]:
    """One shift for each activity, with a place of its own."""
    first = int(_one("SELECT COALESCE(MAX(id), 0) FROM position")) + 1
    put("position", "id activity_id name quota", ((first + n, n + 1, "志愿者", 100) for n in range(activities)))
    start = int(_one("SELECT COALESCE(MAX(id), 0) FROM shift")) + 1
    put("shift", "id code activity_id position_id starts_at ends_at planned_ends_at quota code_key", (
        (start + n, f"bench{n}", n + 1, first + n, millis, millis + 1, millis + 1, 100, "k") for n in range(activities)
    ))  # fmt: skip
    return first, [start + n for n in range(activities)]


def _timed(module: Any, name: str) -> Took:
    """What a function of a module takes from now on."""
    inner, spent = getattr(module, name), Took()
    setattr(module, name, lambda *args, **named: spent.run(lambda: inner(*args, **named)))
    return spent


def _took(act: Callable[[], Any]) -> tuple[float, float]:
    spent = Took()
    spent.run(act)
    return spent.clock, spent.cpu


def _one(sql: str) -> float:
    row = store.current().execute_sql(sql).fetchone()
    return float(row[0] or 0)


def _say(sql: str) -> None:
    unhurried(lambda: change(sql))


def measure(url: str) -> dict[str, Any]:
    """The figures, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.assessment", url], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def on_postgres() -> dict[str, Any]:
    """The same on a PostgreSQL that lives only for it."""
    config = settings.load(demo=True, clock_file="")
    server = PostgresServer.start(durable=True)
    try:
        url = server.create("province")
        vault = Vault(config.data_key_ring(), base64.b64decode(config.index_key.get_secret_value()))
        built = province.build(url, people=PEOPLE, teams=TEAMS, vault=vault)
        print(f"  built {built}", file=sys.stderr, flush=True)
        store.release()
        return measure(url)
    finally:
        server.stop()


if __name__ == "__main__":
    print(json.dumps(on_postgres() if sys.argv[1] == "postgres" else run(sys.argv[1])))
