"""Eight processes read, change and write one row of one SQLite file: no change is lost, nobody is told `locked`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from models.dialect import open_database

PROCESSES, CHANGES = 8, 200
ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from models import RateBucket, store
def read():
    return RateBucket.get(RateBucket.key == "one").tries
def put(number):
    RateBucket.update(tries=number).where(RateBucket.key == "one").execute()
store.open_and_bind(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    %s
store.release()
print("done")
"""
GUARDED = "store.write(lambda: put(read() + 1))"
#: Read first and write then: two processes see the same number.
UNGUARDED = """
    with store.session():
        seen = read()
    store.write(lambda: put(seen + 1))
"""


def value_after(file: Path, change: str, times: int) -> tuple[int, float]:
    """What the row says after all have changed it so often, and how long that took; every process ends well."""
    url = f"sqlite:///{file}"
    database = open_database(url)
    database.execute_sql("INSERT INTO rate_bucket (key, window_at, tries) VALUES ('one', 0, 0)")
    command = [sys.executable, "-c", WRITER % change, url, str(times)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for each in writers:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    began = time.monotonic()
    for each in writers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    told = [each.communicate(timeout=120)[0] for each in writers]
    took = time.monotonic() - began
    assert told == ["done\n"] * PROCESSES
    (value,) = database.execute_sql("SELECT tries FROM rate_bucket WHERE key = 'one'").fetchone()
    database.close()
    database.close_all()
    return int(value), took


def test_case_08_eight_processes_lose_no_change(
    tmp_path: Path, sqlite_template: Path, figure: Callable[[str], None]
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "many.db")
    value, took = value_after(tmp_path / "many.db", GUARDED, CHANGES)
    figure(f"{value} of {PROCESSES * CHANGES} changes in {took:.1f} s")
    assert value == PROCESSES * CHANGES


def test_case_08_control_reading_before_the_write_loses_changes(
    tmp_path: Path, sqlite_template: Path, figure: Callable[[str], None]
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "many.db")
    value, _ = value_after(tmp_path / "many.db", UNGUARDED, CHANGES // 10)
    figure(f"{value} of {PROCESSES * CHANGES // 10} where it reads before its turn")
    assert value < PROCESSES * CHANGES // 10
