"""`make scale`: a whole province in SQLite, every list and dashboard of the console, an import, a country's divisions.

A floor that does not hold ends the run with exit code 1. `SCALE_KEEP=folder` keeps the province there and uses it
again. A page is judged by the quickest of its tries; on a machine that is busy with other things (load over 1 at the
start), by the processor's time that the server spent on it, since the clock on the wall measures the others, too.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import requests
from rich.console import Console
from rich.table import Table

import clock
import migrations
import settings
from bench import assessment, calls, province
from bench.serving import flask, free_port, serve, stop
from models import store
from models.dialect import SQLITE_VERSION, open_database
from services.accounts.vault import Vault
from tests.services.imports.files import id_number, of_kind

PEOPLE, TEAMS, IMPORTED = 300_000, 20_000, 10_000
#: The floors: milliseconds of a page, seconds of an import, of the country's divisions, of a nightly count; megabytes.
PAGE_MS, IMPORT_S, LOAD_S, COUNT_S, MEMORY_MB = 300, 60, 60, 120, 300
COUNTRY = 600_000
#: Whom to call first, of every team of the province.
PROPOSAL_MS = 500
TRIES = 3
#: Pages that are no list and no dashboard: forms, log-in, one's way out.
OTHERS = re.compile(r"/(login|new|find|practice)$")
_SELECT = re.compile(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', re.S)
_OPTION = re.compile(r'<option value="([^"]+)"')
_PAGES = re.compile(r"第 1 / (\d+) 页")
_SORT = re.compile(r"[?&;]sort=(-?\w+)")


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, the floor it has to hold, in which unit."""

    name: str
    value: float
    floor: float
    unit: str
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the floor holds."""
        return self.value < self.floor


@dataclass(frozen=True)
class Timing:
    """A page: the server's processor time, the quickest of some tries and the first of all, in milliseconds."""

    path: str
    cost: float
    quickest: float
    first: float
    size: int


class Browser:
    """One session at the console."""

    def __init__(self, port: int, token: str, server: subprocess.Popen[bytes]) -> None:
        self.server = server
        self.base = f"http://127.0.0.1:{port}"
        self.http = requests.Session()
        self.http.cookies.set("console", token)

    def timed(self, path: str) -> tuple[float, requests.Response]:
        """The page, and the milliseconds it took."""
        begun = time.perf_counter()
        answer = self.http.get(self.base + path, allow_redirects=False, timeout=60)
        return (time.perf_counter() - begun) * 1000, answer


def console_paths() -> list[str]:
    """Every page of the console that needs no object: its lists and dashboards, read off the routes."""
    from app import create_app

    rules = create_app(settings.load(demo=True, clock_file="")).open_all().url_map.iter_rules()
    paths = {rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments}
    return sorted(path for path in paths if path.startswith("/console") and not OTHERS.search(path))


def variants(path: str, page: str) -> Iterator[str]:
    """The addresses that a list offers: each order, one choice of each filter, a search, the last page."""
    for sort in sorted(set(_SORT.findall(unescape(page)))):
        yield f"{path}?sort={sort}"
    if 'class="filters' not in page:
        return
    for name, options in _SELECT.findall(page):
        for value in _OPTION.findall(options)[:4]:
            yield f"{path}?{urlencode({name: unescape(value)})}"
    if 'id="q"' in page:
        yield f"{path}?{urlencode({'q': '建国'})}"
        yield f"{path}?{urlencode({'q': '没有这个'})}"
    if pages := _PAGES.search(page):
        yield f"{path}?page={pages[1]}"


def measure_pages(browser: Browser, paths: list[str]) -> tuple[list[Timing], int]:
    """Every page and what it offers, and the most options any select box holds."""
    timings, longest = [], 0
    for path in paths:
        first, answer = browser.timed(path)
        if answer.status_code != 200:
            print(f"  {path} answered {answer.status_code}", flush=True)
            continue
        longest = max([longest, *(len(_OPTION.findall(options)) for _, options in _SELECT.findall(answer.text))])
        timings.append(_timing(browser, path, first))
        for each in dict.fromkeys(variants(path, answer.text)):
            took, again = browser.timed(each)
            if again.status_code != 200:
                raise RuntimeError(f"{each} answered {again.status_code}")
            timings.append(_timing(browser, each, took))
    return timings, longest


def _timing(browser: Browser, path: str, first: float) -> Timing:
    before = cpu_ms(browser.server)
    answers = [browser.timed(path) for _ in range(TRIES)]
    cost = (cpu_ms(browser.server) - before) / TRIES
    return Timing(path, cost, min(each for each, _ in answers), first, len(answers[0][1].content))


