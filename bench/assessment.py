"""A province's assessment: cards, peers, scores and notices of 300,000 members in 20,000 teams, against their floors.

Works on a province that `bench.province` built (SQLite in `make scale`; any other by its address), fills a year of
hours, sign-ups and evaluations in, and then lets the worker's own jobs go through a year. A process of its own, so that
its memory is only that: `python -m bench.assessment sqlite:///…` prints its figures as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

import clock
from bench.rows import put
from models import store
from models.dialect import open_database
from services.actors import OPERATOR
from services.assessment import assigning, cycles, phases, results, scoring
from services.assessment.dates import KINDS
from services.assessment.shapes import PhaseDates

T = TypeVar("T")
#: Seconds and megabytes that the worker may take, milliseconds of one write: a scan waits for no more.
ASSIGN_S, SCORES_S, CLOSE_S, MEMORY_MB, WRITE_MS = 30, 60, 60, 500, 500
ENTRIES, SIGNUPS = 5, 3
DAY = 86_400_000


class Watch:
    """A door to the database that remembers how long its longest write took."""

    def __init__(self) -> None:
        self.longest = 0.0

    def __call__(self, act: Callable[[], T], /) -> T:
        begun = time.perf_counter()
        try:
            return store.write(act)
        finally:
            self.longest = max(self.longest, time.perf_counter() - begun)


def run(url: str, durable: bool = True) -> dict[str, float]:
    """Fill a year, go through it, and say what each part took."""
    store.bind(open_database(url, durable=durable))
    figures: dict[str, float] = {}
    with store.session():
        for name, value in _year():
            figures[name] = value
            print(f"  {name} {value:.1f}, {time.process_time():.0f} s of processor", file=sys.stderr, flush=True)
    return figures


def _year() -> Iterator[tuple[str, float]]:
    now, write = clock.now(), Watch()
    yield "filled", _seconds(lambda: _fill(now))
    day = clock.local_day(now)
    year = str(day.year)
    dates = [
        PhaseDates(kind, day + timedelta(days=2 * number), day + timedelta(days=2 * number + 1))
        for number, kind in enumerate(kind for kind in KINDS if kind != "extra")
    ]
    cycles.prescribe(actor=OPERATOR, region_code="34", year=year, phases=dates, binding=True, at=now)
    took = _timed(assigning, "assign")
    scored = _timed(scoring, "recompute")
    yield "open", _seconds(lambda: phases.work(at=now, write=write))
    yield "cards", _one("SELECT COUNT(*) FROM assessment_card WHERE state = 'open'")
    yield "asked", _one("SELECT COUNT(*) FROM delivery WHERE kind = 'assessment_self'")
    _say("UPDATE assessment_card SET self_score = 85, self_at = 1 WHERE id - (id / 5) * 5 <> 0")
    base = _memory()
    yield "peer", _seconds(lambda: phases.work(at=now + timedelta(days=2), write=write))
    yield "assign", took[0]
    yield "assign_mb", _memory() - base
    yield "peers", _one("SELECT COUNT(*) FROM assessment_peer")
    _say("UPDATE assessment_peer SET score = 80 + card_id - (card_id / 20) * 20, at = 1 WHERE id - (id / 5) * 5 <> 0")
    yield "review", _seconds(lambda: phases.work(at=now + timedelta(days=4), write=write))
    yield "scores", scored[0]
    yield "again", _seconds(lambda: scoring.recompute_due(at=now + timedelta(days=4), write=write))
    _say(
        "UPDATE assessment_card SET state = 'decided', grade = CASE WHEN suggested = 'look' THEN 'pass' ELSE suggested "
        "END WHERE state = 'open'"
    )
    after = now + timedelta(days=6)
    yield "close", _seconds(lambda: (phases.work(at=after, write=write), results.tell_due(at=after, write=write)))
    yield "told", _one("SELECT COUNT(*) FROM delivery WHERE kind = 'assessment_result'")
    yield "write", write.longest
    yield "memory", _memory()


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


def _timed(module: Any, name: str) -> list[float]:
    """Lets a function of a module add the seconds it takes to the first of a list."""
    inner, spent = getattr(module, name), [0.0]

    def outer(*args: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return inner(*args, **named)
        finally:
            spent[0] += time.perf_counter() - begun

    setattr(module, name, outer)
    return spent


def _seconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _one(sql: str) -> float:
    row = store.current().execute_sql(sql).fetchone()
    return float(row[0] or 0)


def _say(sql: str) -> None:
    with store.current().atomic():
        if store.current().dialect == "postgres":
            store.current().execute_sql("SET LOCAL statement_timeout = 0")
        store.current().execute_sql(sql)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(url: str) -> dict[str, float]:
    """The figures, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.assessment", url], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
