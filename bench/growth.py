"""Waits and memory from a thousand volunteers to a million: `python -m bench.growth [DATABASE …]`.

Makes provinces of 1,000, 10,000 and 100,000 people with ten records each in SQLite, takes those that are named besides
(files of `flask generate`; copied, never changed), and asks each of them from a fresh process: check-in, `时长`, the
list of activities, a county's ranking, a list of the console. Acts run inside that process, without a server; SQLite
waits for its disk. p50 and p99 by the clock, `cpu` is all of the process's own, whatever its threads. The last line
says what a thousand volunteers cost in a month by the use assumed in MONTH.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import clock
import settings
from bench import growth_world
from demo.province import making
from models import store
from models.dialect import open_database
from services.accounts.vault import Vault

SIZES = (1_000, 10_000, 100_000)
TIMES = 200
#: What one volunteer does in a month, leaders and officers by their share; a thousand times that is the cost.
MONTH = {"check-in": 2, "时长": 2, "activity list": 8, "ranking of a county": 1, "console list": 1}


def main(named: list[str]) -> None:
    """Measure every size and print the table."""
    told = []
    with tempfile.TemporaryDirectory(prefix="hongyao-growth-") as folder:
        for number, path in enumerate([*map(_made(Path(folder)), SIZES), *map(Path, named)]):
            copy = Path(folder) / f"{number}.db"
            shutil.copyfile(path, copy)
            child = subprocess.run(
                [sys.executable, "-m", "bench.growth", "--one", str(copy)], capture_output=True, text=True, check=True
            )  # fmt: skip
            told.append(json.loads(child.stdout.splitlines()[-1]))
            copy.unlink()
            print(f"{told[-1]['people']:,} people measured, load {os.getloadavg()[0]:.0f}", flush=True)
    print(f"{'p50 / p99 ms (cpu)':22}" + "".join(f"{each['people']:>26,}" for each in told))
    for name in MONTH:
        cells = ("{:.2f} / {:.2f} ({:.2f})".format(*each["acts"][name]) for each in told)
        print(f"{name:22}" + "".join(f"{cell:>26}" for cell in cells))
    print(f"{'memory, MB':22}" + "".join(f"{each['memory']:>26.0f}" for each in told))
    print(f"{'database, MB':22}" + "".join(f"{each['size']:>26.0f}" for each in told))
    print(f"{'a month, 1,000 people':22}" + "".join(f"{_month(each):>22.1f} s cpu" for each in told))


def _month(measured: dict[str, Any]) -> float:
    return sum(times * measured["acts"][name][2] for name, times in MONTH.items())


def _made(folder: Path) -> Callable[[int], Path]:
    """A generated province of so many people, by its file."""

    def make(people: int) -> Path:
        config = settings.load(demo=True, clock_file="")
        path = folder / f"made{people}.db"
        size = making.Size(volunteers=people, teams=max(people // 50, 1), records=people * 10)
        vault = Vault(config.data_key_ring(), base64.b64decode(config.index_key.get_secret_value()))
        making.generate(f"sqlite:///{path}", size=size, seed=1, day=clock.today(), vault=vault, brand=config.brand)
        store.release()
        return path

    return make


def one(path: str) -> dict[str, Any]:
    """Measure one database in this process; what it lacks was added in another, whose memory is not this one's."""
    url = f"sqlite:///{path}"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        world = other.submit(growth_world.build, url, people=TIMES + 20).result()
    store.bind(open_database(url))
    numbers = count(1)
    acts = {name: _times(act, numbers) for name, act in world.acts().items()}
    told = {
        "people": world.volunteers, "acts": acts, "memory": _resident_mb(),
        "size": Path(path).stat().st_size / 1e6,
    }  # fmt: skip
    store.release()
    return told


def _resident_mb() -> float:
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _times(act: Callable[[int], None], numbers: Any) -> tuple[float, float, float]:
    """p50, p99 and processor of an act in milliseconds, after twenty of them."""
    took = []
    for number in range(TIMES + 20):
        if number == 20:
            spent = time.process_time()
        begun = time.perf_counter()
        act(number)
        took.append((time.perf_counter() - begun) * 1000)
    spent = (time.process_time() - spent) * 1000 / TIMES
    took = sorted(took[20:])
    return took[len(took) // 2], took[int(len(took) * 0.99)], spent


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2])))
    else:
        main(sys.argv[1:])