def measure_import(browser: Browser) -> tuple[float, float, set[int]]:
    """Seconds until 10,000 people are judged and until they are entered, and the steps of progress seen."""
    first = int(time.time()) % 300 * IMPORTED  # other people than those of a run before
    body = of_kind("people", *(
        {"name": "陈新兵", "document": id_number(n), "identity": "退役军人", "region": province.COUNTY + "100201"}
        for n in range(first, first + IMPORTED)
    ))  # fmt: skip
    begun = time.perf_counter()
    answer = browser.http.post(
        f"{browser.base}/console/imports/new", allow_redirects=False, timeout=60,
        data={"kind": "people", "region": "34", "csrf": province.CSRF}, files={"file": ("名单.xlsx", body)},
    )  # fmt: skip
    path = browser.base + answer.headers["Location"].partition("?")[0]
    steps: set[int] = set()
    _until(browser, path, "checked", steps)
    judged = time.perf_counter() - begun
    browser.http.post(f"{path}/apply", data={"csrf": province.CSRF}, allow_redirects=False, timeout=60)
    _until(browser, path, "applied", steps)
    return judged, time.perf_counter() - begun, steps


def _until(browser: Browser, path: str, state: str, steps: set[int]) -> None:
    for _ in range(600):
        page = browser.http.get(f"{path}/progress", headers={"HX-Request": "true"}, timeout=60).text
        steps |= {int(each) for each in re.findall(r'<progress[^>]* value="(\d+)"', page)}
        if f'data-state="{state}"' in page:
            return
        time.sleep(0.25)
    raise RuntimeError(f"the import did not come to {state}")


def write_country(path: Path) -> int:
    """The province's divisions under as many provinces as a country of COUNTRY rows needs; how many rows."""
    with province.LIST.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))[1:]
    count = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(("code", "name", "level"))
        for number in range(11, 99):
            out.writerows((f"{number}{code[2:]}", name, level) for code, name, level, *_ in rows)
            count += len(rows)
            if count >= COUNTRY:
                return count
    return count


def measure_load(folder: Path) -> tuple[int, float, float]:
    """Rows of the country, seconds to load them into an empty database, and to load them again."""
    file, url = folder / "country.csv", f"sqlite:///{folder / 'country.db'}"
    for old in folder.glob("country.db*"):
        old.unlink()
    count = write_country(file)
    store.bind(open_database(url))
    migrations.apply(store.current())
    store.release()
    env = {"DEMO": "true", "CLOCK_FILE": "", "DATABASE_URL": url}
    return count, *(_took(lambda: flask("regions", "load", str(file), env=env)) for _ in range(2))  # type: ignore[return-value]


def _took(start: Callable[[], subprocess.Popen[bytes]]) -> float:
    begun = time.perf_counter()
    if start().wait(timeout=300):
        raise RuntimeError("the load failed")
    return time.perf_counter() - begun


def _all(process: subprocess.Popen[bytes]) -> list[str]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [str(process.pid), *children]


