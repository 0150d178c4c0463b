"""A storm: 64 phones check in at once, every tenth sends its scan again, and SQLite waits for its disk at each commit.

Beside the shipped server stand two of the same kind that differ in one thing each: one does not wait for the disk
(`synchronous=NORMAL`), one commits each check-in alone. Afterwards the database is counted: nobody who was answered is
missing, and nobody stands there twice.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

import settings
from bench import acts, figures, load
from bench.figures import ROUNDS, SECONDS, Row, Side
from bench.over_http import Servers, build, running
from bench.serving import free_port, serve, stop
from bench.world import World

if TYPE_CHECKING:
    from flask import Flask

PHONES = 64
PEOPLE = int(3000 * (ROUNDS + 1) * SECONDS)
#: Every so many people one sends again, when so many others were sent after him.
AGAIN, LATER = 10, 4 * PHONES
COUNT = "SELECT COUNT(*), COUNT(DISTINCT volunteer_id) FROM service_record"


def create_hasty() -> Flask:
    """The application with a database that does not wait for its disk."""
    import app
    from models.dialect import open_database

    app.open_database = functools.partial(open_database, durable=False)  # type: ignore[attr-defined]
    return app.create_app()


def create_alone() -> Flask:
    """The application whose writer takes one act for each commit."""
    import app
    from models import store

    store.BATCH = 1
    return app.create_app()


@dataclass
class _House:
    """A server of ours under the storm, and what it was sent and answered."""

    path: Path
    port: int
    sent: set[int] = field(default_factory=set)
    answers: dict[int, int] = field(default_factory=dict)

    def bad(self) -> int:
        return sum(count for status, count in self.answers.items() if not 200 <= status < 300)


def rows(_missing: list[str]) -> list[Row]:
    """The rate beside both others, the slowest hundredth beside the middle, and what the database holds."""
    config = settings.load(demo=True, clock_file="")
    with running() as (folder, servers):
        seed = folder / "seed.db"
        shown = build(config, f"sqlite:///{seed}", PEOPLE)
        house = _open("app:create_app", seed, servers)
        hasty, alone = (_open(f"bench.storm:create_{name}", seed, servers) for name in ("hasty", "alone"))
        durable = _stormed(house, shown)
        found = figures.alternate([
            Row(f"storm of {PHONES}, SQLite, durable ÷ synchronous=NORMAL", durable, _stormed(hasty, shown), "≥ 0.85"),
            Row(f"storm of {PHONES}, SQLite, durable ÷ each its own commit", durable, _stormed(alone, shown)),
        ])  # fmt: skip
        stop(servers)
        return [*found, *_waits(durable), *_counted(house)]


def _open(target: str, seed: Path, servers: Servers) -> _House:
    mine = seed.with_name(f"{target.rpartition(':')[2]}.db")
    shutil.copyfile(seed, mine)
    house = _House(mine, free_port())
    env = {"DEMO": "true", "DATABASE_URL": f"sqlite:///{mine}", "CLOCK_FILE": ""}
    servers.append(serve(target, house.port, env))
    return house


def _stormed(house: _House, shown: World) -> Side:
    requests = _scans(house, shown)

    def drive(seconds: float) -> load.Result:
        found = load.drive(house.port, requests, connections=PHONES, seconds=seconds)
        for status, count in found.statuses.items():
            house.answers[status] = house.answers.get(status, 0) + count
        return found

    return figures.over_http(drive)


def _scans(house: _House, shown: World) -> Iterator[bytes]:
    """Everybody's scan, and every tenth once more under the same key, a while later."""
    act, waiting = acts.acts(shown)["checkin"], list[tuple[int, bytes]]()
    for person in range(1, shown.people + 1):
        path, body = act(person)
        message = acts.prepared(house.port, path, body, acts.headers(person, key=f"storm-{person}"))
        house.sent.add(person)
        yield message
        if person % AGAIN == 0:
            waiting.append((person, message))
        if waiting and waiting[0][0] + LATER <= person:
            yield waiting.pop(0)[1]


def _waits(durable: Side) -> list[Row]:
    """p99 beside p50 of the same round."""
    slow, middle = (figures.kept(getattr(each, part) for each in durable.kept) for part in ("p99", "p50"))
    return [Row(f"storm of {PHONES}, SQLite, durable: p99 ÷ p50", slow, middle, "≤ 3", "ms")]


def _counted(house: _House) -> list[Row]:
    """What was answered beside what the database holds after the server's end."""
    records, people = apsw.Connection(str(house.path)).execute(COUNT).fetchone() or (0, 0)
    bad, name = house.bad(), f"storm of {PHONES}: "
    return [Row(name + what, figures.kept([ours]), figures.kept([floor]), bar, "") for what, ours, floor, bar in (
        ("answers that were not 2xx ÷ answers", bad, sum(house.answers.values()), "= 0"),
        ("people with a record ÷ people answered", people, len(house.sent) - bad, "= 1"),
        ("records ÷ people with one", records, people, "= 1"),
    )]  # fmt: skip
