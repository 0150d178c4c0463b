"""The stopwatch: what takes time is counted, what a machine stands still is not."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from tests.support.processes import spawn
from tests.support.watch import Watch

ROOT = Path(__file__).parents[2]
#: Measures a short wait of its own, and says both figures.
MEASURED = """
import time
from tests.support.watch import Watch
began = time.monotonic()
with Watch() as watch:
    print("begun", flush=True)
    time.sleep(0.3)
print(time.monotonic() - began, watch.seconds)
"""


def test_time_that_passes_is_counted() -> None:
    with Watch() as watch:
        time.sleep(0.3)
    assert watch.seconds > 0.25


def test_time_in_which_everything_stands_still_is_not(tmp_path: Path) -> None:
    log = tmp_path / "measured.log"
    process = spawn([sys.executable, "-c", MEASURED], log=log, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    end = time.monotonic() + 20
    while "begun" not in log.read_text() and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    process.send_signal(signal.SIGCONT)
    process.wait(20)
    whole, counted = map(float, log.read_text().split()[1:])
    assert (whole >= 1.5, counted < 1) == (True, True)
