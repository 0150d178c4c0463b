"""What a house may suffer, each in one small act that is over when it returns: the house is whole again.

`evils(ground, disk)` are those that this ground can suffer; a soak picks among them by its seed.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from services.messaging import outbox
from tests.faults.disk import fill, free
from tests.faults.ground import Ground
from tests.faults.kills import SEND

#: SQLite: whoever is stopped may hold the file's lock, and others wait ten seconds for it at most.
FROZEN, FROZEN_FILE = 12.0, 2.0
BAD_LINES = ("shut", "silent", "drip", "slow")
#: What the platform may do to a push: refuse it, answer nonsense, be slow, take it or not and hang up.
PLATFORM = (
    {"kind": "errcode", "errcode": -1}, {"kind": "errcode", "errcode": 45011}, {"kind": "html", "status": 502},
    {"kind": "delay", "seconds": 1}, {"kind": "cut"}, {"kind": "cut-after"},
)  # fmt: skip
Evil = Callable[[Ground, random.Random], None]


def kill_web(ground: Ground, rng: random.Random) -> None:
    """kill -9 of all web processes; started again, as systemd does."""
    ground.kill("web")
    time.sleep(rng.uniform(0, 0.5))
    ground.start_web(2)


def kill_worker(ground: Ground, rng: random.Random) -> None:
    name = _worker(ground, rng)
    ground.kill(name)
    time.sleep(rng.uniform(0, 0.5))
    ground.start_worker(name)


def freeze(ground: Ground, rng: random.Random) -> None:
    """SIGSTOP of a worker, and SIGCONT."""
    name = _worker(ground, rng)
    ground.signal(name, signal.SIGSTOP)
    time.sleep(FROZEN_FILE if ground.server is None else rng.uniform(FROZEN_FILE, FROZEN))
    ground.signal(name, signal.SIGCONT)


def step_clock(ground: Ground, rng: random.Random) -> None:
    """The workers' own clocks an hour back or forth for a while."""
    ground.step(rng.choice((-3600, 3600)))
    time.sleep(rng.uniform(1, 3))
    ground.step(0)


def pass_leases(ground: Ground, _rng: random.Random) -> None:
    """Everybody's clock jumps over the leases of whoever died."""
    ground.pass_time(seconds=65)


def restart_database(ground: Ground, _rng: random.Random) -> None:
    assert ground.server is not None
    ground.server.restart()


def spoil_database_line(ground: Ground, rng: random.Random) -> None:
    assert ground.database is not None
    ground.database.be(rng.choice(BAD_LINES))
    time.sleep(rng.uniform(0.5, 3))
    ground.database.be("open")


def spoil_platform_line(ground: Ground, rng: random.Random) -> None:
    ground.platform.be(rng.choice(BAD_LINES))
    time.sleep(rng.uniform(0.5, 3))
    ground.platform.be("open")


def spoil_platform(ground: Ground, rng: random.Random) -> None:
    """The platform goes wrong for its next few pushes."""
    ground.control("POST", "faults", api=SEND, times=rng.randint(1, 5), **rng.choice(PLATFORM))


def fill_disk(disk: Path) -> Evil:
    def evil(ground: Ground, rng: random.Random) -> None:
        fill(disk, rng.randint(0, 64 * 1024))
        time.sleep(rng.uniform(0.5, 2))
        free(disk)

    evil.__name__ = "fill_disk"
    return evil


def evils(ground: Ground, disk: Path | None) -> list[Evil]:
    """Those that this ground can suffer."""
    found: list[Evil] = [kill_web, kill_worker, freeze, pass_leases, spoil_platform, spoil_platform_line]
    if ground.faked:
        found.append(step_clock)
    if ground.server is not None:
        found += [restart_database, spoil_database_line]
    if disk is not None:
        found.append(fill_disk(disk))
    return found


def _worker(ground: Ground, rng: random.Random) -> str:
    return rng.choice(sorted(name for name in ground.processes if name.startswith("worker")))


def settle(ground: Ground, waiting: str) -> None:
    """Let everything go that waits: leases of the dead end, faults are over, a worker that ended is started again."""
    for line in (ground.platform, ground.database):
        if line is not None:
            line.be("open")
    ground.step(0)
    ground.control("DELETE", "faults")
    for name, process in list(ground.processes.items()):
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        if process.poll() is not None:
            ground.kill(name)
            ground.start_web(2) if name == "web" else ground.start_worker(name)
    for _ in range(12):  # each turn is over a minute of the house's clock: a rest of the queue is ten
        ground.pass_time(seconds=65)
        with ground.bound():
            outbox.requeue_stale(at=ground.now())
        with suppress(AssertionError):
            ground.wait("an empty outbox", lambda: not ground.ask(waiting), 10)
            return