def cpu_ms(process: subprocess.Popen[bytes]) -> float:
    """Processor time that the server and its workers have used so far, in milliseconds."""
    ticks = 0
    for pid in _all(process):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def memory_mb(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """(resident memory now, its peak) of the server and its workers, the largest of them, in megabytes."""
    found = [(0.0, 0.0)]
    for pid in _all(process):
        status = Path(f"/proc/{pid}/status").read_text()
        now, peak = (int(re.search(rf"{key}:\s+(\d+)", status)[1]) / 1024 for key in ("VmRSS", "VmHWM"))  # type: ignore[index]
        found.append((now, peak))
    return max(found)


def run(folder: Path) -> list[Figure]:
    """Build, serve, measure."""
    config = settings.load(demo=True, clock_file="")
    file = folder / "province.db"
    url = f"sqlite:///{file}"
    if not file.exists():
        begun = time.perf_counter()
        vault = Vault(config.data_key_ring(), base64.b64decode(config.index_key.get_secret_value()))
        counts = province.build(url, people=PEOPLE, teams=TEAMS, vault=vault)
        counting = province.tallied(clock.now()).total_seconds()
        print(", ".join(f"{table} {count}" for table, count in counts.items()))
        took = time.perf_counter() - begun
        print(f"built in {took:.0f} s, of which people and minutes were counted in {counting:.1f} s", flush=True)
    else:
        store.bind(open_database(url))
        province.log_in(clock.now())
    counts = [
        Figure(f"worker counts {name}", seconds, COUNT_S, "s")
        for name, seconds in province.counted(clock.now()).items()
    ]
    store.release()
    env = {"DEMO": "true", "CLOCK_FILE": "", "DATABASE_URL": url, "WECHAT_API_BASE": "http://127.0.0.1:9"}
    proposed = [Figure(name, took, PROPOSAL_MS, "ms") for name, took in calls.measure(url)]
    started = [serve("app:create_app", free_port(), env)]
    try:
        served = _console(started[0], _port(started[0]), started, env)
        found = [*counts, *proposed, *served, *_country(folder)]
    finally:
        stop(started)
    return [*found, *_assessment(file, folder)]


def _port(process: subprocess.Popen[bytes]) -> int:
    arguments = [str(each) for each in process.args] if isinstance(process.args, list) else []
    return int(arguments[arguments.index("--port") + 1])


def _console(
    server: subprocess.Popen[bytes], port: int, started: list[subprocess.Popen[bytes]], env: dict[str, str]
) -> Iterator[Figure]:
    paths = console_paths()
    longest, busy = 0, os.getloadavg()[0] > 1
    for who, token in (("province", province.PROVINCE_TOKEN), ("county", province.COUNTY_TOKEN)):
        timings, options = measure_pages(Browser(port, token, server), paths)
        longest = max(longest, options)
        timings.sort(key=lambda each: -(each.cost if busy else each.quickest))
        for each in timings[:12]:
            print(
                f"  {each.cost:6.0f} ms of processor, {each.quickest:.0f} by the clock, first {each.first:.0f}, "
                f"{each.size // 1024:4d} KB  {each.path}",
                flush=True,
            )
        worst = timings[0]
        yield Figure(
            f"slowest of {len(timings)} console pages, {who} administrator", worst.cost if busy else worst.quickest,
            PAGE_MS, "ms", f"{worst.path}; {'processor' if busy else 'clock'}",
        )  # fmt: skip
    yield Figure("most options in a select box", longest, 200, "")
    yield Figure("memory of the web process after all pages", memory_mb(server)[1], MEMORY_MB, "MB", "peak")
    started.append(flask("worker", env=env))
    browser = Browser(port, province.PROVINCE_TOKEN, server)
    judged, entered, steps = measure_import(browser)
    yield Figure(
        f"import of {IMPORTED:,} people, judged and entered", entered, IMPORT_S, "s",
        f"judged after {judged:.0f} s, {len(steps)} steps of progress seen",
    )  # fmt: skip
    for path in ("/console/people", "/console/all-teams", "/console/audit"):
        took, answer = browser.timed(f"{path}?format=xlsx")
        if answer.status_code != 200:
            raise RuntimeError(f"{path} as Excel answered {answer.status_code}")
        print(f"  {path} as Excel: {took / 1000:.1f} s, {len(answer.content) // 1024} KB", flush=True)
    yield Figure("memory of the web process after import and exports", memory_mb(server)[1], MEMORY_MB, "MB", "peak")


def _country(folder: Path) -> list[Figure]:
    count, fresh, again = measure_load(folder)
    return [
        Figure(f"regions load, {count:,} rows, empty database", fresh, LOAD_S, "s"),
        Figure(f"regions load, {count:,} rows, again", again, LOAD_S, "s"),
    ]


def _assessment(file: Path, folder: Path) -> Iterator[Figure]:
    """A year of the province's assessment, on a copy: what is begun cannot be begun again."""
    busy, copy = os.getloadavg()[0] > 1, folder / "assessment.db"
    for old in folder.glob("assessment.db*"):
        old.unlink()
    with contextlib.closing(sqlite3.connect(file)) as old, contextlib.closing(sqlite3.connect(copy)) as new:
        old.backup(new)  # with what still stands in the log beside it
    found = assessment.measure(f"sqlite:///{copy}")
    for old in folder.glob("assessment.db*"):
        old.unlink()
    note = "processor" if busy else "clock"
    for name, key, floor in (
        (f"{found['cards']:,.0f} cards made and asked for", "open", assessment.CLOSE_S),
        (f"{found['peers']:,.0f} peers drawn and entered", "assign", assessment.ASSIGN_S),
        ("all scores reckoned", "scores", assessment.SCORES_S),
        (f"review closed, {found['told']:,.0f} results queued", "close", assessment.CLOSE_S),
    ):
        yield Figure(f"assessment: {name}", found[key][busy], floor, "s", note)
    yield Figure("assessment: memory of the worker", found["memory"], assessment.MEMORY_MB, "MB", "peak")


def report(figures: list[Figure]) -> int:
    """Print the table; 1 if a floor is broken."""
    table = Table(title="make scale")
    for heading in ("figure", "measured", "floor", "", "note"):
        table.add_column(heading, justify="right" if heading in ("measured", "floor") else "left")
    for each in figures:
        table.add_row(
            each.name, f"{each.value:.0f} {each.unit}", f"{each.floor:.0f} {each.unit}",
            "holds" if each.holds else "BROKEN", each.note,
        )  # fmt: skip
    Console(width=150).print(table)
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {SQLITE_VERSION}, load {load}")
    return int(not all(each.holds for each in figures))


def main() -> int:
    """Run everything; the exit code."""
    kept = os.environ.get("SCALE_KEEP", "")
    folder = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="hongyao-scale-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return report(run(folder))
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
